"""The certificate of a result (D15), one for each item that was decided, from the frozen facts of the count."""

from collections.abc import Mapping
from fractions import Fraction
from importlib.metadata import version
from math import ceil, floor
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.casting.channels import weights_by_channel
from app.ballots.casting.models import Channel
from app.ballots.casting.stores import Turnout
from app.ballots.counting.motions import CHOICES
from app.ballots.drafting import Item
from app.ballots.models import Ballot, Basis, Casting
from app.ballots.result.certifying import CERTIFY_ACT, objections_of
from app.ballots.result.deciding import PATRON, Outcome, Whole, attendance
from app.ballots.result.facts import tally
from app.ballots.result.models import BallotCertificate, BallotResult
from app.ballots.rules import CallRule, Need
from app.ballots.showing import joined, outcome_of
from app.core.errors import N_
from app.core.language import fill, translator
from app.documents.balloting.known import base_words, majority_words, meeting_facts, named, record_at, title_and_text
from app.law.thresholds import DENOMINATORS, NUMERATORS, Count, count
from app.members.approvals.models import Proposal

CHOICE = {"for": N_("For"), "against": N_("Against"), "abstain": N_("Abstain")}
NO_QUORUM = N_("No quorum is needed.")
EVERYBODY, PATRONS = N_("everybody on the roll"), N_("patron members")
MOTION, METHOD = N_("one motion, counted in whole numbers"), N_("{method}, counted exactly")
INSPECTOR = N_("inspector")
SIGNED = N_("signed in Costake as one of two tellers")
NONE = "–"


class Counted:
    """A certified count: what its frozen facts say, and how each item came out of them."""

    def __init__(self, session: Session, ballot: Ballot, result: BallotResult, certificate: BallotCertificate) -> None:
        """Read it once for every item."""
        self.session, self.ballot, self.result, self.certificate = session, ballot, result, certificate
        self.whole, self.turnout = whole_and_turnout(result)
        self.facts = {each["item"]: each for each in result.facts["items"]}
        self.groups = tally(session, ballot)[1]

    def outcome(self, item: Item) -> Outcome | None:
        """The decision on a motion, None of an election."""
        if not item.question.is_motion:
            return None
        return outcome_of(self.facts[item.id], self.rule(item), self.turnout, self.whole, self.ballot.terms)

    def ballots(self, item: Item, answer: str) -> int:
        """How many votes, or parts of split ones, gave an answer."""
        return sum(group.votes for group in self.groups[item.id] if group.answer == answer)

    def rule(self, item: Item) -> CallRule:
        """What the item needed at this call."""
        return item.rule.at(self.ballot.call) if item.rule else CallRule(())


def whole_and_turnout(result: BallotResult) -> tuple[Whole, Turnout]:
    """What the votes were measured against, and who took part."""
    return Whole(**result.facts["electorate"]["whole"]), Turnout(**result.facts["turnout"])


def certificate_facts(counted: Counted, item: Item, lang: str) -> dict[str, Any]:
    """What the certificate of an item says; counts are whole numbers, or fractions as text."""
    ballot, result, whole = counted.ballot, counted.result, counted.whole
    title, text = title_and_text(item, lang)
    by_shares = ballot.terms.basis == Basis.SHARE
    everybody = {
        "group": EVERYBODY,
        "members": whole.electors,
        "votes_outstanding": whole.outstanding if by_shares else whole.weight,
        "votes_entitled": whole.weight,
    }
    decided = _motion(counted, item, lang) if item.question.is_motion else _election(counted, item, lang)
    return (
        meeting_facts(ballot, lang)
        | {
            "item_number": str(item.row.position),
            "item_title": title,
            "item_text": text,
            "record_at": record_at(ballot),
            "counted_at": result.counted_at.isoformat(),
            "electorate": [everybody],
            "represented": _represented(counted),
            "quorum": _quorum(counted, item, lang),
            "ballots_cast": counted.turnout.electors,
            "votes_cast": str(counted.turnout.weight),
            "invalid": [],
            "challenges": [
                {"challenge": row.statement, "decision": NONE}
                for row in objections_of(counted.session, ballot)
                if row.item_id in (None, item.id)
            ],
            "software": f"Costake {version('costake')}",
            "log_sha256": result.sha256,
            "roll_sha256": result.facts["electorate"]["sha256"],
            "notice_sha256": result.facts["notice"]["texts_sha256"],
            "oath": counted.certificate.statement,
            "signatories": _tellers(counted),
        }
        | decided
    )


def _motion(counted: Counted, item: Item, lang: str) -> dict[str, Any]:
    facts, outcome, rule = counted.facts[item.id], counted.outcome(item), counted.rule(item)
    assert outcome is not None, "a motion is carried or not"
    votes, colleges = facts["counts"]["all"], facts["counts"]["colleges"]
    groups = dict(colleges)
    if any(level.threshold.numerator.startswith(PATRON) for level in rule.levels):
        groups |= {translator(lang)(PATRONS): facts["counts"]["patrons"]}
    return {
        "choices": [
            {"choice": CHOICE[each], "ballots": counted.ballots(item, each), "votes": str(votes[each])}
            for each in CHOICES
        ],
        "groups": [_group(name, said) for name, said in groups.items()],
        "majority": {
            "rule": majority_words(rule, lang),
            "denominator": joined([base_words(level, lang) for level in rule.levels], lang),
            "needed": "; ".join(_needed(level, tally_) for level, tally_ in _levels(rule, outcome)),
            "reached": "; ".join(_reached(level, tally_) for level, tally_ in _levels(rule, outcome)),
        },
        "carried": outcome.carried,
        "method": MOTION,
    }


def _election(counted: Counted, item: Item, lang: str) -> dict[str, Any]:
    facts, question = counted.facts[item.id], item.question
    found = facts["count"]
    names = [option.name for option in question.options]
    parts = found.get("colleges") or {"": found}
    method = " ".join(filter(None, (translator(lang)(question.kind.value), question.method)))
    return {
        "choices": [
            {"choice": names[int(number) - 1], "ballots": None, "votes": str(votes)}
            for part in parts.values()
            for number, votes in _first_counts(part)
        ],
        "groups": [],
        "majority": {"rule": NONE, "denominator": NONE, "needed": NONE, "reached": NONE},
        "carried": bool(found["elected"]),
        "elected": [names[number - 1] for number in found["elected"]],
        "stages": [stage for part in parts.values() for stage in _stages(part, names)],
        "lots": ", ".join(str(number) for part in parts.values() for number in part.get("lots", ())),
        "seed": counted.result.facts["seed"],
        "method": fill(METHOD, {"method": method}, lang),
    }


def _first_counts(part: dict[str, Any]) -> list[tuple[str, Any]]:
    if part.get("totals"):
        return list(part["totals"].items())
    rounds = part.get("rounds") or []
    return list(rounds[0]["votes"].items()) if rounds else []


def _stages(part: dict[str, Any], names: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "stage": str(each["stage"]),
            "what": " ".join(
                filter(None, (each["action"], names[each["candidate"] - 1] if each.get("candidate") else ""))
            ),
            "votes": "; ".join(f"{names[int(number) - 1]} {votes}" for number, votes in each["votes"].items()),
        }
        for each in part.get("rounds") or []
    ]


def _levels(rule: CallRule, outcome: Outcome) -> list[tuple[Need, dict[str, Fraction]]]:
    decided = zip(rule.levels, outcome.levels, strict=True)
    return [(level, {name: Fraction(each) for name, each in made.figures.items()}) for level, made in decided]


def _needed(need: Need, figures: Mapping[str, Count]) -> str:
    """The least whole number that is enough; of parts of one, as colleges have them, the mark itself."""
    whole = Fraction(count(figures, DENOMINATORS[need.threshold.denominator]))
    mark, strict = need.threshold.fraction * whole, need.threshold.operator == ">"
    if whole <= 1:
        return f"{need.threshold.operator} {mark}"
    return str(floor(mark) + 1 if strict else ceil(mark))


def _reached(need: Need, figures: Mapping[str, Count]) -> str:
    return str(count(figures, NUMERATORS[need.threshold.numerator]))


def _quorum(counted: Counted, item: Item, lang: str) -> dict[str, Any]:
    need = counted.rule(item).quorum
    if need is None:
        return {"rule": NO_QUORUM, "needed": NONE, "reached": str(counted.turnout.weight), "met": True}
    figures = attendance(need, counted.turnout, counted.whole)
    return {
        "rule": need.words(lang, quorum=True),
        "needed": _needed(need, figures),
        "reached": _reached(need, figures),
        "met": bool(need.threshold.decide(figures).outcome),
    }


def _group(name: str, votes: dict[str, Any]) -> dict[str, Any]:
    said = {"votes_for": str(votes["for"]), "votes_against": str(votes["against"]), "abstain": str(votes["abstain"])}
    return {"group": name, "carried": None} | said


def _represented(counted: Counted) -> dict[str, int]:
    """The weight of votes in person, by proxy, and by post or online; secret votes come online only."""
    if counted.ballot.terms.casting != Casting.RECORDED:
        return {"person": 0, "proxy": 0, "post": counted.turnout.weight}
    weights = weights_by_channel(counted.session, counted.ballot)
    person, proxy = weights.get(Channel.PAPER, 0), weights.get(Channel.PROXY, 0)
    return {"person": person, "proxy": proxy, "post": counted.turnout.weight - person - proxy}


def _tellers(counted: Counted) -> list[dict[str, Any]]:
    row, session = counted.certificate, counted.session
    proposed = select(Proposal).where(
        Proposal.act == CERTIFY_ACT,
        Proposal.subject == counted.ballot.subject,
        Proposal.proposed_by == row.first_teller,
    )
    first = session.scalars(proposed.order_by(Proposal.id.desc())).first()
    moments = (first.proposed_at if first else row.certified_at, row.certified_at)
    return [
        {"name": named(session, person), "capacity": INSPECTOR, "signed_at": at.isoformat(), "how": SIGNED}
        for person, at in zip((row.first_teller, row.second_teller), moments, strict=True)
    ]
