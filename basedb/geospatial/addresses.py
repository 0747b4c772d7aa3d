"""Tables of addresses: standard ones, how others write them, cells of the grid."""

from __future__ import annotations

from basedb.spec import record_key, record_source
from catalog.vocab import Column, ShareType, TableSpec

CONDITIONAL = ShareType.CONDITIONAL

# parts of an address below its house, and where it lies
NUMBERS = (
    Column("building_no", "VARCHAR", "楼号", "Building", share_type=CONDITIONAL),
    Column("unit_no", "VARCHAR", "单元号", "Unit", share_type=CONDITIONAL),
    Column("room_no", "VARCHAR", "室号", "Room", share_type=CONDITIONAL),
)

PLACE = (
    Column("longitude", "DOUBLE", "经度", "Longitude, CGCS2000", unit="度", share_type=CONDITIONAL),
    Column("latitude", "DOUBLE", "纬度", "Latitude, CGCS2000", unit="度", share_type=CONDITIONAL),
    Column("grid_code", "VARCHAR", "网格代码", "Grid cell of 0.01 degree", share_type=CONDITIONAL),
)

MATCHED = ("room", "building", "house", "road", "division", "none")

ADDRESS = TableSpec(
    "address",
    "标准地址",
    ("record_key",),
    (
        record_key(CONDITIONAL),
        Column("address_code", "VARCHAR", "地址编码", "Address code", required=True, share_type=CONDITIONAL),
        Column("full_address", "VARCHAR", "地址全称", "Full address", required=True, share_type=CONDITIONAL),
        Column("division_code", "VARCHAR", "县级区划代码", "County code", required=True, share_type=CONDITIONAL),
        Column("division_key", "VARCHAR", "区划记录键", "Division", share_type=CONDITIONAL),
        Column("town_name", "VARCHAR", "乡镇街道", "Township", share_type=CONDITIONAL),
        Column("street", "VARCHAR", "街路巷", "Street", share_type=CONDITIONAL),
        Column("house_no", "VARCHAR", "门楼号", "House number", share_type=CONDITIONAL),
        Column("unit_room", "VARCHAR", "单元室", "Unit and room", share_type=CONDITIONAL),
        *NUMBERS,
        *PLACE,
        Column(
            "located_division_code", "VARCHAR", "坐标所在区划代码", "Division whose outline holds the point",
            share_type=CONDITIONAL,
        ),
        Column(
            "is_inside", "BOOLEAN", "坐标在所属区划内", "The point lies in its own division", share_type=CONDITIONAL
        ),
        record_source(CONDITIONAL),
    ),
    title_en="Standard address",
    grain="每个地址编码一行",
    lookup=("address_code", "full_address"),
)  # fmt: skip

ADDRESS_MATCH = TableSpec(
    "address_match",
    "地址匹配",
    ("record_key",),
    (
        record_key(CONDITIONAL),
        Column(
            "stated_address", "VARCHAR", "地址原文", "Address as written", required=True, share_type=CONDITIONAL
        ),
        Column(
            "stated_division_code", "VARCHAR", "所报县级区划代码", "County code as stated", share_type=CONDITIONAL
        ),
        Column("division_code", "VARCHAR", "县级区划代码", "County code", share_type=CONDITIONAL),
        Column("town_name", "VARCHAR", "乡镇街道", "Township", share_type=CONDITIONAL),
        Column("street", "VARCHAR", "街路巷", "Street", share_type=CONDITIONAL),
        Column("house_no", "VARCHAR", "门楼号", "House number", share_type=CONDITIONAL),
        *NUMBERS,
        Column(
            "match_code", "VARCHAR", "匹配级别", "Level of the match", required=True, code_list="地址匹配级别",
            codes=MATCHED, share_type=CONDITIONAL,
        ),
        Column("address_key", "VARCHAR", "标准地址记录键", "Standard address", share_type=CONDITIONAL),
        Column("address_code", "VARCHAR", "标准地址编码", "Standard address code", share_type=CONDITIONAL),
        *PLACE,
    ),
    title_en="Address match",
    grain="每种地址写法和所报县级区划一行",
    lookup=("stated_address", "address_key"),
)  # fmt: skip

ADDRESS_GRID = TableSpec(
    "address_grid",
    "地址网格",
    ("record_key",),
    (
        record_key(),
        Column("grid_code", "VARCHAR", "网格代码", "Grid cell of 0.01 degree", required=True),
        Column("west", "DOUBLE", "西界经度", "West, CGCS2000", unit="度"),
        Column("south", "DOUBLE", "南界纬度", "South, CGCS2000", unit="度"),
        Column("east", "DOUBLE", "东界经度", "East, CGCS2000", unit="度"),
        Column("north", "DOUBLE", "北界纬度", "North, CGCS2000", unit="度"),
        Column("addresses", "BIGINT", "地址数", "Standard addresses", required=True, minimum=1),
        Column("houses", "BIGINT", "门楼数", "Houses", required=True, minimum=0),
        Column("division_code", "VARCHAR", "主要所在县级区划代码", "County of most addresses"),
    ),
    title_en="Address grid",
    grain="每个有标准地址的网格（经纬度各 0.01 度）一行",
    lookup=("grid_code", "division_code"),
)

ADDRESS_CONFLICT = TableSpec(
    "address_conflict",
    "地址信息冲突",
    ("record_key",),
    (
        record_key(CONDITIONAL),
        Column("address_key", "VARCHAR", "地址记录键", "Address", required=True, share_type=CONDITIONAL),
        Column("attribute", "VARCHAR", "信息项", "Attribute", required=True, share_type=CONDITIONAL),
        Column("chosen_source", "UTINYINT", "采信来源", "Chosen source", share_type=CONDITIONAL),
        Column("other_source", "UTINYINT", "不一致来源", "Contradicting source", required=True, share_type=CONDITIONAL),
        Column("other_value", "VARCHAR", "不一致的值", "Contradicting value", share_type=CONDITIONAL),
    ),
    title_en="Conflicting statements on an address",
    grain="每个标准地址的每个信息项和不一致的来源（或并入的编码）一行",
    lookup=("address_key",),
)  # fmt: skip
