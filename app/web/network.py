"""Where a request comes from: the client's address, as far as proxies can be believed, and its network."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.requests import HTTPConnection

from app.core.origin import network_of
from app.core.settings import settings


def client_address(connection: HTTPConnection) -> str:
    """The address of whoever asks: the peer's, or the last one in X-Forwarded-For that no trusted proxy has."""
    peer = connection.client.host if connection.client else ""
    steps = [part.strip() for line in connection.headers.getlist("x-forwarded-for") for part in line.split(",")]
    while steps and _trusted(peer):
        peer = steps.pop()
    return str(_read(peer) or peer[:45])


def client_network(connection: HTTPConnection) -> str:
    """The network that one subscriber or office has: /24 of IPv4, /48 of IPv6."""
    address = client_address(connection)
    return network_of(address) or address


def _trusted(host: str) -> bool:
    address = _read(host)
    return address is not None and any(address in network for network in settings().proxy_networks)


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
