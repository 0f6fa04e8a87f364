"""Calling a ballot: notice is given in time by the law's count of days, and everything it says is frozen."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.ballots.drafting import items_of, locked_ballot, move_ballot, require_state
from app.ballots.models import Ballot, BallotItemText, BallotNotice, BallotState, BallotTerms, Casting, MeetingTerms
from app.ballots.records import file_records
from app.ballots.secret.judging import check_rules
from app.core import clock, jobs
from app.core.errors import N_, Refusal
from app.core.uploads import Upload, uploads_of
from app.law import notices
from app.law.adapting import law_for
from app.law.decisions import Decision, compare
from app.law.profiles import Profile, UnknownValue

NOTICE_JOB = "ballots.send_notices"
RECORD_DATE = "approvals.holders.record_date"
OWN_NOTICE = N_("{days} days lie between notice and meeting; the ballot's own rules ask for {need}.")


class NothingToDecide(Refusal):
    """A ballot without items asks nothing."""

    message = N_("The ballot has no item yet. Add one before notice is given.")
    status = 409


class NoticeTooLate(Refusal):
    """The days between notice and meeting are too few, so what is decided could be void."""

    message = N_("Notice would be given too late: {reason} Choose a later day.")
    status = 409


class RecordDateOutside(Refusal):
    """The law says between which days the record date lies."""

    message = N_("The record date is not one that the law allows: {reason}")
    status = 409


class OpensInThePast(Refusal):
    """The hours of a ballot lie ahead when it is called."""

    message = N_("The ballot would have opened already. Change its hours first.")
    status = 409


@dataclass(frozen=True, slots=True)
class Notice:
    """How the days of a notice count: given on a day for another, how many they are, how many are needed."""

    given_on: date
    meets_on: date
    days: int
    needed: int
    clear: bool
    decision: Decision | None

    @property
    def in_time(self) -> bool:
        """Whether the days are enough."""
        return self.days >= self.needed


def call_ballot(session: Session, slug: str, *, by: int | None, reason: str = "") -> BallotNotice:
    """Give notice of a draft; from now on its terms are frozen and items change by amendments only."""
    ballot = locked_ballot(session, slug)
    require_state(ballot, BallotState.DRAFT)
    items = items_of(session, ballot)
    if not items:
        raise NothingToDecide
    if ballot.terms.casting == Casting.SECRET:
        check_rules(items)
    if ballot.terms.opens_at <= clock.now():
        raise OpensInThePast
    notice = notice_today(session, ballot)
    if not notice.in_time:
        raise NoticeTooLate(reason=_why(notice))
    outside = record_date_outside(session, ballot)
    if outside is not None:
        raise RecordDateOutside(reason=outside.reasons[0].text())
    meeting, documents = ballot.meeting, uploads_of(session, ballot.documents_subject)
    texts = notice_texts(ballot.terms, meeting.terms if meeting else None, [each.text for each in items], documents)
    row = BallotNotice(
        ballot_id=ballot.id,
        given_on=notice.given_on,
        meets_on=notice.meets_on,
        days=notice.days,
        days_needed=notice.needed,
        clear_days=notice.clear,
        texts_sha256=hashlib.sha256(canonical(texts)).hexdigest(),
        given_at=clock.now(),
        given_by=by,
    )
    session.add(row)
    move_ballot(session, ballot, BallotState.CALLED, by=by, reason=reason)
    jobs.defer(session, NOTICE_JOB, ballot_id=ballot.id, after=0)
    file_records(session, ballot)
    return row


def notice_today(session: Session, ballot: Ballot) -> Notice:
    """How a notice counts that is given today, in the zone of the ballot."""
    terms = ballot.terms
    given, meets = clock.today(terms.zone), meets_on(ballot)
    law = law_for(session, terms.law) if terms.law else None
    kind = notice_kind(law, ballot) if law else None
    if law is None or kind is None:
        days = notices.days_of_notice(given, meets, clear=False)
        return Notice(given, meets, days, terms.notice_days, clear=False, decision=None)
    decision = notices.notice(law, min(given, meets), meets, kind=kind)
    clear = notices.notice_value(law).data.get("clear_days") is not False
    need = max(notices.notice_needed(law, kind), terms.notice_days)
    return Notice(given, meets, decision.answers["days"], need, clear, decision)


def notice_kinds(law: Profile) -> list[str]:
    """The periods of notice that a profile knows, by name."""
    try:
        data = notices.notice_value(law).data
    except UnknownValue:
        return []
    return [key for key, days in data.items() if type(days) is int] if hasattr(data, "items") else []


def notice_kind(law: Profile, ballot: Ballot) -> str | None:
    """Which of a profile's periods of notice counts for a ballot: the one chosen, that of its call, or the only one."""
    kinds = notice_kinds(law)
    chosen = ballot.terms.notice_kind
    if "second" in kinds and ballot.call > 1:
        return "second"
    return chosen if chosen in kinds else (kinds[0] if kinds else None)


def meets_on(ballot: Ballot) -> date:
    """The day for which notice is given: of the meeting, or on which a ballot without one opens."""
    at = ballot.meeting.terms.starts_at if ballot.meeting else ballot.terms.opens_at
    return at.astimezone(ZoneInfo(ballot.terms.zone)).date()


def record_date_outside(session: Session, ballot: Ballot) -> Decision | None:
    """What the law says of a record date that lies outside its window; None when it is right or no law says."""
    terms: BallotTerms = ballot.terms
    law = law_for(session, terms.law) if terms.law else None
    value = law.values.get(RECORD_DATE) if law else None
    if law is None or value is None or not hasattr(value.data, "keys") or "max_before_meeting" not in value.data:
        return None
    judged = notices.record_date(law, terms.record_date, max(meets_on(ballot), terms.record_date))
    return None if judged.outcome else judged


def notice_texts(
    terms: BallotTerms, meeting: MeetingTerms | None, texts: Iterable[BallotItemText], documents: Iterable[Upload]
) -> dict[str, Any]:
    """Everything that a notice says, whose hash is kept with it: terms, meeting, items as they stood, and documents."""
    return {
        "title": terms.title,
        "summary": terms.summary,
        "law": terms.law,
        "record_date": terms.record_date.isoformat(),
        "opens_at": terms.opens_at.isoformat(),
        "closes_at": terms.closes_at.isoformat(),
        "meeting": None
        if meeting is None
        else {"starts_at": meeting.starts_at.isoformat(), "place": meeting.place, "link": meeting.link},
        "items": [
            {"title": each.title, "text": each.text, "question": each.question, "rule": each.rule} for each in texts
        ],
        "documents": [{"name": each.shown_name, "sha256": each.sha256} for each in documents],
    }


def canonical(facts: Any) -> bytes:
    """Facts as JSON in the one spelling whose hash is kept: sorted keys, no spaces, UTF-8."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _why(notice: Notice) -> str:
    if notice.decision is not None and notice.decision.outcome is False:
        return notice.decision.reasons[0].text()
    need = ("need", notice.needed)
    return compare(("days", notice.days), ">=", need, OWN_NOTICE, need=notice.needed).text()
