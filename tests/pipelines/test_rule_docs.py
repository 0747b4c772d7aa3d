"""Data Docs from a check to a steward's browser."""

from __future__ import annotations

import dagster as dg

from pipelines.definitions import build_definitions
from pipelines.house import House
from pipelines.suites import address_of
from quality.docs import FIRST_PAGE, page_of
from tests.pipelines.test_orders import TWICE, deliver


def test_the_daily_job_draws_the_site_that_the_asset_check_leads_to(house: House) -> None:
    deliver(house, "2026-11-19", TWICE)
    location = build_definitions(house)
    schedule = location.get_repository_def().get_schedule_def("rule_docs_daily")
    assert schedule.job_name == "rule_docs"
    assert location.resolve_job_def("rule_docs").execute_in_process().success
    assert house.store.rule_docs == (house.store.home / FIRST_PAGE).parent
    assert (house.store.home / page_of("police_population")).exists()
    key = dg.AssetCheckKey(dg.AssetKey(["police", "police_population"]), "quality")
    told = location.resolve_asset_graph().get_check_spec(key).description
    assert told and "(/rule-docs/expectations/police_population.html)" in told
    assert address_of("x", "https://data.example/") == "https://data.example/rule-docs/expectations/x.html"
