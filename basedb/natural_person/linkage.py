"""Statements without a valid identifier, weighed against the persons they may speak of.

Fellegi and Sunter's model by Splink: the probabilities are data (`linkage.json`, made by
`python -m bench.linkage --train`), so that equal inputs give equal weights. What is compared is
made by the models before; what follows from the weights is decided by the models after.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import duckdb

MODEL = Path(__file__).with_name("linkage.json")
EVIDENCE = ("name", "birth", "sex", "phone", "address", "household", "identifier")
EMPTY = """
create temp table weighed (statement_no bigint, no bigint, weight double, {levels})
"""
WEIGHED = """
insert into weighed by name
select unique_id_r as statement_no, unique_id_l as no, round(match_weight, 2) as weight, {levels}
from {predictions}
"""


def weigh(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `weighed`: a row per candidate with its match weight and the level of each evidence.

    Reads `person_side`, `statement_side`, `candidate_pair`, `name_frequency`. weight: in bits;
    levels: -1 unknown, 0 different, the more alike the higher.
    """
    connection.execute(EMPTY.format(levels=", ".join(f"{each}_level integer" for each in EVIDENCE)))
    (pairs,) = connection.execute("select count(*) from candidate_pair").fetchall()[0]
    if pairs:
        _predict(connection, json.loads(MODEL.read_text(encoding="utf-8")))


def _predict(connection: duckdb.DuckDBPyConnection, model: dict[str, Any]) -> None:
    predictions = open_linker(connection, model).inference.predict(warning_mode="never")
    levels = ", ".join(f"gamma_{each} as {each}_level" for each in EVIDENCE)
    connection.execute(WEIGHED.format(predictions=predictions.physical_name, levels=levels))
    predictions.drop_table_from_database_and_remove_from_cache()


def open_linker(connection: duckdb.DuckDBPyConnection, model: dict[str, Any]) -> Any:
    """Splink's linker over the prepared tables."""
    from splink import DuckDBAPI, Linker  # takes a second to import

    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI(connection=connection)
    sides = [api.register(f"{side}_side", dataset_display_name=side) for side in ("person", "statement")]
    linker = Linker(sides, model, log_level=None)
    tables = linker.table_management
    tables.register_blocked_pairs_for_predict(api.register("candidate_pair", table_name="candidate_pair_given"))
    tables.register_term_frequency_lookup(api.register("name_frequency", table_name="name_frequency_given"), "name")
    return linker
