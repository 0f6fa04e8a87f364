"""Stating: the terms of meetings and ballots as plain values, before they are kept as a version."""

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Self

from app.ballots.models import Ballot, BallotTerms, Basis, Casting, MeetingKind, MeetingTerms, RollShown


@dataclass(frozen=True, slots=True)
class College:
    """A college: its name, its part of all votes, and the classes of shares whose holders belong to it."""

    name: str
    weight: Fraction
    classes: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """For the database."""
        return {"name": self.name, "weight": str(self.weight), "classes": list(self.classes)}


@dataclass(frozen=True, slots=True)
class MeetingPlan:
    """When and where a meeting is; texts by language."""

    title: dict[str, str]
    starts_at: datetime
    zone: str
    kind: str = MeetingKind.EXTRAORDINARY.value
    agenda: dict[str, str] = field(default_factory=dict)
    place: str = ""
    link: str = ""

    def columns(self) -> dict[str, Any]:
        """As the columns of a version."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


@dataclass(frozen=True, slots=True)
class BallotPlan:
    """The terms of a ballot, as the columns of `BallotTerms` explain them."""

    title: dict[str, str]
    record_date: date
    opens_at: datetime
    closes_at: datetime
    zone: str
    law: str = ""
    notice_kind: str = ""
    notice_days: int = 0
    summary: dict[str, str] = field(default_factory=dict)
    casting: str = Casting.RECORDED.value
    basis: str = Basis.MEMBER.value
    votes_cap: int | None = None
    classes: tuple[str, ...] = ()
    investor_classes: tuple[str, ...] = ()
    colleges: tuple[College, ...] = ()
    colleges_proportional: bool = True
    changes_allowed: bool = True
    splits_allowed: bool = False
    roll_shown: str = RollShown.HASHES.value
    seed_from: str = ""
    topic_id: int | None = None

    def columns(self) -> dict[str, Any]:
        """As the columns of a version."""
        said = {each.name: getattr(self, each.name) for each in fields(self)}
        lists = {"classes": list(self.classes), "investor_classes": list(self.investor_classes)}
        return said | lists | {"colleges": [college.as_data() for college in self.colleges]}

    @classmethod
    def of(cls, terms: BallotTerms) -> Self:
        """The plan that kept terms say."""
        said = {each.name: getattr(terms, each.name) for each in fields(cls)}
        colleges = tuple(colleges_of(terms))
        lists = {"classes": tuple(terms.classes), "investor_classes": tuple(terms.investor_classes)}
        return cls(**(said | lists | {"colleges": colleges}))


def plan_of(terms: MeetingTerms) -> MeetingPlan:
    """The plan that kept terms of a meeting say."""
    return MeetingPlan(**{each.name: getattr(terms, each.name) for each in fields(MeetingPlan)})


def colleges_of(terms: BallotTerms) -> list[College]:
    """The colleges of kept terms."""
    return [College(each["name"], Fraction(each["weight"]), tuple(each["classes"])) for each in terms.colleges]


def in_language(texts: dict[str, str], lang: str) -> str:
    """A text in a language, or else in the first in which there is one."""
    return texts.get(lang) or next((text for text in texts.values() if text), "")


def title_of(ballot: Ballot, lang: str = "en") -> str:
    """What a ballot is called in a language."""
    return in_language(ballot.terms.title, lang)
