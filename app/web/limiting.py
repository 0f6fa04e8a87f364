"""Limits at the door: every limit of tries in one table, and the dependencies by which a route is under one.

A route says `dependencies=[limited(PLEDGES)]`. Limits are counted before the route runs, for known and unknown
addresses alike, so that a refusal tells nothing about who is known here.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from fastapi import Depends, Request

from app.core.limits import Limit, Try, count, give_back
from app.web.forms import Fields
from app.web.network import client_network
from app.web.rights import lets_in

_QUARTER, _HOUR, _DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)

SIGN_IN_ADDRESS = Limit("sign-in:address", 20, _DAY)
"""Letters that anyone can have sent to one address in a day."""
SIGN_IN_ADDRESS_NETWORK = Limit("sign-in:address-network", 6, _HOUR)
"""Letters to one address asked for from one network: a stranger elsewhere does not use up the owner's."""
SIGN_IN_ADDRESS_NETWORK_DAY = Limit("sign-in:address-network-day", 10, _DAY)
"""The same in a day: half of what one address gets."""
SIGN_IN_NETWORK = Limit("sign-in:network", 120, _HOUR)
"""Letters asked for from one network, which may be a whole office."""
PLEDGE_ADDRESS = Limit("pledge:address", 20, _DAY)
"""Pledge forms that name one address."""
PLEDGE_NETWORK = Limit("pledge:network", 3_000, _HOUR)
"""Steps of the pledge form, three each, from one network: a hall full of supporters behind one address must pass."""
QUESTION_NETWORK = Limit("question:network", 30, _HOUR)
"""Questions asked from one network."""
MOTION_NETWORK = Limit("motions:network", 60, _HOUR)
"""Motions proposed from one network, and their new versions."""
COMMENT_PERSON = Limit("comments:person", 20, _HOUR)
"""Comments and new versions of them by one person."""
WRONG_LINKS = Limit("links:wrong", 60, _QUARTER)
"""Links and codes from one network that opened nothing."""
WRONG_LOOKUPS = Limit("lookups:wrong", 120, _QUARTER)
"""References and codes from one network that were looked up and not found."""
WRONG_TOKENS = Limit("tokens:wrong", 60, _QUARTER)
"""Tokens of the API from one network that let nobody in."""


def limited(limit: Limit) -> Any:
    """A dependency that counts every request of the client's network."""

    def guard(request: Request) -> None:
        count(Try(limit, client_network(request)))

    return Depends(guard)


def limited_by_field(limit: Limit, field: str, *, in_network: bool = False, but: Iterable[str] = ()) -> Any:
    """A dependency that counts forms by what a field says, and, if wished, where it comes from.

    Forms whose field `step` is one of `but` are not counted: they lead on and do nothing yet.
    """
    leads_on = frozenset(but)

    def guard(request: Request, fields: Fields) -> None:
        if fields.get("step") in leads_on:
            return
        said = unicodedata.normalize("NFKC", fields.get(field, "")).strip().casefold()
        if said:
            count(Try(limit, f"{said}\n{client_network(request)}" if in_network else said))

    return Depends(guard)


def failures_limited(limit: Limit, also: str = "") -> Any:
    """A dependency that counts the requests of the client's network that are refused, such as guesses.

    `also` says what whoever asks must have, for the table of rights.
    """

    @lets_in(also=also)
    def guard(request: Request) -> Iterator[None]:
        one = Try(limit, client_network(request))
        count(one)
        yield
        give_back(one)  # only reached when nothing was refused

    return Depends(guard, scope="function")


SIGN_IN = [
    limited(SIGN_IN_NETWORK),
    limited_by_field(SIGN_IN_ADDRESS_NETWORK, "email", in_network=True),
    limited_by_field(SIGN_IN_ADDRESS_NETWORK_DAY, "email", in_network=True),
    limited_by_field(SIGN_IN_ADDRESS, "email"),
]
"""For forms that send a letter to an address that was typed."""
PLEDGE = [limited(PLEDGE_NETWORK), limited_by_field(PLEDGE_ADDRESS, "email", but=("1", "2"))]
"""For the pledge form."""
QUESTION = [limited(QUESTION_NETWORK)]
"""For questions that signed-in people ask."""
MOTION = [limited(MOTION_NETWORK)]
"""For motions that members propose."""
LINK = [failures_limited(WRONG_LINKS, also="holds the link")]
"""For the pages behind links of letters."""
CODE = [failures_limited(WRONG_LINKS)]
"""For the pages on which somebody shows a code, a passkey or an account elsewhere."""
LOOKUP = [failures_limited(WRONG_LOOKUPS)]
"""For look-ups by a code that outsiders could guess at."""
