"""Blocking checks before notice goes out, each by its name: a meeting that decides on a flawed plan decides nothing."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.conversion.answers.answering import answers_of
from app.conversion.exchange.judging import Obstacle, obstacles
from app.conversion.plan.gating import Standing, Waits
from app.conversion.plan.models import Conversion
from app.conversion.plan.relying import exchange_of, standing_rows
from app.conversion.plan.starting import NameBarred, barred_word
from app.core.errors import N_, Refusal
from app.law.plans import plan_of
from app.law.plans.steps import STEP_KINDS, Evidence
from app.law.profiles import profile

_COLLEGE = re.compile(r"(?P<name>.+?)\s*[:：]?\s*(?P<part>\d+(?:[.,]\d+)?)\s*(?:%|％|per cent|pour cent)")
_OWING = text("""
    SELECT count(*) FROM (
        SELECT x.membership_id FROM exchange_line x JOIN exchange_terms t ON t.id = x.terms_id
        WHERE x.exchange_id = :exchange AND t.nominal_cents IS NOT NULL GROUP BY x.membership_id
        HAVING sum(x.new_paid_cents) < sum(x.new_shares * t.nominal_cents)
    ) owing
""")


class CommitmentsIncrease(Refusal):
    """Who owes more than before has to agree to it."""

    message = N_(
        "{count} members would owe more on their new shares than they have paid. Each must consent: contest the step "
        "“{step}”, and meet it by the document with their consents."
    )
    status = 409


class CollegesMissing(Refusal):
    """The law asks for a number of colleges."""

    message = N_("Answer which colleges there are, one a line with its part of the votes: {count} at least.")
    status = 409


class CollegeOutside(Refusal):
    """A college's part of the votes is bounded."""

    message = N_("The college “{name}” has {part} per cent of the votes; the law allows from {least} to {most}.")
    status = 409


class CollegesDoNotAddUp(Refusal):
    """All votes are in some college."""

    message = N_("The parts of the colleges add up to {sum} per cent, not to 100.")
    status = 409


@dataclass(frozen=True)
class Check:
    """A check by its name: why notice cannot go out yet (None: it holds)."""

    name: str
    why: Refusal | None


def checks_of(session: Session, conversion: Conversion, all_: Mapping[str, Standing]) -> list[Check]:
    """The checks that the plan of a conversion asks for; none where it has no notice."""
    if "notice" not in all_:
        return []
    found = [Check(N_("Name of the new form"), _name(conversion))]
    for key, (name, judge) in _JUDGED.items():
        if key in all_:
            unmet = Waits(step=STEP_KINDS[key].title) if all_[key].met_on is None else None
            found.append(Check(name, unmet or judge(session, conversion)))
    return found


def refuse_failed(session: Session, conversion: Conversion, all_: Mapping[str, Standing]) -> None:
    """Raise why notice cannot go out: the first check that does not hold."""
    for each in checks_of(session, conversion, all_):
        if each.why is not None:
            raise each.why


def _name(conversion: Conversion) -> Refusal | None:
    word = barred_word(plan_of(conversion.law), conversion.resulting_name)
    return NameBarred(word=word) if word else None


def _nothing_more(session: Session, conversion: Conversion) -> Refusal | None:
    """That somebody read the charter is all that can be known here."""
    return None


def _commitments(session: Session, conversion: Conversion) -> Refusal | None:
    """Where the dry run shows that members would owe more, a document holds their consents."""
    exchange = exchange_of(session, conversion)
    count = session.scalar(_OWING, {"exchange": exchange.id}) if exchange else 0
    met = {step.key: evidence.kind for step, evidence in standing_rows(session, conversion)}
    if count and met.get("commitments") != Evidence.FILE.name:
        return CommitmentsIncrease(count=count, step=STEP_KINDS["commitments"].title)
    return None


def _colleges(session: Session, conversion: Conversion) -> Refusal | None:
    """As the profile of the new form bounds them: how many, and which part of the votes each has."""
    law = profile(plan_of(conversion.law).target or conversion.law)
    if "colleges" not in law.values:
        return None
    bounds = law.values["colleges"].data
    assert isinstance(bounds, Mapping), "the profile gives a table"
    parts = colleges_in(answers_of(session, conversion).get("colleges", ""))
    if len(parts) < bounds["min_count"]:
        return CollegesMissing(count=bounds["min_count"])
    least, most = Fraction(bounds["each_min"]), Fraction(bounds["each_max"])
    for name, part in parts:
        if not least <= part <= most:
            return CollegeOutside(name=name, part=_said(part), least=_said(least), most=_said(most))
    total = sum((part for _, part in parts), Fraction(0))
    return None if total == 1 else CollegesDoNotAddUp(sum=_said(total))


def colleges_in(said: str) -> list[tuple[str, Fraction]]:
    """Colleges as they were answered, a line each: name and part of the votes; lines without a part are left out."""
    found = (_COLLEGE.search(line.strip()) for line in said.splitlines())
    return [(each["name"], Fraction(each["part"].replace(",", ".")) / 100) for each in found if each]


def _caps(session: Session, conversion: Conversion) -> Obstacle | None:
    """What stands against the exchange that was tried, as its list is now."""
    exchange = exchange_of(session, conversion)
    return next((each for each in obstacles(session, exchange) if each.blocks), None) if exchange else None


def _said(part: Fraction) -> str:
    return f"{float(part * 100):g}"


_JUDGED: dict[str, tuple[str, Callable[[Session, Conversion], Refusal | None]]] = {
    "charter": (N_("Restrictions in the charter"), _nothing_more),
    "commitments": (N_("Increased commitments, which need everybody's consent"), _commitments),
    "colleges": (N_("Colleges of members"), _colleges),
    "caps": (N_("Holdings above or below what the new form allows"), _caps),
}
"""Of each step that has to be met before notice, what else is looked at."""
