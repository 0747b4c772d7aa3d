"""One asset per published resource of a department, made from the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import dagster as dg
from sqlalchemy.orm import Session

from catalog import resources
from catalog.calendar import work_calendar
from catalog.lateness import owed
from catalog.models import Resource
from catalog.vocab import DeliveryState, Finding, Outcome, UpdateCycle
from pipelines import suites
from pipelines.checking import Taken, take
from pipelines.house import House
from pipelines.references import is_placed, outline_slugs

_LENGTH = {
    UpdateCycle.REAL_TIME: 1,
    UpdateCycle.DAILY: 1,
    UpdateCycle.WEEKLY: 7,
    UpdateCycle.MONTHLY: 31,
    UpdateCycle.QUARTERLY: 92,
    UpdateCycle.HALF_YEARLY: 184,
    UpdateCycle.YEARLY: 366,
}
# two checks, not one per dimension: Dagster writes several events per check, and a city has thousands of resources
_QUALITY, _ON_TIME = "quality", "on_time"
_COLUMNS = (("rule", "string"), ("dimension", "string"), ("item", "string"), ("rows", "int"), ("department", "string"))


@dataclass(frozen=True, slots=True)
class ResourceFacts:
    """What an asset shows of its resource. looks_at: department and slug of the resources that its check reads."""

    slug: str
    name: str
    department: str
    department_name: str
    verifier_name: str
    code: str
    cycle: UpdateCycle
    lead_days: int | None
    looks_at: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> dg.AssetKey:
        return dg.AssetKey([self.department, self.slug])


def facts_of(db: Session) -> list[ResourceFacts]:
    """Every published resource that a department delivers."""
    delivered = {resource.slug: resource for resource in resources.delivered(db)}
    outlines = [delivered[slug] for slug in outline_slugs(db) if slug in delivered]
    return [_facts(resource, outlines if is_placed(resource) else []) for resource in delivered.values()]


def _facts(resource: Resource, looks_at: Sequence[Resource]) -> ResourceFacts:
    provider = resource.provider
    return ResourceFacts(
        slug=resource.slug,
        name=resource.name,
        department=provider.slug,
        department_name=provider.name,
        verifier_name=provider.verifier_name,
        code=resource.code or "",
        cycle=resource.update_cycle,
        lead_days=resource.lead_days,
        looks_at=tuple((each.provider.slug, each.slug) for each in looks_at),
    )


def resource_asset(facts: ResourceFacts, exchange: str = "") -> dg.AssetsDefinition:
    """The asset of one resource: its deliveries taken in, with a check of its suite and one of its time.

    exchange: how browsers reach the pages that its check names.
    """

    @dg.asset(
        key=facts.key,
        group_name=facts.department,
        deps=[dg.AssetKey(list(each)) for each in facts.looks_at],
        owners=[f"team:{facts.department}"],
        description=f"{facts.name}（{facts.department_name}）",
        tags={"update_cycle": facts.cycle.value},
        metadata={"资源代码": facts.code, "更新周期": facts.cycle.label, "校核责任": facts.department_name},
        freshness_policy=_freshness(facts),
        check_specs=[
            _check_spec(facts, _QUALITY, suites.description(facts.slug, facts.department_name, exchange)),
            _check_spec(facts, _ON_TIME, f"按更新周期报送；责任部门：{facts.department_name}"),
        ],
        kinds={"duckdb", "parquet"},
    )
    def taken(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster knows only the bare name
        result = take(house, facts.slug, context.run.run_id)
        return dg.MaterializeResult(
            metadata=_metadata(result),
            check_results=[_quality(facts, result, exchange), _on_time(facts, house)],
        )

    return taken


def _freshness(facts: ResourceFacts) -> dg.FreshnessPolicy | None:
    """Fresh for one cycle and the days allowed to deliver; working days are stretched to calendar days."""
    if facts.lead_days is None or facts.cycle not in _LENGTH:
        return None
    return dg.FreshnessPolicy.time_window(
        fail_window=timedelta(days=_LENGTH[facts.cycle] + 2 * facts.lead_days + 2),
        warn_window=timedelta(days=_LENGTH[facts.cycle] + facts.lead_days),
    )


def _check_spec(facts: ResourceFacts, check: str, description: str) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        check,
        asset=facts.key,
        description=description,
        metadata={"责任部门": facts.department_name},
    )


def _metadata(result: Taken) -> dict[str, dg.MetadataValue]:
    states = "；".join(f"{period} {DeliveryState(state).label}" for period, state in result.states) or "没有新的报送"
    return {
        "报送": dg.MetadataValue.text(states),
        "检查行数": dg.MetadataValue.int(sum(r.rows for r in result.reports)),
        "合格行数": dg.MetadataValue.int(sum(r.good for r in result.reports)),
        "现行版本": dg.MetadataValue.text(result.release_id or "无"),
        **({"未能检查的批次": dg.MetadataValue.int(result.failed)} if result.failed else {}),
        "dagster/row_count": dg.MetadataValue.int(result.rows),
    }


def _quality(facts: ResourceFacts, result: Taken, exchange: str) -> dg.AssetCheckResult:
    """Counts by rule and item; never a value."""
    findings = [f for report in result.reports for f in report.findings]
    records = [
        dg.TableRecord(
            {
                "rule": f.rule,
                "dimension": f.dimension.label,
                "item": f.column,
                "rows": f.count,
                "department": facts.department,
            }
        )
        for f in findings
    ]
    return dg.AssetCheckResult(
        check_name=_QUALITY,
        asset_key=facts.key,
        passed=not any(f.outcome is not Outcome.NORMALISE for f in findings),
        severity=_severity(findings),
        metadata={
            "责任部门": facts.department_name,
            **suites.metadata(result, exchange),
            "问题": dg.MetadataValue.table(records, schema=dg.TableSchema([dg.TableColumn(n, t) for n, t in _COLUMNS])),
        },
    )


def _severity(findings: Sequence[Finding]) -> dg.AssetCheckSeverity:
    """An error when rows or the delivery were kept out, for good or until a steward decides, else a warning."""
    kept_out = (Outcome.BLOCK_ROW, Outcome.BLOCK_DELIVERY, Outcome.HOLD)
    blocks = any(f.outcome in kept_out for f in findings)
    return dg.AssetCheckSeverity.ERROR if blocks else dg.AssetCheckSeverity.WARN


def _on_time(facts: ResourceFacts, house: House) -> dg.AssetCheckResult:
    with house.transaction() as db:
        debt = owed(db, resources.get(db, facts.slug), house.today, work_calendar(db))
    return dg.AssetCheckResult(
        check_name=_ON_TIME,
        asset_key=facts.key,
        passed=debt is None,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"责任部门": facts.department_name, "欠报": f"{debt.period}，应于 {debt.due}" if debt else "无"},
    )
