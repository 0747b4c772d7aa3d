"""The fields of an entry as a form shows them: in groups, with choices in the language of the page."""

from __future__ import annotations

from dataclasses import dataclass

from api.pages.page import Page
from api.texts import Words
from catalog import template
from catalog.cells import ITEM_HEADINGS, RESOURCE_HEADINGS
from catalog.export import facts_of
from catalog.field_help import HELP, english_basis, english_help
from catalog.guide import FORMAT_TYPES
from catalog.models import Department
from catalog.vocab import (
    DataType,
    DeliveryMode,
    FormatClass,
    IdentifierKind,
    Sensitivity,
    ShareChannel,
    ShareMethod,
    ShareType,
    Term,
    UpdateCycle,
)

_TERMS: dict[str, type[Term]] = {
    "信息资源格式分类": FormatClass,
    "共享类型": ShareType,
    "共享方式分类": ShareChannel,
    "共享方式类型": ShareMethod,
    "更新周期": UpdateCycle,
    "报送方式": DeliveryMode,
    "数据类型": DataType,
    "标识类型": IdentifierKind,
    "敏感级别": Sensitivity,
    "信息项共享类型": ShareType,
}
GROUPS = {
    "group.what": ("信息资源名称", "资源标识", "信息资源摘要", "类", "项", "目", "细目", "关联资源代码"),
    "group.format": ("信息资源格式分类", "信息资源格式类型", "其他类型资源格式描述"),
    "group.share": ("共享类型", "共享条件", "共享方式分类", "共享方式类型", "是否向社会开放", "开放条件"),
    "group.update": ("更新周期", "报送方式", "增量操作项", "全量删除上限（%）", "前置库表", "报送期限"),
    "group.duty": ("履行职责", "业务事项", "所属系统编码", "基础库角色"),
    "group.secrecy": ("保密审查人", "保密审查日期"),
}
CENSUS = "group.census"
ROLES = "基础库角色"
LONG, DATES, NUMBERS = 300, ("保密审查日期",), ("数据长度", "最小值", "最大值", "报送期限", "全量删除上限（%）")
LISTED = {"信息资源格式类型": "l-format", "代码表": "l-codes", "所属系统编码": "l-systems"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One field of the form. name: its heading; the help is in the language of the page."""

    name: str
    label: str
    kind: str
    options: tuple[tuple[str, str], ...]
    required: bool
    limit: int
    meaning: str
    example: str
    returns: str
    basis: str
    suggested: str


def shown(words: Words, heading: str) -> Shown:
    """A field with its help."""
    field = HELP[heading]
    is_english = words.lang == "en"
    own = (field.meaning, field.returns, field.example)
    meaning, returns, example = english_help()[heading] if is_english else own
    return Shown(
        name=heading,
        label=label(words, heading),
        kind=_kind(heading),
        options=(("", ""), *((choice, choice_text(words, heading, choice)) for choice in field.choices)),
        required=field.required,
        limit=field.limit,
        meaning=meaning,
        example=choice_text(words, heading, field.example) if field.choices else example or field.example,
        returns=returns,
        basis=english_basis(field.basis) if is_english else field.basis,
        suggested=LISTED.get(heading, ""),
    )


def label(words: Words, heading: str) -> str:
    """A heading as the page calls it."""
    field = HELP.get(heading)
    return field.english if field and words.lang == "en" else words.known(f"field.{heading}", heading)


def value_text(words: Words, heading: str, value: str) -> str:
    """What a cell says: a choice and a list in the way of the page's language, anything else as it was typed."""
    if heading == ROLES:
        return value.replace("、", words("list.comma"))
    field = HELP.get(heading)
    return choice_text(words, heading, value) if field and value in field.choices else value


def choice_text(words: Words, heading: str, choice: str) -> str:
    """A choice in the language of the page."""
    if heading in _TERMS:
        return words.term(_TERMS[heading].of_label(choice))
    return words.known(f"choice.{choice}", choice)


def usual_returns(words: Words) -> list[str]:
    """The usual reasons for returning an entry, each once."""
    return list(dict.fromkeys(shown(words, heading).returns for heading in (*RESOURCE_HEADINGS, *ITEM_HEADINGS)))


def _kind(heading: str) -> str:
    field = HELP[heading]
    if field.choices:
        return "select"
    if heading in DATES:
        return "date"
    return "textarea" if field.limit > LONG else "text"


def groups(words: Words) -> list[tuple[str, list[Shown]]]:
    """The fields of a resource in groups; census figures last."""
    named = [(words(key), [shown(words, h) for h in headings]) for key, headings in GROUPS.items()]
    rest = [h for h in RESOURCE_HEADINGS if not any(h in headings for headings in GROUPS.values())]
    return [*named, (words(CENSUS), [shown(words, h) for h in rest])]


def item_fields(words: Words) -> list[Shown]:
    """The fields of an item."""
    return [shown(words, heading) for heading in ITEM_HEADINGS]


def suggestions(page: Page, department: Department) -> dict[str, list[tuple[str, str]]]:
    """Values to pick from while typing, by the id of their list."""
    systems = facts_of(page.db, department).systems
    return {
        "l-format": [(kind, "") for kinds in FORMAT_TYPES.values() for kind in kinds],
        "l-codes": [(name, "") for name in template.code_lists(page.db)],
        "l-systems": [(each.system_code, each.system_name) for each in systems if each.system_code],
    }
