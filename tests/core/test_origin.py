"""Where acts come from: the door and, coarsely, the network."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.origin import Origin, coming_from, network_of, origin


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:aaaa:bbbb:cccc::1", "2001:db8:aaaa::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("testclient", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_is_kept_as_its_network_only(address, network):
    assert network_of(address) == network


@given(address=st.ip_addresses())
def test_neighbours_cannot_be_told_apart(address):
    network = network_of(str(address))
    assert network is not None and network.endswith(("/24", "/48"))
    assert network_of(network.partition("/")[0]) == network


def test_the_origin_ends_with_what_was_inside():
    assert origin() is None
    with coming_from("web", "203.0.113.77"):
        assert origin() == Origin("web", "203.0.113.0/24")
        with coming_from("worker"):
            assert origin() == Origin("worker", None)
        assert origin() == Origin("web", "203.0.113.0/24")
    assert origin() is None
