"""Whom a request came from, behind the proxies that an installation trusts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from starlette.types import ASGIApp, Receive, Scope, Send

Address = IPv4Address | IPv6Address
HEADER = b"x-forwarded-for"


class Forwarded:
    """Middleware that believes `X-Forwarded-For` of trusted proxies alone, each for the hop before it.

    trusted: addresses and networks. A header that anybody else sent is left where it is and means nothing.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[str]) -> None:
        self._app = app
        self._trusted = [ip_network(each, strict=False) for each in trusted]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        peer = scope.get("client") if scope["type"] == "http" else None
        if peer:
            scope["client"] = (self.came_from(peer[0], scope["headers"]), peer[1])
        await self._app(scope, receive, send)

    def came_from(self, peer: str, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """The nearest address that is no trusted proxy's; a hop that is no address is not gone beyond."""
        said = b",".join(value for name, value in headers if name == HEADER).decode("latin-1")
        found = peer
        for hop in reversed(said.split(",")):
            before = address_of(hop)
            if before is None or not self._is_trusted(found):
                break
            found = str(before)
        return found

    def _is_trusted(self, host: str) -> bool:
        address = address_of(host)
        return address is not None and any(address in network for network in self._trusted)


def address_of(text: str) -> Address | None:
    """The address in `1.2.3.4`, `1.2.3.4:80`, `::1` or `[::1]:80`; None for anything else."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        found = ip_address(host)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
