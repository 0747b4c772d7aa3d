"""The OpenAPI document: problem answers on every route, the bearer token, a page without scripts from outside."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from api.schemas import Problem, TokenRefusal

_TEXTS = {
    400: "参数或内容不符合要求",
    401: "没有令牌，或令牌无效、过期、被吊销",
    403: "角色、部门或授权不允许",
    404: "不存在",
    409: "与现状冲突，例如已被他人处理",
    410: "数据版本已过保存期",
    413: "内容过大",
    415: "不支持的格式",
    422: "文件或内容无法处理",
    451: "依法不予显示",
    503: "平台暂不可用，例如存证无法落盘",
}
_ALWAYS, _OF_DATA = (400, 401, 403, 404, 503), (410, 451)
_OF_CHANGES, _WITH_BODY = (409,), (413, 415, 422)
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": _TEXTS[status], "content": {"application/problem+json": {}}, "model": Problem}
    for status in _ALWAYS
}
SUMMARIES = {
    "GET /v1/data/{resource}/records/{record_key}": "按记录键读取一条记录",
    "POST /v1/data/{resource}/lookup": "按标识或信息项的值查询记录",
    "GET /v1/data/{resource}/records": "分页读取授权范围内的记录",
    "GET /v1/data/{resource}/extract.parquet": "下载授权范围内全部记录的 Parquet 文件",
    "HEAD /v1/data/{resource}/extract.parquet": "查询批量文件的大小和摘要",
    "GET /v1/data/{resource}/extract.json": "查看批量文件的清单：摘要、行数、数据版本和质量结论",
    "GET /healthz": "进程是否存活",
    "GET /readyz": "平台是否可以应答",
    "POST /oauth/token": "用客户端密钥换取令牌",
    "GET /v1/resources": "查找已发布的信息资源",
    "GET /v1/resources/{slug}": "查看资源的信息项、现行版本和最近报送",
    "GET /v1/resources/{slug}/releases": "查看资源的数据发布版本",
    "GET /v1/releases/{unit}": "查看基础库或资源的数据发布版本",
    "GET /v1/catalog.jsonld": "开放目录（DCAT-AP 3）",
    "GET /v1/open/{slug}/data.csv": "下载开放数据（CSV）",
    "HEAD /v1/open/{slug}/data.csv": "查询开放数据（CSV）是否有更新",
    "GET /v1/open/{slug}/data.parquet": "下载开放数据（Parquet）",
    "HEAD /v1/open/{slug}/data.parquet": "查询开放数据（Parquet）是否有更新",
    "POST /v1/catalogs": "导入目录工作簿，一册或多册",
    "GET /v1/catalogs/template.xlsx": "下载目录模板",
    "GET /v1/catalogs/uploads": "查看本部门上传过的工作簿",
    "GET /v1/catalogs/faults/{upload_id}.xlsx": "下载标注错误的工作簿",
    "GET /v1/catalogs/{department}.xlsx": "导出部门目录",
    "GET /v1/resources/{slug}/entry": "查看目录条目及未生效的变更",
    "POST /v1/resources/{slug}/submission": "提交目录审核",
    "POST /v1/resources/{slug}/withdrawal": "撤回提交或未生效的变更",
    "POST /v1/resources/{slug}/return": "退回修改，逐项写明理由",
    "POST /v1/resources/{slug}/publication": "审核通过，发布信息资源",
    "POST /v1/resources/{slug}/retirement": "停用信息资源",
    "POST /v1/resources/{slug}/updates": "通知部门限期更新目录",
    "POST /v1/resources/{slug}/copies": "复制目录条目为新草稿",
    "GET /v1/resources/{slug}/steps": "查看目录条目的办理过程",
    "GET /v1/resources/{slug}/versions": "查看目录条目的各个版本",
    "GET /v1/resources/{slug}/versions/{first}..{last}": "比较两个版本",
    "GET /v1/overdue": "查看逾期未办的目录事项",
    "GET /v1/notices": "查看本部门的通知",
    "POST /v1/notices/{notice_id}/reading": "把通知标为已读",
    "GET /v1/spills": "查看泄密处置",
    "POST /v1/spills": "冻结疑似涉密的数据",
    "POST /v1/spills/{spill_id}/lifting": "解除冻结",
    "POST /v1/spills/{spill_id}/erasure": "清除涉密数据及其衍生数据",
    "POST /v1/resources/{slug}/deliveries": "报送一期数据",
    "GET /v1/resources/{slug}/deliveries": "查看资源的报送批次",
    "GET /v1/deliveries/{delivery_id}": "查看一个批次及其质量问题",
    "GET /v1/deliveries/{delivery_id}/rows": "下载质量问题的行号（CSV）",
    "GET /v1/resources/{slug}/rules": "查看资源的部门自定规则",
    "POST /v1/resources/{slug}/rules": "拟定自定规则或其下一版",
    "POST /v1/rules/{rule_id}/trial": "在最近一次报送上试运行自定规则",
    "POST /v1/rules/{rule_id}/adoption": "使自定规则自下一次报送起生效",
    "POST /v1/rules/{rule_id}/retirement": "停用自定规则",
    "POST /v1/requests": "提交共享申请",
    "GET /v1/requests": "查看本部门提出的和待答复的共享申请",
    "POST /v1/requests/{request_id}/decision": "答复共享申请",
    "GET /v1/grants": "查看本部门获得的和给出的共享授权",
    "POST /v1/grants/{grant_id}/revocation": "收回共享授权",
    "GET /v1/requests/{request_id}": "查看一件共享申请及其办理过程",
    "POST /v1/requests/{request_id}/check": "审查共享申请是否合规，或一次性退回补正",
    "POST /v1/requests/{request_id}/resubmission": "补正后重新提交共享申请",
    "POST /v1/requests/{request_id}/extension": "申请延长答复期限",
    "POST /v1/requests/{request_id}/extension/decision": "批准或不批准延期",
    "POST /v1/requests/{request_id}/dispute": "对不予共享或逾期未答复提出争议",
    "POST /v1/requests/{request_id}/dispute/decision": "处理共享争议",
    "POST /v1/requests/{request_id}/withdrawal": "撤回共享申请",
    "GET /v1/refusal-reasons": "查看不予共享理由清单",
    "GET /v1/grants/{grant_id}": "查看一件共享授权及其各版本",
    "POST /v1/grants/{grant_id}/narrowing": "缩小共享授权",
    "POST /v1/grants/{grant_id}/renewal": "申请授权续期",
    "GET /v1/access": "说明一个部门能读一个资源的什么、依据哪件授权、为何不能",
    "POST /v1/demands": "提出数据需求",
    "GET /v1/demands": "查看本部门提出的和承接的数据需求",
    "GET /v1/demands/{demand_id}": "查看一件数据需求及其办理过程",
    "POST /v1/demands/{demand_id}/assignment": "指派数据需求",
    "POST /v1/demands/{demand_id}/answer": "答复数据需求：关联资源、说明理由或退回指派",
    "POST /v1/demands/{demand_id}/withdrawal": "撤回数据需求",
    "GET /v1/sources": "查看一数一源登记簿",
    "GET /v1/sources/{base}/{attribute}": "查看一个信息项的数源及历次变更",
    "POST /v1/sources/{base}/{attribute}": "确定一个信息项的数源排序",
    "GET /v1/item-sources": "查看已确定的数源部门",
    "GET /v1/source-conflicts": "查看一数多源的信息项",
    "POST /v1/source-conflicts/{conflict_id}/settlement": "确定数源部门",
    "POST /v1/resources/{slug}/sources": "检查资源的信息项是否已由其他部门登记",
    "GET /v1/leads": "查看基础库的牵头部门",
    "POST /v1/leads/{base}": "指定基础库的牵头部门",
    "GET /v1/orders": "查看本部门的整改通知单",
    "GET /v1/orders/{order_id}": "查看一张整改通知单及其办理过程",
    "POST /v1/orders/{order_id}/explanation": "提交情况说明和佐证材料",
    "GET /v1/orders/{order_id}/explanations/{explanation_id}/evidence": "下载情况说明的佐证材料",
    "POST /v1/orders/{order_id}/ruling": "审核情况说明，认可的列为例外",
    "POST /v1/orders/{order_id}/reminder": "催办整改通知单",
    "GET /v1/scorecards": "查看各月各维度的质量评分",
    "POST /v1/corrections": "提出校核申请（数据异议）",
    "GET /v1/corrections": "查看本部门提出的和待答复的校核申请",
    "GET /v1/corrections/{correction_id}": "查看一件校核申请及其办理过程",
    "POST /v1/corrections/{correction_id}/reply": "答复校核申请：已更正、不予更正或转主管部门",
    "POST /v1/corrections/{correction_id}/withdrawal": "撤回校核申请",
    "POST /v1/corrections/{correction_id}/reminder": "催办校核申请",
    "GET /v1/todos": "查看待办",
    "POST /v1/todos/batch": "批量办理",
    "GET /v1/projects/{code}/acceptance": "核验项目的验收条件",
    "GET /v1/receipts": "查询谁读取过一条记录",
    "GET /v1/people": "查看本部门人员及任职",
    "POST /v1/people": "登记人员账号",
    "POST /v1/people/{login}/password": "重置口令",
    "POST /v1/people/{login}/confirmation": "确认待确认的账号",
    "POST /v1/people/{login}/disablement": "停用账号",
    "DELETE /v1/people/{login}/disablement": "恢复账号",
    "POST /v1/people/{login}/posts": "授予任职",
    "POST /v1/people/{login}/posts/{post_id}/end": "结束任职",
    "GET /v1/sign-ins": "查看登录日志",
    "GET /v1/admin-log": "查看管理操作日志",
    "GET /v1/clients": "查看本部门客户端",
    "POST /v1/clients": "登记客户端",
    "PUT /v1/clients/{client_id}/roles": "设定客户端角色",
    "POST /v1/clients/{client_id}/secrets": "领取客户端新密钥",
    "POST /v1/clients/{client_id}/secrets/{secret_id}/confirmation": "确认待确认的密钥",
    "DELETE /v1/clients/{client_id}/secrets/{secret_id}": "吊销密钥",
    "DELETE /v1/clients/{client_id}": "吊销客户端",
}
PUBLIC = frozenset({"health", "oauth", "catalog", "open", "pages"})
# records are for clients alone, administration is for people alone
_CLOSED_TO = {"client": {"people"}, "session": {"data"}}


def install(app: FastAPI) -> None:
    """Have the app say which routes need a token and that problems are problem documents."""
    build = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _finish(build())
        assert app.openapi_schema is not None
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _finish(document: dict[str, Any]) -> None:
    schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes["session"] = {"type": "apiKey", "in": "cookie", "name": "__Host-sixbase-session"}
    document["components"].setdefault("schemas", {})["TokenRefusal"] = TokenRefusal.model_json_schema()
    schemes["client"] = {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}}}}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            operation["summary"] = SUMMARIES[f"{method.upper()} {path}"]
            _finish_operation(method, operation)


def _finish_operation(method: str, operation: dict[str, Any]) -> None:
    tags = set(operation.get("tags", []))
    if not PUBLIC & tags:
        operation["security"] = [{scheme: []} for scheme in ("client", "session") if tags != _CLOSED_TO[scheme]]
    # 422 stands in FastAPI's own documents for what leaves here as 400
    operation["responses"].pop("422", None)
    more = (
        *(_OF_CHANGES if method not in ("get", "head") else ()),
        *(_WITH_BODY if "requestBody" in operation else ()),
        *(_OF_DATA if {"data", "open"} & tags else ()),
    )
    for status in more:
        operation["responses"].setdefault(str(status), _problem(_TEXTS[status]))
    for response in operation["responses"].values():
        content = response.get("content", {})
        if content.get("application/problem+json") == {} and "application/json" in content:
            content["application/problem+json"] = content.pop("application/json")


def _problem(text: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": text, "content": {"application/problem+json": {"schema": schema}}}
