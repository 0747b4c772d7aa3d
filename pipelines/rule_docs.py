"""Data Docs drawn anew every day: the job, and its schedule."""

import dagster as dg

from pipelines.house import House
from pipelines.suites import DOCS


@dg.op
def draw(context: dg.OpExecutionContext, house: dg.ResourceParam[House]) -> None:
    """The site out of the suites and results that checks have kept."""
    from quality.gx_store import build_docs  # Great Expectations takes seconds to import

    context.log.info("%s", build_docs(house.store.home).name)


@dg.job(name=DOCS, executor_def=dg.in_process_executor, description="生成供数据管理员查看的规则说明与检查记录")
def rule_docs() -> None:
    draw()


def docs_schedule(house: House) -> dg.ScheduleDefinition:
    """Every morning, after the night's checks."""
    return dg.ScheduleDefinition(
        name="rule_docs_daily",
        job=rule_docs,
        cron_schedule="0 6 * * *",
        execution_timezone=house.settings.timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="每日 6 时：生成规则说明与检查记录（Data Docs）",
    )
