"""Tables of divisions: both registers, outlines, changes, and how the two are settled."""

from __future__ import annotations

from basedb.spec import record_key, record_source
from catalog.vocab import Column, ShareType, TableSpec

CONDITIONAL = ShareType.CONDITIONAL

LEVELS = ("2", "3", "4", "5")

SETTLED = (
    "same", "written_otherwise", "other_name", "other_code", "civil_only", "ended", "statistics_only",
    "statistics_below",
)  # fmt: skip

DIVISION = TableSpec(
    "division",
    "行政区划",
    ("record_key",),
    (
        record_key(),
        Column(
            "division_code", "VARCHAR", "区划代码", "Division code", required=True, max_length=12, source="GB/T 2260"
        ),
        Column("name", "VARCHAR", "名称", "Name", required=True, max_length=100),
        Column("name_source", "UTINYINT", "名称来源", "Source of the name"),
        Column("level_code", "VARCHAR", "级别代码", "Level", required=True, code_list="区划级别", codes=LEVELS),
        Column("parent_code", "VARCHAR", "上级区划代码", "Parent division code", max_length=12, source="GB/T 2260"),
        Column("parent_key", "VARCHAR", "上级区划记录键", "Parent division"),
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
        record_key(),
        Column("division_key", "VARCHAR", "区划记录键", "Division"),
        Column("division_code", "VARCHAR", "区划代码", "Division code", required=True, source="GB/T 2260"),
        Column("name", "VARCHAR", "名称", "Name", required=True),
        Column(
            "geometry", "VARCHAR", "界线几何（GeoJSON，CGCS2000）", "Outline, GeoJSON in CGCS2000 (EPSG:4490)",
            source="RFC 7946; GB 22021",
        ),
        Column("area_m2", "DOUBLE", "椭球面积", "Area on the ellipsoid", minimum=0, unit="平方米"),
        Column("centroid_longitude", "DOUBLE", "中心经度", "Longitude of the centroid", unit="度"),
        Column("centroid_latitude", "DOUBLE", "中心纬度", "Latitude of the centroid", unit="度"),
        record_source(),
    ),
    title_en="Division outline",
    grain="每个有边界的区划一行",
    lookup=("division_code",),
)  # fmt: skip

DIVISION_CHANGE = TableSpec(
    "division_change",
    "行政区划沿革",
    ("record_key",),
    (
        record_key(),
        Column("old_code", "VARCHAR", "原区划代码", "Old code", required=True, source="GB/T 2260"),
        Column("old_name", "VARCHAR", "原名称", "Old name", required=True),
        Column("new_code", "VARCHAR", "现区划代码", "New code", required=True, source="GB/T 2260"),
        Column("new_name", "VARCHAR", "现名称", "New name", required=True),
        Column("changed_date", "DATE", "变更日期", "Changed on", required=True),
        Column("division_key", "VARCHAR", "现区划记录键", "Division"),
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
        record_key(),
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

DIVISION_CONFLICT = TableSpec(
    "division_conflict",
    "区划信息冲突",
    ("record_key",),
    (
        record_key(CONDITIONAL),
        Column("division_key", "VARCHAR", "区划记录键", "Division", required=True, share_type=CONDITIONAL),
        Column("attribute", "VARCHAR", "信息项", "Attribute", required=True, share_type=CONDITIONAL),
        Column("chosen_source", "UTINYINT", "采信来源", "Chosen source", share_type=CONDITIONAL),
        Column("other_source", "UTINYINT", "不一致来源", "Contradicting source", required=True, share_type=CONDITIONAL),
        Column("other_value", "VARCHAR", "不一致的值", "Contradicting value", share_type=CONDITIONAL),
    ),
    title_en="Conflicting statements on a division",
    grain="每个区划的每个信息项和不一致的来源一行",
    lookup=("division_key",),
)  # fmt: skip
