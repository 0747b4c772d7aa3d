"""Make a candidate a release: one rename, so that a release is whole or is not there.

The register's row, which makes people read it, is written elsewhere and after this.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from basedb import findings, keymap, manifest
from basedb.build import Candidate
from basedb.draft import drafted
from catalog.errors import Conflict, Damaged

NEW_KEYS = "keys"


@dataclass(frozen=True, slots=True)
class Release:
    """A published release: what the register needs to know of it."""

    unit: str
    release_id: str
    directory: Path
    manifest: manifest.Manifest
    manifest_sha256: str


def publish(
    candidate: Candidate, releases: Path, *, keys: Path | None = None, findings_path: Path | None = None
) -> Release:
    """Move a candidate to `<releases>/<unit>/<release_id>/`, durably; once more does nothing.

    keys: HOME/keymap, which gets the new platform keys first: keys without a release do no harm,
    a release without its keys would. findings_path: where a copy of the findings goes.
    Raises Conflict when a release of that name holds something else.
    """
    target = releases / candidate.unit / candidate.release_id
    if target.exists():
        _require_same(candidate, target)
        shutil.rmtree(candidate.directory, ignore_errors=True)
    else:
        _move(candidate.directory, target, keys)
    if findings_path is not None:
        _copy(target / findings.FILE, findings_path)
    return opened(target)


def opened(directory: Path) -> Release:
    """The release in a folder, by its manifest."""
    facts = manifest.read(directory)
    digest = manifest.file_digest(directory / manifest.FILE)
    return Release(str(facts["unit"]), str(facts["release_id"]), directory, facts, digest)


def verify(directory: Path) -> None:
    """Raise Damaged when a file of a release no longer has the digest its manifest states."""
    facts = manifest.read(directory)
    stated = [*facts["tables"].values(), *([facts["findings"]] if "findings" in facts else [])]
    broken = [str(entry["file"]) for entry in stated if not _is_intact(directory / entry["file"], entry["sha256"])]
    if broken:
        raise Damaged(
            f"发布版本 {directory.name} 的文件与清单不符：{'、'.join(broken)}",
            remedy="从备份恢复该版本，或重新融合入库后发布",
            release=directory.name,
            files=broken,
        )


def _move(source: Path, target: Path, keys: Path | None) -> None:
    manifest.read(source)  # a candidate without a manifest is half built
    if keys is not None:
        keymap.append(source / NEW_KEYS, keys)
    shutil.rmtree(source / NEW_KEYS, ignore_errors=True)
    for path in source.iterdir():
        manifest.sync(path)
    manifest.sync(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    source.rename(target)
    manifest.sync(target.parent)


def _require_same(candidate: Candidate, target: Path) -> None:
    if manifest.read(target) != candidate.manifest:
        raise Conflict(
            f"发布版本 {candidate.unit}/{candidate.release_id} 已存在且内容不同", remedy="运行 sixbase verify"
        )


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with drafted(target) as draft:
        shutil.copyfile(source, draft)


def _is_intact(path: Path, digest: str) -> bool:
    return path.exists() and manifest.file_digest(path) == digest
