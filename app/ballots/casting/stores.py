"""Stores: where the votes of a kind of casting are kept, and how they are counted; each kind registers its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.ballots.drafting import Item
from app.ballots.models import Ballot, Casting
from app.core.errors import Refusal


class NotPrepared(Refusal):
    """What a store needs before a ballot can open is not there yet."""


@dataclass(frozen=True, slots=True)
class Turnout:
    """Who took part: how many electors, with which weight, and how many shares."""

    electors: int
    weight: int
    shares: int


@dataclass(frozen=True, slots=True)
class Group:
    """Votes that say the same to one item: the answer, of which kind and college of electors, how much together.

    `votes` is how many votes or parts of split votes; `shares` those behind them.
    """

    answer: str
    kind: str
    college: str
    votes: int
    weight: int
    shares: int


@dataclass(frozen=True, slots=True)
class Store:
    """How votes of a kind are read: who took part, and what they said to each item; and what opening and close ask for.

    `opens` and `closes` act in the transaction of the move; `opens` may refuse with `NotPrepared`. `facts`
    are what the frozen facts of a result say besides.
    """

    turnout: Callable[[Session, Ballot], Turnout]
    groups: Callable[[Session, Ballot, Sequence[Item]], dict[int, list[Group]]]
    opens: Callable[[Session, Ballot], None] = lambda session, ballot: None
    closes: Callable[[Session, Ballot], None] = lambda session, ballot: None
    facts: Callable[[Session, Ballot], dict[str, Any]] = lambda session, ballot: {}


_STORES: dict[Casting, Store] = {}


def register_store(casting: Casting, store: Store) -> None:
    """Make known where votes of a kind are kept."""
    assert _STORES.setdefault(casting, store) == store, f"{casting.name} has a store already"


def store_of(ballot: Ballot) -> Store:
    """The store of a ballot's votes."""
    return _STORES[Casting(ballot.terms.casting)]


def has_store(casting: Casting) -> bool:
    """Whether votes of a kind can be kept."""
    return casting in _STORES
