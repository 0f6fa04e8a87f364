"""The organizer's forms: a ballot's terms, a meeting, an item with its question and rule; read whole or refused."""

from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.ballots.casting.stores import has_store
from app.ballots.delegations.topics import topics_of
from app.ballots.drafting import Item, ItemPlan
from app.ballots.models import Ballot, BallotTerms, Basis, Casting, MeetingKind, RollShown
from app.ballots.questions import Option, Question, QuestionKind, motion
from app.ballots.rules import (
    BASES,
    OWN_BASES,
    QUORUM_BASES,
    BadFraction,
    CallRule,
    Rule,
    law_rule,
    majorities_of,
    origin_title,
    own_need,
    quorums_of,
)
from app.ballots.stating import BallotPlan, College, MeetingPlan
from app.core import clock
from app.core.errors import N_, Refusal
from app.core.language import LANGUAGES, NAMES
from app.law.adapting import law_for
from app.law.profiles import all_profiles
from app.web.typed import Form

OWN = "own"


class BadCollege(Refusal):
    """A line of colleges cannot be read."""

    message = N_("Line {number} is no college. Write it like users 1/2 A B: the name, its part, its classes.")
    field = "colleges"


def read_ballot(session: Session, form: Form) -> BallotPlan:
    """The terms that the form says; `form.done()` is the caller's."""
    zone = form.peek("zone") if form.peek("zone") in clock.zones() else "UTC"
    form.choice("zone", clock.zones())
    cast = [each.value for each in Casting if has_store(each)]
    return BallotPlan(
        title=_texts(form, "title", 200),
        summary=_texts(form, "summary", 5_000, required=False),
        law=form.choice("law", [law.id for law in all_profiles()]) if form.peek("law") else "",
        notice_kind=form.text("notice_kind", max=40, required=False),
        notice_days=form.whole_or_none("notice_days", max=366) or 0,
        zone=zone,
        casting=form.choice("casting", cast),
        basis=form.choice("basis", [each.value for each in Basis]),
        votes_cap=form.whole_or_none("votes_cap", min=1),
        classes=_codes(form, "classes"),
        investor_classes=_codes(form, "investor_classes"),
        colleges=_colleges(form),
        colleges_proportional=not form.checked("colleges_win_whole"),
        record_date=form.day("record_date"),
        opens_at=form.moment("opens_at", zone),
        closes_at=form.moment("closes_at", zone),
        changes_allowed=form.checked("changes_allowed"),
        splits_allowed=form.checked("splits_allowed"),
        roll_shown=form.choice("roll_shown", [each.value for each in RollShown]),
        seed_from=form.text("seed_from", max=300, required=False),
        topic_id=_topic(session, form),
    )


def typed_ballot(terms: BallotTerms) -> dict[str, str]:
    """Terms as the form shows them."""
    words = ("law", "notice_kind", "zone", "casting", "basis", "roll_shown", "seed_from")
    ticks = ("changes_allowed", "splits_allowed")
    zone = ZoneInfo(terms.zone)
    return {
        **{name: getattr(terms, name) for name in words},
        **{name: "yes" for name in ticks if getattr(terms, name)},
        **_typed("title", terms.title),
        **_typed("summary", terms.summary),
        "notice_days": str(terms.notice_days or ""),
        "votes_cap": str(terms.votes_cap or ""),
        "topic": str(terms.topic_id or ""),
        "classes": " ".join(terms.classes),
        "investor_classes": " ".join(terms.investor_classes),
        "colleges": "\n".join(
            f"{each['name']} {each['weight']} {' '.join(each['classes'])}" for each in terms.colleges
        ),
        "colleges_win_whole": "" if terms.colleges_proportional else "yes",
        "record_date": terms.record_date.isoformat(),
        "opens_at": terms.opens_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
        "closes_at": terms.closes_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M"),
    }


def read_meeting(form: Form) -> MeetingPlan:
    """The meeting that the form says."""
    zone = form.peek("zone") if form.peek("zone") in clock.zones() else "UTC"
    form.choice("zone", clock.zones())
    return MeetingPlan(
        title=_texts(form, "title", 200),
        agenda=_texts(form, "agenda", 10_000, required=False),
        kind=form.choice("kind", [kind.value for kind in MeetingKind]),
        starts_at=form.moment("starts_at", zone),
        zone=zone,
        place=form.text("place", max=300, required=False),
        link=form.text("link", max=300, required=False),
    )


def read_item(session: Session, ballot: Ballot, form: Form) -> ItemPlan:
    """The item that the form says."""
    title, text = _texts(form, "title", 300), _texts(form, "text", 50_000)
    question = _question(form)
    rule = read_rule(session, ballot.terms.law, form, motion_asked=question.is_motion)
    form.done()
    return ItemPlan(title, text, question, rule)


def typed_texts(item: Item) -> dict[str, str]:
    """The texts of an item as the form shows them."""
    return _typed("title", item.text.title) | _typed("text", item.text.text)


def read_texts(form: Form, item: Item) -> ItemPlan:
    """An amendment: new texts, the question and rule as they were."""
    title, text = _texts(form, "title", 300), _texts(form, "text", 50_000)
    form.done()
    return ItemPlan(title, text, item.question, item.rule)


def choices(session: Session, ballot: Ballot | None = None) -> dict[str, Any]:
    """What the forms offer to choose from."""
    law = law_for(session, ballot.terms.law) if ballot is not None and ballot.terms.law else None
    return {
        "languages_written": [(lang, NAMES[lang]) for lang in LANGUAGES],
        "zones": [(zone, zone) for zone in sorted(clock.zones()) if "/" in zone or zone == "UTC"],
        "laws": [(each.id, each.title) for each in all_profiles() if each.kind == "governance"],
        "castings": [each for each in Casting if has_store(each)],
        "bases": list(Basis),
        "rolls_shown": list(RollShown),
        "meeting_kinds": list(MeetingKind),
        "question_kinds": [(kind.name.lower(), kind.value) for kind in QuestionKind],
        "majorities": [(key, f"{origin_title(law, key)} ({key})") for key in majorities_of(law)] if law else [],
        "quorums": [(key, f"{origin_title(law, key)} ({key})") for key in quorums_of(law)] if law else [],
        "bases_said": BASES,
        "own_bases": OWN_BASES,
        "quorum_bases": QUORUM_BASES,
    }


def _question(form: Form) -> Question:
    kind = form.choice("question", [kind.name.lower() for kind in QuestionKind])
    if kind in ("", "motion"):
        return motion()
    names = [line.strip() for line in form.text("options", max=10_000, lines=True).split("\n") if line.strip()]
    most = form.whole_or_none("most", min=1)
    return Question(
        QuestionKind[kind.upper()],
        tuple(Option(name) for name in names),
        seats=form.whole_or_none("seats", min=1) or 1,
        method=form.peek("method") if kind == "ranked" else "",
        most=most if kind == "approval" else None,
        lowest=form.whole_or_none("lowest") or 0,
        highest=form.whole_or_none("highest") or 5,
    )


def read_rule(
    session: Session, law_id: str, form: Form, *, motion_asked: bool, taken: Rule | None = None
) -> Rule | None:
    """The majority and quorum that the form says, of a law ("" for none) or the organization's own.

    Where the majority is `taken` from elsewhere, the form says the quorum only.
    """
    law = law_for(session, law_id) if law_id else None
    majority, quorum = form.peek("majority"), form.peek("quorum")
    if taken is not None:
        return _with_own_quorum(form, taken) if quorum == OWN else taken
    if law is not None and majority and majority != OWN and motion_asked:
        taken = law_rule(law, majority, quorum if quorum and quorum != OWN else "")
        return _with_own_quorum(form, taken) if quorum == OWN else taken
    levels = (_own(form, "majority", "for", OWN_BASES),) if motion_asked else ()
    if form.problems:
        return None
    rule = Rule(CallRule(levels))
    if quorum == OWN:
        return _with_own_quorum(form, rule)
    return rule if levels else None


def _with_own_quorum(form: Form, rule: Rule) -> Rule:
    first = _own(form, "quorum", "present", QUORUM_BASES)
    if first is None:
        return rule
    second = first
    if form.peek("quorum_second").strip():
        second = _own(form, "quorum", "present", QUORUM_BASES, part="quorum_second") or first
    levels = rule.first.levels
    return Rule(CallRule(levels, first), CallRule(levels, second))


def _own(form: Form, name: str, numerator: str, bases: tuple[str, ...], *, part: str = "") -> Any:
    base = form.choice(f"{name}_base", bases)
    sign = form.choice(f"{name}_operator", (">", ">="))
    text = form.text(part or f"{name}_part", max=20)
    if form.problems:
        return None
    try:
        return own_need(numerator, base, sign, text)
    except BadFraction as refusal:
        form.refuse(part or f"{name}_part", refusal)
        return None


def _texts(form: Form, name: str, most: int, *, required: bool = True) -> dict[str, str]:
    said = {lang: form.text(f"{name}_{lang}", max=most, required=False, lines=True) for lang in LANGUAGES}
    if required and not any(said.values()):
        form.text(f"{name}_{LANGUAGES[0]}", max=most, lines=True)
    return {lang: text for lang, text in said.items() if text}


def read_names(form: Form, name: str, most: int) -> dict[str, str]:
    """A name in each language, in at least one."""
    return _texts(form, name, most)


def _typed(name: str, texts: dict[str, str]) -> dict[str, str]:
    return {f"{name}_{lang}": text for lang, text in texts.items()}


def _codes(form: Form, name: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(form.text(name, max=200, required=False).upper().replace(",", " ").split()))


def _topic(session: Session, form: Form) -> int | None:
    if not form.peek("topic"):
        return None
    chosen = form.choice("topic", [str(each.id) for each in topics_of(session)])
    return int(chosen) if chosen else None


def _colleges(form: Form) -> tuple[College, ...]:
    lines = [line.split() for line in form.text("colleges", max=2_000, required=False, lines=True).split("\n")]
    found = []
    for number, words in enumerate((line for line in lines if line), start=1):
        try:
            name, weight, *codes = words
            found.append(College(name, Fraction(weight), tuple(code.upper() for code in codes)))
        except (ValueError, ZeroDivisionError):
            form.refuse("colleges", BadCollege(number=number))
    return tuple(found)
