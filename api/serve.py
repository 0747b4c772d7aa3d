"""Serving the exchange by uvicorn."""

from __future__ import annotations

import ipaddress
import json
import os
from collections.abc import Sequence

import uvicorn
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.errors import Misconfigured
from catalog.installation import open_parts
from catalog.models import ApiClient, Official, OfficialState
from catalog.register import open_engine, require_migrated, transaction
from catalog.settings import Settings


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until interrupted; raises Misconfigured for an installation of another version, for demo clients and
    people off loopback."""
    # a worker that finds it out would be started again and again
    _, database = open_parts(settings)
    database.dispose()
    if not is_loopback(host):
        refuse_demo(settings)
    os.environ.update(environment(settings))
    uvicorn.run(
        "api.main:create_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
    )


def environment(settings: Settings) -> dict[str, str]:
    """The settings as worker processes read them."""
    plain = settings.model_dump(mode="json") | {"home": str(settings.home.absolute())}
    text = {name: value if isinstance(value, str) else json.dumps(value) for name, value in plain.items()}
    return {f"SIXBASE_{name.upper()}": value for name, value in text.items()}


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def refuse_demo(settings: Settings) -> None:
    """Raise Misconfigured while demo clients or people, whose secrets lie in a file, could come in from elsewhere."""
    engine = open_engine(settings.database_url)
    try:
        require_migrated(engine)
        with transaction(engine) as db:
            demo = select(ApiClient.client_id).where(ApiClient.is_demo, ApiClient.revoked_at.is_(None))
            found = [*db.scalars(demo.order_by(ApiClient.client_id)), *_demo_people(db)]
    finally:
        engine.dispose()
    if found:
        raise Misconfigured(
            f"演示客户端或演示账号 {'、'.join(found)} 仍有效，不能在本机以外的地址提供服务",
            remedy="用 sixbase client revoke、sixbase official disable 停用，或只在 127.0.0.1 上提供服务",
        )


def _demo_people(db: Session) -> Sequence[str]:
    open_ones = select(Official.login).where(Official.is_demo, Official.state != OfficialState.DISABLED)
    return db.scalars(open_ones.order_by(Official.login)).all()
