"""A department's whole way through the exchange on a fresh home: register, deliver, share, read, accept.

Every step that a person or a program of the city takes goes over HTTP; only the first clients and the
pipeline's run are in process.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import polars as pl

from catalog import departments
from tests.api.conftest import START
from tests.catalog.workbooks import write
from tests.journeys.town import PEOPLE, SLUG, WISH, XLSX, Town, book


def test_a_department_registers_delivers_shares_and_is_accepted_over_http(town: Town, tmp_path: Path) -> None:
    # the steward enters the new department with a faulty workbook first
    faulty = write(tmp_path / "faulty.xlsx", resource={"共享类型": None})
    told = town.call("steward", "POST", "/v1/catalogs", 422, files=book(faulty))
    assert next((f["column"], bool(f["cell"])) for f in told["facts"]["faults"]) == ("共享类型", True)
    marked = town.call("steward", "GET", told["facts"]["marked"][0]["url"])
    assert marked.content[:2] == b"PK"
    workbook = book(write(tmp_path / "police.xlsx"))
    entered = town.call("steward", "POST", "/v1/catalogs", files=workbook)
    assert entered["changed"] == [SLUG]
    town.client("registrar", "police", "registrar", "verifier")
    again = town.call("registrar", "POST", "/v1/catalogs", files=workbook)
    assert (again["changed"], again["unchanged"]) == ([], [SLUG])

    # submitted, returned, submitted again, published
    town.call("registrar", "POST", f"/v1/resources/{SLUG}/submission", json={})
    back = {"reasons": [{"column": "信息资源摘要", "reason": "写明范围"}]}
    town.call("steward", "POST", f"/v1/resources/{SLUG}/return", json=back)
    entry = town.call("registrar", "GET", f"/v1/resources/{SLUG}/entry")
    assert (entry["state"], entry["returned"][0]["column"]) == ("returned", "信息资源摘要")
    mended = book(write(tmp_path / "police.xlsx", resource={"信息资源摘要": "本市户籍人口的基本信息"}))
    town.call("registrar", "POST", "/v1/catalogs", files=mended)
    town.call("registrar", "POST", f"/v1/resources/{SLUG}/submission", json={"version": 2})
    published = town.call("steward", "POST", f"/v1/resources/{SLUG}/publication", json={"version": 2})
    assert (published["state"], published["code"]) == ("published", "302001/000001")
    kinds = {n["kind"] for n in town.call("registrar", "GET", "/v1/notices")}
    assert kinds == {"catalog_returned", "catalog_published"}

    # delivered, checked
    sent = town.deliver(PEOPLE, "2026-11-19")
    town.run_pipeline()
    checked = town.call("registrar", "GET", f"/v1/deliveries/{sent['id']}")
    assert (checked["state"], checked["good"]) == ("accepted", 3)

    # asked for, granted, read in every way
    town.consumer()
    asked = town.call("consumer", "POST", "/v1/requests", 201, json=WISH)
    town.call("steward", "POST", f"/v1/requests/{asked['id']}/check", json={"conforms": True})
    granted = town.call("registrar", "POST", f"/v1/requests/{asked['id']}/decision", json={"approve": True})
    assert granted["state"] == "granted"
    data = f"/v1/data/{SLUG}"
    page = town.call("consumer", "GET", f"{data}/records")
    assert len(page["records"]) == 3
    key = page["records"][0]["record_key"]
    one = town.call("consumer", "GET", f"{data}/records/{key}")
    assert one["record_key"] == key
    by_number = town.call("consumer", "POST", f"{data}/lookup", json={"identifier": "140213198001010017"})
    assert len(by_number["records"]) == 1
    extract = town.call("consumer", "GET", f"{data}/extract.parquet")
    assert pl.read_parquet(BytesIO(extract.content)).height == 3

    # accepted
    report = town.call("officer", "POST", "/v1/projects/P1/acceptance", 201)
    assert (report["verdict"], report["failed_items"]) == ("ready", [])
    exported = town.call("registrar", "GET", "/v1/catalogs/police.xlsx")
    same = town.call("registrar", "POST", "/v1/catalogs", files=[("files", ("police.xlsx", exported.content, XLSX))])
    assert (same["changed"], same["revised"], same["unchanged"]) == ([], [], [SLUG])


def test_a_registrar_cannot_hand_in_for_another_department_nor_review(town: Town, tmp_path: Path) -> None:
    workbook = book(write(tmp_path / "police.xlsx"))
    town.call("steward", "POST", "/v1/catalogs", files=workbook)
    with town.transaction() as db:
        departments.enter(
            db, "housing", name="市住建局", credit_code="11140200MA0K12341M", division_code="140200", on=START.date()
        )
    town.client("stranger", "housing", "registrar")
    told = town.call("stranger", "POST", "/v1/catalogs", 403, files=workbook)
    assert told["facts"]["departments"] == ["police"]
    town.call("stranger", "POST", f"/v1/resources/{SLUG}/submission", 403, json={})
    town.call("stranger", "POST", f"/v1/resources/{SLUG}/publication", 403, json={})
    town.call("stranger", "GET", f"/v1/resources/{SLUG}/entry", 403)
