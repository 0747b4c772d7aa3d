"""What is wrong in a workbook that only the register knows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.entries import ResourceEntry
from catalog.guide import CODE_PARTS
from catalog.models import CodeListEntry, Department, Project, Resource, System
from catalog.sheets import Fix, Line
from catalog.vocab import ResourceState, bare
from catalog.workbook import Taken

_BETWEEN = re.compile(r"[、，,；;\s]+")


def judge(db: Session, taken: Taken, today: date, *, may_any: bool) -> None:
    """Add the faults that only the register knows: whose slug, name, code and system that is.

    may_any: who hands in may do so for any department.
    """
    catalog = taken.catalog
    _judge_department(db, taken, may_any)
    for line, entry in zip(taken.found.projects, catalog.systems, strict=True):
        _judge_project(db, line, entry.project_code, entry.system_code, catalog.slug)
    names = _names(db, [bare(r.name) for r in catalog.resources])
    own = {bare(system.system_name) for system in catalog.systems}
    systems = set(system_names(db)) - own
    known_codes = _codes(db, set().union(*(related_of(r) for r in catalog.resources)))
    lists = set(db.scalars(select(CodeListEntry.code_list).distinct()))
    for group, resource in zip(taken.found.groups, catalog.resources, strict=True):
        other = next((r for r in names.get(bare(resource.name), ()) if r.slug != resource.slug), None)
        if other is not None:
            rule = f"与{other.provider.name}已登记的「{other.name}」同名或只差标点"
            group.resource.fault("信息资源名称", rule, "改名，或与该部门商定由一方提供")
        held = db.scalar(select(Resource).where(Resource.slug == resource.slug))
        _judge_slug(group.resource, held, catalog.slug)
        _judge_code(group.resource, held, resource.code, taken.fixes)
        _judge_classification(group.resource, held, resource)
        if bare(resource.name) in systems:
            group.resource.fault("信息资源名称", "资源名称不得是系统名称", "按数据内容命名")
        for code in sorted(related_of(resource) - known_codes):
            group.resource.fault("关联资源代码", f"没有代码为 {code} 的信息资源", "核对代码，或留空")
        if resource.secrecy_reviewed_date and resource.secrecy_reviewed_date > today:
            group.resource.fault("保密审查日期", "晚于今天", "填写审查的实际日期")
        for line, item in zip(group.items, resource.items, strict=True):
            if item.code_list and item.code_list not in lists:
                line.fault("代码表", "代码表未登记", "从模板的列表中选择；没有的先请主管部门登记")


def _judge_department(db: Session, taken: Taken, may_any: bool) -> None:
    catalog, facts = taken.catalog, taken.found.facts
    found = db.scalar(select(Department).where(Department.slug == catalog.slug))
    other = db.scalar(
        select(Department).where(Department.credit_code == catalog.credit_code, Department.slug != catalog.slug)
    )
    if other is not None:
        facts.fault("统一社会信用代码", f"已是{other.name}的代码", "核对代码")
    elif found is not None and found.credit_code != catalog.credit_code and not may_any:
        facts.fault("统一社会信用代码", "与登记的代码不一致，一个部门只能有一个提供方代码", f"填写 {found.credit_code}")
    if found is not None and not may_any:
        _judge_standing(db, taken, found)


def _judge_standing(db: Session, taken: Taken, found: Department) -> None:
    """What a department is called, where and under whom it stands is the authority's to say."""
    catalog, facts = taken.catalog, taken.found.facts
    upper = db.get_one(Department, found.upper_id).slug if found.upper_id else ""
    registered = (
        ("部门名称", catalog.name, found.name),
        ("区划代码", catalog.division_code, found.division_code),
        ("上级部门标识", catalog.upper or upper, upper),
    )
    for column, said, known in registered:
        if said != known:
            facts.fault(column, "与登记的不一致，由主管部门更改", f"填写「{known}」，确有变化的请主管部门更改")


def _judge_project(db: Session, line: Line, project: str, system: str, slug: str) -> None:
    owner = select(Department.slug).join(Project, Project.department_id == Department.id)
    of_project = db.scalar(owner.where(Project.code == project))
    of_system = db.scalar(owner.join(System, System.project_id == Project.id).where(System.code == system))
    if of_project not in (None, slug):
        line.fault("项目编码", "项目属于另一部门", "核对项目编码")
    if system and of_system not in (None, slug):
        line.fault("系统编码", "系统属于另一部门", "核对系统编码")


def _names(db: Session, names: Sequence[str]) -> dict[str, list[Resource]]:
    """The living resources of the whole register under each of the bare names."""
    found: dict[str, list[Resource]] = {}
    for first in range(0, len(names), 500):
        part = Resource.bare_name.in_(names[first : first + 500])
        for resource in db.scalars(select(Resource).where(part, Resource.state != ResourceState.RETIRED)):
            found.setdefault(resource.bare_name, []).append(resource)
    return found


def system_names(db: Session) -> dict[str, str]:
    """What the registered systems are called, by bare name: no resource is called so."""
    return {bare(name): name for name in db.scalars(select(System.name).order_by(System.code)) if bare(name)}


def related_of(resource: ResourceEntry) -> set[str]:
    """The codes that an entry names as related."""
    return set(_BETWEEN.split(resource.related_codes.strip())) - {""}


def _codes(db: Session, codes: set[str]) -> set[str]:
    """Those of the codes that the register gave, at any time."""
    return {code for code in db.scalars(select(Resource.code).where(Resource.code.in_(sorted(codes)))) if code}


def _judge_classification(line: Line, held: Resource | None, entry: ResourceEntry) -> None:
    """The code tells the classification, and is given once."""
    if held is None or held.code is None:
        return
    for column, name in (("类", "class_digit"), *((column, name) for column, name, _ in CODE_PARTS)):
        if getattr(held, name) != getattr(entry, name):
            remedy = "改回原分类；确需改变的，停用后用「复制」以新标识登记，重新赋码"
            line.fault(column, f"已赋代码 {held.code}，分类不得改变", remedy)


def _judge_slug(line: Line, held: Resource | None, slug: str) -> None:
    if held is None:
        return
    if held.provider.slug != slug:
        line.fault("资源标识", "已由另一部门登记", "换一个资源标识")
    elif held.state is ResourceState.RETIRED:
        line.fault("资源标识", "该资源已停用", "换一个资源标识重新登记")


def _judge_code(line: Line, held: Resource | None, code: str, fixes: list[Fix]) -> None:
    """A code that the register did not give is not taken over."""
    given = held.code if held is not None else None
    if code and code != given:
        rule = "代码由平台赋予，不采用填报的代码"
        fixes.append(Fix(line.sheet, line.row, "信息资源代码", code, given or "（登记时赋予）", rule))
