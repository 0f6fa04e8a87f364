"""Where a request comes from: its address, as far as proxies can be believed, and the network it lies in."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from fastapi import Request

from app.core.settings import settings


def client_address(request: Request) -> str:
    """The address of whoever asks: the peer's, or the last one in X-Forwarded-For that no trusted proxy has."""
    peer = request.client.host if request.client else ""
    steps = [part.strip() for line in request.headers.getlist("x-forwarded-for") for part in line.split(",")]
    while steps and _trusted(peer):
        peer = steps.pop()
    return _plain(peer)


def client_network(request: Request) -> str:
    """The network that one subscriber or office has: /24 of IPv4, /48 of IPv6."""
    address = _read(client_address(request))
    if address is None:
        return client_address(request)
    kept = 24 if address.version == 4 else 48
    return str(ip_network((int(address).to_bytes(address.max_prefixlen // 8), kept), strict=False))


def _trusted(host: str) -> bool:
    address = _read(host)
    return address is not None and any(address in network for network in settings().proxy_networks)


def _plain(host: str) -> str:
    return str(_read(host) or host[:45])


def _read(host: str) -> IPv4Address | IPv6Address | None:
    """An address, also with a port or in brackets as some proxies write it."""
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
