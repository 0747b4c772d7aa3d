"""From which address a request came: of the peer, or what a proxy that is trusted says of its own peer."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.requests import Request

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def address_of(request: Request) -> str:
    """The address to log, count and lock out; "" where there is none."""
    peer = request.client.host if request.client else ""
    proxies = request.app.state.exchange.settings.trusted_proxies
    return walked(peer, request.headers.getlist("x-forwarded-for"), proxies) if proxies else peer


def walked(peer: str, forwarded: Collection[str], proxies: Collection[Network]) -> str:
    """The last address that no trusted proxy has, from the peer backwards through X-Forwarded-For.

    What stands before it may have been written by anybody. Where a proxy says nothing readable, it is its own.
    """
    found = peer
    for told in reversed(",".join(forwarded).split(",")):
        if not _is_trusted(found, proxies) or (before := _read(told)) is None:
            break
        found = str(before)
    return found


def _is_trusted(text: str, proxies: Collection[Network]) -> bool:
    address = _read(text)
    return address is not None and any(address in network for network in proxies)


def _read(text: str) -> Address | None:
    """An address, one of IPv4 as such however it is written."""
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
