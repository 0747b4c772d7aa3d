"""The file layout of a home folder; nothing else knows where a file lies."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from catalog.errors import Misconfigured, NotFound

FORMAT_VERSION = 1
# what a backup may hold besides the register; a restore takes these folders and no others
KEPT_FOLDERS = (
    "keys", "keymap", "exceptions", "receipts", "bytes", "checked", "releases", "changes", "findings", "extracts",
)  # fmt: skip
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Store:
    """Paths under one home, and the few moves that must be atomic."""

    home: Path

    @property
    def landing(self) -> Path:
        return self.home / "landing"

    @property
    def frontend(self) -> Path:
        return self.home / "frontend"

    @property
    def releases(self) -> Path:
        return self.home / "releases"

    @property
    def candidates(self) -> Path:
        return self.home / "candidates"

    def changes(self, unit: str, release_id: str) -> Path:
        """What a release changed against the one in force before it; keys and names of columns, no values."""
        return self.home / "changes" / unit / release_id

    @property
    def keymap(self) -> Path:
        return self.home / "keymap"

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def receipts(self) -> Path:
        return self.home / "receipts"

    @property
    def extracts(self) -> Path:
        return self.home / "extracts"

    @property
    def findings(self) -> Path:
        return self.home / "findings"

    @property
    def exceptions(self) -> Path:
        """Which rows are accepted exceptions, by keyed digest."""
        return self.home / "exceptions"

    @property
    def rule_docs(self) -> Path:
        """Great Expectations' Data Docs, which stewards read."""
        return self.home / "gx" / "uncommitted" / "data_docs" / "local_site"

    @property
    def marked(self) -> Path:
        """Marked-up copies of refused catalog workbooks."""
        return self.home / "marked"

    @property
    def dagster(self) -> Path:
        return self.home / "dagster"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def tmp(self) -> Path:
        return self.home / "tmp"

    @property
    def demo_file(self) -> Path:
        return self.home / "demo.json"

    def bytes_of(self, digest: str) -> Path:
        """Where delivered bytes of that SHA-256 lie."""
        return self.home / "bytes" / digest[:2] / digest

    def checked(self, delivery_id: str) -> Path:
        return self.home / "checked" / delivery_id

    def release(self, unit: str, release_id: str) -> Path:
        return self.releases / unit / release_id

    def manifest(self, unit: str, release_id: str) -> dict[str, Any]:
        """The manifest of a release; NotFound when its files are gone."""
        path = self.release(unit, release_id) / "manifest.json"
        if not path.exists():
            raise NotFound(f"release {release_id} of {unit} has no files", unit=unit, release_id=release_id)
        manifest: dict[str, Any] = json.loads(path.read_bytes())
        return manifest

    def prepare(self) -> Store:
        """Make the folders and the format mark of a new home; refuse a home of another format."""
        self.home.mkdir(parents=True, exist_ok=True)
        mark = self.home / "FORMAT"
        if mark.exists():
            self.require_format()
        else:
            mark.write_text(json.dumps({"format_version": FORMAT_VERSION}) + "\n")
        for folder in (self.landing, self.releases, self.candidates, self.tmp, self.receipts, self.extracts, self.logs):
            folder.mkdir(exist_ok=True)
        self.keys.mkdir(mode=0o700, exist_ok=True)
        return self

    def require_format(self) -> None:
        """Raise Misconfigured when the home is not one, or was made by another format."""
        mark = self.home / "FORMAT"
        if not mark.exists():
            raise Misconfigured(
                f"{self.home} is not a sixbase home", remedy="run `sixbase init` or `sixbase demo` first"
            )
        found = json.loads(mark.read_text()).get("format_version")
        if found != FORMAT_VERSION:
            raise Misconfigured(
                f"{self.home} has format version {found}, this program reads {FORMAT_VERSION}",
                remedy="run `sixbase upgrade`, or use the program that wrote it",
            )

    def keep(self, source: BinaryIO) -> tuple[str, int]:
        """Store bytes under their SHA-256, once; the digest and the size, durable on return."""
        self.tmp.mkdir(parents=True, exist_ok=True)
        part = self.tmp / f"{os.getpid()}-{os.urandom(6).hex()}.part"
        digest, size = hashlib.sha256(), 0
        try:
            with part.open("xb") as out:
                while chunk := source.read(_CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            target = self.bytes_of(digest.hexdigest())
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                part.rename(target)
        finally:
            part.unlink(missing_ok=True)
        return digest.hexdigest(), size

    def free_mb(self) -> int:
        return shutil.disk_usage(self.home).free // (1 << 20)


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
