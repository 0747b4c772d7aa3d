"""The kinds of things to do (待办): who has each, whose it may be, where it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from catalog import todo_queries as queries
from catalog.roles import Action, Caller, may


class Reach(Enum):
    """Whose things a kind speaks of: the caller's department's, everybody's, or as far as the caller reaches."""

    OWN = "own"
    ALL = "all"
    REACH = "reach"


OWN, ALL, REACH = Reach


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing to do: who has it and whose it may be, the page where it is done, what many can be done to."""

    label: str
    action: Action
    reach: Reach
    query: Callable[[], queries.Query]
    link: str
    actions: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {
    "request_check": Kind(
        "审查共享申请", Action.CHECK_CONFORMITY, ALL, queries.requests_to_check, "/requests/{id}", ("pass", "return")
    ),
    "request_answer": Kind(
        "答复共享申请", Action.DECIDE, OWN, queries.requests_to_answer, "/requests/{id}", ("approve", "refuse")
    ),
    "request_returned": Kind(
        "补正共享申请", Action.ASK, OWN, queries.returned_requests, "/requests/{id}", ("withdraw",)
    ),
    "request_overdue": Kind(
        "督办逾期答复", Action.REMIND, ALL, queries.overdue_answers, "/requests/{id}", ("remind",)
    ),
    "dispute": Kind("处理共享争议", Action.SETTLE_DISPUTE, ALL, queries.disputes, "/requests/{id}"),
    "extension": Kind(
        "批准答复延期", Action.ESCALATE, ALL, queries.extensions, "/requests/{id}", ("approve", "reject")
    ),
    "demand_assign": Kind(
        "指派数据需求", Action.ASSIGN_DEMAND, ALL, queries.demands_to_assign, "/demands/{id}", ("assign",)
    ),
    "demand_answer": Kind(
        "答复数据需求", Action.DECIDE, OWN, queries.demands_to_answer, "/demands/{id}", ("refuse", "hand_back")
    ),
    "source_conflict": Kind(
        "确定数源部门", Action.SETTLE_SOURCE, ALL, queries.source_conflicts, "/source-conflicts/{id}", ("settle",)
    ),
    "resource_review": Kind(
        "审核信息资源目录", Action.PUBLISH, ALL, queries.resources_to_review, "/registration/{id}", ("publish", "return")
    ),
    "resource_draft": Kind("提交目录草稿", Action.SUBMIT, OWN, queries.drafts, "/registration/{id}", ("submit",)),
    "resource_returned": Kind(
        "修改退回的目录", Action.SUBMIT, OWN, queries.returned_resources, "/registration/{id}", ("submit",)
    ),
    "catalog_update": Kind("按职责变化更新目录", Action.SUBMIT, OWN, queries.updates_asked, "/registration/{id}"),
    "catalog_overdue": Kind(
        "督办逾期目录", Action.REMIND, ALL, queries.overdue_entries, "/registration/{id}", ("remind",)
    ),
    "delivery_returned": Kind("重新报送", Action.DELIVER, OWN, queries.returned_deliveries, "/deliveries/{id}"),
    "delivery_held": Kind(
        "确认待定批次", Action.CONFIRM_DELIVERY, ALL, queries.held_deliveries, "/deliveries/{id}",
        ("confirm", "run_again"),
    ),
    "delivery_late": Kind("补报逾期数据", Action.DELIVER, OWN, queries.own_late, "/my/resources/{id}"),
    "late_to_remind": Kind("催办逾期报送", Action.REMIND, ALL, queries.every_late, "/my/resources/{id}", ("remind",)),
    "order": Kind("整改质量问题", Action.ANSWER_ORDER, OWN, queries.open_orders, "/orders/{id}"),
    "order_explained": Kind("审核整改说明", Action.DECIDE_EXPLANATION, ALL, queries.explained_orders, "/orders/{id}"),
    "order_overdue": Kind("督办逾期整改", Action.REMIND, ALL, queries.overdue_orders, "/orders/{id}", ("remind",)),
    "correction_answer": Kind(
        "答复校核申请", Action.ANSWER_CORRECTION, OWN, queries.corrections_to_answer, "/corrections/{id}"
    ),
    "correction_overdue": Kind(
        "督办逾期校核", Action.REMIND, ALL, queries.overdue_corrections, "/corrections/{id}", ("remind",)
    ),
    "grant_ending": Kind("申请授权续期", Action.RENEW, OWN, queries.ending_grants, "/grants/{id}", ("renew",)),
    "project_check": Kind("核验项目", Action.ACCEPT, ALL, queries.projects_to_check, "/projects/{id}"),
    "official_held": Kind("确认账号", Action.MANAGE_POSTS, REACH, queries.held_officials, "/people/{id}"),
    "secret_waiting": Kind(
        "确认客户端密钥", Action.MANAGE_CLIENT_ROLES, REACH, queries.waiting_secrets, "/clients/{id}"
    ),
}  # fmt: skip


_REQUEST, _PERIOD, _OWNED, _ALONE = "{who} 申请 {what}", "{what} {more}", "{who} {what}", "{what}"


# how the parts of a row make a title
TITLES: dict[str, str] = {
    **dict.fromkeys(KINDS, _OWNED),
    **dict.fromkeys((name for name, kind in KINDS.items() if kind.link.startswith("/requests/")), _REQUEST),
    **dict.fromkeys(("delivery_returned", "delivery_held", "delivery_late", "late_to_remind"), _PERIOD),
    **dict.fromkeys(("demand_assign", "demand_answer", "catalog_update", "grant_ending"), _ALONE),
    "source_conflict": "{what}：{who} 再次登记",
    "order": "{what}：质量问题 {more}",
    "order_explained": "{who} {what}：{more}",
    "order_overdue": "{who} {what}：{more}",
    "correction_answer": "{who} {what}：{more}",
    "correction_overdue": "{who} {what}：{more}",
}


def kinds_of(caller: Caller) -> list[str]:
    """The kinds of things that can come before a caller at all."""
    return [name for name, kind in KINDS.items() if may(caller, kind.action, "" if kind.reach is ALL else None)]
