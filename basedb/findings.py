"""What a build found wrong: which source row contradicts which department's value.

Models write `insert into findings by name select ... as rule, ... `:
rule; source: code of the contradicting row; item: its item's name; delivery, row: where it lies;
authority: code of the source whose department must act; other: code of the source whose department
is told besides, that of the row where none is given.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from basedb.manifest import file_digest
from basedb.tables import copy

FILE = "findings.parquet"

CREATE = """
create temp table findings (
    rule varchar not null, source utinyint not null, item varchar not null,
    delivery integer, row bigint, authority utinyint, other utinyint)
"""

RESOLVED = """
select distinct f.rule, s.resource, coalesce(a.department, s.department) as department,
       f.item, d.delivery_id, f.row,
       nullif(coalesce(o.department, s.department), coalesce(a.department, s.department)) as other
from findings f
join sources s on s.code = f.source
left join sources a on a.code = f.authority
left join sources o on o.code = f.other
left join source_deliveries d on d.code = f.source and d.delivery = f.delivery
order by all
"""


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the empty table that models fill."""
    connection.execute(CREATE)


def write(connection: duckdb.DuckDBPyConnection, directory: Path) -> dict[str, Any]:
    """Write the findings with names instead of codes; their entry in the manifest."""
    rows = copy(connection, RESOLVED, directory / FILE)
    return {"file": FILE, "rows": rows, "sha256": file_digest(directory / FILE)}
