"""The guide's rules for one entry: what it breaks, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from catalog.entries import ItemEntry, ResourceEntry
from catalog.guide import DATABASE_METHODS, FILE_FORMATS, FORMAT_TYPES
from catalog.vocab import DeliveryMode, FormatClass, Sensitivity, ShareChannel, ShareMethod, ShareType, bare

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


_EMPTY_WORDS = frozenset({"无", "没有", "暂无", "内部使用", "无条件"})
_PERSONAL = (Sensitivity.PERSONAL, Sensitivity.SENSITIVE)


def item_faults(item: ItemEntry, resource: ResourceEntry) -> Iterator[Broken]:
    """What is wrong between the fields of an item and those of its resource."""
    if item.is_open and not resource.is_open:
        yield "信息项是否开放", "不得宽于资源", "资源未开放，信息项填「否」"
    if item.is_open and item.sensitivity in _PERSONAL:
        yield "信息项是否开放", "个人信息不得开放", "填「否」"
    if item.is_open and item.share_type is ShareType.NOT_SHARED:
        yield "信息项是否开放", "不予共享的信息项不得开放", "填「否」"
    withheld = item.share_type is ShareType.NOT_SHARED
    if withheld and not (item.share_condition or resource.share_condition):
        yield "信息项共享条件", "不予共享须写明依据", "补写法律、行政法规或政策依据"
    if item.minimum is not None and item.maximum is not None and item.minimum > item.maximum:
        yield "最小值", "大于最大值", "核对上下限"


def resource_faults(resource: ResourceEntry, systems: set[str], names: set[str]) -> Iterator[Broken]:
    """What is wrong between the fields of a resource. systems: codes of those the workbook lists; names: theirs."""
    yield from _format_faults(resource)
    yield from _sharing_faults(resource)
    yield from _census_faults(resource)
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
    if resource.format_class in FILE_FORMATS and resource.share_method is not ShareMethod.FILE:
        yield "共享方式类型", "格式为文件类，共享方式应为文件", "填写「文件」"
    if resource.format_class is FormatClass.DATABASE and resource.share_method not in DATABASE_METHODS:
        yield "共享方式类型", "格式为数据库，共享方式应为接口或数据库", "填写「接口」或「数据库」"
    kind = resource.format_type.lower()
    others = [
        c for c, types in FORMAT_TYPES.items() if kind in types and kind not in FORMAT_TYPES[resource.format_class]
    ]
    if others:
        yield "信息资源格式类型", f"「{resource.format_type}」属于{others[0].label}", "改正格式分类或格式类型"
    if resource.format_class is FormatClass.SELF_DESCRIBING and not resource.format_description:
        yield "其他类型资源格式描述", "自描述格式须说明格式", "写明格式和编码"
    by_medium = resource.share_channel is ShareChannel.MEDIUM
    if by_medium != (resource.share_method is ShareMethod.MEDIUM) and by_medium:
        yield "共享方式类型", "共享方式分类为介质交换，类型应与之一致", "填写「邮件拷盘介质交换」，或改经共享平台"


def _sharing_faults(resource: ResourceEntry) -> Iterator[Broken]:
    condition = "" if resource.share_condition in _EMPTY_WORDS else resource.share_condition
    if resource.share_type is not ShareType.UNCONDITIONAL and not condition:
        yield "共享条件", "有条件共享须写明条件，不予共享须写明依据", "补写共享条件或法律依据"
    if resource.open_condition and not resource.is_open:
        yield "开放条件", "未开放的资源不应有开放条件", "清空开放条件，或改为向社会开放"
    if resource.is_open and resource.share_type is ShareType.NOT_SHARED:
        yield "是否向社会开放", "不予共享的资源不得开放", "填写「否」"
    operation = resource.operation_item
    if resource.delivery_mode is DeliveryMode.UPSERT_DELETE and operation not in {i.name for i in resource.items}:
        yield "增量操作项", "增量带删除须指明说明增删的信息项", "填写该信息项的标识"


def _census_faults(resource: ResourceEntry) -> Iterator[Broken]:
    for name, heading, total in CENSUS:
        part, whole = getattr(resource, name), getattr(resource, total) if total else None
        if part is not None and whole is not None and part > whole:
            yield heading, "大于总量", "核对普查数字"
