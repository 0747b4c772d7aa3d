"""The open catalog as DCAT-AP 3.0.1 in JSON-LD: the mandatory properties, and those that tell what may be shared.

Every thing that the profile wants typed is typed in the same graph. Sharing types, cycles and themes stand twice: in
the European vocabulary that harvesters read, and as the national guide (发改高技〔2017〕1272号) has them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from catalog.directory import Listing
from catalog.models import Department, Resource
from catalog.verdicts import Standing
from catalog.vocab import Base, ShareType, UpdateCycle

Node = dict[str, Any]
Listed = tuple[Listing, bool, Standing | None]
CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dqv": "http://www.w3.org/ns/dqv#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "sixbase": "urn:sixbase:terms:",
}
_EU = "http://publications.europa.eu/resource/authority/"
_PARQUET = "https://www.iana.org/assignments/media-types/application/vnd.apache.parquet"
_CSV = "https://www.iana.org/assignments/media-types/text/csv"
# sharing is among departments, on a grant; only what is open to everybody is public
_RIGHTS = {
    ShareType.UNCONDITIONAL: "RESTRICTED",
    ShareType.CONDITIONAL: "RESTRICTED",
    ShareType.NOT_SHARED: "NON_PUBLIC",
}
_FREQUENCIES = {
    UpdateCycle.REAL_TIME: "UPDATE_CONT",
    UpdateCycle.DAILY: "DAILY",
    UpdateCycle.WEEKLY: "WEEKLY",
    UpdateCycle.MONTHLY: "MONTHLY",
    UpdateCycle.QUARTERLY: "QUARTERLY",
    UpdateCycle.HALF_YEARLY: "ANNUAL_2",
    UpdateCycle.YEARLY: "ANNUAL",
    UpdateCycle.IRREGULAR: "IRREG",
}
# the guide's three classes of resources, then the six bases
_CLASSES = {"1": "基础信息资源", "2": "主题信息资源", "3": "部门信息资源"}


def catalog(
    base: str, authority: Department, providers: Iterable[Department], listings: Iterable[Listed]
) -> Iterator[str]:
    """The document, piece by piece, for there may be very many datasets.

    base: the address of the exchange, without a slash at the end. providers: of all listings. listings: each with
    whether everybody may download it, and the verdict on what it serves.
    """
    departments = {each.slug: each for each in (authority, *providers)}
    shared = [_service(base, authority), *_themes(base), *_agents(base, departments), *_places(base, departments)]
    shared.append(_metric(base))
    root = _encode(_root(base, authority))
    yield f'{{"@context":{_encode(CONTEXT)},"@graph":['
    yield from (f"{_encode(node)},\n" for node in shared)
    yield f'{root[:-1]},"dcat:dataset":['
    for number, (each, is_open, standing) in enumerate(listings):
        yield f"{',' * (number > 0)}\n{_encode(dataset(each, base, is_open=is_open, standing=standing))}"
    yield "]}]}\n"


def _encode(node: Any) -> str:
    return json.dumps(node, ensure_ascii=False, separators=(",", ":"))


def _root(base: str, authority: Department) -> Node:
    return {
        "@id": f"{base}/v1/catalog.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": _zh("政务信息资源目录"),
        "dct:description": _zh(
            "已发布的政务信息资源；向社会开放的可直接下载；其余须有共享授权，无条件共享的即时授权。"
        ),
        "dct:publisher": {"@id": _agent(base, authority)},
        "dct:language": _language(),
        "dct:spatial": {"@id": _place(base, authority)},
        "foaf:homepage": {"@id": f"{base}/", "@type": "foaf:Document"},
        "dcat:themeTaxonomy": {"@id": _scheme(base)},
        "dcat:service": {"@id": _exchange(base)},
    }


def _service(base: str, authority: Department) -> Node:
    return {
        "@id": _exchange(base),
        "@type": "dcat:DataService",
        "dct:title": _zh("城市数据共享交换平台"),
        "dct:description": _zh("在共享授权内按记录查询、分页读取、批量下载；每次应答留有调用存证。"),
        "dct:publisher": {"@id": _agent(base, authority)},
        "dcat:contactPoint": _contact(authority),
        "dcat:endpointURL": {"@id": f"{base}/v1"},
        "dcat:endpointDescription": {"@id": f"{base}/openapi.json"},
    }


def dataset(listing: Listing, base: str, *, is_open: bool = False, standing: Standing | None = None) -> Node:
    """One resource as a dataset, with its distributions unless it is not shared and the verdict where one is known."""
    found = listing.resource
    node: Node = {
        "@id": address(found, base),
        "@type": "dcat:Dataset",
        "dct:title": _zh(found.name),
        "dct:description": _zh(found.abstract),
        "dct:identifier": found.code or found.slug,
        "dct:publisher": {"@id": _agent(base, found.provider)},
        "dct:accessRights": _right("PUBLIC" if is_open else _RIGHTS[found.share_type]),
        "dct:accrualPeriodicity": {
            "@id": f"{_EU}frequency/{_FREQUENCIES[found.update_cycle]}",
            "@type": "dct:Frequency",
        },
        "dct:language": _language(),
        "dct:spatial": {"@id": _place(base, found.provider)},
        "dcat:contactPoint": _contact(found.provider),
        "dcat:keyword": [_zh(title) for title in dict.fromkeys(listing.titles)],
        "dcat:theme": [{"@id": each} for each in _theme_ids(base, listing)],
        "sixbase:shareType": _zh(found.share_type.label),
        "sixbase:updateCycle": _zh(found.update_cycle.label),
    }
    if is_open and found.open_condition:
        node["sixbase:openCondition"] = _zh(found.open_condition)
    parts = [*_downloads(listing, base, is_open), *_granted(listing, base)]
    return node | _dated(listing) | _judged(base, standing) | ({"dcat:distribution": parts} if parts else {})


def _judged(base: str, standing: Standing | None) -> Node:
    """The share of right rows as a measurement, beside the verdict on it."""
    if standing is None:
        return {}
    node: Node = {"sixbase:qualityVerdict": _zh(standing.verdict.label)}
    if standing.share is not None:
        node["dqv:hasQualityMeasurement"] = {
            "@type": "dqv:QualityMeasurement",
            "dqv:isMeasurementOf": {"@id": _share_right(base)},
            "dqv:value": _typed("decimal", f"{standing.share:.6f}"),
        }
    return node


def _metric(base: str) -> Node:
    return {
        "@id": _share_right(base),
        "@type": "dqv:Metric",
        "skos:prefLabel": _zh("合格率"),
        "skos:definition": _zh("最近一次接收的数据中符合全部阻断规则的行所占比例，例外行不计"),
        "dqv:expectedDataType": {"@id": "xsd:decimal"},
    }


def _share_right(base: str) -> str:
    return f"{base}/#share-right"


def _dated(listing: Listing) -> Node:
    """When it was issued and changed, and until when its data speak, as far as that is known."""
    found, release = listing.resource, listing.release
    node: Node = {}
    if found.published_date is not None:
        node["dct:issued"] = _typed("date", found.published_date.isoformat())
        node["dct:modified"] = node["dct:issued"]
    if release is not None:
        node["dcat:version"] = release.release_id
        node["dct:modified"] = _typed("dateTime", release.created_at.isoformat())
    if listing.as_of is not None:
        until = _typed("date", listing.as_of.isoformat())
        node["dct:temporal"] = {"@type": "dct:PeriodOfTime", "dcat:endDate": until}
    if found.share_condition:
        node["sixbase:shareCondition"] = _zh(found.share_condition)
    return node


def _downloads(listing: Listing, base: str, is_open: bool) -> Iterator[Node]:
    """The files that everybody may download."""
    found = listing.resource
    for form, kind, name in (("csv", _CSV, "CSV"), ("parquet", _PARQUET, "PARQUET")) if is_open else ():
        address_of = {"@id": download(found, base, form)}
        yield {
            "@id": f"{address(found, base)}#{form}",
            "@type": "dcat:Distribution",
            "dct:title": _zh(f"{found.name}（{form.upper() if form == 'csv' else 'Parquet'}）"),
            "dct:description": _zh("向社会开放的信息项，无须登录。"),
            "dct:format": {"@id": f"{_EU}file-type/{name}", "@type": "dct:MediaTypeOrExtent"},
            "dcat:mediaType": {"@id": kind, "@type": "dct:MediaType"},
            "dcat:accessURL": address_of,
            "dcat:downloadURL": address_of,
        }


def _granted(listing: Listing, base: str) -> Iterator[Node]:
    """What the exchange gives under a grant."""
    found = listing.resource
    if found.share_type is ShareType.NOT_SHARED:
        return
    yield {
        "@id": f"{address(found, base)}#extract",
        "@type": "dcat:Distribution",
        "dct:title": _zh(f"{found.name}（批量文件）"),
        "dct:description": _zh("在授权范围内的全部记录，Parquet 格式。"),
        "dct:format": {"@id": f"{_EU}file-type/PARQUET", "@type": "dct:MediaTypeOrExtent"},
        "dcat:mediaType": {"@id": _PARQUET, "@type": "dct:MediaType"},
        "dcat:accessURL": {"@id": f"{base}/v1/data/{found.slug}/extract.parquet"},
        "dcat:accessService": {"@id": _exchange(base)},
    }


def _themes(base: str) -> Iterator[Node]:
    yield {"@id": _scheme(base), "@type": "skos:ConceptScheme", "dct:title": _zh("政务信息资源分类")}
    for name, label in [*_CLASSES.items(), *((each.value, each.label) for each in Base)]:
        concept = {"@id": _theme(base, name), "@type": "skos:Concept", "skos:prefLabel": _zh(label)}
        yield concept | {"skos:inScheme": {"@id": _scheme(base)}}


def _theme_ids(base: str, listing: Listing) -> list[str]:
    return [_theme(base, name) for name in (listing.resource.class_digit, *listing.bases) if name]


def _agents(base: str, departments: dict[str, Department]) -> Iterator[Node]:
    for each in departments.values():
        yield {"@id": _agent(base, each), "@type": "foaf:Agent", "foaf:name": _zh(each.name)}


def _places(base: str, departments: dict[str, Department]) -> Iterator[Node]:
    """Divisions, by their code in GB/T 2260."""
    for code in sorted({each.division_code for each in departments.values()}):
        yield {"@id": f"{base}/#division-{code}", "@type": "dct:Location", "dct:identifier": code}


def _right(name: str) -> Node:
    return {"@id": f"{_EU}access-right/{name}", "@type": "dct:RightsStatement"}


def _contact(department: Department) -> Node:
    return {"@type": "vcard:Organization", "vcard:fn": _zh(department.name)}


def _language() -> Node:
    return {"@id": f"{_EU}language/ZHO", "@type": "dct:LinguisticSystem"}


def _scheme(base: str) -> str:
    return f"{base}/#themes"


def _theme(base: str, name: str) -> str:
    return f"{base}/#theme-{name}"


def _exchange(base: str) -> str:
    return f"{base}/#exchange"


def _agent(base: str, department: Department) -> str:
    return f"{base}/#department-{department.slug}"


def _place(base: str, department: Department) -> str:
    return f"{base}/#division-{department.division_code}"


def address(resource: Resource, base: str) -> str:
    """Where a resource is described, which is also its name in the graph."""
    return f"{base}/v1/resources/{resource.slug}"


def download(resource: Resource, base: str, form: str) -> str:
    """Where everybody downloads what is open of a resource. form: csv or parquet."""
    return f"{base}/v1/open/{resource.slug}/data.{form}"


def _typed(kind: str, value: str) -> Node:
    return {"@type": f"xsd:{kind}", "@value": value}


def _zh(text: str) -> Node:
    return {"@value": text, "@language": "zh"}
