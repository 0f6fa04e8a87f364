"""A house with people in every role, and browsers for them that ask in-process."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_bytes
from typing import Any, ClassVar
from uuid import uuid4

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.calling import call_ballot
from app.ballots.delegations.models import Delegation
from app.ballots.delegations.topics import add_topic
from app.ballots.drafting import add_item, draft_ballot, find_ballot
from app.ballots.electorate.reading import electors_for
from app.ballots.opening import keep_time
from app.ballots.proxies.models import Proxy
from app.core import clock, tokens
from app.core import settings as configured
from app.core.database import transaction
from app.documents.models import Document
from app.members.apitokens.issuing import Wanted, issue_token
from app.members.apitokens.scopes import Scope
from app.members.entering import current_membership
from app.members.models import Person, SignedIn
from app.members.people.bank.accounts import Scheme, checked
from app.members.people.bank.recording import record_bank_account
from app.members.roles import GRANTED, Role, roles_of
from app.members.signin.models import OutsideAccount, Passkey
from app.members.signing_in import open_session
from app.offers.drafting import find_offer
from app.offers.models import Offer, Pledge
from app.offers.pledging import make_pledge
from app.offers.pledging.solidarity.asking import ask_fund
from app.offers.pledging.solidarity.giving import Given, ask_giver, make_gift
from app.offers.pledging.solidarity.models import SolidarityGift, SolidarityRequest
from app.privacy.filing import ask_for_file
from app.shares.acts.queueing import ask_withdrawal
from app.shares.acts.requesting import ask_transfer
from app.shares.holding import lots_of
from app.web import tickets
from tests import make
from tests.ballots import halls

FUNDS = select(Offer.id).where(Offer.slug == "with-fund")
TICKET = "a-ticket"
NOBODY, STRANGER = "not signed in", "signed in"
EVERYONE = (NOBODY, STRANGER, *(role.value for role in Role))


@pytest.fixture(scope="session", autouse=True)
def portal() -> Iterator[None]:
    """One event loop for every browser of the run: a loop for each request takes longer than the request."""
    with start_blocking_portal() as running:
        Browser.running = running
        yield


class Browser(TestClient):
    """A browser that sends forms with the ticket a page would give it, and follows nothing."""

    running: ClassVar[BlockingPortal]

    def __init__(self, app: FastAPI, cookie: str | None = None) -> None:
        super().__init__(app, base_url="http://127.0.0.1", follow_redirects=False, raise_server_exceptions=True)
        self.portal = self.running
        self.headers["accept"] = "text/html"
        self.cookies.set("form", TICKET)
        if cookie:
            self.cookies.set("session", cookie)

    def ask(self, method: str, path: str, **fields: str) -> httpx.Response:
        """A request as one of our pages would make it."""
        if method in ("GET", "HEAD", "OPTIONS", "TRACE"):
            return self.request(method, path)
        return self.request(method, path, data={tickets.FIELD: tickets._field_for(TICKET), **fields})


@dataclass
class House:
    """The application, with the id of one person in each role and what is theirs."""

    app: FastAPI
    people: dict[str, int] = field(default_factory=dict)
    own: dict[str, str] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)

    def browser(self, who: str) -> Browser:
        """A browser in which `who` has just signed in."""
        return Browser(self.app, self._cookie(who))

    def token(self, who: str, scopes: list[Scope]) -> str:
        """The secret of a token of the API, with more scopes than the person's roles would be given."""
        with transaction() as session:
            person = session.get_one(Person, self.people[who])
            one = Wanted(form_key=str(uuid4()), label="test", scopes=[Scope.HOLDINGS_READ], days=30)
            row, secret = issue_token(session, person, one, roles=roles_of(session, person.id), by=person.id)
            row.scopes = [scope.value for scope in scopes]
        return secret

    def _cookie(self, who: str) -> str | None:
        if who == NOBODY:
            return None
        with transaction() as session:
            return open_session(session, session.get_one(Person, self.people[who]), second_factor=True)


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Change settings for one test."""

    def change(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"COSTAKE_{name.upper()}", value)
        configured.settings.cache_clear()

    yield change
    configured.settings.cache_clear()


@pytest.fixture
def house(house_world: Any, database: str, configure: Callable[..., None]) -> House:
    """A campaign that succeeded (Maya and Wei hold shares), one that is open, and staff; nobody waits for a factor."""
    configure(second_factor="off", limits_times="1000")
    return deepcopy(house_world.given, {id(house_world.given.app): house_world.given.app})


@pytest.fixture(scope="module")
def house_world(build: Callable[..., Any]) -> Any:
    return build(_house)


def _house() -> House:
    from app.main import app
    from app.worker import run_until_idle

    made = House(app)
    with transaction() as session:
        for role in GRANTED:
            made.people[role.value] = make.staff(session, role.value).id
        made.people[STRANGER] = make.person(session, "stranger@example.org", "A Stranger").id
        mine, theirs = make.succeeded_offer(session, "done")
        made.people[Role.MEMBER.value], made.people["wei"] = mine.person_id, theirs.person_id
        make.open_offer(session, "buy-it")
        made.own["/pledges/"], made.foreign["/pledges/"] = mine.public_id, theirs.public_id
    with transaction() as session:
        _ballot(session)
        made.own |= belongings(session, mine.person_id) | _elector(session, mine.person)
        made.foreign |= belongings(session, theirs.person_id) | _elector(session, theirs.person)
        made.own["/ballots/proxies/"] = _proxy(session, theirs.person, mine.person)
        ivo = make.person(session, "ivo@example.org", "Ivo")
        made.own["/me/delegations/"] = _delegation(session, "Fees", theirs.person, mine.person)
        made.foreign["/me/delegations/"] = _delegation(session, "Rules", theirs.person, ivo)
        made.foreign["/ballots/proxies/"] = _proxy(session, theirs.person, ivo)
    assert not run_until_idle()
    with transaction() as session:
        made.own["/documents/"] = _document(session, mine.person_id)
        made.foreign["/documents/"] = _document(session, theirs.person_id)
    return made


def belongings(session: Session, person_id: int | None) -> dict[str, str]:
    """Things of a person's own, as addresses name them: what follows after the beginning of the address."""
    person = session.get_one(Person, person_id)
    now, random = clock.now(), token_bytes(32)
    passkey = Passkey(
        person_id=person.id, user_handle=random, credential_id=random, public_key=random, sign_count=0, name="phone",
        added_at=now, used_at=None, removed_at=None,
    )  # fmt: skip
    account = OutsideAccount(
        person_id=person.id, issuer="https://id.example.org", subject=random.hex(), connected_at=now
    )
    session.add_all([passkey, account])
    open_session(session, person)
    one = Wanted(form_key=str(uuid4()), label="mine", scopes=[Scope.HOLDINGS_READ], days=30)
    token, _ = issue_token(session, person, one, roles=frozenset(), by=person.id)
    file = ask_for_file(session, person)
    record_bank_account(session, person, checked(Scheme.IBAN, "Mine", "DE89370400440532013000"), by=person.id)
    member = current_membership(session, person.id)
    assert member is not None, "they hold shares"
    lot = lots_of(session, [member.id])[0]
    to = make.known_person(session, "friend@example.org", "en")
    transfer = ask_transfer(session, member, lot.share_class, 1, to, None, form_key=str(uuid4()), by=person.id)
    withdrawal = ask_withdrawal(
        session, member, lot.share_class, 1, on=clock.today(), form_key=str(uuid4()), reason="", by=person.id
    )
    session.flush()
    signed_in = session.scalars(select(SignedIn.id).where(SignedIn.person_id == person.id)).first()
    gift, asked = _solidarity(session, person)
    return {
        "/solidarity/": gift.public_id,
        "/solidarity-requests/": asked.public_id,
        "/me/holders/": str(person.id),
        "/me/identity/onward/": tokens.seal(f"onward:{person.id}", "https://verify.example.org/"),
        "/me/privacy/file/": file.public_id,
        "/me/security/accounts/": str(account.id),
        "/me/security/passkeys/": str(passkey.id),
        "/me/security/sessions/": str(signed_in),
        "/me/shares/transfers/": str(transfer.id),
        "/me/shares/withdrawals/": str(withdrawal.id),
        "/me/tokens/": str(token.id),
    }


def _solidarity(session: Session, person: Person) -> tuple[SolidarityGift, Pledge]:
    """A gift of a person's to a fund, and a pledge for which they ask it."""
    offer = (
        find_offer(session, "with-fund")
        if session.scalars(FUNDS).first()
        else make.open_offer(session, "with-fund", solidarity=True)
    )
    gift = make_gift(session, offer.slug, Given(str(uuid4()), 1, "A Giver", person.email, "en"))
    ask_giver(session, gift, person)
    asked = make_pledge(session, offer.slug, make.wish(session, offer.slug, person.email, asks_fund=True))
    ask_fund(session, session.get_one(SolidarityRequest, asked.id), person)
    return gift, asked


def _ballot(session: Session) -> None:
    """A ballot that is open, with everybody who holds shares on its roll."""
    now = clock.now()
    hours = {"record_date": now.date(), "opens_at": now + timedelta(days=2), "closes_at": now + timedelta(days=9)}
    draft_ballot(session, "buy-it", halls.plan(**hours), by=None)
    add_item(session, "buy-it", halls.resolution(), by=None)
    call_ballot(session, "buy-it", by=None)
    for days in (1, 2):
        with clock.at(now + timedelta(days=days)):
            keep_time(session)


def _elector(session: Session, person: Person) -> dict[str, str]:
    return {"/ballots/votes/": str(electors_for(session, find_ballot(session, "buy-it"), person.id)[0].id)}


def _proxy(session: Session, principal: Person, holder: Person) -> str:
    """A proxy on the open ballot; as many as wanted, which the act would refuse."""
    ballot = find_ballot(session, "buy-it")
    proxy = Proxy(ballot_id=ballot.id, principal_id=principal.id, holder_id=holder.id, appointed_at=clock.now())
    session.add(proxy)
    session.flush()
    return str(proxy.id)


def _delegation(session: Session, topic: str, principal: Person, holder: Person) -> str:
    """A standing delegation on a new topic."""
    of = add_topic(session, {"en": topic}, by=None).id
    row = Delegation(topic_id=of, principal_id=principal.id, holder_id=holder.id, given_at=clock.now())
    session.add(row)
    session.flush()
    return str(row.id)


def _document(session: Session, person_id: int | None) -> str:
    return str(session.scalars(select(Document.number).where(Document.person_id == person_id)).first())


@pytest.fixture
def doorstep(doorstep_world: Any, database: str, configure: Callable[..., None]) -> House:
    """A house with an open offer, Maya's pledge that is not confirmed, an organizer and a treasurer: quickly made."""
    configure(second_factor="off", limits_times="1000")
    return doorstep_world.given


@pytest.fixture(scope="module")
def doorstep_world(build: Callable[..., Any]) -> Any:
    return build(_doorstep)


def _doorstep() -> House:
    from app.main import app

    made = House(app)
    with transaction() as session:
        for role in (Role.ORGANIZER, Role.TREASURER):
            made.people[role.value] = make.staff(session, role.value).id
        made.people[STRANGER] = make.person(session, "stranger@example.org", "A Stranger").id
        make.open_offer(session, "buy-it")
    return made
