"""Catalog workbooks in the shape of the national guide (发改高技〔2017〕1272号): read and judged.

A workbook is taken whole or not at all; every wrong cell is told at once, by sheet, row, column, rule
and the way to mend it. Safe fixes of another product's workbook are listed, and taken once accepted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from catalog.entries import Catalog, ItemEntry, ResourceEntry, SystemEntry
from catalog.entry_lines import resource_of, system_of
from catalog.entry_rules import resource_faults
from catalog.errors import WorkbookRefused
from catalog.field_help import Level, headings
from catalog.grid import open_book
from catalog.guide import NOT_YET_BUILT
from catalog.recognise import Group, Known, Recognised, recognise
from catalog.sheets import CATALOG_SHEET, DEPARTMENT_SHEET, PROJECT_SHEET, Fault, Fix
from catalog.vocab import bare

__all__ = [
    "CATALOG_SHEET",
    "DEPARTMENT_SHEET",
    "ITEM_HEADINGS",
    "PROJECT_SHEET",
    "RESOURCE_HEADINGS",
    "Catalog",
    "Fault",
    "ItemEntry",
    "ResourceEntry",
    "Taken",
    "read",
    "refused",
    "take",
]

RESOURCE_HEADINGS = headings(Level.RESOURCE)
ITEM_HEADINGS = headings(Level.ITEM)


@dataclass(slots=True)
class Taken:
    """A workbook that was read: its content, and the lines it came from, for a caller who has more to judge."""

    catalog: Catalog
    found: Recognised

    @property
    def faults(self) -> list[Fault]:
        """Each fault once, department first, then as the sheets are read."""
        sheets = {DEPARTMENT_SHEET: 0, PROJECT_SHEET: 1}
        return sorted(dict.fromkeys(self.found.faults), key=lambda f: (sheets.get(f.sheet, 2), f.sheet, f.row))

    @property
    def fixes(self) -> list[Fix]:
        return self.found.fixes

    @property
    def unknown(self) -> list[str]:
        """The columns that were passed over."""
        return self.found.unknown


def read(path: Path, name: str = "") -> Catalog:
    """The workbook's content; raises WorkbookRefused with every fault, Unreadable when it is no workbook.

    name: what the sender calls the file, for messages; default its own.
    """
    found = take(path, Known(), name)
    if found.faults or found.fixes:
        raise refused(name or path.name, found.faults, found.fixes, found.unknown)
    return found.catalog


def take(path: Path, known: Known, name: str = "") -> Taken:
    """The content with every fault and every fix; raises Unreadable."""
    return judged(recognise(open_book(path, name), known), known.systems)


def judged(found: Recognised, registered: Sequence[SystemEntry] = ()) -> Taken:
    """The content of lines, from a workbook or a form, judged by the guide's rules.

    registered: the department's systems, which stand for those of a workbook that lists none.
    """
    systems = [system_of(line) for line in found.projects]
    catalog = Catalog(
        slug=found.facts.text("部门标识", required=True),
        name=found.facts.text("部门名称", required=True),
        credit_code=found.facts.text("统一社会信用代码", required=True),
        division_code=found.facts.text("区划代码", required=True),
        registrar_name=found.facts.text("目录负责人"),
        verifier_name=found.facts.text("校核负责人"),
        upper=found.facts.text("上级部门标识"),
        systems=systems,
        resources=[],
    )
    listed = systems or registered
    planned = {s.system_code for s in listed if s.state == NOT_YET_BUILT}
    entries = [(group, resource_of(group, planned)) for group in found.groups]
    catalog.resources = [entry for _, entry in entries]
    _judge(catalog, entries, listed)
    return Taken(catalog, found)


def refused(name: str, faults: Sequence[Fault], fixes: Sequence[Fix], unknown: Sequence[str]) -> WorkbookRefused:
    """The error that tells everything: faults to mend, fixes to accept."""
    if faults:
        first = faults[0]
        message = f"{name} 有 {len(faults)} 处错误，第一处：工作表「{first.sheet}」第 {first.row} 行「{first.column}」{first.rule}"
        remedy = "逐处改正后整册重新上传；本册没有任何内容入库"
    else:
        message, remedy = (
            f"{name} 有 {len(fixes)} 处可自动修正",
            "核对后以 accept_fixes=true 重新上传，一次接受全部修正",
        )
    return WorkbookRefused(
        message,
        remedy=remedy,
        faults=[asdict(f) for f in faults],
        fixes=[asdict(f) for f in fixes],
        unknown=list(unknown),
    )


def _judge(catalog: Catalog, entries: Sequence[tuple[Group, ResourceEntry]], listed: Sequence[SystemEntry]) -> None:
    """The guide's cross-field rules; a fault stands on the resource's first row."""
    systems = {entry.system_code for entry in listed}
    names = {bare(entry.system_name) for entry in listed if entry.system_name}
    seen: dict[str, ResourceEntry] = {}
    slugs: set[str] = set()
    for group, resource in entries:
        line = group.resource
        for column, rule, remedy in resource_faults(resource, systems, names):
            line.fault(column, f"「{resource.name}」{rule}", remedy)
        if line.text("信息资源提供方代码") not in ("", catalog.credit_code):
            remedy = f"填写本部门的统一社会信用代码 {catalog.credit_code}"
            line.fault("信息资源提供方代码", "一个部门只能有一个提供方代码", remedy)
        other = seen.setdefault(bare(resource.name), resource)
        if other is not resource:
            line.fault("信息资源名称", f"「{resource.name}」与「{other.name}」只差标点或空格", "合并或改名")
        if resource.slug in slugs:
            line.fault("资源标识", "重复", "每个资源的标识不得重复")
        slugs.add(resource.slug)
