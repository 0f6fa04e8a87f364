"""Lint of an organization's own rules: clauses that can never be met, deadlines that contradict each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from app.core.errors import N_
from app.law.decisions import percent, plain, said
from app.law.notices import WhichNotice, notice_needed
from app.law.ownrules import OwnRules
from app.law.profiles import Profile, UnknownValue

NEVER = "never"  # a clause that cannot be met
CONTRADICTION = "contradiction"  # two clauses that cannot both be kept
BELOW = "below the law"  # a clause that asks for less than the law

# Denominators of which those who stay away are a part.
_ABSENT_COUNT = ("outstanding_entitled", "outstanding", "eligible", "entitled", "members")

QUORUM_NUMBER = N_(
    "A quorum of {number} is never reached: of at most {members} members, {turnout} take part, so {most}."
)
QUORUM_MEMBERS = N_("A quorum of {number} is never reached: there will be at most {members} members.")
QUORUM_PART = N_("A quorum of {needed} is never reached: at most {turnout} of the members take part.")
QUORUM_RISES = N_("The quorum of call {call} ({later}) is higher than that of the call before ({earlier}).")
MAJORITY = N_(
    "A majority of {operator} {needed} of {denominator} is never reached: at most {turnout} take part, "
    "and those who stay away count as against."
)
START = N_(
    "“{what}” starts at {members} members, but there are {now}, and at most {most} are expected: it never starts."
)
LAXER = N_("A majority of {own} is less than the law's {law} ({profile}).")
SHORT_NOTICE = N_("Notice of {own} days is shorter than the law's {law} ({profile}).")
NOTICE_BEFORE_RECORD = N_(
    "Notice goes out {notice} days before the meeting, but the record date is at most {record} days before: "
    "when notice is given, nobody knows yet who may vote."
)
WINDOW_EMPTY = N_(
    "The record date must be at least {least} and at most {most} days before the meeting: there is no such day."
)
PROPOSALS_LATE = N_(
    "Members may propose items until {proposals} days before the meeting, but the notice that must list them "
    "goes out {notice} days before."
)
PROXIES_EARLY = N_("Proxies are due {due} days before the meeting, but notice goes out only {notice} days before.")
POSTAL_EARLY = N_("Postal votes are due {due} days before the meeting, but notice goes out only {notice} days before.")
SECOND_CALL = N_("A second meeting must follow within {within} days, but its notice takes {notice} days.")
REFLECTION_LONG = N_(
    "Reflection lasts {reflection} days, but the offer is open {open} days only: "
    "even the first buyer may still withdraw after the closing."
)
REFLECTION_ALLOTMENT = N_(
    "Shares are allotted {allotment} days after the closing, "
    "but who bought last may still withdraw for {reflection} days."
)
CANCEL_NEVER = N_("Cancelling ends {hours} hours before the closing, but the offer is open {open_hours} hours only.")
EARLY_NEVER = N_("Closing early needs {needed} days open, but the offer is open {open} days only.")
EACH_EMPTY = N_("Each must buy for at least {least} and at most {most}: nobody can.")
TARGET_NEVER = N_("The target of {target} is never reached: {people} people at {each} each give {most}.")
PEOPLE_NEVER = N_("At least {least} people must buy, but at most {most} may.")
TARGET_CAP = N_("The target of {target} is above the cap of {cap} {currency} ({profile}).")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found: the clause, what kind of fault, a sentence, and its figures."""

    clause: str
    kind: str
    message: str
    places: Mapping[str, Any] = field(default_factory=dict)

    def text(self, lang: str = "en") -> str:
        """The sentence in a language."""
        return said(self.message, self.places, lang)

    def as_data(self) -> dict[str, Any]:
        """The finding for machines."""
        return {"clause": self.clause, "kind": self.kind, "text": self.text(), "figures": plain(self.places)}


def lint(rules: OwnRules) -> list[Finding]:
    """Everything found in the rules, in their order."""
    checks = (_quorums, _rising_quorums, _majorities, _starts, _law, _record_date, _due_dates, _second_call)
    offers = (_reflection, _cancelling, _amounts, _cap)
    return [finding for check in (*checks, *offers) for finding in check(rules)]


def _quorums(rules: OwnRules) -> Iterator[Finding]:
    turnout, members = rules.turnout_max, rules.members_max
    for quorum in rules.quorums:
        number, part = quorum.get("number"), quorum.get("fraction")
        if number is not None and members is not None:
            most = int(members * turnout) if turnout is not None else members
            if number > most:
                places = {"number": number, "members": members, "most": most}
                shown = {**places, "turnout": percent(turnout)} if turnout is not None else places
                yield Finding(quorum["clause"], NEVER, QUORUM_NUMBER if turnout is not None else QUORUM_MEMBERS, shown)
        if part is not None and turnout is not None and part > turnout:
            yield Finding(quorum["clause"], NEVER, QUORUM_PART, {"needed": percent(part), "turnout": percent(turnout)})


def _rising_quorums(rules: OwnRules) -> Iterator[Finding]:
    for unit in ("number", "fraction"):
        calls = sorted((quorum for quorum in rules.quorums if unit in quorum and "call" in quorum), key=_call)
        for before, after in pairwise(calls):
            if after["call"] > before["call"] and after[unit] > before[unit]:
                places = {"call": after["call"], "later": after[unit], "earlier": before[unit]}
                yield Finding(after["clause"], CONTRADICTION, QUORUM_RISES, places)


def _majorities(rules: OwnRules) -> Iterator[Finding]:
    turnout = rules.turnout_max
    for clause, majority in rules.majorities:
        if turnout is None or majority.denominator not in _ABSENT_COUNT:
            continue
        if not majority.holds(turnout, 1):  # even if all who take part are for
            places = {
                "operator": majority.operator,
                "needed": percent(majority.fraction),
                "denominator": majority.denominator,
                "turnout": percent(turnout),
            }
            yield Finding(clause, NEVER, MAJORITY, places)


def _starts(rules: OwnRules) -> Iterator[Finding]:
    most = rules.members_max
    for start in rules.starts:
        if most is not None and start["members"] > most:
            places = {"what": start["what"], "members": start["members"], "most": most}
            yield Finding(start["clause"], NEVER, START, {**places, "now": rules.members.get("now", most)})


def _law(rules: OwnRules) -> Iterator[Finding]:
    """Clauses that ask for less than the profile; where the two count differently, nothing is said."""
    law = rules.law
    if law is None:
        return
    for clause, majority in rules.majorities:
        if law.conversion_threshold and majority.stricter_or_equal(law.threshold()) is False:
            legal = law.threshold()
            own = f"{majority.operator} {majority.fraction}"
            places = {"own": own, "law": f"{legal.operator} {legal.fraction}", "profile": law.id}
            yield Finding(clause, BELOW, LAXER, places)
    yield from _short_notice(rules, law)


def _short_notice(rules: OwnRules, law: Profile) -> Iterator[Finding]:
    own_notice = rules.meeting.get("notice_days")
    try:
        legal_notice = notice_needed(law)
    except (UnknownValue, WhichNotice):
        return
    if own_notice is not None and own_notice < legal_notice:
        places = {"own": own_notice, "law": legal_notice, "profile": law.id}
        yield Finding(rules.meeting["clause"], BELOW, SHORT_NOTICE, places)


def _record_date(rules: OwnRules) -> Iterator[Finding]:
    meeting, notice = rules.meeting, _notice(rules)
    least, most = meeting.get("record_date_min_days"), meeting.get("record_date_max_days")
    if least is not None and most is not None and least > most:
        yield Finding(meeting["clause"], CONTRADICTION, WINDOW_EMPTY, {"least": least, "most": most})
    if notice is not None and most is not None and notice > most:
        yield Finding(meeting["clause"], CONTRADICTION, NOTICE_BEFORE_RECORD, {"notice": notice, "record": most})


def _due_dates(rules: OwnRules) -> Iterator[Finding]:
    meeting, notice = rules.meeting, _notice(rules)
    if notice is None:
        return
    proposals = meeting.get("proposals_days")
    if proposals is not None and proposals < notice:
        yield Finding(meeting["clause"], CONTRADICTION, PROPOSALS_LATE, {"proposals": proposals, "notice": notice})
    for name, message in (("proxies_days", PROXIES_EARLY), ("postal_votes_days", POSTAL_EARLY)):
        due = meeting.get(name)
        if due is not None and due >= notice:
            yield Finding(meeting["clause"], CONTRADICTION, message, {"due": due, "notice": notice})


def _second_call(rules: OwnRules) -> Iterator[Finding]:
    within, notice = rules.meeting.get("second_call_within_days"), rules.meeting.get("second_call_notice_days")
    notice = _notice(rules) if notice is None else notice
    if within is not None and notice is not None and notice > within:
        yield Finding(rules.meeting["clause"], CONTRADICTION, SECOND_CALL, {"within": within, "notice": notice})


def _reflection(rules: OwnRules) -> Iterator[Finding]:
    offer = rules.offer
    reflection, open_, allotment = (
        offer.get(name) for name in ("reflection_days", "open_days", "allotment_days_after_closing")
    )
    if reflection is None:
        return
    if open_ is not None and reflection > open_:
        yield Finding(offer["clause"], CONTRADICTION, REFLECTION_LONG, {"reflection": reflection, "open": open_})
    if allotment is not None and reflection > allotment:
        places = {"reflection": reflection, "allotment": allotment}
        yield Finding(offer["clause"], CONTRADICTION, REFLECTION_ALLOTMENT, places)


def _cancelling(rules: OwnRules) -> Iterator[Finding]:
    offer, open_ = rules.offer, rules.offer.get("open_days")
    if open_ is None:
        return
    hours, needed = offer.get("cancel_until_hours"), offer.get("early_close_open_days")
    if hours is not None and hours >= 24 * open_:
        yield Finding(offer["clause"], NEVER, CANCEL_NEVER, {"hours": hours, "open_hours": 24 * open_})
    if needed is not None and needed > open_:
        yield Finding(offer["clause"], NEVER, EARLY_NEVER, {"needed": needed, "open": open_})


def _amounts(rules: OwnRules) -> Iterator[Finding]:
    offer = rules.offer
    least, most, target = (offer.get(name) for name in ("each_min", "each_max", "target"))
    fewest, people = offer.get("people_min"), offer.get("people_max", rules.members_max)
    if least is not None and most is not None and least > most:
        yield Finding(offer["clause"], CONTRADICTION, EACH_EMPTY, plain({"least": least, "most": most}))
    if fewest is not None and people is not None and fewest > people:
        yield Finding(offer["clause"], NEVER, PEOPLE_NEVER, {"least": fewest, "most": people})
    if None not in (target, most, people) and target > people * most:
        places = {"target": target, "people": people, "each": most, "most": people * most}
        yield Finding(offer["clause"], NEVER, TARGET_NEVER, plain(places))


def _cap(rules: OwnRules) -> Iterator[Finding]:
    law, target = rules.offer_law, rules.offer.get("target")
    if law is None or target is None or "cap" not in law.values:
        return
    cap = law.value("cap").whole("max")
    if target > cap:
        places = {"target": target, "cap": cap, "currency": law.value("cap").at("currency"), "profile": law.id}
        yield Finding(rules.offer["clause"], NEVER, TARGET_CAP, plain(places))


def _notice(rules: OwnRules) -> int | None:
    """Days before the meeting when notice goes out; clear days leave out the day of notice too."""
    days = rules.meeting.get("notice_days")
    return None if days is None else days + int(rules.meeting.get("clear_days", False))


def _call(quorum: Mapping[str, Any]) -> int:
    return int(quorum["call"])
