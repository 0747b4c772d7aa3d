"""What the geospatial base reads and what it publishes."""

from __future__ import annotations

from basedb.source_keys import Match
from basedb.spec import day, input_table, text
from catalog.vocab import Column, ShareType, TableSpec

TITLE = "空间地理信息基础库"
EXTENSIONS = ("spatial",)

CONDITIONAL = ShareType.CONDITIONAL
LEVELS = ("2", "3", "4", "5")

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
        Column("longitude", "DOUBLE", "经度", "Longitude, CGCS2000", unit="度", share_type=CONDITIONAL),
        Column("latitude", "DOUBLE", "纬度", "Latitude, CGCS2000", unit="度", share_type=CONDITIONAL),
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

TABLES = (DIVISION, DIVISION_OUTLINE, ADDRESS)

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
    )
}  # fmt: skip

# 一数一源 by default: 民政 names divisions; statistics are asked where civil affairs are silent.
AUTHORITY = {"division.name": ("division", "statistical_division")}

KEYS = {
    "division": ("division_all", "natural_key"),
    "division_outline": ("division_outline", "division_code"),
    "address": ("address", "address_code"),
}
REFERENCES = {
    "division.parent_key": "division.record_key",
    "division_outline.division_key": "division.record_key",
    "address.division_key": "division.record_key",
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
}
# where a person or a firm is, as their bases write it
NAMED_BY = {
    "natural_person.person.registered_address": "address.full_address",
    "natural_person.person.residence_address": "address.full_address",
    "natural_person.person_residence.address": "address.full_address",
    "legal_entity.legal_entity.address": "address.full_address",
}
