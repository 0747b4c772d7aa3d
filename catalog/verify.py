"""Proof that what is stored is what was recorded: bytes, releases, receipts, register against files, search index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from catalog import exceptions, receipts, search_index
from catalog.keys import Keys
from catalog.models import (
    AcceptedException,
    Correction,
    Delivery,
    Extract,
    Grant,
    GrantVersion,
    IdentityDecision,
    LinkageDecision,
    OrderExplanation,
    Release,
)  # fmt: skip
from catalog.releases import current_ids
from catalog.store import Store, sha256_of
from catalog.vocab import DeliveryState


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not hold: where and what."""

    subject: str
    message: str


def problems(db: Session, store: Store) -> list[Problem]:
    """Every discrepancy found; an empty list is the proof."""
    return [
        *_bytes(db, store),
        *_evidence(db, store),
        *_exceptions(db, store),
        *_key_map(store),
        *_keys(db, store),
        *_releases(db, store),
        *_extracts(db, store),
        *_receipts(store),
        *_search(db),
    ]


def _bytes(db: Session, store: Store) -> Iterator[Problem]:
    for digest in db.scalars(_kept_digests()):
        path = store.bytes_of(digest)
        if not path.exists():
            yield Problem(f"bytes {digest[:12]}", "报送原始文件缺失")
        elif sha256_of(path) != digest:
            yield Problem(f"bytes {digest[:12]}", "报送原始文件与摘要不符")


def _evidence(db: Session, store: Store) -> Iterator[Problem]:
    """Files that explanations rest on; one whose bytes were delivered too is proved, or was erased, with those."""
    table = OrderExplanation.evidence_digest
    alone = select(table).where(table != "", table.not_in(select(Delivery.digest)))
    for digest in db.scalars(alone.distinct().order_by(table)):
        path = store.bytes_of(digest)
        if not path.exists() or sha256_of(path) != digest:
            yield Problem(f"evidence {digest[:12]}", "说明的佐证材料缺失或与摘要不符")


def _exceptions(db: Session, store: Store) -> Iterator[Problem]:
    """An exception names its rows in a file wherever the check left findings to take them from."""
    for each in db.scalars(select(AcceptedException).order_by(AcceptedException.id)):
        path, delivery_id = exceptions.file_of(store, each.id), each.explanation.delivery_id
        is_due = bool(delivery_id) and (store.checked(delivery_id or "") / exceptions.FINDINGS).exists()
        if path.exists() and not exceptions.is_whole(path):
            yield Problem(f"exception {each.id}", "例外文件已损坏")
        elif is_due and not path.exists():
            yield Problem(f"exception {each.id}", "例外文件缺失")


def _key_map(store: Store) -> Iterator[Problem]:
    """Files of the key map are only added, numbered from 1: a gap is a loss."""
    for kind in sorted(store.keymap.glob("*")):
        found = sorted(kind.glob("*.parquet"))
        if [int(path.stem) for path in found] != list(range(1, len(found) + 1)):
            yield Problem(f"keymap {kind.name}", "主键对照文件有缺号")
        for path in found:
            if not exceptions.is_whole(path):
                yield Problem(f"keymap {kind.name}/{path.stem}", "主键对照文件已损坏")


_SEALED = (
    Correction.claim, Correction.grounds, Correction.answer, LinkageDecision.reason,
    IdentityDecision.kept, IdentityDecision.other, IdentityDecision.reason, IdentityDecision.evidence,
)  # fmt: skip


def _keys(db: Session, store: Store) -> Iterator[Problem]:
    """Every generation that a living grant masks with, or that sealed a text, must be there."""
    masks = select(GrantVersion.mask_key_id).join(Grant).where(Grant.revoked_at.is_(None)).distinct()
    named = {key_id for key_id in db.scalars(masks) if key_id}
    for column in _SEALED:
        named |= {text.partition(".")[0] for text in db.scalars(select(column).where(column != ""))}
    keys = Keys(store.keys)
    for key_id in sorted(named):
        if keys.find(key_id) is None:
            yield Problem(f"key {key_id}", "授权或封存文字所用的密钥缺失；从备份恢复 HOME/keys")


def _kept_digests() -> Select[str]:
    """The digests whose bytes must be there: all but those that a spill erased."""
    kept = select(Delivery.digest).where(Delivery.state != DeliveryState.ERASED)
    return kept.distinct().order_by(Delivery.digest)


def _releases(db: Session, store: Store) -> Iterator[Problem]:
    living = db.scalars(select(Release).where(Release.pruned_at.is_(None))).all()
    for release in living:
        yield from _release(store, release)
    known = {(r.unit, r.release_id) for r in living}
    erased = {(r.unit, r.release_id) for r in db.scalars(select(Release).where(Release.pruned_reason != ""))}
    for unit, release_id in current_ids(db).items():
        if (unit, release_id) not in known | erased:
            yield Problem(f"release {unit}/{release_id}", "现行版本没有登记")
    for folder in sorted(store.releases.glob("*/*")):
        if (folder.parent.name, folder.name) not in known:
            yield Problem(f"release {folder.parent.name}/{folder.name}", "目录存在而登记簿没有记录")


def _release(store: Store, release: Release) -> Iterator[Problem]:
    subject = f"release {release.unit}/{release.release_id}"
    directory = store.release(release.unit, release.release_id)
    manifest_path = directory / "manifest.json"
    if not manifest_path.exists():
        yield Problem(subject, "清单缺失")
        return
    if sha256_of(manifest_path) != release.manifest_digest:
        yield Problem(subject, "清单与登记的摘要不符")
    for name, table in store.manifest(release.unit, release.release_id)["tables"].items():
        path = directory / table["file"]
        if not path.exists() or sha256_of(path) != table["sha256"]:
            yield Problem(subject, f"数据表 {name} 缺失或与摘要不符")


def _extracts(db: Session, store: Store) -> Iterator[Problem]:
    for extract in db.scalars(select(Extract).where(Extract.deleted_at.is_(None))):
        path = store.extracts / extract.filename
        if not path.exists() or sha256_of(path) != extract.sha256:
            yield Problem(f"extract {extract.id}", "提取文件缺失或与摘要不符")


def _receipts(store: Store) -> Iterator[Problem]:
    for message in receipts.verify(store):
        yield Problem("receipts", str(message))


def _search(db: Session) -> Iterator[Problem]:
    for slug in search_index.problems(db):
        yield Problem(f"search {slug}", "检索索引与登记簿不一致；运行 sixbase upgrade 重建")
