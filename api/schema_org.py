"""A resource as a schema.org Dataset, for the public pages that search engines read."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from api.dcat import address
from catalog.directory import Listing
from catalog.vocab import ShareType

_UNSAFE = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


def dataset(listing: Listing, base: str, page: str = "") -> dict[str, Any]:
    """The markup of one resource. base: the exchange's address; page: of the page that carries it, if it has one."""
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
        "conditionsOfAccess": found.share_type.label,
        "creator": {"@type": "GovernmentOrganization", "name": found.provider.name},
        "spatialCoverage": {"@type": "AdministrativeArea", "identifier": found.provider.division_code},
        "includedInDataCatalog": {"@type": "DataCatalog", "name": "政务信息资源目录", "url": f"{base}/"},
        "datePublished": found.published_date.isoformat() if found.published_date else None,
        "dateModified": release.created_at.isoformat() if release else None,
        "version": release.release_id if release else None,
        "temporalCoverage": f"../{listing.as_of}" if listing.as_of else None,
        "distribution": _download(listing, base),
    }
    return {name: value for name, value in node.items() if value not in (None, [])}


def _download(listing: Listing, base: str) -> dict[str, str] | None:
    if listing.resource.share_type is ShareType.NOT_SHARED:
        return None
    return {
        "@type": "DataDownload",
        "encodingFormat": "application/vnd.apache.parquet",
        "contentUrl": f"{base}/v1/data/{listing.resource.slug}/extract.parquet",
    }


def script(listing: Listing, base: str, page: str = "") -> Markup:
    """The script element for a page's head; no text of a department can end it."""
    text = json.dumps(dataset(listing, base, page), ensure_ascii=False).translate(_UNSAFE)
    return Markup(f'<script type="application/ld+json">{text}</script>')
