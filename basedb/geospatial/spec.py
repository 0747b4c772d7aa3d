"""What the geospatial base reads and what it publishes."""

from __future__ import annotations

from basedb.geospatial.addresses import ADDRESS, ADDRESS_CONFLICT, ADDRESS_GRID, ADDRESS_MATCH
from basedb.geospatial.divisions import (
    DIVISION,
    DIVISION_CHANGE,
    DIVISION_CONFLICT,
    DIVISION_OUTLINE,
    DIVISION_SETTLEMENT,
)
from basedb.geospatial.inputs import INPUTS
from basedb.source_keys import Match

__all__ = [
    "AUTHORITY",
    "CALLED",
    "DERIVED",
    "EXTENSIONS",
    "INPUTS",
    "KEYS",
    "LINKS",
    "NAMED_BY",
    "REFERENCES",
    "SOURCE_KEYS",
    "TABLES",
    "TITLE",
]

TITLE = "空间地理信息基础库"
EXTENSIONS = ("spatial",)

TABLES = (
    DIVISION, DIVISION_OUTLINE, DIVISION_CHANGE, DIVISION_SETTLEMENT, DIVISION_CONFLICT, ADDRESS, ADDRESS_MATCH,
    ADDRESS_GRID, ADDRESS_CONFLICT,
)  # fmt: skip

AUTHORITY = {"division.name": ("division", "statistical_division")}

KEYS = {
    "division": ("division_all", "natural_key"),
    "division_outline": ("division_outline", "division_code"),
    "division_change": ("division_change_key", "natural_key"),
    "address": ("address", "address_code"),
    "address_match": ("address_written", "natural_key"),
    "address_grid": ("address_grid", "grid_code"),
}
REFERENCES = {
    "division.parent_key": "division.record_key",
    "division_outline.division_key": "division.record_key",
    "division_change.division_key": "division.record_key",
    "division_settlement.record_key": "division.record_key",
    "division_conflict.division_key": "division.record_key",
    "address_conflict.address_key": "address.record_key",
    "address.division_key": "division.record_key",
    "address_match.address_key": "address.record_key",
}
LINKS: dict[str, str] = {}

# the models keep division codes of twelve digits without the pairs of zeros at their end
_FOLD = "regexp_replace(rpad(trim({}), 12, '0'), '(000){{1,2}}$', '')"
SOURCE_KEYS = {
    "division": (
        (Match("division_code", ("division_code",), _FOLD),),
        (Match("statistical_code", ("division_code",), _FOLD),),
    ),
    "division_outline": ((Match("division_code", ("division_code",), _FOLD),),),
    "address": ((Match("address_code", ("address_code",)),),),
    "division_conflict": (
        (Match("division_key>division_code", ("division_code",), _FOLD),),
        (Match("division_key>statistical_code", ("division_code",), _FOLD),),
    ),
    "address_conflict": ((Match("address_key>address_code", ("address_code",)),),),
}
# columns that are drawn from items of other names
_POINT = ("standard_address.longitude", "standard_address.latitude")
CALLED = {
    "division.statistical_code": ("statistical_division.division_code",),
    "division.statistical_name": ("statistical_division.name",),
    "division_outline.area_m2": ("boundary.geometry",),
    "division_outline.centroid_longitude": ("boundary.geometry",),
    "division_outline.centroid_latitude": ("boundary.geometry",),
    **dict.fromkeys(("address.building_no", "address.unit_no", "address.room_no"), ("standard_address.unit_room",)),
    **dict.fromkeys(("address.grid_code", "address.located_division_code", "address.is_inside"), _POINT),
}
# what the base works out of its divisions, addresses and fixed tables, and out of how addresses are written elsewhere
DERIVED = ("division_change", "division_settlement", "address_match", "address_grid")
# where a person or a firm is, as their bases write it
NAMED_BY = {
    "natural_person.person.registered_address": "address.full_address",
    "natural_person.person.residence_address": "address.full_address",
    "natural_person.person_residence.address": "address.full_address",
    "natural_person.person_residence_history.address": "address.full_address",
    "legal_entity.legal_entity.address": "address.full_address",
}
