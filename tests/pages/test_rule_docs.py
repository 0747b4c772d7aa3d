"""Data Docs in the exchange: stewards alone, and nothing beside the site."""

from __future__ import annotations

import pytest

from tests.pages.conftest import Portal


@pytest.fixture
def site(portal: Portal) -> Portal:
    """The site as the daily job leaves it."""
    folder = portal.house.store.rule_docs
    (folder / "expectations").mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text("<h1>Data Docs</h1>")
    (folder / "expectations" / "police_population.html").write_text("<h1>police_population</h1>")
    return portal


def test_a_steward_comes_from_the_quality_page_to_the_rules_of_a_suite(site: Portal) -> None:
    steward = site.as_("steward")
    assert 'href="/rule-docs/"' in steward.get("/quality").text
    first = steward.get("/rule-docs/")
    assert "Data Docs" in first.text
    assert "script-src" not in first.headers["content-security-policy"]
    assert steward.get("/rule-docs/expectations/police_population.html").status_code == 200


def test_nobody_else_reads_them_and_nothing_beside_the_site_is_given(site: Portal) -> None:
    assert site.as_("verifier").get("/rule-docs/").status_code == 403
    assert 'href="/rule-docs/"' not in site.as_("verifier").get("/quality").text
    assert site.as_("").get("/rule-docs/").status_code in (303, 401)
    for path in ("missing.html", "..%2f..%2f..%2fgreat_expectations.yml", "%2e%2e/%2e%2e/sixbase.sqlite"):
        assert site.as_("steward").get(f"/rule-docs/{path}").status_code == 404
