"""The rules that a verifier adds to a resource: what holds, what a trial found, and the form for another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from api.pages.grid import Column
from api.pages.page import Form, OwnPage, Page, text_of
from catalog import own_parameters, own_rules, resources
from catalog.errors import Conflict, Invalid, PlatformError
from catalog.models import AddedRule, Resource
from catalog.roles import Action
from catalog.vocab import RuleKind, RuleState, TrialState

router = APIRouter(tags=["pages"], include_in_schema=False)

FIELDS = {"kind": 24, "item": 64, "outcome": 24, "title": 100, "changes": 20}
PARAMETERS = {"low": 40, "high": 40, "values": 50_000, "pattern": 200, "operator": 2, "other": 64, "resource": 64}
STEPS = {"trial": "rule_trial", "adoption": "rule_adopted", "retirement": "rule_ended"}


@router.get("/my/resources/{slug}/rules")
def rules(slug: str, page: OwnPage, changes: str = "") -> Response:
    """The rules of one resource; the form holds the version that is to be changed."""
    found = _readable(page, slug)
    return _show(page, found, written=_written_of(page, found, changes[:20]))


def _readable(page: Page, slug: str) -> Resource:
    found = resources.get(page.db, slug)
    page.require(Action.READ_FINDINGS, found.provider_id)
    return found


def _written_of(page: Page, resource: Resource, rule_id: str) -> dict[str, str]:
    rule = own_rules.get(page.db, rule_id) if rule_id else None
    if rule is None or rule.resource_id != resource.id:
        return {}
    said = {name: "\n".join(v) if isinstance(v, list) else str(v) for name, v in rule.parameters.items()}
    plain = {"kind": rule.kind.value, "item": rule.item, "outcome": rule.outcome.value, "title": rule.title}
    return {**said, **plain, "changes": rule.id}


def _show(
    page: Page, resource: Resource, status: int = 200, fault: PlatformError | None = None, *, written: Mapping[str, str]
) -> Response:
    found = own_rules.of(page.db, resource)
    grid = page.grid("rules.list", _columns(page, resource), found, page_size=200)
    if page.query.get("format") == "xlsx":
        return page.export(grid)
    may_add = page.may(Action.ADD_RULES, resource.provider_id)
    open_rules = [each for each in found if each.state is not RuleState.ENDED] if may_add else []
    return page.render(
        "own_rules.html", status, grid=grid, resource=resource, fault=fault, written=written, may_add=may_add,
        open_rules=[(each, _may(each)) for each in open_rules], kinds=list(RuleKind), outcomes=own_rules.OUTCOMES,
        operators=own_parameters.OPERATORS, fields=_faults(fault),
    )  # fmt: skip


def _may(rule: AddedRule) -> list[str]:
    """The steps that a rule may take now."""
    if rule.state is RuleState.IN_FORCE:
        return ["retirement"]
    trial = rule.last_trial
    if trial is not None and trial.state is TrialState.WAITING:
        return ["retirement"]
    is_tried = trial is not None and trial.state is TrialState.DONE
    return ["adoption", "trial", "retirement"] if is_tried else ["trial", "retirement"]


def _faults(fault: PlatformError | None) -> dict[str, str]:
    field = str(fault.facts.get("field", "")) if fault else ""
    return {field: f"{fault.message}；{fault.remedy}"} if fault and field else {}


def _columns(page: Page, resource: Resource) -> list[Column]:
    titles = {item.name: page.words.item(item) for item in resource.items}
    return [
        Column("code", "rules.code", lambda r: f"{r.code} v{r.version}", "code"),
        Column("title", "rules.title", lambda r: r.title),
        Column("item", "finding.item", lambda r: titles.get(r.item, r.item)),
        Column("kind", "rules.kind", lambda r: r.kind, "term", is_filter=True),
        Column("parameters", "rules.parameters", lambda r: _said(r.parameters, titles)),
        Column("outcome", "finding.outcome", lambda r: r.outcome, "term"),
        Column("state", "state", lambda r: r.state, "status", is_filter=True),
        Column("trial", "rules.trial", lambda r: _trial(page, r), note=lambda r: _numbers(page, r)),
        Column("adopted", "rules.adopted", lambda r: r.adopted_at, "moment"),
        Column("by", "upload.by", lambda r: page.actor(r.adopted_by or r.created_by)),
    ]


def _said(parameters: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """The parameters in a line; long lists are cut."""
    if "values" in parameters:
        values = parameters["values"]
        return "、".join(values[:10]) + (f" … ({len(values)})" if len(values) > 10 else "")
    if "resource" in parameters:
        return f"{parameters['resource']}.{parameters['other']}"
    if "operator" in parameters:
        return f"{parameters['operator']} {titles.get(parameters['other'], parameters['other'])}"
    return parameters.get("pattern") or " ～ ".join((parameters.get("low", ""), parameters.get("high", "")))


def _trial(page: Page, rule: AddedRule) -> str | None:
    trial = rule.last_trial
    if trial is None:
        return None
    if trial.state is TrialState.DONE:
        return page.words("rules.tried", count=trial.count, rows=trial.rows)
    return page.words.term(trial.state)


def _numbers(page: Page, rule: AddedRule) -> str:
    trial = rule.last_trial
    if trial is None or trial.state is TrialState.WAITING:
        return ""
    if trial.state is TrialState.FAILED:
        return page.said(trial.reason)
    return page.words("rules.rows", rows=", ".join(map(str, trial.first_rows))) if trial.first_rows else ""


@router.post("/my/resources/{slug}/rules")
def draft(slug: str, page: OwnPage, form: Form) -> Response:
    """Draft a rule out of the form; its parameters are checked one by one."""
    found = _readable(page, slug)
    page.require(Action.ADD_RULES, found.provider_id)
    written = {name: text_of(form, name, limit) for name, limit in {**FIELDS, **PARAMETERS}.items()}
    try:
        made = _drafted(page, found, written)
    except (Invalid, Conflict) as error:
        return _show(page, found, 409 if isinstance(error, Conflict) else 400, error, written=written)
    own_rules.ask_trial(page.db, made, by=page.official.client_id, now=page.now)
    return page.onward(f"/my/resources/{slug}/rules", done="rule_drafted")


def _drafted(page: Page, resource: Resource, written: Mapping[str, str]) -> AddedRule:
    return own_rules.draft(
        page.db, resource, kind=written["kind"], item=written["item"], outcome=written["outcome"],
        title=written["title"], parameters={name: written[name] for name in PARAMETERS}, by=page.official.client_id,
        now=page.now, changes=own_rules.get(page.db, written["changes"]) if written["changes"] else None,
    )  # fmt: skip


@router.post("/my/resources/{slug}/rules/{rule_id}")
def step(slug: str, rule_id: str, page: OwnPage, form: Form) -> Response:
    """Try a rule, let it hold, or end it."""
    found, wanted = own_rules.get(page.db, rule_id), _wanted(form)
    page.require(Action.ADD_RULES, found.resource.provider_id)
    verbs = {"trial": own_rules.ask_trial, "adoption": own_rules.adopt, "retirement": own_rules.end}
    try:
        verbs[wanted](page.db, found, by=page.official.client_id, now=page.now)
    except Conflict as error:
        return _show(page, found.resource, 409, error, written={})
    return page.onward(f"/my/resources/{found.resource.slug}/rules", done=STEPS[wanted])


def _wanted(form: FormData) -> str:
    wanted = text_of(form, "do", 20)
    if wanted not in STEPS:
        raise Invalid("没有这一步", remedy="从页面上的按钮选择", field="do")
    return wanted


@router.get("/my/resources/{slug}/rules/{rule_id}")
def back_to_rules(slug: str, rule_id: str) -> Response:
    """Where a reload of a refused step leads."""
    return Page.onward(f"/my/resources/{slug}/rules")
