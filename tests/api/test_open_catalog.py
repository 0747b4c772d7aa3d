"""The open catalog: what a harvester validates, and what search engines read on a public page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyshacl import validate
from rdflib import RDF, Graph, Literal, Namespace, URIRef

from api import dcat, schema_org
from catalog import departments, directory, policy, resources
from catalog.models import BaseInput
from catalog.vocab import ResourceState, ShareType
from tests.api.conftest import City
from tests.catalog.conftest import item, make_resource
from tests.conftest import TODAY

DCAT, DCT, FOAF = (
    Namespace(f"http://{each}") for each in ("www.w3.org/ns/dcat#", "purl.org/dc/terms/", "xmlns.com/foaf/0.1/")
)
# rdflib and pyshacl warn of their own deprecated parts
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib", "ignore::DeprecationWarning:pyshacl")
SHAPES = Path(__file__).with_name("dcat_ap_mandatory.ttl")
BASE = "http://exchange"


@pytest.fixture(scope="module")
def graph(city: City) -> Iterator[Graph]:
    """The feed of a city with a shared, a not shared and a hostile resource; a draft is not in it."""
    with city.transaction() as db:
        police = departments.get(db, "police")
        make_resource(db, police, "closed", share_type=ShareType.NOT_SHARED, name="不予共享的资源")
        odd = make_resource(db, police, "odd", name='</script>"<&\u2028名', abstract="行一\n行二", published_date=None)
        odd.items.append(item("odd_one", 2, title='</script><b>"'))
        make_resource(db, police, "hidden_draft").state = ResourceState.DRAFT
        db.add(BaseInput(base="natural_person", role="resident", resource=resources.get(db, "people")))
    yield read(city)
    with city.transaction() as db:
        for slug in ("closed", "odd", "hidden_draft"):
            resources.retire(db, resources.get(db, slug))


def read(city: City) -> Graph:
    answer = city.api.get("/v1/catalog.jsonld")
    assert answer.headers["content-type"] == "application/ld+json"
    return Graph().parse(data=answer.text, format="json-ld")


def conforms(graph: Graph) -> tuple[bool, str]:
    passed, _, text = validate(graph, shacl_graph=Graph().parse(SHAPES), inference="none", advanced=False)
    return bool(passed), text


def dataset(slug: str) -> URIRef:
    return URIRef(f"{BASE}/v1/resources/{slug}")


def test_the_feed_has_all_that_the_profile_demands(graph: Graph) -> None:
    passed, text = conforms(graph)
    assert passed, text
    kinds = set(graph.objects(predicate=RDF.type))
    assert {DCAT.Catalog, DCAT.Dataset, DCAT.Distribution, DCAT.DataService, FOAF.Agent} <= kinds


@pytest.mark.parametrize(
    ("kind", "predicate"),
    [
        (DCAT.Catalog, DCT.publisher),
        (DCAT.Catalog, DCT.title),
        (DCAT.Dataset, DCT.description),
        (DCAT.Distribution, DCAT.accessURL),
        (DCAT.DataService, DCAT.endpointURL),
        (FOAF.Agent, FOAF.name),
        (FOAF.Agent, RDF.type),
    ],
)
def test_the_shapes_miss_what_is_left_out(graph: Graph, kind: URIRef, predicate: URIRef) -> None:
    poorer = Graph()
    for triple in graph:
        poorer.add(triple)
    for subject in list(poorer.subjects(RDF.type, kind)):
        poorer.remove((subject, predicate, None))
    assert not conforms(poorer)[0]


def test_datasets_are_the_published_resources(graph: Graph) -> None:
    (root,) = graph.subjects(RDF.type, DCAT.Catalog)
    datasets = set(graph.objects(root, DCAT.dataset))
    assert datasets == set(graph.subjects(RDF.type, DCAT.Dataset)) == {dataset(s) for s in ("people", "closed", "odd")}


def test_a_dataset_says_what_may_be_done_with_it_how_often_it_changes_and_whose_it_is(graph: Graph) -> None:
    eu = "http://publications.europa.eu/resource/authority/"
    here = dataset("people")
    assert graph.value(here, DCT.accessRights) == URIRef(f"{eu}access-right/RESTRICTED")
    assert graph.value(dataset("closed"), DCT.accessRights) == URIRef(f"{eu}access-right/NON_PUBLIC")
    assert graph.value(here, DCT.accrualPeriodicity) == URIRef(f"{eu}frequency/DAILY")
    publisher = graph.value(here, DCT.publisher)
    assert graph.value(publisher, FOAF.name) == Literal("测试police", lang="zh")
    assert str(graph.value(here, DCT.identifier)).startswith("302001/")
    assert graph.value(here, DCAT.contactPoint) is not None and graph.value(here, DCT.modified) is not None
    themes = {str(each).rpartition("-")[2] for each in graph.objects(here, DCAT.theme)}
    assert themes == {"3", "natural_person"}


def test_every_text_for_people_is_marked_as_chinese(graph: Graph) -> None:
    for predicate in (DCT.title, DCT.description, FOAF.name, DCAT.keyword):
        assert {text.language for text in graph.objects(predicate=predicate)} == {"zh"}  # type: ignore[attr-defined]


def test_what_is_not_shared_has_no_distribution(graph: Graph) -> None:
    assert graph.value(dataset("people"), DCAT.distribution) is not None
    assert graph.value(dataset("closed"), DCAT.distribution) is None


def test_what_is_open_says_where_everybody_downloads_it(city: City, graph: Graph) -> None:
    eu = "http://publications.europa.eu/resource/authority/"
    assert DCAT.downloadURL not in set(graph.predicates())
    with city.transaction() as db:
        found = resources.get(db, "people")
        kept = {name: getattr(found, name) for name in ("is_open", "share_type")}
        found.is_open, found.share_type = True, ShareType.UNCONDITIONAL
        (number,) = (each for each in found.items if each.name == "person_no")
        number.is_open, number.share_type = True, ShareType.UNCONDITIONAL
    opened, here = read(city), dataset("people")
    passed, text = conforms(opened)
    assert passed, text
    addresses = {str(each) for each in opened.objects(predicate=DCAT.downloadURL)}
    assert addresses == {f"{BASE}/v1/open/people/data.{form}" for form in ("csv", "parquet")}
    assert all(city.api.get(each.removeprefix(BASE)).status_code == 200 for each in addresses)
    assert opened.value(here, DCT.accessRights) == URIRef(f"{eu}access-right/PUBLIC")
    node = schema_org.dataset(listing(city, "people"), BASE, forms=("csv", "parquet"))
    assert {each["contentUrl"] for each in node["distribution"]} == addresses
    with city.transaction() as db:
        found = resources.get(db, "people")
        for name, value in kept.items():
            setattr(found, name, value)
        (number,) = (each for each in found.items if each.name == "person_no")
        number.is_open, number.share_type = False, ShareType.CONDITIONAL


def test_the_feed_goes_on_over_many_pages(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = json.loads(city.api.get("/v1/catalog.jsonld").text)
    monkeypatch.setattr("api.routers.feed._PAGE", 1)
    assert json.loads(city.api.get("/v1/catalog.jsonld").text) == whole


# schema.org


def listing(city: City, slug: str) -> directory.Listing:
    with city.transaction() as db:
        return directory.get(db, slug)


def test_a_public_page_says_what_the_dataset_is(city: City, graph: Graph) -> None:
    node = schema_org.dataset(listing(city, "people"), BASE)
    assert node["@type"] == "Dataset" and node["@context"] == "https://schema.org"
    assert {"name", "description", "url", "creator", "identifier", "dateModified", "distribution"} <= set(node)
    assert node["conditionsOfAccess"] == "有条件共享"
    assert {"name": "household_id", "@type": "PropertyValue"} in node["variableMeasured"]
    assert "distribution" not in schema_org.dataset(listing(city, "closed"), BASE)


def test_no_text_of_a_department_ends_the_script(city: City, graph: Graph) -> None:
    script = str(schema_org.script(listing(city, "odd"), BASE))
    body = script.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert not set("<>&\u2028") & set(body)
    told: dict[str, Any] = json.loads(body)
    assert told["name"] == '</script>"<&\u2028名'


def test_the_time_that_data_speak_of_is_told_when_it_is_known(city: City) -> None:
    found = listing(city, "people")
    aged = directory.Listing(found.resource, found.release, as_of=date(2026, 10, 31))
    assert schema_org.dataset(aged, BASE)["temporalCoverage"] == "../2026-10-31"


def test_what_shows_a_place_is_offered_as_geoparquet_too(city: City) -> None:
    forms = ("csv", "parquet", "geoparquet")
    parts = dcat.dataset(listing(city, "people"), BASE, forms=forms)["dcat:distribution"]
    assert [part["dcat:downloadURL"]["@id"].rpartition("data.")[2] for part in parts if "dcat:downloadURL" in part] == [
        *forms
    ]
    assert "GeoParquet" in json.dumps(parts, ensure_ascii=False)
    with city.transaction() as db:
        people = resources.get(db, "people")
        assert policy.open_forms(db, people, TODAY) == ()
