"""Origin: through which door an act came in, and coarsely from which network; kept for the audit trail only."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import IPv6Address, ip_address, ip_network
from typing import NamedTuple

WEB, COMMAND_LINE, WORKER = "web", "command line", "worker"
IPV4_BITS, IPV6_BITS = 24, 48  # a neighbourhood, not a household


class Origin(NamedTuple):
    """The door (`web`, `command line`, `worker`), and the network such as `203.0.113.0/24` when there is one."""

    door: str
    network: str | None = None


_origin: ContextVar[Origin | None] = ContextVar("origin", default=None)


def origin() -> Origin | None:
    """Where the present act comes from; None where nobody said it."""
    return _origin.get()


@contextmanager
def coming_from(door: str, address: str | None = None) -> Iterator[None]:
    """Everything inside comes through a door, from the network of an IP address; the address itself is not kept."""
    token = _origin.set(Origin(door, network_of(address)))
    try:
        yield
    finally:
        _origin.reset(token)


def network_of(address: str | None) -> str | None:
    """The first 24 bits of an IPv4 address or 48 of an IPv6 address, as a network; None for anything else."""
    try:
        ip = ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is None:
            return str(ip_network(f"{ip}/{IPV6_BITS}", strict=False))
        ip = ip.ipv4_mapped
    return str(ip_network(f"{ip}/{IPV4_BITS}", strict=False))
