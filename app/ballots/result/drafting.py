"""Drafting minutes from the records: meeting, notice, attendance, each item with its votes, objections."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.ballots.casting.stores import Turnout
from app.ballots.drafting import items_of
from app.ballots.models import Ballot
from app.ballots.result.certifying import objections_of
from app.ballots.result.deciding import Whole
from app.ballots.result.models import BallotResult
from app.ballots.rules import CallRule
from app.ballots.showing import outcome_of
from app.ballots.stating import in_language
from app.core.errors import N_
from app.core.language import fill
from app.core.settings import settings
from app.law.decisions import Decision

MEETING = N_("{kind} of {organization}, {when}, {place}.")
BALLOT = N_("Ballot of {organization}: {title}, from {opens} to {closes}.")
NOTICE = N_("Notice was given on {day}, {days} days before.")
ATTENDED = N_("Of {electors} electors with {weight} votes, {present} with {cast} votes took part.")
VOTES = N_("For {for_}, against {against}, abstained {abstain}.")
CARRIED = N_("The resolution is carried.")
LOST = N_("The resolution is not carried.")
WITHDRAWN = N_("Withdrawn: {reason}")
ELECTED = N_("Elected, in this order: {names}.")
NOBODY = N_("Nobody was elected.")
OBJECTION = N_("Objection on record: {statement}")


def draft_minutes(session: Session, ballot: Ballot, result: BallotResult, lang: str) -> str:
    """The text of minutes as the records give it, for people to complete with the debate."""
    facts = result.facts
    paragraphs = [_opening(ballot, lang)]
    given = date.fromisoformat(facts["notice"]["given_on"])
    paragraphs.append(fill(NOTICE, {"day": given, "days": facts["notice"]["days"]}, lang))
    whole, took_part = Whole(**facts["electorate"]["whole"]), Turnout(**facts["turnout"])
    present = {"present": took_part.electors, "cast": took_part.weight}
    paragraphs.append(fill(ATTENDED, {"electors": whole.electors, "weight": whole.weight, **present}, lang))
    counted = {each["item"]: each for each in facts["items"]}
    for item in items_of(session, ballot):
        title, text = in_language(item.text.title, lang), in_language(item.text.text, lang)
        lines = [f"{item.row.position}. {title}", text]
        if item.withdrawal is not None:
            lines.append(fill(WITHDRAWN, {"reason": item.withdrawal.reason}, lang))
        else:
            rule = item.rule.at(ballot.call) if item.rule else CallRule(())
            lines += _decided(counted[item.id], rule, took_part, whole, ballot, lang)
        paragraphs.append("\n".join(lines))
    paragraphs += [fill(OBJECTION, {"statement": row.statement}, lang) for row in objections_of(session, ballot)]
    return "\n\n".join(paragraphs)


def _opening(ballot: Ballot, lang: str) -> str:
    organization = settings().organization
    if ballot.meeting is None:
        hours: dict[str, datetime] = {"opens": ballot.terms.opens_at, "closes": ballot.terms.closes_at}
        title = in_language(ballot.terms.title, lang)
        return fill(BALLOT, {"organization": organization, "title": title, **hours}, lang)
    terms = ballot.meeting.terms
    place = ", ".join(filter(None, (terms.place, terms.link)))
    kind = fill(terms.kind, {}, lang).capitalize()
    return fill(MEETING, {"kind": kind, "organization": organization, "when": terms.starts_at, "place": place}, lang)


def _decided(
    facts: dict[str, Any], rule: CallRule, took_part: Turnout, whole: Whole, ballot: Ballot, lang: str
) -> list[str]:
    if "counts" not in facts:
        options = facts["question"]["options"]
        names = [options[number - 1]["name"] for number in facts["count"]["elected"]]
        return [fill(ELECTED, {"names": ", ".join(names)}, lang) if names else fill(NOBODY, {}, lang)]
    votes = facts["counts"]["all"]
    said = {"for_": votes["for"], "against": votes["against"], "abstain": votes["abstain"]}
    outcome = outcome_of(facts, rule, took_part, whole, ballot.terms)
    decisions: list[Decision] = [*([outcome.quorum] if outcome.quorum else []), *outcome.levels]
    reasons = [decision.reasons[0].text(lang) for decision in decisions]
    return [fill(VOTES, said, lang), *reasons, fill(CARRIED if outcome.carried else LOST, {}, lang)]
