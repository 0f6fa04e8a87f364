"""What tests of secret ballots start from: a ballot with two tellers' keys, open, and votes cast in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.ballots.casting.recording import Part
from app.ballots.drafting import ItemPlan, find_ballot, items_of
from app.ballots.electorate.freezing import freeze_electorate
from app.ballots.opening import open_ballot
from app.ballots.secret.casting import Sender, cast_secret, change_secret
from app.ballots.secret.keys import make_key
from app.ballots.secret.trackers import draw
from app.core import clock
from app.core.database import transaction
from app.members.models import Person
from tests.ballots import halls
from tests.ballots.halls import CALLED, FROZEN, OPENS, SLUG, WHILE_OPEN

NAMES = ("maya", "wei", "ana", "zoe", "tom", "kim")
SECRET = {"casting": "secret", "basis": "one vote per member"}


@dataclass
class Booth:
    """Two tellers of a ballot, and the codes of their keys."""

    first: Person
    second: Person
    codes: tuple[str, str]


def opened(session: Session, *items: ItemPlan, slug: str = SLUG, **changed: Any) -> Booth:
    """A secret ballot, open, with the keys of two tellers."""
    first, second = halls.staff(session, "teo"), halls.staff(session, "tia")
    halls.called(session, *items, slug=slug, **(SECRET | changed))
    with clock.at(CALLED):
        codes = make_key(session, slug, by=first.id), make_key(session, slug, by=second.id)
    with clock.at(FROZEN):
        freeze_electorate(session, slug, by=None)
    with clock.at(OPENS):
        open_ballot(session, slug, by=None)
    return Booth(first, second, codes)


@contextmanager
def open_booth(*items: ItemPlan, names: tuple[str, ...] = NAMES, **changed: Any) -> Iterator[tuple[Session, Booth]]:
    """A session in which a secret ballot is open, a day after its opening."""
    with transaction() as session:
        halls.members(session, dict.fromkeys(names, 10))
        booth = opened(session, *items, **changed)
        with clock.at(WHILE_OPEN):
            yield session, booth


def vote(session: Session, name: str, *answers: str, own: str = "word", slug: str = SLUG, tracker: str = "") -> str:
    """The vote of somebody, an answer for each item in order; its tracker. With a tracker it is changed."""
    who = halls.elector(session, name, slug)
    items = items_of(session, find_ballot(session, slug), withdrawn=False)
    said = {item.id: [Part(answer)] for item, answer in zip(items, answers, strict=True)}
    sender = Sender(who.person_id)
    if tracker:
        return change_secret(session, slug, who.id, said, sender, tracker=tracker).tracker
    return cast_secret(session, slug, who.id, said, sender, own=own, drawn=draw(who.id)).tracker
