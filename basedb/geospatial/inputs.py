"""What the base of places reads: both tables of divisions, outlines, addresses and where they are written."""

from __future__ import annotations

from basedb.spec import day, input_table, text
from catalog.vocab import Column

INPUTS = {
    role.name: role
    for role in (
        input_table(
            "division", "行政区划与地名",
            text("division_code", "区划代码"), text("name", "名称"), text("level_code", "级别代码"),
            text("parent_code", "上级区划代码"), day("valid_from", "启用日期"), day("valid_to", "停用日期"),
            needs=("division_code", "level_code", "name"),
        ),
        input_table(
            "statistical_division", "统计用区划代码",
            text("division_code", "统计用区划代码"), text("name", "名称"), text("level_code", "级别代码"),
            text("parent_code", "上级区划代码"),
            needs=("division_code", "level_code", "name"),
        ),
        input_table(
            "boundary", "行政界线",
            text("division_code", "区划代码"), text("name", "名称"), text("geometry", "界线几何"),
            needs=("division_code", "name"),
        ),
        input_table(
            "standard_address", "标准地址",
            text("address_code", "地址编码"), text("full_address", "地址全称"), text("division_code", "县级区划代码"),
            text("town_name", "乡镇街道"), text("street", "街路巷"), text("house_no", "门楼号"),
            text("unit_room", "单元室"), Column("longitude", "DOUBLE", "经度"), Column("latitude", "DOUBLE", "纬度"),
            needs=("division_code", "full_address", "address_code"),
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
