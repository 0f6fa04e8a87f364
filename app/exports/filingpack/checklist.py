"""The checklist of a filing pack: what is there, what is a draft, what is missing, each with what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from app.ballots.models import Ballot
from app.conversion.answers.answering import answers_of
from app.conversion.answers.questions import open_questions
from app.conversion.exchange.models import ExchangeExecution
from app.conversion.plan.gating import why_not
from app.conversion.plan.meeting import standings
from app.conversion.plan.models import Conversion
from app.conversion.plan.relying import ballot_of, exchange_of
from app.core import clock
from app.core.errors import N_, Refusal
from app.core.language import say, translator
from app.documents.balloting.filing import CERTIFICATE, MINUTES, RESOLUTION, SHOWN, documents_of
from app.documents.converting.facts import FACTS, Known
from app.documents.converting.filing import paper
from app.documents.kinds import kind_of
from app.law.plans import plan_of
from app.law.profiles import Profile, profile
from app.law.showing import as_lines


class Mark(StrEnum):
    """How a line of the checklist stands."""

    THERE = N_("there")
    DRAFT = N_("draft")
    MISSING = N_("missing")


@dataclass(frozen=True, slots=True)
class Line:
    """A line: what it is, how it stands, and what is said of it (a refusal tells why it cannot be there yet)."""

    title: str
    mark: Mark
    more: str | Refusal = ""

    def said(self, lang: str) -> str:
        """As one line of text in a language."""
        more = say(self.more, lang) if isinstance(self.more, Refusal) else translator(lang)(self.more)
        told = translator(lang)
        return f"[{told(self.mark.value)}] {told(self.title)}" + (f": {more}" if more else "")


DEMANDS = (
    "documents",
    "agreement_fields",
    "resolution_fields",
    "certificate_of_conversion_fields",
    "statement_of_conversion_fields",
    "articles_fields",
    "signatures",
    "steps",
    "filing",
    "checks",
    "post_notice_fields",
    "rules_must_cover",
)
"""Which values of a profile say what papers must hold."""
_RULES, _REGISTER_THEN, _REGISTER_AFTER = (
    N_("Rules or statutes"),
    N_("Register as of the record date"),
    N_("Register as of the effective date"),
)
_DRAFTED = N_("The draft for counsel stands in for them. Enter them among the answers once counsel has settled them.")
_UNFILED, _CHANGED = N_("File it on this page."), N_("Something has changed since it was filed. File it again.")
_RESULT, _NO_VOTE = N_("Certificate of result"), N_("Meet the step of the vote with a certified ballot.")
_FILED_BY_BALLOT = {
    CERTIFICATE: N_("It is filed by the worker soon after two tellers have signed."),
    MINUTES: N_("Write the minutes on the ballot’s page, and have chair and secretary sign them."),
    RESOLUTION: N_("It is filed with the signed minutes."),
}
_NOT_YET = N_("The exchange of shares has not taken effect.")


def checklist(session: Session, conversion: Conversion) -> list[Line]:
    """Every line, those of papers first, then results and registers, the plan's steps, and open questions."""
    known, ballot, exchange = (
        Known(session, conversion),
        ballot_of(session, conversion),
        exchange_of(session, conversion),
    )
    executed = exchange is not None and session.get(ExchangeExecution, exchange.id) is not None
    lines = list(_papers(session, conversion, known))
    lines.append(Line(_RULES, Mark.THERE) if known.said("rules") else Line(_RULES, Mark.DRAFT, _DRAFTED))
    lines += _results(session, ballot)
    lines.append(Line(_REGISTER_THEN, Mark.THERE if ballot else Mark.MISSING, "" if ballot else _NO_VOTE))
    lines.append(Line(_REGISTER_AFTER, Mark.THERE if executed else Mark.MISSING, "" if executed else _NOT_YET))
    lines += _steps(session, conversion)
    answers = answers_of(session, conversion)
    return [*lines, *(Line(each.title, Mark.MISSING) for each in open_questions(conversion.law, answers))]


def _results(session: Session, ballot: Ballot | None) -> Iterator[Line]:
    """What the ballot filed: a certificate for each item at least, then minutes and certified resolutions."""
    if ballot is None:
        yield Line(_RESULT, Mark.MISSING, _NO_VOTE)
        return
    filed = {kind: [each.number for each in documents_of(session, ballot) if each.kind == kind] for kind in SHOWN}
    for kind, why in _FILED_BY_BALLOT.items():
        numbers = ", ".join(f"№ {number}" for number in filed[kind])
        yield Line(kind_of(kind).title, Mark.THERE if numbers else Mark.MISSING, numbers or why)


def demanded(conversion: Conversion) -> Iterator[tuple[Profile, str, list[str]]]:
    """What the laws of both forms list for the papers: the profile, the list's title, its lines."""
    target = plan_of(conversion.law).target
    for law in (profile(conversion.law), *([profile(target)] if target else [])):
        for key in DEMANDS:
            if key in law.values:
                yield law, law.values[key].title, list(as_lines(law.values[key].data))


def _papers(session: Session, conversion: Conversion, known: Known) -> Iterator[Line]:
    for kind, facts_of in FACTS.items():
        title, filed = kind_of(kind).title, paper(session, conversion, kind)
        if filed is None:
            yield Line(title, Mark.MISSING, _UNFILED)
        elif any(filed.facts.get(name) != value for name, value in facts_of(known).items()):
            yield Line(title, Mark.DRAFT, _CHANGED)
        else:
            yield Line(
                title,
                Mark.DRAFT if filed.facts.get("counsel") or filed.facts.get("unsure") else Mark.THERE,
                f"№ {filed.number}",
            )


def _steps(session: Session, conversion: Conversion) -> Iterator[Line]:
    all_ = standings(session, conversion)
    today = clock.today(conversion.zone)
    for each in all_.values():
        title = each.step.kind.title.value
        if each.met_on is not None:
            yield Line(title, Mark.THERE, each.met_on.isoformat())
        else:
            yield Line(title, Mark.MISSING, why_not(each.step, all_, today) or "")
