"""The manifest of a release: what it holds, what it was made from, and the digests that prove it."""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import duckdb

from catalog.errors import Damaged

FORMAT_VERSION = 1
FILE = "manifest.json"

Manifest = dict[str, Any]


def canonical(value: object) -> bytes:
    """The one JSON text of a value: sorted keys, no blanks, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(value: object) -> str:
    """SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical(value)).hexdigest()


def file_digest(path: Path) -> str:
    """SHA-256 of a file, 64 hex digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def release_id(identity: str) -> str:
    """The release's name: equal inputs, models and code give an equal name."""
    return "r" + identity[:16]


@cache
def code_version() -> str:
    """The package's version with a digest of this room's machinery and the engines' versions."""
    here = Path(__file__).parent
    sources = {path.name: file_digest(path) for path in sorted(here.glob("*.py"))}
    return f"{_package_version()}+{digest([sources, duckdb.__version__, version('splink')])[:12]}"


def _package_version() -> str:
    try:
        return version("sixbase")
    except PackageNotFoundError:
        return "0"


def write(directory: Path, manifest: Manifest) -> None:
    """Write the manifest durably; a directory without one is no release."""
    path = directory / FILE
    path.write_bytes(json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n")
    sync(path)
    sync(directory)


def read(directory: Path) -> Manifest:
    """The manifest of a release or candidate; Damaged when it is missing or no JSON."""
    try:
        manifest: Manifest = json.loads((directory / FILE).read_bytes())
    except (OSError, ValueError) as unreadable:
        raise Damaged(
            f"发布版本 {directory.name} 的清单缺失或损坏",
            remedy="运行 sixbase verify，并从备份恢复或重新融合入库",
            release=directory.name,
        ) from unreadable
    return manifest


def sync(path: Path) -> None:
    """Ask the disk to keep what was written."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
