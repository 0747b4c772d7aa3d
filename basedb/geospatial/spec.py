"""What the geospatial base reads and what it publishes."""

from __future__ import annotations

from basedb.source_keys import Match
from basedb.spec import day, input_table, text
from catalog.vocab import Column, ShareType, TableSpec

TITLE = "空间地理信息基础库"
EXTENSIONS = ("spatial",)

CONDITIONAL = ShareType.CONDITIONAL
LEVELS = ("2", "3", "4", "5")

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
SETTLED = (
    "same", "written_otherwise", "other_name", "other_code", "civil_only", "ended", "statistics_only",
    "statistics_below",
)  # fmt: skip
MATCHED = ("room", "building", "house", "road", "division", "none")

DIVISION = TableSpec(
    "division",
    "行政区划",
    ("record_key",),
    (
        Column("record_key", "VARCHAR", "平台主键", "Record key", required=True),
        Column(
            "division_code", "VARCHAR", "区划代码", "Division code", required=True, max_length=12, source="GB/T 2260"
        ),
        Column("name", "VARCHAR", "名称", "Name", required=True, max_length=100),
        Column("name_source", "UTINYINT", "名称来源", "Source of the name"),
        Column("level_code", "VARCHAR", "级别代码", "Level", required=True, code_list="区划级别", codes=LEVELS),
        Column("parent_code", "VARCHAR", "上级区划代码", "Parent division code", max_length=12, source="GB/T 2260"),
        Column("parent_key", "VARCHAR", "上级区划主键", "Parent division"),
        Column("valid_from", "DATE", "启用日期", "In force from"),
        Column("valid_to", "DATE", "停用日期", "In force until"),
        Column("statistical_code", "VARCHAR", "统计用区划代码", "Code in statistics", source="国家统计局"),
        Column("statistical_name", "VARCHAR", "统计用名称（与民政名称不同时）", "Name in statistics where it differs"),
        Column("is_statistical_only", "BOOLEAN", "仅用于统计", "Exists for statistics only", required=True),
    ),
    title_en="Division",
    grain="民政区划每个一行，仅统计区划有的另列一行",
    lookup=("division_code", "statistical_code", "parent_code", "name"),
    orders=(("valid_from", "valid_to"),),
)

DIVISION_OUTLINE = TableSpec(
    "division_outline",
    "行政区划界线",
    ("record_key",),
    (
        Column("record_key", "VARCHAR", "平台主键", "Record key", required=True),
        Column("division_key", "VARCHAR", "区划主键", "Division"),
        Column("division_code", "VARCHAR", "区划代码", "Division code", required=True, source="GB/T 2260"),
        Column("name", "VARCHAR", "名称", "Name", required=True),
        Column(
            "geometry", "VARCHAR", "界线几何（GeoJSON，CGCS2000）", "Outline, GeoJSON in CGCS2000 (EPSG:4490)",
            source="RFC 7946; GB 22021",
        ),
        Column("area_m2", "DOUBLE", "椭球面积", "Area on the ellipsoid", minimum=0, unit="平方米"),
        Column("centroid_longitude", "DOUBLE", "中心经度", "Longitude of the centroid", unit="度"),
        Column("centroid_latitude", "DOUBLE", "中心纬度", "Latitude of the centroid", unit="度"),
        Column("record_source", "UTINYINT", "数据来源", "Source of the row"),
    ),
    title_en="Division outline",
    grain="每个有边界的区划一行",
    lookup=("division_code",),
)  # fmt: skip

ADDRESS = TableSpec(
    "address",
    "标准地址",
    ("record_key",),
    (
        Column("record_key", "VARCHAR", "平台主键", "Record key", required=True, share_type=CONDITIONAL),
        Column("address_code", "VARCHAR", "地址编码", "Address code", required=True, share_type=CONDITIONAL),
        Column("full_address", "VARCHAR", "地址全称", "Full address", required=True, share_type=CONDITIONAL),
        Column("division_code", "VARCHAR", "县级区划代码", "County code", required=True, share_type=CONDITIONAL),
        Column("division_key", "VARCHAR", "区划主键", "Division", share_type=CONDITIONAL),
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
        Column("record_source", "UTINYINT", "数据来源", "Source of the row", share_type=CONDITIONAL),
    ),
    title_en="Standard address",
    grain="每个地址编码一行",
    lookup=("address_code", "full_address"),
)  # fmt: skip

DIVISION_CHANGE = TableSpec(
    "division_change",
    "行政区划沿革",
    ("record_key",),
    (
        Column("record_key", "VARCHAR", "平台主键", "Record key", required=True),
        Column("old_code", "VARCHAR", "原区划代码", "Old code", required=True, source="GB/T 2260"),
        Column("old_name", "VARCHAR", "原名称", "Old name", required=True),
        Column("new_code", "VARCHAR", "现区划代码", "New code", required=True, source="GB/T 2260"),
        Column("new_name", "VARCHAR", "现名称", "New name", required=True),
        Column("changed_date", "DATE", "变更日期", "Changed on", required=True),
        Column("division_key", "VARCHAR", "现区划主键", "Division"),
    ),
    title_en="Change of divisions",
    grain="每个原区划及承接它的现区划一行",
    lookup=("old_code", "old_name", "new_code"),
)

DIVISION_SETTLEMENT = TableSpec(
    "division_settlement",
    "两套区划核对清单",
    ("record_key",),
    (
        Column("record_key", "VARCHAR", "平台主键", "Record key", required=True),
        Column("civil_code", "VARCHAR", "民政区划代码", "Code of civil affairs", source="GB/T 2260"),
        Column("civil_name", "VARCHAR", "民政名称", "Name of civil affairs"),
        Column("statistical_code", "VARCHAR", "统计用区划代码", "Code in statistics", source="国家统计局"),
        Column("statistical_name", "VARCHAR", "统计名称", "Name in statistics"),
        Column("level_code", "VARCHAR", "级别代码", "Level", required=True, code_list="区划级别", codes=LEVELS),
        Column(
            "settled_code", "VARCHAR", "核对结论", "How the two were settled", required=True,
            code_list="区划核对结论", codes=SETTLED,
        ),
    ),
    title_en="Settlement of the two division tables",
    grain="民政或统计区划每个一行",
    lookup=("civil_code", "statistical_code", "settled_code"),
)  # fmt: skip

ADDRESS_MATCH = TableSpec(
    "address_match",
    "地址匹配",
    ("record_key",),
    (
        Column("record_key", "VARCHAR", "平台主键", "Record key", required=True, share_type=CONDITIONAL),
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
        Column("address_key", "VARCHAR", "标准地址主键", "Standard address", share_type=CONDITIONAL),
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
        Column("record_key", "VARCHAR", "平台主键", "Record key", required=True),
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

DIVISION_CONFLICT = TableSpec(
    "division_conflict",
    "区划信息冲突",
    ("record_key",),
    (
        Column("record_key", "VARCHAR", "平台主键", "Record key", required=True, share_type=CONDITIONAL),
        Column("division_key", "VARCHAR", "区划主键", "Division", required=True, share_type=CONDITIONAL),
        Column("attribute", "VARCHAR", "信息项", "Attribute", required=True, share_type=CONDITIONAL),
        Column("chosen_source", "UTINYINT", "采信来源", "Chosen source", share_type=CONDITIONAL),
        Column("other_source", "UTINYINT", "不一致来源", "Contradicting source", required=True, share_type=CONDITIONAL),
        Column("other_value", "VARCHAR", "不一致的值", "Contradicting value", share_type=CONDITIONAL),
    ),
    title_en="Conflicting statements on a division",
    grain="每个区划的每个信息项和不一致的来源一行",
    lookup=("division_key",),
)  # fmt: skip

ADDRESS_CONFLICT = TableSpec(
    "address_conflict",
    "地址信息冲突",
    ("record_key",),
    (
        Column("record_key", "VARCHAR", "平台主键", "Record key", required=True, share_type=CONDITIONAL),
        Column("address_key", "VARCHAR", "地址主键", "Address", required=True, share_type=CONDITIONAL),
        Column("attribute", "VARCHAR", "信息项", "Attribute", required=True, share_type=CONDITIONAL),
        Column("chosen_source", "UTINYINT", "采信来源", "Chosen source", share_type=CONDITIONAL),
        Column("other_source", "UTINYINT", "不一致来源", "Contradicting source", required=True, share_type=CONDITIONAL),
        Column("other_value", "VARCHAR", "不一致的值", "Contradicting value", share_type=CONDITIONAL),
    ),
    title_en="Conflicting statements on an address",
    grain="每个标准地址的每个信息项和不一致的来源（或并入的编码）一行",
    lookup=("address_key",),
)  # fmt: skip

TABLES = (
    DIVISION, DIVISION_OUTLINE, DIVISION_CHANGE, DIVISION_SETTLEMENT, DIVISION_CONFLICT, ADDRESS, ADDRESS_MATCH,
    ADDRESS_GRID, ADDRESS_CONFLICT,
)  # fmt: skip

INPUTS = {
    role.name: role
    for role in (
        input_table(
            "division", "行政区划与地名",
            text("division_code", "区划代码"), text("name", "名称"), text("level_code", "级别代码"),
            text("parent_code", "上级区划代码"), day("valid_from", "启用日期"), day("valid_to", "停用日期"),
        ),
        input_table(
            "statistical_division", "统计用区划代码",
            text("division_code", "统计用区划代码"), text("name", "名称"), text("level_code", "级别代码"),
            text("parent_code", "上级区划代码"),
        ),
        input_table(
            "boundary", "行政界线",
            text("division_code", "区划代码"), text("name", "名称"), text("geometry", "界线几何"),
        ),
        input_table(
            "standard_address", "标准地址",
            text("address_code", "地址编码"), text("full_address", "地址全称"), text("division_code", "县级区划代码"),
            text("town_name", "乡镇街道"), text("street", "街路巷"), text("house_no", "门楼号"),
            text("unit_room", "单元室"), Column("longitude", "DOUBLE", "经度"), Column("latitude", "DOUBLE", "纬度"),
        ),
        # addresses that others state, to be found among the standard ones
        input_table(
            "check_registered", "户籍地址",
            text("registered_address", "户籍地址"), text("registered_division_code", "户籍区划代码"),
            text("status_code", "人口状态代码"),
        ),
        input_table(
            "check_residence", "居住地址",
            text("residence_address", "居住地址"), text("residence_division_code", "居住地区划代码"),
            text("status_code", "状态代码"), day("end_date", "终止日期"),
        ),
        input_table(
            "check_business", "住所和经营场所",
            text("address", "住所"), text("division_code", "住所区划代码"), text("status_code", "登记状态代码"),
        ),
        input_table(
            "check_told", "本人自述住址",
            text("residence_address", "住址"), text("residence_division_code", "住址区划代码"),
        ),
    )
}  # fmt: skip

# 一数一源 by default: 民政 names divisions; statistics are asked where civil affairs are silent.
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
