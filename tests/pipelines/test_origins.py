"""Of the sample city's bases no value lacks its source: department, resource, delivery, row and day, in one query."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from basedb import provenance
from basedb.connect import Engine
from basedb.spec import base
from catalog.vocab import Base, TableSpec

# the first records of each table and source: the queries are alike for all others
EACH = 2


@pytest.mark.parametrize("name", Base)
def test_every_value_of_every_table_tells_delivery_row_and_day(name: Base, city: Path, tmp_path: Path) -> None:
    owner, engine = base(name), Engine(tmp_path)
    (release,) = (city / "releases" / name.value).iterdir()
    for table in owner.spec.TABLES:
        if table.name in owner.derived:
            continue
        for key, items in _held(release / f"{table.name}.parquet", table).items():
            found = provenance.origins(release, table.name, key, items, city / "releases", engine)
            told = {each.item for each in found if each.delivery_id and each.row is not None and each.as_of}
            assert [item for item in items if item not in told] == [], (table.name, key)


def _held(path: Path, table: TableSpec) -> dict[str, list[str]]:
    """Some records of a table, of each source some, with the items that have a value.

    What the platform itself states, of no source, is left out: a register of a single kind of licence.
    """
    items = [c for c in table.names if c != "record_key" and c != "source" and not c.endswith("_source")]
    codes = [c for c in table.names if c == "source" or c.endswith("_source")]
    filled = ", ".join(f"if({item} is null, null, '{item}')" for item in items)
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select record_key, list_filter([{filled}], lambda x: x is not null) from read_parquet(?) "
            f"where {' and '.join(f'{code} is not null' for code in codes if code == 'record_source') or 'true'} "
            f"qualify row_number() over (partition by {', '.join(codes) or 'true'} order by record_key) <= {EACH}",
            [str(path)],
        ).fetchall()
    return dict(rows[:40])
