"""Extracts as GeoParquet: only under a grant that shows a place, with the rows that have one."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tests.pages.conftest import Portal
from tests.pages.test_oversight import token_of
from tests.pages.test_whole import granted_for_now

ADDRESS = "/v1/data/address/extract.geoparquet"


def test_places_are_read_as_geoparquet_under_a_grant_that_shows_them_and_no_other(
    portal: Portal, tmp_path: Path
) -> None:
    assert portal.as_("").get(ADDRESS, token_of(portal)).status_code == 403
    assert portal.as_("").get(ADDRESS).status_code == 401
    with granted_for_now(portal, "address", ("address_code", "division_code")) as grants:
        answer = portal.as_("").get(f"{ADDRESS}?grant={grants['address']}", token_of(portal))
        assert answer.status_code == 403, "no place is granted"
    with granted_for_now(portal, "address", ("address_code", "longitude", "latitude")) as grants:
        path = f"{ADDRESS}?grant={grants['address']}"
        answer = portal.as_("").get(path, token_of(portal))
        assert answer.status_code == 200, answer.text
        (tmp_path / "address.parquet").write_bytes(answer.content)
        with duckdb.connect() as connection:
            query = "select count(*), bool_and(geometry is not null) from read_parquet(?)"
            rows, is_placed = connection.execute(query, [str(tmp_path / "address.parquet")]).fetchall()[0]
        assert is_placed and int(answer.headers["x-rows"]) == rows > 0
    assert portal.as_("").get(path, token_of(portal)).status_code == 403
