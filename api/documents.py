"""The OpenAPI document: problem answers on every route, the bearer token, a page without scripts from outside."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from api.schemas import Problem

# 422 stands in FastAPI's own documents for what leaves here as 400
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {"application/problem+json": {}}, "model": Problem}
    for status, text in {
        400: "参数或内容不符合要求",
        401: "没有令牌，或令牌无效、过期、被吊销",
        403: "角色、部门或授权不允许",
        404: "不存在",
        503: "平台暂不可用，例如存证无法落盘",
    }.items()
}
SUMMARIES = {
    "GET /v1/data/{resource}/records/{record_key}": "按记录键读取一条记录",
    "POST /v1/data/{resource}/lookup": "按标识或信息项的值查询记录",
    "GET /v1/data/{resource}/records": "分页读取授权范围内的记录",
    "GET /v1/data/{resource}/extract.parquet": "下载授权范围内全部记录的 Parquet 文件",
    "HEAD /v1/data/{resource}/extract.parquet": "查询批量文件的大小和摘要",
    "GET /healthz": "进程是否存活",
    "GET /readyz": "平台是否可以应答",
    "POST /oauth/token": "用客户端密钥换取令牌",
    "GET /v1/resources": "查找已发布的信息资源",
    "GET /v1/resources/{slug}": "查看资源的信息项、现行版本和最近报送",
    "GET /v1/resources/{slug}/releases": "查看资源的数据发布版本",
    "GET /v1/releases/{unit}": "查看基础库或资源的数据发布版本",
    "GET /v1/catalog.jsonld": "开放目录（DCAT-AP 3）",
    "POST /v1/catalogs": "导入本部门的目录工作簿",
    "POST /v1/resources/{slug}/publication": "发布信息资源",
    "POST /v1/resources/{slug}/deliveries": "报送一期数据",
    "GET /v1/resources/{slug}/deliveries": "查看资源的报送批次",
    "GET /v1/deliveries/{delivery_id}": "查看一个批次及其质量问题",
    "GET /v1/deliveries/{delivery_id}/rows": "下载质量问题的行号（CSV）",
    "POST /v1/requests": "提交共享申请",
    "GET /v1/requests": "查看本部门提出的和待答复的共享申请",
    "POST /v1/requests/{request_id}/decision": "答复共享申请",
    "GET /v1/grants": "查看本部门获得的和给出的共享授权",
    "POST /v1/grants/{grant_id}/revocation": "收回共享授权",
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
PUBLIC = frozenset({"health", "oauth", "catalog", "pages"})
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
    schemes["client"] = {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}}}}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            operation["summary"] = SUMMARIES[f"{method.upper()} {path}"]
            _finish_operation(operation)


def _finish_operation(operation: dict[str, Any]) -> None:
    tags = set(operation.get("tags", []))
    if not PUBLIC & tags:
        operation["security"] = [{scheme: []} for scheme in ("client", "session") if tags != _CLOSED_TO[scheme]]
    operation["responses"].pop("422", None)
    for response in operation["responses"].values():
        content = response.get("content", {})
        if "application/problem+json" in content and "application/json" in content:
            content["application/problem+json"] = content.pop("application/json")
