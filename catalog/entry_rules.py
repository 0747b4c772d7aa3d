"""The guide's rules for one entry: what it breaks, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalog import base_roles
from catalog.entries import ItemEntry, ResourceEntry
from catalog.guide import BASE_ITEMS, CODE_PARTS, FORMAT_TYPES, METHODS
from catalog.vocab import DeliveryMode, FormatClass, Sensitivity, ShareType, bare

# column, what is wrong, how to mend it
Broken = tuple[str, str, str]
CENSUS = (
    ("total_gb", "数据存储总量（GB）", ""),
    ("total_records", "结构化信息记录总数（万条）", ""),
    ("shared_gb", "已共享的数据存储量（GB）", "total_gb"),
    ("shared_records", "已共享的结构化记录数（万条）", "total_records"),
    ("opened_gb", "已开放的数据存储量（GB）", "total_gb"),
    ("opened_records", "已开放的结构化记录数（万条）", "total_records"),
)


_EMPTY_WORDS = frozenset({"", "无", "没有", "暂无", "内部使用", "无条件"})
_INSTRUMENT = re.compile(
    r"《[^》]{2,}》|[〔\[（(]\d{4}[〕\]）)]\s*\d+\s*号|[\u4e00-\u9fff]{2}(?:(?<![依无违合司执守])法(?![定律])|条例|规定|办法)"
)
_PERSONAL = (Sensitivity.PERSONAL, Sensitivity.SENSITIVE)


def item_faults(item: ItemEntry, resource: ResourceEntry) -> Iterator[Broken]:
    """What is wrong between the fields of an item and those of its resource."""
    if item.is_open and not resource.is_open:
        yield "信息项是否开放", "不得宽于资源", "资源未开放，信息项填「否」"
    if item.is_open and item.sensitivity in _PERSONAL:
        yield "信息项是否开放", "个人信息不得开放", "填「否」"
    if item.is_open and item.share_type is ShareType.NOT_SHARED:
        yield "信息项是否开放", "不予共享的信息项不得开放", "填「否」"
    if item.share_type is not resource.share_type or _said(item.share_condition):
        yield from _condition_faults("信息项共享条件", item.share_type, item.share_condition)
    if item.minimum is not None and item.maximum is not None and item.minimum > item.maximum:
        yield "最小值", "大于最大值", "核对上下限"


def resource_faults(resource: ResourceEntry, systems: set[str], names: set[str]) -> Iterator[Broken]:
    """What is wrong between the fields of a resource. systems: codes of those the workbook lists; names: theirs."""
    yield from _code_faults(resource)
    yield from _format_faults(resource)
    yield from _sharing_faults(resource)
    yield from _census_faults(resource)
    yield from _role_faults(resource)
    if bare(resource.name) in names:
        yield "信息资源名称", "资源名称不得是系统名称", "按数据内容命名"
    if resource.system_code and resource.system_code not in systems:
        yield "所属系统编码", "系统未在「项目与系统」中列出", "先在「项目与系统」登记该系统"
    if not any(item.is_key for item in resource.items):
        yield "是否主键", "没有主键信息项", _key_advice(resource)
    if not resource.items:
        yield "信息项名称", "没有信息项", "至少填写一个信息项"


def _key_advice(resource: ResourceEntry) -> str:
    likely = [
        item.title for item in resource.items if item.identifier or re.search("编号|编码|代码|号码|证号", item.title)
    ]
    advice = "至少指定一个主键信息项"
    return f"{advice}，例如「{likely[0]}」" if likely else advice


def _format_faults(resource: ResourceEntry) -> Iterator[Broken]:
    yield from _method_faults(resource)
    kind, is_own = resource.format_type.lower(), resource.format_class is FormatClass.SELF_DESCRIBING
    others = [
        c for c, types in FORMAT_TYPES.items() if kind in types and kind not in FORMAT_TYPES[resource.format_class]
    ]
    if others:
        yield "信息资源格式类型", f"「{resource.format_type}」属于{others[0].label}", "改正格式分类或格式类型"
    elif kind not in FORMAT_TYPES[resource.format_class] and not resource.format_description and not is_own:
        yield "信息资源格式类型", "不是这一格式分类的类型", "改正格式类型，或在「其他类型资源格式描述」写明格式"
    if is_own and not resource.format_description:
        yield "其他类型资源格式描述", "自描述格式须说明格式", "写明格式和编码"


def _method_faults(resource: ResourceEntry) -> Iterator[Broken]:
    allowed = METHODS[resource.format_class, resource.share_channel]
    if not allowed:
        yield "共享方式分类", "格式为数据库，应经共享平台共享", "填写「共享平台」；以文件导出交换的，格式改为文件"
    elif resource.share_method not in allowed:
        named = "或".join(each.label for each in allowed)
        rule = f"格式为{resource.format_class.label}、经{resource.share_channel.label}，共享方式应为{named}"
        yield "共享方式类型", rule, f"填写「{allowed[0].label}」，或改正格式分类、共享方式分类"


def _code_faults(resource: ResourceEntry) -> Iterator[Broken]:
    for column, name, form in CODE_PARTS:
        if not re.fullmatch(form, getattr(resource, name), re.ASCII):
            yield column, "分类码格式", "项为两位数字，目为三位数字，细目为数字或留空"
    if resource.class_digit == "1" and resource.class_item not in BASE_ITEMS.values():
        yield "项", "基础信息资源没有这一项", "填写 01 人口、02 法人、03 空间地理、04 信用、05 证照或 06 宏观经济"


def _sharing_faults(resource: ResourceEntry) -> Iterator[Broken]:
    yield from _condition_faults("共享条件", resource.share_type, resource.share_condition)
    if resource.open_condition and not resource.is_open:
        yield "开放条件", "未开放的资源不应有开放条件", "清空开放条件，或改为向社会开放"
    if resource.is_open and resource.share_type is ShareType.NOT_SHARED:
        yield "是否向社会开放", "不予共享的资源不得开放", "填写「否」"
    operation = resource.operation_item
    if resource.delivery_mode is DeliveryMode.UPSERT_DELETE and operation not in {i.name for i in resource.items}:
        yield "增量操作项", "增量带删除须指明说明增删的信息项", "填写该信息项的标识"


def _role_faults(resource: ResourceEntry) -> Iterator[Broken]:
    """A base that is built of rows without what names them cannot be published."""
    brought = {item.name for item in resource.items if item.is_required or item.is_key}
    own = {item.name: base_roles.kind_of(item.data_type.duckdb) for item in resource.items}
    for role in resource.base_role.split("、") if resource.base_role else ():
        if role not in base_roles.needs():
            yield "基础库角色", f"没有角色 {role}", f"可用：{'、'.join(base_roles.like(role))}"
            continue
        if missing := [each for each in base_roles.needs()[role] if each not in brought]:
            yield "基础库角色", f"{role} 缺少必填的信息项 {'、'.join(missing)}", "补充这些信息项，设为必填或主键"
        if wrong := [name for name, kind in base_roles.kinds()[role].items() if own.get(name, kind) != kind]:
            yield "基础库角色", f"{role} 的信息项 {'、'.join(wrong)} 数据类型不符", "日期登记为日期型，数值登记为数值型"


def _said(condition: str) -> str:
    return "" if condition.strip("。. ") in _EMPTY_WORDS else condition


def _condition_faults(column: str, share_type: ShareType, condition: str) -> Iterator[Broken]:
    """A condition says something, and a refusal to share names the instrument that it rests on."""
    if share_type is ShareType.UNCONDITIONAL:
        return
    if not _said(condition):
        yield column, "有条件共享须写明条件，不予共享须写明依据", "补写共享条件或法律依据"
    elif share_type is ShareType.NOT_SHARED and not _INSTRUMENT.search(condition):
        yield (
            column,
            "不予共享须写明法律、行政法规或政策依据",
            "写出法规的名称或文号，例如《中华人民共和国个人信息保护法》第二十八条",
        )


def _census_faults(resource: ResourceEntry) -> Iterator[Broken]:
    for name, heading, total in CENSUS:
        part, whole = getattr(resource, name), getattr(resource, total) if total else None
        if part is not None and whole is not None and part > whole:
            yield heading, "大于总量", "核对普查数字"
