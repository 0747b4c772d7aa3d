"""A resource as a schema.org Dataset, for the public pages that search engines read."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from api.dcat import address, download
from catalog.directory import Listing
from catalog.verdicts import Standing
from catalog.vocab import ShareType

_PARQUET = "application/vnd.apache.parquet"
_UNSAFE = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


def dataset(
    listing: Listing, base: str, page: str = "", *, is_open: bool = False, standing: Standing | None = None
) -> dict[str, Any]:
    """The markup of one resource. base: the exchange's address; page: of the page that carries it, if it has one.

    is_open: whether everybody may download it. standing: the verdict on what it serves.
    """
    found, release = listing.resource, listing.release
    node = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "@id": address(found, base),
        "name": found.name,
        "description": found.abstract,
        "identifier": found.code or found.slug,
        "url": page or address(found, base),
        "inLanguage": "zh-CN",
        "keywords": list(dict.fromkeys(listing.titles)),
        "variableMeasured": [{"@type": "PropertyValue", "name": title} for title in listing.titles],
        "isAccessibleForFree": True,
        "conditionsOfAccess": "向社会开放" if is_open else found.share_type.label,
        "creator": {"@type": "GovernmentOrganization", "name": found.provider.name},
        "spatialCoverage": {"@type": "AdministrativeArea", "identifier": found.provider.division_code},
        "includedInDataCatalog": {"@type": "DataCatalog", "name": "政务信息资源目录", "url": f"{base}/"},
        "datePublished": found.published_date.isoformat() if found.published_date else None,
        "dateModified": release.created_at.isoformat() if release else None,
        "version": release.release_id if release else None,
        "temporalCoverage": f"../{listing.as_of}" if listing.as_of else None,
        "additionalProperty": _judged(standing),
        "distribution": _downloads(listing, base, is_open),
    }
    return {name: value for name, value in node.items() if value not in (None, [])}


def _judged(standing: Standing | None) -> list[dict[str, Any]]:
    if standing is None:
        return []
    told: list[dict[str, Any]] = [_property("质量结论", standing.verdict.label)]
    if standing.share is not None:
        told.append(_property("合格率", round(100 * standing.share, 2)) | {"unitText": "%"})
    return told


def _property(name: str, value: object) -> dict[str, Any]:
    return {"@type": "PropertyValue", "name": name, "value": value}


def _downloads(listing: Listing, base: str, is_open: bool) -> list[dict[str, str]]:
    found = listing.resource
    if is_open:
        return [_file(download(found, base, form), kind) for form, kind in (("csv", "text/csv"), ("parquet", _PARQUET))]
    if found.share_type is ShareType.NOT_SHARED:
        return []
    return [_file(f"{base}/v1/data/{found.slug}/extract.parquet", _PARQUET)]


def _file(place: str, kind: str) -> dict[str, str]:
    return {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": place}


def script(
    listing: Listing, base: str, page: str = "", *, is_open: bool = False, standing: Standing | None = None
) -> Markup:
    """The script element for a page's head; no text of a department can end it."""
    text = json.dumps(dataset(listing, base, page, is_open=is_open, standing=standing), ensure_ascii=False).translate(
        _UNSAFE
    )
    return Markup(f'<script type="application/ld+json">{text}</script>')
