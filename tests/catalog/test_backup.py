"""A backup comes back equal, on either engine; a wrong passphrase or a damaged file changes nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from catalog import clients, departments, releases, resources, rows
from catalog.backup import Summary, backup
from catalog.errors import Conflict, Damaged, Invalid, Misconfigured, PlatformError
from catalog.keys import Keys, Purpose
from catalog.models import (
    AcceptanceReport,
    AcceptedException,
    Delivery,
    Department,
    LinkageDecision,
    Model,
    OrderExplanation,
    Project,
    QualityOrder,
)  # fmt: skip
from catalog.receipts import Entry, Receipts, seal
from catalog.register import open_engine, sessions, transaction
from catalog.restore import prove, restore
from catalog.sealed import PIECE, Opener, Sealer
from catalog.store import Store
from catalog.verify import problems
from catalog.vocab import Channel, DeliveryState, Dimension, Side
from tests.catalog.conftest import make_department, make_resource
from tests.conftest import NOW

PASSPHRASE = "云冈石窟第二十窟露天大佛"
OTHER = "华严寺薄伽教藏殿合掌露齿菩萨"


@pytest.fixture
def home(engine: Engine, store: Store) -> Store:
    """An installation with a delivery, a release, receipts and keys; its register is the one of `engine`."""
    keys = Keys(store.keys).ensure()
    keys.rotate(Purpose.MASK)
    with transaction(engine) as db:
        first = make_department(db, "aaa_sub", 1)
        police = make_department(db, "police", 2, is_authority=True)
        first.upper_id = police.id
        _deliver(db, store, make_resource(db, police, "people"))
        _release(db, store, "people")
        clients.register(db, "c1", department=police, name="c", roles=["consumer"], now=NOW)
        db.add(_report(db, police))
    receipts = Receipts(store.receipts)
    receipts.write_now(Entry(at=NOW, door="d", client="c1", department="police", outcome="answered"))
    receipts.close()
    seal(store, NOW)
    for path in (store.keymap / "person" / "000001.parquet", store.exceptions / "x.parquet"):
        _write_table(path)
    return store


def _report(db: Session, police: Department) -> AcceptanceReport:
    project = Project(code="P1", name="项目", department=police, kind="新建", state="在建")
    db.add(project)
    db.flush()
    facts: dict[str, Any] = {"verdict": "ready", "items": [{"说明": "a\u2028b\u0085c\r\nd"}], "digest": "0" * 64}
    return AcceptanceReport(project_id=project.id, as_of=date(2026, 11, 20), made_at=NOW, made_by="x", **facts)


def _deliver(db: Session, store: Store, resource: Any) -> None:
    content = b"delivered"
    digest = hashlib.sha256(content).hexdigest()
    _write(store.bytes_of(digest), content)
    delivery = Delivery(resource=resource, period="2026-11-19", sequence=1, digest=digest, filename="a", size=9)
    delivery.channel, delivery.delivered_by, delivery.received_at = Channel.API, "x", NOW
    delivery.state = DeliveryState.ACCEPTED
    db.add(delivery)
    db.flush()
    _write(store.checked(delivery.id) / "good.parquet", b"good rows")


def _release(db: Session, store: Store, unit: str) -> None:
    folder, content = store.release(unit, "r1"), b"rows"
    _write(folder / f"{unit}.parquet", content)
    table = {"file": f"{unit}.parquet", "rows": 1, "sha256": hashlib.sha256(content).hexdigest()}
    manifest = {"unit": unit, "release_id": "r1", "identity": "0" * 64, "built_from": [], "tables": {unit: table}}
    _write(folder / "manifest.json", json.dumps(manifest).encode())
    _write(store.changes(unit, "r1") / "changes.json", b"{}")
    _write(store.findings / unit / "r1.parquet", b"findings")
    releases.publish(db, releases.record(db, store, manifest, now=NOW), now=NOW, by="test")


def _write_table(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as duck:
        duck.sql("select 'x' as natural_key, 'y' as record_key").write_parquet(str(path))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def save(engine: Engine, home: Store, target: Path, *, with_bytes: bool = True) -> Summary:
    return backup(engine, home, target, PASSPHRASE, with_bytes=with_bytes, now=NOW)


def content(engine: Engine) -> dict[str, list[Any]]:
    """Every row of every table."""
    with engine.connect() as connection:
        return {
            table.name: sorted((tuple(map(str, row)) for row in connection.execute(select(table))), key=repr)
            for table in rows.tables()
        }


def files(home: Path) -> dict[str, bytes]:
    """Every file that is kept for good; receipts are compared by `verify`."""
    folders = ("keys", "keymap", "exceptions", "bytes", "checked", "releases", "changes", "findings")
    found = [path for folder in folders for path in (home / folder).rglob("*") if path.is_file()]
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in found}


def proof(engine: Engine, home: Path) -> list[str]:
    with sessions(engine)() as db:
        return [f"{each.subject}: {each.message}" for each in problems(db, Store(home))]


def test_a_restored_home_is_equal_and_verifies(engine: Engine, home: Store, tmp_path: Path) -> None:
    assert proof(engine, home.home) == []
    save(engine, home, tmp_path / "b")
    target = tmp_path / "restored"
    restored = restore(tmp_path / "b", PASSPHRASE, target)
    back = open_engine(f"sqlite:///{target / 'register.sqlite'}")
    assert content(back) == content(engine)
    assert files(target) == files(home.home)
    assert restored.missing == () and proof(back, target) == []
    back.dispose()
    assert {p.stat().st_mode & 0o777 for p in (target / "keys").iterdir()} == {0o600}
    assert (target / "keys").stat().st_mode & 0o777 == 0o700
    assert Keys(target / "keys").current(Purpose.MASK) == Keys(home.keys).current(Purpose.MASK)


def test_verify_names_lost_evidence_exceptions_key_maps_and_keys(engine: Engine, home: Store) -> None:
    with transaction(engine) as db:
        delivery = db.scalars(select(Delivery)).one()
        about = {"rule": "r", "dimension": Dimension.ACCURATE, "side": Side.COLLECTOR, "state": "open", "count": 1}
        who = delivery.resource.provider_id
        order = QualityOrder(resource_id=delivery.resource_id, department_id=who, opened_at=NOW, **about)
        db.add(order)
        db.flush()
        said = OrderExplanation(order_id=order.id, text="x", delivery_id=delivery.id, made_at=NOW, made_by="x")
        said.evidence_digest = "e" * 64
        db.add(said)
        db.flush()
        kept = AcceptedException(explanation=said, resource_id=order.resource_id, rule="r", count=1)
        kept.id, kept.valid_from, kept.valid_to = "gone", date(2026, 1, 1), date(2027, 1, 1)
        db.add(kept)
        sealed = {"reason": "claim-000000000000.00.00.00", "department_id": who, "at": NOW, "by": "x"}
        db.add(LinkageDecision(kind="person", statement_key="s", **sealed))
        _write(home.checked(delivery.id) / "findings.parquet", b"findings")
    shutil.move(home.keymap / "person" / "000001.parquet", home.keymap / "person" / "000002.parquet")
    _write(home.keymap / "person" / "000003.parquet", b"map")
    assert {each.partition(":")[0] for each in proof(engine, home.home)} == {
        f"evidence {'e' * 12}",
        "exception gone",
        "keymap person",
        "keymap person/000003",
        "key claim-000000000000",
    }


def test_a_backup_goes_from_either_engine_into_postgresql(
    engine: Engine, home: Store, tmp_path: Path, empty_postgresql: str
) -> None:
    save(engine, home, tmp_path / "b")
    restore(tmp_path / "b", PASSPHRASE, tmp_path / "restored", empty_postgresql)
    back = open_engine(empty_postgresql)
    assert content(back) == content(engine)
    assert proof(back, tmp_path / "restored") == []
    with transaction(back) as db:
        # its counters go on after what came back
        make_resource(db, departments.get(db, "police"), "another")
        assert resources.get(db, "another").items
    with pytest.raises(Conflict):
        restore(tmp_path / "b", PASSPHRASE, tmp_path / "second", empty_postgresql)
    back.dispose()


def test_files_by_reference_are_taken_from_another_copy_when_they_are_as_they_were(
    engine: Engine, home: Store, tmp_path: Path
) -> None:
    summary = save(engine, home, tmp_path / "b", with_bytes=False)
    assert summary.references == 5
    without = restore(tmp_path / "b", PASSPHRASE, tmp_path / "one")
    assert len(without.missing) == 5
    copy = Path(shutil.copytree(home.home, tmp_path / "copy"))
    whole = restore(tmp_path / "b", PASSPHRASE, tmp_path / "two", files_from=copy)
    assert whole.missing == () and files(tmp_path / "two") == files(home.home)
    (copy / "releases/people/r1/people.parquet").write_bytes(b"other")
    changed = restore(tmp_path / "b", PASSPHRASE, tmp_path / "three", files_from=copy)
    assert changed.missing == ("releases/people/r1/people.parquet",)


def test_a_wrong_passphrase_changes_nothing_and_the_right_one_works_after_it(
    engine: Engine, home: Store, tmp_path: Path
) -> None:
    save(engine, home, tmp_path / "b")
    with pytest.raises(Invalid, match="口令"):
        restore(tmp_path / "b", OTHER, tmp_path / "restored")
    assert not (tmp_path / "restored").exists()
    restore(tmp_path / "b", PASSPHRASE, tmp_path / "restored")


def _cut(content: bytes) -> bytes:
    return content[:-40]


def _append(content: bytes) -> bytes:
    return content + b"x"


def _flip(place: float) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        at = int(len(content) * place)
        return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]

    return change


@pytest.mark.parametrize("damage", [_cut, _append, *(_flip(place) for place in (0.0005, 0.01, 0.3, 0.6, 0.999))])
def test_a_damaged_backup_is_refused_and_leaves_nothing_behind(
    engine: Engine, home: Store, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    save(engine, home, tmp_path / "b")
    (tmp_path / "c").write_bytes(damage((tmp_path / "b").read_bytes()))
    before = set(tmp_path.iterdir())
    with pytest.raises((Damaged, Invalid)):
        restore(tmp_path / "c", PASSPHRASE, tmp_path / "restored")
    assert set(tmp_path.iterdir()) == before


def test_a_home_that_is_in_use_is_never_written_over(engine: Engine, home: Store, tmp_path: Path) -> None:
    save(engine, home, tmp_path / "b")
    with pytest.raises(Conflict):
        restore(tmp_path / "b", PASSPHRASE, home.home)
    with pytest.raises(Conflict):
        save(engine, home, tmp_path / "b")
    with pytest.raises(Misconfigured):
        restore(tmp_path / "b", PASSPHRASE, tmp_path / "new", f"sqlite:///{tmp_path / 'r.sqlite'}")


def test_a_backup_that_fails_leaves_no_file(engine: Engine, home: Store, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="口令"):
        backup(engine, home, tmp_path / "b", "short", with_bytes=True, now=NOW)
    shutil.rmtree(home.receipts)
    home.receipts.mkdir()
    (home.receipts / "w01.sqlite").write_bytes(b"not a database, but long enough to be read as one" * 100)
    with pytest.raises(Exception, match="not a database"):
        save(engine, home, tmp_path / "b")
    assert not list(tmp_path.glob("b*"))


def test_nothing_of_the_content_can_be_read_in_the_file(engine: Engine, home: Store, tmp_path: Path) -> None:
    save(engine, home, tmp_path / "b")
    sealed = (tmp_path / "b").read_bytes()
    assert not any(word in sealed for word in (b"people", b"delivered", "测试".encode(), b"secret"))
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o600


def test_what_is_written_during_a_backup_is_in_it_whole_or_not_at_all(
    engine: Engine, home: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = rows.lines

    def disturbed(connection: Any, table: Any) -> Any:
        if table.name == "resource":
            with transaction(engine) as db:
                make_resource(db, departments.get(db, "police"), "meanwhile")
        yield from read(connection, table)

    monkeypatch.setattr("catalog.rows.lines", disturbed)
    save(engine, home, tmp_path / "b")
    monkeypatch.undo()
    restore(tmp_path / "b", PASSPHRASE, tmp_path / "restored")
    back = open_engine(f"sqlite:///{tmp_path / 'restored/register.sqlite'}")
    assert "meanwhile" not in str(content(back)["resource"] + content(back)["data_item"])
    assert proof(back, tmp_path / "restored") == []
    back.dispose()


def test_a_backup_of_another_migration_is_refused(
    engine: Engine, home: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    save(engine, home, tmp_path / "b")
    with pytest.raises(Misconfigured, match="9999"):
        restore(tmp_path / "b", PASSPHRASE, tmp_path / "restored")
    assert not (tmp_path / "restored").exists() and not list(tmp_path.glob("*.restoring"))


# the seal itself


def seal_bytes(path: Path, content: bytes, passphrase: str = PASSPHRASE) -> None:
    with path.open("wb") as file:
        sealer = Sealer(file, passphrase, {"made_at": datetime(2026, 1, 1, tzinfo=UTC).isoformat()})
        sealer.write(content)
        sealer.finish()


def open_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return Opener(file, PASSPHRASE).read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7])
def test_what_is_sealed_is_opened_as_it_was(tmp_path: Path, size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    seal_bytes(tmp_path / "s", content[:size])
    assert open_bytes(tmp_path / "s") == content[:size]


def test_pieces_cannot_be_exchanged_left_out_or_taken_from_another_file(tmp_path: Path) -> None:
    seal_bytes(tmp_path / "s", b"a" * (2 * PIECE) + b"b")
    whole = (tmp_path / "s").read_bytes()
    piece, last = PIECE + 37, 38
    start = len(whole) - 2 * piece - last
    parts = [whole[start : start + piece], whole[start + piece : start + 2 * piece], whole[-last:]]
    seal_bytes(tmp_path / "t", b"a" * (2 * PIECE) + b"c")
    foreign = (tmp_path / "t").read_bytes()[-last:]
    for order in ((parts[1], parts[0], parts[2]), (parts[0], parts[2]), (parts[0], parts[1]), (*parts[:2], foreign)):
        (tmp_path / "u").write_bytes(whole[:start] + b"".join(order))
        with pytest.raises(Damaged):
            open_bytes(tmp_path / "u")


def test_the_same_content_is_never_sealed_the_same_way(tmp_path: Path) -> None:
    seal_bytes(tmp_path / "s", b"same")
    seal_bytes(tmp_path / "t", b"same")
    assert (tmp_path / "s").read_bytes()[-38:] != (tmp_path / "t").read_bytes()[-38:]


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"PK\x03\x04",
        b"SIXBASE BACKUP 1\n",
        b"SIXBASE BACKUP 1\n{}\n" + b"0" * 99,
        b'SIXBASE BACKUP 1\n{"kdf": {"n": 1152921504606846976, "r": 8, "p": 1, "salt": ""}}\n',
        b'SIXBASE BACKUP 1\n{"kdf": {"n": 3, "r": 8, "p": 1, "salt": "00000000000000000000000000000000"}}\n',
    ],
)
def test_a_file_that_is_no_backup_is_refused(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "x").write_bytes(head)
    with pytest.raises(PlatformError):
        prove(tmp_path / "x", PASSPHRASE)


def test_every_table_of_the_register_is_in_a_backup() -> None:
    assert {table.name for table in rows.tables()} == set(Model.metadata.tables)
