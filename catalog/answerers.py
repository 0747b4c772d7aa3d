"""Whose yes a request needs: the provider's, and for base columns the lead department's or each source's.

Source of the rule: 谁采集谁负责; a base only holds what departments collected.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from catalog import leads
from catalog.errors import NotAllowed
from catalog.lineage import Source, share_types, sources_of
from catalog.models import RequestAnswer, Resource, SharingRequest
from catalog.vocab import ShareType
from catalog.wanted import filtered

PROVIDER, SOURCE, LEAD = "provider", "source", "lead"


def call_upon(db: Session, found: SharingRequest, on: date) -> list[RequestAnswer]:
    """The departments that must agree to a request, written into it; nobody has answered yet.

    The department that asks need not agree with itself about what it collected.
    """
    provider = found.resource.provider_id
    wanted = {provider: RequestAnswer(department_id=provider, part=PROVIDER, columns=list(found.columns), masks={})}
    for department_id, (part, columns) in _others(db, found, on).items():
        if department_id not in (provider, found.department_id):
            wanted[department_id] = RequestAnswer(
                department_id=department_id, part=part, columns=sorted(columns), masks={}
            )
    found.answers.clear()
    db.flush()
    found.answers.extend(wanted.values())
    db.flush()
    return found.answers


def _others(db: Session, found: SharingRequest, on: date) -> dict[str, tuple[str, set[str]]]:
    sources = sources_of(db, found.resource, on)
    weighed = _weighed(db, found, on)
    lead = leads.lead_of(db, found.resource.unit, on) if found.resource.is_base_table else None
    if lead is not None:
        return {lead.id: (LEAD, weighed)}
    by_department: dict[str, tuple[str, set[str]]] = {}
    for column in weighed:
        for source in sources.get(column, ()):
            by_department.setdefault(source.department_id, (SOURCE, set()))[1].add(column)
    return by_department


def _weighed(db: Session, found: SharingRequest, on: date) -> set[str]:
    """The items about which somebody must think: those that are not unconditional, or all when it is the rows."""
    kinds, every = share_types(db, found.resource, on), filtered(found).union(found.columns)
    return {name for name in every if kinds[name] is not ShareType.UNCONDITIONAL} or every


def concerned(db: Session, resource: Resource, columns: Iterable[str], on: date) -> set[str]:
    """The departments whose data the columns of a resource are: its provider, and in a base the sources."""
    sources = sources_of(db, resource, on)
    found: list[Source] = [source for column in columns for source in sources.get(column, ())]
    return {resource.provider_id, *(source.department_id for source in found)}


def answer_of(found: SharingRequest, department_id: str) -> RequestAnswer:
    """The place of a department's answer; raises NotAllowed when it is not asked."""
    answer = next((a for a in found.answers if a.department_id == department_id), None)
    if answer is None:
        names = "、".join(a.department.name for a in found.answers) or found.resource.provider.name
        raise NotAllowed("只有数据提供部门、数源部门或牵头部门可以答复申请", remedy=f"由{names}答复")
    return answer


def owners(found: SharingRequest) -> list[str]:
    """The departments that may take back what they agreed to: the provider and all who answered."""
    return [found.resource.provider_id, *(answer.department_id for answer in found.answers)]


def readers(db: Session, found: SharingRequest, on: date) -> list[str]:
    """The departments that may see a request and its grant: who asked, who answers, and whose data it is."""
    return [found.department_id, *owners(found), *concerned(db, found.resource, found.columns, on)]
