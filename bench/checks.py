"""GX inside DuckDB against one hand-written aggregate scan with the same predicates on the same table.

    python -m bench.checks --rows 3000000 --rules 40 --json

scan_s, gx_s: medians of interleaved runs over row rules alone. ratio: gx_s / scan_s. peak_mb: of the whole process.
unique_s: finding repeated keys. cross_s: finding the rows whose code another table of 400,000 rows lacks, and judging it.
pandas_s, pandas_peak_mb (with --pandas): GX's pandas engine with expectations of its own, twelve at most.
prepare_s: reading aside, what it takes to type the rows, unique_s within it.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import duckdb

from bench import command
from catalog.vocab import Column, IdentifierKind, Outcome, RuleKind, TableSpec
from quality.gx_duckdb import count_broken
from quality.normalise import CHECKED, mark_repeats, normalise
from quality.rules import Rule
from quality.suites import delivery, own

AS_OF = date(2026, 11, 23)
RUNS = 5
UNIQUENESS = "KEY_DUPLICATE"
OTHERS = 400_000  # rows of the other table
T = TypeVar("T")
CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _text(name: str, length: int, *, required: bool = True, codes: tuple[str, ...] = (), pattern: str = "") -> Column:
    return Column(name, "VARCHAR", name, required=required, codes=codes, pattern=pattern, max_length=length)


# A permit about a person: every kind of rule that a delivery can have.
SPEC = TableSpec(
    "permit", "许可", ("document_no",),
    (
        _text("document_no", 50),
        Column("id_number", "VARCHAR", "号码", required=True, identifier=IdentifierKind.CITIZEN_ID),
        _text("name", 50),
        _text("sex_code", 1, codes=("0", "1", "2", "9")),
        Column("birth_date", "DATE", "出生日期", required=True),
        _text("kind_code", 2, codes=tuple(f"{i:02}" for i in range(60))),
        _text("phone", 11, required=False, pattern=r"1[3-9]\d{9}"),
        Column("credit_code", "VARCHAR", "代码", identifier=IdentifierKind.CREDIT_CODE),
        _text("content", 200),
        Column("decided_date", "DATE", "决定日期", required=True),
        Column("submitted_date", "DATE", "报送日期", required=True),
        Column("valid_until", "DATE", "有效期至", required=True),
        Column("fee_cny", "DECIMAL(18,2)", "费用", minimum=0, maximum=100_000),
        Column("serial", "BIGINT", "序号", minimum=1, maximum=10**9),
        _text("authority_name", 100),
    ),
    orders=(("decided_date", "valid_until"),),
)  # fmt: skip


def _staged(rows: int) -> str:
    """Rows of which one in fifty breaks some rule."""
    total = " + ".join(f"(d // {10 ** (16 - i)}) % 10 * {weight}" for i, weight in enumerate(CITIZEN_WEIGHTS))
    return f"""create table staged as
    select i + 2 as _row, '同审批〔2026〕' || i as document_no,
        d || substr('10X98765432', 1 + ({total} + (i % 50 = 7)::int) % 11, 1) as id_number, '张某' || i % 1000 as name,
        case when i % 50 = 8 then '7' else (2 - d % 2)::varchar end as sex_code, birth::varchar as birth_date,
        lpad((i % 60)::varchar, 2, '0') as kind_code, '138' || lpad((i % 100000000)::varchar, 8, '0') as phone,
        case when i % 3 = 0 then '91140200MA0K12348D' end as credit_code, '准予第' || i % 9973 || '号许可事项' as content,
        '2026-11-02' as decided_date, case when i % 50 = 9 then '2026-11-20' else '2026-11-06' end as submitted_date,
        '2027-11-01' as valid_until, case when i % 50 = 10 then '-1' else (i % 1000)::varchar end as fee_cny,
        (i + 1)::varchar as serial, '某某市行政审批服务管理局' as authority_name
    from (select i, birth, 140213::bigint * 100000000000 + strftime(birth, '%Y%m%d')::bigint * 1000 + i // 25000 % 1000
        as d from (select i, date '1940-01-01' + (i % 25000)::int as birth from range({rows}) r(i)))"""


def measure(
    rows: int, rules: int, *, threads: int = 2, memory: str = "1500MB", with_pandas: bool = False
) -> dict[str, float]:
    """Times in seconds and the peak in megabytes. with_pandas: also GX's pandas engine, in a process of its own."""
    days = [AS_OF - timedelta(i) for i in range(365)]
    with tempfile.TemporaryDirectory() as folder:
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": threads, "memory_limit": memory, "temp_directory": folder,
        }  # fmt: skip
        with duckdb.connect(str(Path(folder) / "bench.duckdb"), config=config) as connection:
            connection.execute("set TimeZone='UTC'")
            connection.execute(_staged(rows))
            prepare_s, _ = _timed(
                lambda: normalise(
                    connection, "staged", SPEC, as_of=AS_OF, area_codes={"140213": 9999}, working_days=sorted(days)
                )
            )
            if with_pandas:
                connection.execute(f"copy staged to '{folder}/rows.parquet' (format parquet)")
            connection.execute("drop table staged")
            predicates = [rule.predicate for rule in delivery.rules(SPEC) if rule.code != UNIQUENESS][:rules]
            figures = _compare(connection, predicates)
            figures |= _apart(connection, Path(folder) / "others.parquet")
            figures |= {"rows": rows, "prepare_s": round(prepare_s, 3), "peak_mb": _peak_mb()}
        return figures | (_by_pandas(Path(folder) / "rows.parquet", rules) if with_pandas else {})


def _by_pandas(path: Path, rules: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.pandas_checks", str(path), str(rules)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, float] = json.loads(told.splitlines()[-1])
    return found


def _apart(connection: duckdb.DuckDBPyConnection, others: Path) -> dict[str, float]:
    """What looks beyond a row: keys against the other keys of the file, codes against another table."""
    connection.execute(f"copy (select i::varchar as serial from range({OTHERS}) r(i)) to '{others}' (format parquet)")
    exists = own.OwnRule(
        "OWN", 1, RuleKind.EXISTS_IN, "kind_code", {"resource": "others", "other": "serial"}, Outcome.WARN, "", others
    )
    unique_s, _ = _timed(lambda: mark_repeats(connection))
    cross_s, _ = _timed(lambda: _judged(connection, list(own.rules(connection, SPEC, [exists]))))
    return {"unique_s": round(unique_s, 3), "cross_s": round(cross_s, 3)}


def _judged(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> list[int]:
    return count_broken(connection, CHECKED, [rule.predicate for rule in rules])


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _compare(connection: duckdb.DuckDBPyConnection, predicates: Sequence[str]) -> dict[str, float]:
    scan = "select " + ", ".join(f"count(*) filter (where ({p}) is false)" for p in predicates) + f" from {CHECKED}"
    count_broken(connection, CHECKED, predicates[:1])  # the process's one context is no part of a delivery's time
    times: list[tuple[float, float]] = []
    for _ in range(RUNS):
        scan_s, by_hand = _timed(lambda: list(connection.execute(scan).fetchall()[0]))
        gx_s, by_gx = _timed(lambda: count_broken(connection, CHECKED, predicates))
        if by_hand != by_gx:
            raise SystemExit("the scan and GX disagree")
        times.append((scan_s, gx_s))
    scan_s, gx_s = (statistics.median(column) for column in zip(*times, strict=True))
    return {
        "rules": len(predicates),
        "scan_s": round(scan_s, 3),
        "gx_s": round(gx_s, 3),
        "ratio": round(gx_s / scan_s, 3),
    }


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def main() -> None:
    """Print the figures, as lines or as JSON."""
    options = command.options(__doc__)
    options.add_argument("--rows", type=int, default=3_000_000)
    options.add_argument("--rules", type=int, default=40)
    options.add_argument("--pandas", action="store_true", help="compare with GX's pandas engine on the same rows")
    chosen = options.parse_args()
    figures = measure(chosen.rows, chosen.rules, with_pandas=chosen.pandas)
    command.tell(figures, as_json=chosen.json)


if __name__ == "__main__":
    main()
