"""The OpenAPI document says what the tables of the bases hold, out of their specifications."""

from __future__ import annotations

from typing import Any

import pytest

from basedb.spec import base
from catalog.vocab import Base
from tests.api.conftest import City


@pytest.fixture(scope="module")
def schemas(city: City) -> dict[str, Any]:
    found: dict[str, Any] = city.api.get("/openapi.json").json()["components"]["schemas"]
    return found


@pytest.mark.parametrize("name", Base)
def test_every_table_of_a_base_has_a_schema_with_each_of_its_columns(name: Base, schemas: dict[str, Any]) -> None:
    for table in base(name).spec.TABLES:
        found = schemas[f"Record_{table.name}"]
        assert tuple(found["properties"]) == table.names
        assert table.grain in found["description"]


def test_a_column_tells_standard_code_list_authority_and_link(schemas: dict[str, Any]) -> None:
    person = schemas["Record_person"]["properties"]
    assert person["birth_date"]["format"] == "date"
    for word in ("GB/T 2261.1", "resident > medical_insured"):
        assert word in person["sex_code"]["description"]
    holder = schemas["Record_licence_holder"]["properties"]
    assert "natural_person.person" in holder["person_key"]["description"]
    assert "license.licence" in holder["licence_key"]["description"]


def test_the_record_route_refers_to_them(city: City) -> None:
    route = city.api.get("/openapi.json").json()["paths"]["/v1/data/{resource}/records/{record_key}"]["get"]
    kinds = route["responses"]["200"]["content"]["application/json"]["schema"]["anyOf"]
    assert {"$ref": "#/components/schemas/Record_person"} in kinds
