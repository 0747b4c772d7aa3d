"""The pages in the table of who may open what and send which form."""

from __future__ import annotations

from typing import NamedTuple

from catalog.roles import Action


class Post(NamedTuple):
    """A form. action, owner: as in the API's table; at: the page that the form stands on; fields: what is typed.

    may_lack: this small city has nothing to show there.
    """

    action: Action
    owner: str
    at: str = ""
    fields: dict[str, str] = {}  # noqa: RUF012
    may_lack: bool = False


# of the session itself, for whoever has one or wants one; and a look-up that is everybody's
OPEN_FORMS = {"/signin", "/signout", "/password", "/department", "/verify"}
OPEN_PAGES = {
    "/", "/catalog", "/catalog/{slug}", "/open", "/open/{slug}", "/bases", "/bases/{name}", "/economy", "/docs",
    "/openapi.json", "/signin", "/signin/oidc", "/signin/oidc/callback", "/password", "/department", "/verify",
}  # fmt: skip

_ENTRY, _RULES = "/registration/{slug}", "/my/resources/{slug}/rules"
_ORDER, _CORRECTION, _DEMAND = "/orders/{order_id}", "/corrections/{correction_id}", "/demands/{demand_id}"
_REQUEST, _GRANT, _PERSON, _CLIENT = (
    "/requests/{request_id}",
    "/grants/{grant_id}",
    "/people/{login}",
    "/clients/{client_id}",
)
_LINKAGE, _IDENTITY, _SPILL, _UNIT = (
    "/linkage/{statement_key}",
    "/identities/{decision_id}",
    "/spills/{spill_id}",
    "/releases/{unit}",
)
_SECRET, _SOURCE = f"{_CLIENT}/secrets/{{secret_id}}", "/sources/{base}/{attribute}"
_CONFLICT = "/source-conflicts/{conflict_id}"
_WORDS = {"reason": "补领证件", "evidence": "证明"}
_RULE = {"kind": "pattern", "item": "name", "pattern": ".", "title": "姓名不为空", "outcome": "warn"}
_WISH = {"title": "充电桩", "description": "位置", "purpose": "规划", "legal_basis": "职责"}

POSTS: dict[str, Post] = {
    "/my/resources/{slug}/deliveries": Post(Action.DELIVER, "police"),
    _RULES: Post(Action.ADD_RULES, "police", _RULES, _RULE),
    f"{_RULES}/{{rule_id}}": Post(Action.ADD_RULES, "police", fields={"do": "trial"}),
    f"{_UNIT}/in-force": Post(Action.ROLL_BACK, "nobody", fields={"release": "x", "reason": "y"}, may_lack=True),
    f"{_UNIT}/run": Post(Action.RUN, "nobody", _UNIT),
    f"{_ORDER}/explanation": Post(Action.ANSWER_ORDER, "police", _ORDER, {"text": "名称属实"}),
    f"{_ORDER}/approval": Post(Action.DECIDE_EXPLANATION, "nobody", _ORDER, {"until": "2026-12-31", "note": "属实"}),
    f"{_ORDER}/rejection": Post(Action.DECIDE_EXPLANATION, "nobody", _ORDER, {"reason": "证据不足"}),
    "/corrections/new": Post(Action.DISPUTE_VALUE, "own", fields={"grant": "{grant}"}, may_lack=True),
    f"{_CORRECTION}/mending": Post(Action.ANSWER_CORRECTION, "police", _CORRECTION, {"mend_text": "已改"}),
    f"{_CORRECTION}/refusal": Post(Action.ANSWER_CORRECTION, "police", _CORRECTION, {"reason": "经核实无误"}),
    # the page offers it where the value is of a base; this city has none
    f"{_CORRECTION}/fault": Post(Action.ANSWER_CORRECTION, "police", fields={"fault": "built"}),
    f"{_CORRECTION}/withdrawal": Post(Action.DISPUTE_VALUE, "housing", _CORRECTION),
    "/identities": Post(
        Action.DECIDE_IDENTITY,
        "nobody",
        "/identities",
        {"kind": "person", "kept": "00000019000101001X", "other": "000000198001010014", **_WORDS},
    ),
    f"{_IDENTITY}/split": Post(Action.DECIDE_IDENTITY, "nobody", _IDENTITY, _WORDS),
    _LINKAGE: Post(Action.DECIDE_IDENTITY, "nobody", fields={"answer": "unsure"}, may_lack=True),
    "/registration": Post(Action.REGISTER, "police"),
    "/registration/handed-in": Post(Action.REGISTER, "own", fields={"upload": "nothing"}, may_lack=True),
    "/registration/new": Post(Action.REGISTER, "own", "/registration/new", {"do": "check"}),
    "/registration/{slug}/form": Post(Action.REGISTER, "police", "/registration/{slug}/form", {"do": "check"}),
    "/registration/copies": Post(
        Action.REGISTER, "own", fields={"source": "{slug}", "slug": "people", "name": "已被使用的标识"}
    ),
    f"{_ENTRY}/submission": Post(Action.SUBMIT, "police", fields={"stamp": "old"}),
    f"{_ENTRY}/withdrawal": Post(Action.SUBMIT, "police", fields={"stamp": "old"}),
    f"{_ENTRY}/publication": Post(Action.PUBLISH, "nobody", fields={"stamp": "old"}),
    f"{_ENTRY}/return": Post(Action.REVIEW, "nobody", fields={"stamp": "old"}),
    f"{_ENTRY}/retirement": Post(Action.RETIRE, "police", fields={"stamp": "old"}),
    f"{_ENTRY}/updates": Post(Action.PUBLISH, "nobody", fields={"stamp": "old"}),
    _SOURCE: Post(Action.SETTLE_SOURCE, "nobody", _SOURCE, {"basis": "会议纪要"}),
    _CONFLICT: Post(Action.SETTLE_SOURCE, "nobody", _CONFLICT, {"outcome": "different", "basis": "含义不同"}),
    "/spills": Post(Action.FREEZE_SPILL, "own+police", "/spills", {"delivery": "{delivery_id}", "reason": "测试"}),
    f"{_SPILL}/lifting": Post(Action.ERASE_SPILL, "nobody"),
    f"{_SPILL}/erasure": Post(Action.ERASE_SPILL, "nobody", fields={"again": "{spill_id}"}),
    "/requests/new": Post(
        Action.ASK,
        "own",
        "/requests/new?resource={slug}&form_id=role",
        {
            "resource": "{slug}",
            "column": "name",
            "purpose": "核验",
            "legal_basis": "办法",
            "days": "5",
            "ways": "lookup",
        },
    ),
    f"{_REQUEST}/resubmission": Post(Action.ASK, "housing", f"{_REQUEST}/resubmission", {"purpose": "补正后的用途"}),
    f"{_REQUEST}/check": Post(Action.CHECK_CONFORMITY, "nobody", _REQUEST, {"answer": "pass"}),
    f"{_REQUEST}/decision": Post(
        Action.DECIDE, "police", _REQUEST, {"answer": "refuse", "reason_code": "no_basis", "reason": "无依据"}
    ),
    f"{_REQUEST}/extension": Post(Action.DECIDE, "police", _REQUEST, {"extension_reason": "需请示"}),
    f"{_REQUEST}/extension/decision": Post(Action.ESCALATE, "nobody", _REQUEST, {"answer": "approve"}),
    f"{_REQUEST}/dispute": Post(Action.DISPUTE, "housing", _REQUEST, {"dispute_reason": "履职必需"}),
    f"{_REQUEST}/dispute/decision": Post(
        Action.SETTLE_DISPUTE, "nobody", _REQUEST, {"answer": "refuse", "reason_code": "no_basis", "reason": "无依据"}
    ),
    f"{_REQUEST}/withdrawal": Post(Action.ASK, "housing", _REQUEST),
    f"{_GRANT}/revocation": Post(Action.REVOKE, "police", _GRANT, {"revoke_reason": "用途已完成"}),
    f"{_GRANT}/narrowing": Post(Action.NARROW, "police", _GRANT, {"narrow_reason": "按需缩小", "column": "name"}),
    f"{_GRANT}/renewal": Post(Action.RENEW, "housing", _GRANT, {"days": "5", "purpose": "核验", "legal_basis": "办法"}),
    "/demands/new": Post(Action.DEMAND, "own", "/demands/new?form_id=role", _WISH),
    f"{_DEMAND}/assignment": Post(Action.ASSIGN_DEMAND, "nobody", _DEMAND, {"department": "police"}),
    f"{_DEMAND}/answer": Post(Action.ANSWER_DEMAND, "police", _DEMAND, {"resource": "{slug}"}),
    f"{_DEMAND}/refusal": Post(
        Action.ANSWER_DEMAND, "police", _DEMAND, {"reason_code": "not_collected", "reason": "不采集"}
    ),
    f"{_DEMAND}/hand-back": Post(Action.ANSWER_DEMAND, "police", _DEMAND, {"hand_back_text": "不属本部门"}),
    f"{_DEMAND}/withdrawal": Post(Action.DEMAND, "housing", _DEMAND),
    "/notices/{notice_id}/reading": Post(Action.READ_NOTICES, "police"),
    "/notices/reading": Post(Action.READ_NOTICES, "own"),
    "/projects/{code}/check": Post(Action.ACCEPT, "police", "/projects/{code}"),
    "/reads": Post(Action.READ_RECEIPTS, "nobody", "/reads", {"identifier": "00000019000101001X"}),
    "/reads/verification": Post(Action.READ_RECEIPTS, "nobody", "/reads"),
    "/whole": Post(Action.READ_DATA, "own", "/whole", {"kind": "person", "identifier": "00000019000101001X"}, True),
    "/credit-report": Post(
        Action.READ_DATA, "own", "/credit-report", {"kind": "person", "identifier": "00000019000101001X"}, True
    ),
    "/licence": Post(Action.READ_DATA, "own", "/licence", {"licence_no": "X1"}, True),
    "/people": Post(
        Action.MANAGE_ACCOUNTS, "police", "/people", {"login": "{new}", "name": "新人", "department": "police"}
    ),
    f"{_PERSON}/password": Post(Action.MANAGE_ACCOUNTS, "police", _PERSON),
    f"{_PERSON}/confirmation": Post(Action.MANAGE_POSTS, "police", _PERSON),
    f"{_PERSON}/disablement": Post(Action.MANAGE_ACCOUNTS, "police", _PERSON),
    f"{_PERSON}/enablement": Post(Action.MANAGE_ACCOUNTS, "police", _PERSON),
    f"{_PERSON}/posts": Post(
        Action.MANAGE_POSTS,
        "police",
        _PERSON,
        {"department": "police", "role": "registrar", "valid_from": "2026-11-20"},
    ),
    f"{_PERSON}/posts/{{post_id}}/end": Post(Action.MANAGE_POSTS, "police", _PERSON),
    "/clients": Post(
        Action.MANAGE_CLIENTS, "police", "/clients", {"client_id": "{new}", "name": "新客户端", "department": "police"}
    ),
    f"{_CLIENT}/secrets": Post(Action.MANAGE_CLIENTS, "police", _CLIENT),
    f"{_SECRET}/confirmation": Post(Action.MANAGE_CLIENT_ROLES, "police", _CLIENT),
    f"{_SECRET}/revocation": Post(Action.MANAGE_CLIENTS, "police", _CLIENT),
    f"{_CLIENT}/roles": Post(Action.MANAGE_CLIENT_ROLES, "police", _CLIENT, {"role": "consumer"}),
    f"{_CLIENT}/revocation": Post(Action.MANAGE_CLIENTS, "police", _CLIENT),
    "/doubles/{proposal}": Post(Action.DECIDE_IDENTITY, "nobody", fields={"reason": "不是一人"}, may_lack=True),
    # each row of a batch is judged by itself: tests/pages/test_sharing_batches.py
    "/batch": Post(Action.READ_TODOS, "own", fields={"action": "confirm", "id": "nothing"}, may_lack=True),
}

# path -> (action, whose thing it is)
PAGES: dict[str, tuple[Action, str]] = {
    "/deliveries": (Action.READ_DELIVERIES, "own"),
    "/deliveries/{delivery_id}": (Action.READ_DELIVERIES, "police"),
    "/deliveries/{delivery_id}/rows": (Action.READ_DELIVERIES, "police"),
    "/my/resources": (Action.READ_DELIVERIES, "own"),
    "/my/resources/{slug}": (Action.READ_DELIVERIES, "police"),
    _RULES: (Action.READ_FINDINGS, "police"),
    "/late": (Action.READ_DELIVERIES, "own"),
    "/held": (Action.CONFIRM_DELIVERY, "nobody"),
    "/quality": (Action.READ_FINDINGS, "own"),
    "/quality/{department}": (Action.READ_FINDINGS, "police"),
    "/releases": (Action.PUBLISH_RELEASE, "nobody"),
    _UNIT: (Action.PUBLISH_RELEASE, "nobody"),
    "/rule-docs/{path:path}": (Action.CONFIRM_DELIVERY, "nobody"),
    "/orders": (Action.READ_FINDINGS, "own"),
    _ORDER: (Action.READ_FINDINGS, "police"),
    f"{_ORDER}/explanations/{{explanation_id}}/evidence": (Action.READ_FINDINGS, "police"),
    "/corrections": (Action.READ_CORRECTIONS, "own"),
    "/corrections/new": (Action.DISPUTE_VALUE, "own"),
    _CORRECTION: (Action.READ_CORRECTIONS, "police+housing"),
    "/identities": (Action.DECIDE_IDENTITY, "nobody"),
    _IDENTITY: (Action.DECIDE_IDENTITY, "nobody"),
    "/doubles": (Action.DECIDE_IDENTITY, "nobody"),
    "/doubles/{proposal}": (Action.DECIDE_IDENTITY, "nobody"),
    "/linkage": (Action.DECIDE_IDENTITY, "nobody"),
    _LINKAGE: (Action.DECIDE_IDENTITY, "nobody"),
    "/scorecards": (Action.READ_FINDINGS, "own"),
    "/scorecards/{department}": (Action.READ_FINDINGS, "police"),
    "/evaluation/{year}": (Action.READ_FINDINGS, "own"),
    "/registration": (Action.READ_DRAFTS, "own"),
    "/registration/handed-in": (Action.READ_DRAFTS, "own"),
    "/registration/new": (Action.REGISTER, "own"),
    "/registration/{slug}/form": (Action.REGISTER, "police"),
    "/reviews": (Action.REVIEW, "nobody"),
    _ENTRY: (Action.READ_DRAFTS, "police"),
    f"{_ENTRY}/versions": (Action.READ_DRAFTS, "police"),
    "/sources": (Action.READ_REGISTER, "own"),
    _SOURCE: (Action.READ_REGISTER, "own"),
    "/source-conflicts": (Action.READ_SHARING, "own"),
    _CONFLICT: (Action.READ_SHARING, "police+taxation"),
    "/spills": (Action.FREEZE_SPILL, "own"),
    _SPILL: (Action.FREEZE_SPILL, "nobody"),
    "/requests/new": (Action.ASK, "own"),
    "/requests": (Action.READ_SHARING, "own"),
    _REQUEST: (Action.READ_SHARING, "police+housing"),
    f"{_REQUEST}/resubmission": (Action.ASK, "housing"),
    "/grants": (Action.READ_SHARING, "own"),
    _GRANT: (Action.READ_SHARING, "police+housing"),
    "/demands": (Action.READ_SHARING, "own"),
    "/demands/new": (Action.DEMAND, "own"),
    _DEMAND: (Action.READ_SHARING, "police+housing"),
    "/access": (Action.EXPLAIN_ACCESS, "own"),
    "/notices": (Action.READ_NOTICES, "own"),
    "/notices/{notice_id}": (Action.READ_NOTICES, "police"),
    "/projects": (Action.READ_PROJECTS, "own"),
    "/projects/{code}": (Action.READ_PROJECTS, "police"),
    "/projects/{code}/reports/{report_id}": (Action.READ_PROJECTS, "police"),
    "/reads": (Action.READ_RECEIPTS, "nobody"),
    "/logs/sign-ins": (Action.READ_SIGN_INS, "own"),
    "/logs/administration": (Action.READ_ADMIN_LOG, "own"),
    "/whole": (Action.READ_DATA, "own"),
    "/credit-report": (Action.READ_DATA, "own"),
    "/licence": (Action.READ_DATA, "own"),
    "/people": (Action.READ_PEOPLE, "own"),
    _PERSON: (Action.READ_PEOPLE, "police"),
    "/clients": (Action.READ_CLIENTS, "own"),
    _CLIENT: (Action.READ_CLIENTS, "police"),
}
# a name of another, or the way back to a page after a form was answered by mistake with a look at it
ALIASES = {"/logs/{name}", "/my/resources/{slug}/deliveries", f"{_RULES}/{{rule_id}}"}
