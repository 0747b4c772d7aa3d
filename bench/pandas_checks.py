"""GX's pandas engine over the rows of bench.checks, in a process of its own: `python -m bench.pandas_checks FILE RULES`.

Prints seconds and peak megabytes as JSON. The rules are GX's own expectations of the same kinds: presence, lists,
patterns, ranges, uniqueness.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

PRESENT = ("document_no", "id_number", "name", "birth_date", "decided_date", "submitted_date", "valid_until")


def measure(path: Path, rules: int) -> dict[str, float]:
    """pandas_s and pandas_peak_mb of that many rules at most; reading the file is left out of the time."""
    import great_expectations as gx

    from quality.gx_duckdb import COUNTS_ONLY

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pandas as pd

        frame = pd.read_parquet(path)
        source = gx.get_context(mode="ephemeral").data_sources.add_pandas("pandas")
        batch = source.add_dataframe_asset("rows").add_batch_definition_whole_dataframe("whole")
        suite = gx.ExpectationSuite(name="rows", expectations=_expectations()[:rules])
        start = time.perf_counter()
        result = batch.get_batch({"dataframe": frame}).validate(suite, result_format=COUNTS_ONLY)
        seconds = time.perf_counter() - start
    return {
        "pandas_rules": len(result.results),
        "pandas_s": round(seconds, 3),
        "pandas_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _expectations() -> list[Any]:
    gxe: Any = import_module("great_expectations.expectations")

    lists = {"sex_code": ["0", "1", "2", "9"], "kind_code": [f"{i:02}" for i in range(60)]}
    return [
        *(gxe.ExpectColumnValuesToNotBeNull(column=name) for name in PRESENT),
        *(gxe.ExpectColumnValuesToBeInSet(column=name, value_set=codes) for name, codes in lists.items()),
        gxe.ExpectColumnValuesToMatchRegex(column="phone", regex=r"^1[3-9]\d{9}$"),
        gxe.ExpectColumnValuesToMatchRegex(column="id_number", regex=r"^\d{17}[\dX]$"),
        gxe.ExpectColumnValuesToBeUnique(column="document_no"),
    ]


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))
