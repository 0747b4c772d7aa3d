"""What a build found between departments, as findings of the register: who must act, who is told, what to do.

Models name the rule, the contradicting row and both sides; the words for people stand here, counts and departments
alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
from sqlalchemy import select
from sqlalchemy.orm import Session

from basedb.quote import literal
from catalog import departments, resources
from catalog.deliveries import finding_row
from catalog.faults import responsible
from catalog.models import Department, FindingRow
from catalog.vocab import Dimension, Finding, Outcome, Side
from pipelines.house import House

# rule: what is wrong, what to do
RULES = {
    "NAME_CONFLICT": ("姓名与数源部门不一致", "与数源部门核对姓名，错误一方更正后重新报送"),
    "RESIDENCE_CONFLICT": ("居住地与数源部门不一致", "核对居住地，更正后重新报送"),
    "DEATH_CONFLICT": ("死亡日期与数源部门不一致", "核对死亡日期，更正后重新报送"),
    "SEX_CONFLICT": ("性别与数源部门不一致", "核对证件，错误一方更正后重新报送"),
    "BIRTH_CONFLICT": ("出生日期与数源部门不一致", "核对证件，错误一方更正后重新报送"),
    "IDENTIFIER_SHARED": ("姓名和出生日期均与该证件号码的持有人不符", "核对证件；一号多人的由公安机关核实后更正"),
    "REPRESENTATIVE_DECEASED": ("法定代表人已死亡", "督促企业办理法定代表人变更登记"),
    "REPRESENTATIVE_DISSOLVED": ("执行事务合伙人已注销", "督促企业办理执行事务合伙人变更登记"),
    "REPRESENTATIVE_UNKNOWN": ("法定代表人在本市无登记", "核对法定代表人证件号码，有误的更正后重新报送"),
    "HOLDER_UNKNOWN": ("持证主体在本市无登记", "核对持证主体证件号码，有误的更正后重新报送"),
    "HOLDER_DECEASED": ("发证时持证人已死亡", "核实发证情况，依法撤销或更正后重新报送"),
    "HOLDER_DISSOLVED": ("发证时持证单位已注销", "核实发证情况，依法撤销或更正后重新报送"),
    "HOLDER_NAME_CONFLICT": ("持证主体名称与登记不一致", "核对名称和证件号码，错误一方更正后重新报送"),
    "ENTITY_NAME_CONFLICT": ("单位名称与登记机关不一致", "以登记机关登记的名称为准；登记有误的由登记机关更正"),
    "ENTITY_REPRESENTATIVE_CONFLICT": ("法定代表人与登记机关不一致", "核实是否已变更；督促企业办理变更登记"),
    "ENTITY_CHANGE_CONFLICT": ("变更登记与登记现状不一致", "核对最近一次变更；漏记的补报变更，登记有误的更正"),
    "ENTITY_STATUS_CONFLICT": ("单位已注销而业务仍在办理", "核实登记状态；确已注销的，办理部门终止业务"),
    "ADDRESS_UNKNOWN": ("地址在标准地址库中查无", "按标准地址更正；新址由地址主管部门补充"),
    "REPAIR_TOO_EARLY": ("最短公示期未满即准予信用修复", "核对决定日期；公示期满后重新作出修复决定并报送"),
    "REPAIR_UNKNOWN": ("修复决定所指的记录查无", "核对文号和主体，更正后重新报送"),
    "LIST_WITHOUT_BASIS": ("严重失信主体名单缺少设列依据", "补充法律、行政法规或党中央、国务院文件依据后重新报送"),
    "PUBLISHED_TOO_LONG": ("公示截止日期超过最长公示期", "按失信程度更正公示截止日期后重新报送"),
    "CREDIT_CONFLICT": ("同一信用记录两部门所报不一致", "与另一部门核对该记录，错误一方更正后重新报送"),
    "SUBJECT_NAME_CONFLICT": ("行政相对人名称与登记名称不一致", "核对名称和统一社会信用代码，错误一方更正后重新报送"),
    "LICENCE_CONFLICT": ("同一证照两部门所报不一致", "与另一部门核对该证照，错误一方更正后重新报送"),
    "ADDRESS_CONFLICT": ("同一标准地址两部门所报不一致", "与另一部门核对该地址，错误一方更正后重新报送"),
    "TRANSITION_UNLAWFUL": ("证照状态变化不合规定", "核对办理类型、前后状态和原证照标识，更正后重新报送"),
    "LICENCE_TYPE_UNKNOWN": ("证照类型未在类型目录中登记", "登记证照类型，或更正类型代码后重新报送"),
    "OBSERVATION_CONFLICT": ("指标数值与数源部门不一致", "与数源部门核对口径和数值，错误一方更正后重新报送"),
    "LINK_WRONG": ("记录关联错误", "核对关联，改正后重新构建"),
    "MERGE_WRONG": ("记录合并错误", "核对合并，改正后重新构建"),
    "CHOICE_WRONG": ("取值选择错误", "核对数源顺序，改正后重新构建"),
    "DIVISION_CONFLICT": ("两套区划名称不一致", "以民政部门行政区划为准统一名称"),
}
FIRST_ROWS = 20


def record(house: House, db: Session, findings: Path, release_id: str) -> None:
    """A finding per rule, resource, item and pair of departments out of the build's file, which steward pages read too.

    A release that comes into force again has its findings already.
    """
    known = select(FindingRow.id).where(FindingRow.release_id == release_id, FindingRow.delivery_id.is_(None))
    if db.scalar(known.limit(1)):
        return
    grouped = (
        f"select rule, resource, department, other, item, count(*), (list(row order by row))[1:{FIRST_ROWS}] "
        f"from read_parquet({literal(str(findings))}) group by all order by all"
    )
    with duckdb.connect() as connection:
        rows = connection.execute(grouped).fetchall()
    for rule, slug, department, other, item, count, first in rows:
        sides = (slug, department, other)
        db.add(_row(house, db, release_id, sides, (rule, item, count, first)))


def _row(
    house: House,
    db: Session,
    release_id: str,
    sides: tuple[str, str, str | None],
    facts: tuple[str, str, int, list[int]],
) -> FindingRow:
    slug, department, told = sides
    resource, rule = resources.get(db, slug), facts[0]
    owner = responsible(db, rule, departments.get(db, department))
    other = departments.get(db, told) if told else None
    return finding_row(
        _finding(*facts, between(resource.provider, owner, other)),
        resource=resource,
        period="",
        department_id=owner.id,
        other_id=other.id if other else None,
        release_id=release_id,
        now=house.clock(),
    )


def between(provider: Department, owner: Department, other: Department | None) -> tuple[str, str]:
    """Who delivered the rows, and whose data they disagree with; the same where one department is on both sides."""
    sides = [each.name for each in (owner, other) if each is not None and each.id != provider.id]
    return provider.name, sides[0] if sides else provider.name


def _finding(rule: str, item: str, count: int, first: Sequence[int], sides: tuple[str, str]) -> Finding:
    title, remedy = RULES[rule]
    return Finding(
        rule=rule,
        dimension=Dimension.CONSISTENT,
        outcome=Outcome.CONFLICT,
        side=Side.VERIFIER,
        column=item,
        count=count,
        message=f"{title}：{said(count, *sides)}",
        remedy=remedy,
        rows=tuple(first),
    )


def said(count: int, provider: str, against: str) -> str:
    """Which department said what, in counts."""
    if against == provider:
        return f"{provider}报送的 {count} 行"
    return f"{provider}报送的 {count} 行与{against}的数据不一致"
