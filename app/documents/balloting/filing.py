"""Filing the documents of a ballot: whatever is due after an act and not filed yet, each once."""

from collections.abc import Callable
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.ballots.casting.stores import store_of
from app.ballots.drafting import items_of
from app.ballots.models import Ballot, BallotNotice, BallotState, Casting
from app.ballots.records import ATTENDANCE_MOST, Record, register_records
from app.ballots.result.certifying import certificate_of, result_of
from app.ballots.result.minutes import minutes_of, signed_as
from app.core.database import one_at_a_time
from app.core.errors import NotFound
from app.documents.balloting.attendance import attendance_facts
from app.documents.balloting.known import file_lawful, language_of, standing_items
from app.documents.balloting.minutes import is_carried, minutes_facts, resolution_facts
from app.documents.balloting.notice import notice_facts
from app.documents.balloting.result import Counted, certificate_facts
from app.documents.filing import file_of
from app.documents.kinds import kind_of
from app.documents.models import Document

NOTICE, ATTENDANCE, CERTIFICATE = "meeting-notice", "attendance-list", "result-certificate"
MINUTES, RESOLUTION = "minutes", "certified-resolution"
SHOWN = (NOTICE, CERTIFICATE, MINUTES, RESOLUTION)
STAFF_ONLY = (ATTENDANCE,)
FINAL = {"chair", "secretary"}
_VOTED = (BallotState.CLOSED, BallotState.COUNTED, BallotState.OBJECTED, BallotState.CERTIFIED)


def file_ballot_records(session: Session, ballot_id: int) -> None:
    """File every document of a ballot that is due: notice, attendance, certificates, minutes and resolutions."""
    ballot = session.get_one(Ballot, ballot_id)
    one_at_a_time(session, f"records of ballot {ballot.id}")
    if session.get(BallotNotice, ballot.id) is not None:
        _file(session, ballot, NOTICE, "", lambda lang: notice_facts(session, ballot, items_of(session, ballot), lang))
    if _lists_attendance(session, ballot):
        _file(session, ballot, ATTENDANCE, "", lambda lang: attendance_facts(session, ballot, lang))
    if certificate_of(session, ballot) is not None:
        _file_certificates(session, ballot)
        _file_minutes(session, ballot)


def documents_of(session: Session, ballot: Ballot) -> list[Document]:
    """The documents filed of a ballot, in order; receipts and forms are their electors' own."""
    causes = [f"{kind}:{_cause(ballot)}" for kind in (*SHOWN, *STAFF_ONLY)]
    further = [Document.source.startswith(f"{cause}{mark}", autoescape=True) for cause in causes for mark in ":#"]
    ours = or_(Document.source.in_(causes), *further)
    return list(session.scalars(select(Document).where(ours).order_by(Document.number)))


def shown_record(session: Session, ballot: Ballot, number: int, *, staff: bool) -> Document:
    """A document of a ballot; `NotFound` for one that the reader is not shown."""
    for document in documents_of(session, ballot):
        if document.number == number and (staff or document.kind in SHOWN):
            return document
    raise NotFound


def _records(session: Session, ballot: Ballot) -> list[Record]:
    return [
        Record(
            each.number,
            each.version,
            each.kind,
            kind_of(each.kind).title,
            each.facts.get("item_title") or each.facts.get("resolution_title") or "",
            each.facts_sha256,
            file_of(session, each) or "",
            each.filed_at,
            each.kind in STAFF_ONLY,
        )
        for each in documents_of(session, ballot)
    ]


def _file_certificates(session: Session, ballot: Ballot) -> None:
    certificate = certificate_of(session, ballot)
    assert certificate is not None, "whoever calls has looked"
    counted = Counted(session, ballot, result_of(session, ballot), certificate)
    for item in standing_items(session, ballot):
        _file(session, ballot, CERTIFICATE, f":item:{item.id}", partial(certificate_facts, counted, item))


def _file_minutes(session: Session, ballot: Ballot) -> None:
    minutes, certificate = minutes_of(session, ballot), certificate_of(session, ballot)
    assert certificate is not None, "whoever calls has looked"
    if minutes is None or not signed_as(session, minutes) >= FINAL:
        return
    result, annexes = result_of(session, ballot), documents_of(session, ballot)
    annexes = [each for each in annexes if each.kind in (ATTENDANCE, CERTIFICATE)]
    filed = _file(
        session, ballot, MINUTES, "", lambda lang: minutes_facts(session, ballot, result, minutes, annexes, lang)
    )
    since = certificate.certified_at.astimezone(ZoneInfo(ballot.terms.zone)).date()
    for item in standing_items(session, ballot):
        if is_carried(result, item):
            said = partial(resolution_facts, session, ballot, result, item, filed, since)
            _file(session, ballot, RESOLUTION, f":item:{item.id}", said)


def _file(session: Session, ballot: Ballot, kind: str, what: str, facts: Callable[[str], dict[str, Any]]) -> Document:
    source = f"{_cause(ballot)}{what}"
    filed = session.scalars(select(Document).where(Document.source == f"{kind}:{source}")).first()
    return filed or file_lawful(session, ballot, kind, source, facts(language_of(ballot)))


def _lists_attendance(session: Session, ballot: Ballot) -> bool:
    if ballot.meeting is None or ballot.terms.casting != Casting.RECORDED or ballot.state not in _VOTED:
        return False
    return store_of(ballot).turnout(session, ballot).electors <= ATTENDANCE_MOST


def _cause(ballot: Ballot) -> str:
    return f"ballot:{ballot.id}"


register_records(_records)
