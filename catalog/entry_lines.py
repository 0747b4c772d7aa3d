"""Entries out of the lines of a workbook or form; what cannot be read is a fault of its line."""

from __future__ import annotations

import re

from catalog.entries import ItemEntry, ResourceEntry, SystemEntry
from catalog.entry_rules import CENSUS, item_faults
from catalog.guide import CLASS_DIGITS, PROJECT_KINDS, PROJECT_STATES
from catalog.patterns import is_usable
from catalog.recognise import Group
from catalog.sheets import Line
from catalog.vocab import (
    Base,
    DataType,
    DeliveryMode,
    FormatClass,
    IdentifierKind,
    Sensitivity,
    ShareChannel,
    ShareMethod,
    ShareType,
    UpdateCycle,
)

SLUG_FORM = "小写字母开头，只用小写字母、数字和下划线，3 至 64 个字符，不得与基础库同名"
_SLUG = re.compile(r"[a-z][a-z0-9_]{2,63}")
_ITEM_SLUG = re.compile(r"[a-z][a-z0-9_]{0,63}")
_ROLE = re.compile("(" + "|".join(Base) + r")\.[a-z][a-z0-9_]{0,63}")


def is_slug(text: str) -> bool:
    """Whether a department's resource may be called so: its releases lie under this name, beside those of the bases."""
    return bool(_SLUG.fullmatch(text)) and text not in set(Base)


def system_of(line: Line) -> SystemEntry:
    """A system and the project that builds it."""
    kind, state = line.text("项目类型", required=True), line.text("建设状态", required=True)
    for column, found, known in (("项目类型", kind, PROJECT_KINDS), ("建设状态", state, PROJECT_STATES)):
        if found and found not in known:
            line.fault(column, "枚举值", "填写其中之一：" + "、".join(known))
    return SystemEntry(
        project_code=line.text("项目编码", required=True),
        project_name=line.text("项目名称", required=True),
        kind=kind,
        state=state,
        go_live_date=line.day("上线日期"),
        system_code=line.text("系统编码"),
        system_name=line.text("系统名称"),
        statement=line.text("无数据声明"),
    )


def resource_of(group: Group, planned: set[str]) -> ResourceEntry:
    """A resource with its items. planned: codes of systems that are not built yet, whose resources need no cycle."""
    line = group.resource
    class_digit = CLASS_DIGITS.get(line.text("类"), "")
    if not class_digit:
        line.fault("类", "枚举值", "填写其中之一：" + "、".join(CLASS_DIGITS))
    slug = line.text("资源标识", required=True)
    if slug and not is_slug(slug):
        line.fault("资源标识", "标识格式", SLUG_FORM)
    has_cycle = line.text("所属系统编码") not in planned
    drop_limit = line.number("全量删除上限（%）", minimum=0)
    entry = ResourceEntry(
        row=line.row,
        slug=slug,
        class_digit=class_digit,
        class_item=line.text("项", required=True),
        category=line.text("目", required=True),
        sub_category=line.text("细目"),
        name=line.text("信息资源名称", required=True),
        abstract=line.text("信息资源摘要", required=True),
        format_class=line.term("信息资源格式分类", FormatClass, FormatClass.DATABASE, required=True),
        format_type=line.text("信息资源格式类型", required=True),
        format_description=line.text("其他类型资源格式描述"),
        share_type=line.term("共享类型", ShareType, ShareType.NOT_SHARED, required=True),
        share_condition=line.text("共享条件"),
        share_channel=line.term("共享方式分类", ShareChannel, ShareChannel.PLATFORM),
        share_method=line.term("共享方式类型", ShareMethod, ShareMethod.API, required=True),
        is_open=line.flag("是否向社会开放"),
        open_condition=line.text("开放条件"),
        update_cycle=line.term("更新周期", UpdateCycle, UpdateCycle.IRREGULAR, required=has_cycle),
        published_date=line.day("发布日期"),
        related_codes=line.text("关联资源代码"),
        duty=line.text("履行职责"),
        business_item=line.text("业务事项"),
        delivery_mode=line.term("报送方式", DeliveryMode, DeliveryMode.UPSERT, required=True),
        operation_item=line.text("增量操作项"),
        drop_limit_pct=20.0 if drop_limit is None else drop_limit,
        pull_table=line.text("前置库表"),
        lead_days=line.whole("报送期限", minimum=0),
        system_code=line.text("所属系统编码"),
        base_role=_role(line),
        secrecy_reviewer=line.text("保密审查人"),
        secrecy_reviewed_date=line.day("保密审查日期"),
        code=line.text("信息资源代码"),
    )
    for name, heading, _ in CENSUS:
        setattr(entry, name, line.number(heading, minimum=0))
    for each in group.items:
        entry.items.append(_item(each, entry))
    return entry


def _role(line: Line) -> str:
    """`<base>.<role>`, several parted by 、."""
    roles = list(dict.fromkeys(line.text("基础库角色").replace("、", " ").split()))
    if any(not _ROLE.fullmatch(role) for role in roles):
        line.fault("基础库角色", "角色格式", "写作 natural_person.resident，多个以顿号分开")
    return "、".join(roles)


def _item(line: Line, resource: ResourceEntry) -> ItemEntry:
    name = line.text("信息项标识", required=True)
    if name and not _ITEM_SLUG.fullmatch(name):
        line.fault("信息项标识", "标识格式", "小写字母开头，只用小写字母、数字和下划线")
    if name in {item.name for item in resource.items}:
        line.fault("信息项标识", "重复", "同一资源内信息项标识不得重复")
    identifier = line.text("标识类型")
    sensitivity = line.term("敏感级别", Sensitivity, Sensitivity.INTERNAL)
    share_type = _item_share_type(line, resource)
    is_open = resource.is_open and share_type is ShareType.UNCONDITIONAL and sensitivity is Sensitivity.PUBLIC
    entry = ItemEntry(
        name=name,
        title=line.text("信息项名称", required=True),
        title_en=line.text("信息项英文名称"),
        data_type=line.term("数据类型", DataType, DataType.TEXT, required=True),
        length=line.whole("数据长度", minimum=1),
        is_key=line.flag("是否主键"),
        is_required=line.flag("是否必填"),
        is_subject=line.flag("信息主体"),
        is_lookup=line.flag("可查询") or line.flag("信息主体"),
        identifier=line.term("标识类型", IdentifierKind, IdentifierKind.CITIZEN_ID) if identifier else None,
        code_list=line.text("代码表"),
        pattern=_pattern(line),
        minimum=line.number("最小值"),
        maximum=line.number("最大值"),
        measure_unit=line.text("计量单位"),
        sensitivity=sensitivity,
        share_type=share_type,
        share_condition=line.text("信息项共享条件"),
        is_open=line.flag("信息项是否开放", default=is_open),
        open_condition=line.text("信息项开放条件"),
    )
    for column, rule, remedy in item_faults(entry, resource):
        line.fault(column, rule, remedy)
    return entry


def _pattern(line: Line) -> str:
    pattern = line.text("格式规则")
    if not is_usable(pattern):
        line.fault("格式规则", "正则表达式", "改正正则表达式的语法；不能用环视、反向引用，重复次数不超过 1000")
        return ""
    return pattern


def _item_share_type(line: Line, resource: ResourceEntry) -> ShareType:
    found = line.term("信息项共享类型", ShareType, resource.share_type)
    if found.strictness < resource.share_type.strictness and line.text("信息项共享类型"):
        line.fault("信息项共享类型", "不得宽于资源", f"填写「{resource.share_type.label}」或更严的类型")
    return found
