"""Whatever is delivered, no row is lost and the bad ones are those that a blocking rule names."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.vocab import Outcome
from quality.check import check
from quality.reference import Reference
from quality.scratch import Bounds
from tests.quality.conftest import AREAS, AS_OF, PERSON, WORKING_DAYS

values = {
    "id_number": st.sampled_from(
        ["140213199003070018", "140203197812310024", "14020319560101001x", "140213900307001", "1.4E+17", "x", "", "１"]
    ),
    "name": st.sampled_from(["张一", "", " ", "很长很长很长很长很长很长", '"', "a,b", "换\n行"]),
    "sex_code": st.sampled_from(["1", "2", "", "x"]),
    "birth_date": st.sampled_from(["1990-03-07", "19781231", "1990-02-30", "", "不详"]),
    "income": st.sampled_from(["1", "", "-1", "一", "1,000", "1e99"]),
}
rows = st.lists(st.fixed_dictionaries(values), min_size=1, max_size=12)


def delivered(folder: Path, table: list[dict[str, str]]) -> Path:
    path = folder / "delivered"
    lines = [",".join(values)] + [",".join('"' + v.replace('"', '""') + '"' for v in row.values()) for row in table]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@settings(max_examples=15, deadline=None)
@given(rows)
def test_good_and_bad_rows_are_all_rows_and_blocking_findings_name_the_bad_ones(table: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as name, duckdb.connect() as connection:
        folder = Path(name)
        report = check(
            delivered(folder, table), "x.csv", PERSON, folder / "out", as_of=AS_OF,
            reference=Reference(AREAS, WORKING_DAYS), bounds=Bounds(1, "500MB", folder / "tmp"),
        )  # fmt: skip
        if not (folder / "out").exists():
            assert all(not any(v.strip() for v in row.values()) for row in table)
            return

        def column(query: str) -> list[int]:
            return [row[0] for row in connection.execute(query.replace("@", f"{folder}/out/")).fetchall()]

        good, bad = column("select _row from '@good.parquet'"), column("select _row from '@bad.parquet'")
        assert (len(good), len(bad), len(good) + len(bad)) == (report.good, report.bad, report.rows)
        filled = [i + 2 for i, row in enumerate(table) if any(v != "" for v in row.values())]
        assert sorted(good + bad) == filled
        assert good == sorted(good)
        assert bad == sorted(bad)
        blocking = [f.rule for f in report.findings if f.outcome is Outcome.BLOCK_ROW]
        named = column(
            f"select distinct row from '@findings.parquet' where list_contains({blocking}, rule) order by row"
        )
        assert named == bad
        assert len(column("select row from '@findings.parquet'")) == sum(f.count for f in report.findings)
