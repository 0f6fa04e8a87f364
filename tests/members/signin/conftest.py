"""People who sign in at a house that is open, with second factors required of its staff."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pyotp
import pytest

from app.core import clock
from app.core.database import transaction
from app.core.settings import settings
from app.members.signing_in import link_path, new_link
from tests import make
from tests.journeys.conftest import address, visitor, work  # noqa: F401  (fixtures)
from tests.journeys.visitors import Visitor

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def required(database, monkeypatch) -> Iterator[None]:
    """Staff need a second factor."""
    monkeypatch.setenv("COSTAKE_SECOND_FACTOR", "required")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def signed_in(visitor) -> Callable[..., Visitor]:  # noqa: F811
    """Opens a browser for somebody and signs them in by a link of the command line; with a role if one is given."""

    def sign_in(email: str = "maya@example.org", role: str = "") -> Visitor:
        with transaction() as session:
            who = make.staff(session, role) if role else make.person(session, email)
            path = link_path(new_link(session, who))
        return visitor().get(path).press("/sign-in/")

    return sign_in


def code_of(secret: str, steps: int = 0) -> str:
    """What an authenticator app shows now, or some steps later."""
    return pyotp.TOTP(secret).at(int(clock.now().timestamp()) + 30 * steps)
