"""The open catalog as DCAT-AP 3.0.1: the mandatory properties, and those that tell what may be shared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catalog.directory import Listing
from catalog.models import Department, Resource
from catalog.vocab import ShareType

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_ACCESS = "http://publications.europa.eu/resource/authority/access-right/"
_RIGHTS = {
    ShareType.UNCONDITIONAL: "PUBLIC",
    ShareType.CONDITIONAL: "RESTRICTED",
    ShareType.NOT_SHARED: "NON_PUBLIC",
}


def catalog(listings: Sequence[Listing], authority: Department, base: str) -> dict[str, Any]:
    """One graph: the catalog, the exchange as its service, datasets with distributions, their publishers."""
    departments = {authority.slug: authority, **{x.resource.provider.slug: x.resource.provider for x in listings}}
    service = f"{base}/#exchange"
    root = {
        "@id": f"{base}/v1/catalog.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": _zh("政务信息资源目录"),
        "dct:description": _zh("已发布的政务信息资源；读取数据须有共享授权"),
        "dct:publisher": {"@id": _agent(base, authority)},
        "dcat:dataset": [{"@id": _dataset(base, x.resource)} for x in listings],
        "dcat:service": {"@id": service},
    }
    exchange = {
        "@id": service,
        "@type": "dcat:DataService",
        "dct:title": _zh("城市数据共享交换平台"),
        "dcat:endpointURL": {"@id": f"{base}/v1"},
        "dcat:endpointDescription": {"@id": f"{base}/openapi.json"},
    }
    parts = [part for listing in listings for part in _parts(listing, base, service)]
    return {"@context": CONTEXT, "@graph": [root, exchange, *parts, *(_agents(base, departments))]}


def _parts(listing: Listing, base: str, service: str) -> list[dict[str, Any]]:
    found = listing.resource
    here = _dataset(base, found)
    dataset = {
        "@id": here,
        "@type": "dcat:Dataset",
        "dct:title": _zh(found.name),
        "dct:description": _zh(found.abstract),
        "dct:identifier": found.code or found.slug,
        "dct:publisher": {"@id": _agent(base, found.provider)},
        "dct:accessRights": {"@id": _ACCESS + _RIGHTS[found.share_type], "@type": "dct:RightsStatement"},
        "dcat:distribution": {"@id": f"{here}#extract"},
    }
    if listing.release is not None:
        dataset["dcat:version"] = listing.release.release_id
        dataset["dct:modified"] = {"@type": "xsd:dateTime", "@value": listing.release.created_at.isoformat()}
    distribution = {
        "@id": f"{here}#extract",
        "@type": "dcat:Distribution",
        "dct:title": _zh(f"{found.name}（批量文件）"),
        "dcat:accessURL": {"@id": f"{base}/v1/data/{found.slug}/extract.parquet"},
        "dcat:accessService": {"@id": service},
    }
    return [dataset, distribution]


def _agents(base: str, departments: dict[str, Department]) -> list[dict[str, Any]]:
    return [
        {"@id": _agent(base, department), "@type": "foaf:Agent", "foaf:name": _zh(department.name)}
        for department in departments.values()
    ]


def _agent(base: str, department: Department) -> str:
    return f"{base}/#department-{department.slug}"


def _dataset(base: str, resource: Resource) -> str:
    return f"{base}/v1/resources/{resource.slug}"


def _zh(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "zh"}
