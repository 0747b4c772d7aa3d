"""Dagster's code location: what the register publishes, as assets, with the sensors and the schedule.

`defs` is loaded lazily from the settings; an empty or missing register gives a valid, empty location.
"""

import json
from collections.abc import Mapping, Sequence

import dagster as dg

from catalog import own_rules, resources, runs
from catalog.calendar import work_calendar
from catalog.claims import waiting
from catalog.clockwork import advance
from catalog.ended import end
from catalog.errors import Misconfigured
from catalog.lateness import late, record_late
from catalog.models import Resource
from catalog.register import revision_of
from catalog.releases import current_ids
from catalog.settings import Settings
from catalog.spill import to_fold_again
from catalog.vocab import Base, is_witness
from pipelines.basedbs import base_assets
from pipelines.house import House, open_house
from pipelines.landing import collect, pull
from pipelines.resources import ResourceFacts, facts_of, resource_asset
from pipelines.rule_docs import docs_schedule, rule_docs
from pipelines.trials import run_trials

LOCATION = "sixbase"
_EVERYTHING = dg.AssetSelection.all()


def build_definitions(house: House) -> dg.Definitions:
    """Assets of every published resource and of the six bases, joined as the register says."""
    with house.transaction() as db:
        facts = facts_of(db)
        inputs = {base: _roles(resources.inputs_of(db, base)) for base in Base}
    by_slug = {each.slug: each for each in facts}
    bases = [base_assets(base.value, [by_slug[slug] for slug in inputs[base] if slug in by_slug]) for base in Base]
    city = dg.define_asset_job("city", selection=_EVERYTHING, executor_def=dg.in_process_executor)
    own = dg.Definitions(
        assets=[resource_asset(each, house.settings.public_url) for each in facts],
        jobs=[city, _trials(), rule_docs],
        sensors=[_new_deliveries(facts), _wanted_runs(), _wanted_trials(), _reload(), _clocks()],
        schedules=[_nightly(house), docs_schedule(house)],
        resources={"house": house},
        executor=dg.in_process_executor,
    )
    return dg.Definitions.merge(own, *bases)


def _roles(filling: Mapping[str, Sequence[Resource]]) -> list[str]:
    return sorted({resource.slug for several in filling.values() for resource in several})


def _sources(filling: Mapping[str, Sequence[Resource]]) -> set[str]:
    """The resources that a base is made of; what its rows are only held against makes no base."""
    return set(_roles({role: several for role, several in filling.items() if not is_witness(role)}))


def _new_deliveries(facts: Sequence[ResourceFacts]) -> dg.SensorDefinition:
    """Asks for one run over all resources with new deliveries, never a run each."""
    keys = {each.slug: each.key for each in facts}

    @dg.sensor(
        name="new_deliveries",
        target=_EVERYTHING,
        minimum_interval_seconds=15,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="收取前置机目录中的文件，为有新报送的资源启动一次检查",
    )
    def sensor(context: dg.SensorEvaluationContext, house: dg.ResourceParam[House]) -> dg.SensorResult | dg.SkipReason:
        _, refused = collect(house)
        for line in refused:
            context.log.warning("%s", line)
        with house.transaction() as db:
            slugs = [slug for slug in waiting(db, house.clock()) if slug in keys]
        if not slugs:
            return dg.SkipReason("没有新的报送")
        if context.instance.get_runs_count(_unfinished()):
            return dg.SkipReason("已有运行在排队或进行")
        return dg.SensorResult([dg.RunRequest(asset_selection=[keys[slug] for slug in slugs])])

    return sensor


def _wanted_runs() -> dg.SensorDefinition:
    """Asks for one run over the bases that a steward wants built again."""

    @dg.sensor(
        name="wanted_runs",
        target=_EVERYTHING,
        minimum_interval_seconds=15,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="数据管理员要求重新构建基础库时启动一次运行",
    )
    def sensor(context: dg.SensorEvaluationContext, house: dg.ResourceParam[House]) -> dg.SensorResult | dg.SkipReason:
        with house.transaction() as db:
            wanted = runs.wanted(db)
        done: dict[str, int] = json.loads(context.cursor or "{}")
        bases = [base for base in sorted(wanted) if wanted[base] > done.get(base, 0)]
        if not bases:
            return dg.SkipReason("没有重新构建的要求")
        if context.instance.get_runs_count(_unfinished()):
            return dg.SkipReason("已有运行在排队或进行")
        keys = [dg.AssetKey([base, step]) for base in bases for step in ("candidate", "release")]
        return dg.SensorResult([dg.RunRequest(asset_selection=keys)], cursor=json.dumps(wanted))

    return sensor


def _trials() -> dg.JobDefinition:
    """Runs the trials of drafted rules that wait."""

    @dg.op
    def run_waiting(context: dg.OpExecutionContext, house: dg.ResourceParam[House]) -> None:
        context.log.info("%s trials", run_trials(house))

    @dg.job(name="trials", executor_def=dg.in_process_executor, description="在最近一次报送上试运行部门自定规则")
    def trials() -> None:
        run_waiting()

    return trials


def _wanted_trials() -> dg.SensorDefinition:
    """Asks for one run over all trials that wait."""

    @dg.sensor(
        name="wanted_trials",
        job_name="trials",
        minimum_interval_seconds=15,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="数据校核员要求试运行自定规则时启动一次运行",
    )
    def sensor(context: dg.SensorEvaluationContext, house: dg.ResourceParam[House]) -> dg.SensorResult | dg.SkipReason:
        with house.transaction() as db:
            waiting = bool(own_rules.waiting_trials(db))
        if not waiting:
            return dg.SkipReason("没有待试运行的规则")
        if context.instance.get_runs_count(_unfinished()):
            return dg.SkipReason("已有运行在排队或进行")
        return dg.SensorResult([dg.RunRequest()])

    return sensor


def _unfinished() -> dg.RunsFilter:
    return dg.RunsFilter(
        statuses=[dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    )


def _reload() -> dg.SensorDefinition:
    """Asks the web server to load the code location anew after a resource was published or retired."""

    @dg.sensor(
        name="definitions_changed",
        minimum_interval_seconds=15,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="目录发布或停用后重新加载资产",
    )
    def sensor(context: dg.SensorEvaluationContext, house: dg.ResourceParam[House]) -> dg.SkipReason:
        with house.transaction() as db:
            current = str(revision_of(db, "definitions"))
        if context.cursor is None or context.cursor == current:
            context.update_cursor(current)
            return dg.SkipReason("目录没有变化")
        reload_location(house.settings.dagster_url)
        context.update_cursor(current)
        return dg.SkipReason(f"已按目录修订 {current} 重新加载")

    return sensor


def reload_location(url: str) -> None:
    """Reload the code location through the web server's GraphQL; raises when the server refuses."""
    from urllib.parse import urlsplit

    from dagster_graphql import DagsterGraphQLClient

    address = urlsplit(url)
    client = DagsterGraphQLClient(
        address.hostname or "127.0.0.1", port_number=address.port, use_https=address.scheme == "https"
    )
    client.reload_repository_location(LOCATION)


def _nightly(house: House) -> dg.ScheduleDefinition:
    """Every night: pull, note who is late, escalate what is overdue, then one run over everything."""

    @dg.schedule(
        name="nightly",
        job_name="city",
        cron_schedule="0 1 * * *",
        execution_timezone=house.settings.timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="每日 1 时：抽取前置库，登记逾期，检查并构建六库",
    )
    def schedule(
        context: dg.ScheduleEvaluationContext, house: dg.ResourceParam[House]
    ) -> dg.RunRequest | dg.SkipReason:
        _, failed = pull(house)
        for line in failed:
            context.log.warning("%s", line)
        note_late(house)
        turn_clocks(house)
        keys = due_assets(house)
        return dg.RunRequest(asset_selection=keys) if keys else dg.SkipReason("还没有可检查或构建的数据")

    return schedule


def due_assets(house: House) -> list[dg.AssetKey]:
    """Resources with waiting deliveries, and the bases that have something to be built from."""
    with house.transaction() as db:
        slugs = set(waiting(db, house.clock())) | to_fold_again(db)
        released = set(current_ids(db))
        delivered = resources.delivered(db)
        keys = [dg.AssetKey([r.provider.slug, r.slug]) for r in delivered if r.slug in slugs]
        filled = [base.value for base in Base if _sources(resources.inputs_of(db, base)) & (slugs | released)]
    return keys + [dg.AssetKey([base, step]) for base in filled for step in ("candidate", "release")]


def note_late(house: House) -> int:
    """Record a finding for each resource that owes its delivery; how many are new."""
    with house.transaction() as db:
        debts = late(db, house.today, work_calendar(db))
        return sum(record_late(db, debt, now=house.clock(), zone=house.settings.zone) for debt in debts)


def turn_clocks(house: House) -> dict[str, int]:
    """Escalate what is overdue and tell of what ends; how many of each are new."""
    with house.transaction() as db:
        ended = end(db, house.checks, now=house.clock(), zone=house.settings.zone)
        return {"exceptions_ended": ended, **advance(db, house.clock(), house.settings.zone)}


def _clocks() -> dg.SensorDefinition:
    """Lets time do its work between the nights; doing it twice changes nothing."""

    @dg.sensor(
        name="clocks",
        minimum_interval_seconds=600,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="共享申请、供需对接、质量整改、校核申请等逾期转督办，到期前提醒",
    )
    def sensor(context: dg.SensorEvaluationContext, house: dg.ResourceParam[House]) -> dg.SkipReason:
        done = turn_clocks(house)
        return dg.SkipReason("、".join(f"{name} {count}" for name, count in done.items()))

    return sensor


@dg.definitions
def defs() -> dg.Definitions:
    """The location as Dagster loads it."""
    try:
        return build_definitions(open_house(Settings()))
    except Misconfigured:
        return dg.Definitions()
