"""How right addresses are coded is said by level: what was matched, and what was matched to another place."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from sample import coding


def test_a_wrong_room_of_the_right_house_is_an_error_of_the_room_alone(tmp_path: Path) -> None:
    rooms = {"town_name": "某街道", "street": "某路", "house_no": "3号", "building_no": "2", "unit_no": "1"}
    pl.DataFrame([
        {"address_code": code, "division_code": "140213", **rooms, "room_no": room}
        for code, room in (("A", "101"), ("B", "102"))
    ]).write_parquet(tmp_path / "address.parquet")  # fmt: skip
    texts = ["某路3号2号楼1单元101室", "某路3号2-1-102", "某路3号"]
    told = pl.DataFrame({"address": texts, "division_code": "140213", "address_code": ["A", "B", "A"]})
    place = {"division_code": "140213", "town_name": "某街道", "street": "某路"}
    pl.DataFrame([
        {"stated_address": text, "stated_division_code": "140213", "match_code": level, **place, "address_code": code}
        for text, level, code in zip(texts, ("room", "room", "house"), ("A", "A", "A"), strict=True)
    ]).write_parquet(tmp_path / "address_match.parquet")  # fmt: skip
    found = coding.figures(told, tmp_path)
    assert found["room"] == {"told": 2, "rate": 1.0, "error_rate": 0.5}
    assert found["building"] == {"told": 2, "rate": 1.0, "error_rate": 0.0}
    assert found["house"] == {"told": 3, "rate": 1.0, "error_rate": 0.0}
