"""Work on bank lines over the API: read, split, explained, parked, undone; own accounts, and the bank's answers."""

import io

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session

from app.api.access import LongRoute, Once, ReadsPayments, WritesPayments
from app.api.approvals.shapes import ProposalGiven, proposal_given
from app.api.bank.shapes import BankAccountGiven, BankLineGiven, account_given, line_given
from app.api.banklines.shapes import (
    AccountTaken,
    AnswerGiven,
    AnswerTaken,
    ExplanationTaken,
    NoteTaken,
    PartTaken,
    ReadingGiven,
    ReadingTaken,
    SplitTaken,
    reading_given,
)
from app.api.files import content_of
from app.api.shapes import ReasonTaken
from app.core.errors import N_, InvalidInput, NotFound, Refusal
from app.ledger.manual.writing import accounts_by_hand
from app.payments.receiving import request_of
from app.reconciliation.accounts import add_account
from app.reconciliation.answering import take_answer
from app.reconciliation.explaining import propose_explanation
from app.reconciliation.lines import matches_of
from app.reconciliation.matching.judging import Part, What, Why
from app.reconciliation.models import BankLine
from app.reconciliation.posting import post_match, undo_match
from app.reconciliation.working import confirm, park_line, parked_lines, take_up, waiting
from app.web.database import Id, Snapshot
from app.web.language import language_of
from app.web.typed import NotAChoice

router = APIRouter(prefix="/api/v1/bank", route_class=LongRoute, tags=["Payments"])


@router.post("/accounts", operation_id="addBankAccount", summary=N_("Add a bank account"), status_code=201)
def add(caller: WritesPayments, session: Once, wanted: AccountTaken) -> BankAccountGiven:
    """Add an account of the organization, whose statements are taken in from then on."""
    row = add_account(session, wanted.number, wanted.currency, wanted.title, by=caller.person_id)
    return account_given(session, row)


@router.post("/answers", operation_id="takeBankAnswer", summary=N_("Take in the bank’s answer"), status_code=201)
def take_bank_answer(caller: WritesPayments, session: Once, wanted: AnswerTaken) -> AnswerGiven:
    """Take in the bank’s answer to a batch of orders, all of it or nothing; the same file again changes nothing."""
    content = io.BytesIO(content_of(wanted.answer, "answer"))
    found = take_answer(session, content, wanted.file_name, by=caller.person_id)
    return AnswerGiven(
        taken=found.taken, ended=found.ended, returned=found.returned, known=found.known, notices=found.notices
    )


@router.get("/lines/{line_id}", operation_id="getBankLine", summary=N_("Get a bank line"))
def show(caller: ReadsPayments, session: Snapshot, line_id: Id) -> BankLineGiven:
    """One line with what it was found to be."""
    return _shown(session, _line(session, line_id))


@router.get("/lines/{line_id}/readings", operation_id="listBankLineReadings", summary=N_("How a bank line can be read"))
def list_readings(request: Request, caller: ReadsPayments, session: Snapshot, line_id: Id) -> list[ReadingGiven]:
    """The ways in which an open line can be read now, the likeliest first; none once it is matched."""
    line, lang = _line(session, line_id), language_of(request)
    if matches_of(session, line):
        return []
    return [reading_given(line, each, lang) for each in waiting(session, line).perhaps]


@router.post("/lines/{line_id}/reading", operation_id="confirmBankLine", summary=N_("Confirm how a bank line is read"))
def confirm_(caller: WritesPayments, session: Once, line_id: Id, wanted: ReadingTaken) -> BankLineGiven:
    """Book a line by one of the ways in which it can be read now."""
    confirm(session, line_id, wanted.reading, by=caller.person_id)
    return _shown(session, _line(session, line_id))


@router.post("/lines/{line_id}/split", operation_id="splitBankLine", summary=N_("Split a bank line"))
def split(caller: WritesPayments, session: Once, line_id: Id, wanted: SplitTaken) -> BankLineGiven:
    """Book a line as parts that belong to several payment references."""
    line = _line(session, line_id)
    sign = 1 if line.amount_cents > 0 else -1
    parts = [_part(session, each, place, sign) for place, each in enumerate(wanted.parts)]
    post_match(session, line_id, parts, Why.BY_PERSON, {}, certain=False, by=caller.person_id)
    return _shown(session, line)


@router.post(
    "/lines/{line_id}/explanation",
    operation_id="proposeBankExplanation",
    summary=N_("Propose to explain a bank line"),
    status_code=201,
)
def explain(caller: WritesPayments, session: Once, line_id: Id, wanted: ExplanationTaken) -> ProposalGiven:
    """Propose to book a line on an account of the chart, with its evidence; another person decides."""
    if wanted.account not in [each.name for each in accounts_by_hand(session)]:
        raise InvalidInput({"account": NotAChoice()})
    kind, _, subject = wanted.account.partition(":")
    by, why = caller.person(session), wanted.reason
    found = propose_explanation(session, line_id, kind, subject, evidence=wanted.evidence, by=by, reason=why)
    return proposal_given(found, may_decide=False)


@router.post("/lines/{line_id}/parking", operation_id="parkBankLine", summary=N_("Park a bank line"))
def park(caller: WritesPayments, session: Once, line_id: Id, wanted: NoteTaken) -> BankLineGiven:
    """Set an open line aside with a note."""
    park_line(session, line_id, wanted.note, by=caller.person_id)
    return _shown(session, _line(session, line_id))


@router.post("/lines/{line_id}/parking/end", operation_id="takeUpBankLine", summary=N_("Take a bank line up again"))
def unpark(caller: WritesPayments, session: Once, line_id: Id) -> BankLineGiven:
    """Take a parked line up again."""
    take_up(session, line_id, by=caller.person_id)
    return _shown(session, _line(session, line_id))


@router.post("/lines/{line_id}/undoing", operation_id="undoBankLine", summary=N_("Undo what a bank line was read as"))
def undo(caller: WritesPayments, session: Once, line_id: Id, wanted: ReasonTaken) -> BankLineGiven:
    """Undo by reversals what a line was matched with; refused where the money has moved on."""
    undo_match(session, line_id, reason=wanted.reason, by=caller.person_id)
    return _shown(session, _line(session, line_id))


def _line(session: Session, line_id: int) -> BankLine:
    found = session.get(BankLine, line_id)
    if found is None:
        raise NotFound
    return found


def _shown(session: Session, line: BankLine) -> BankLineGiven:
    notes = {each.id: note.note for each, note in parked_lines(session)}
    return line_given(session, line, notes.get(line.id))


def _part(session: Session, said: PartTaken, place: int, sign: int) -> Part:
    try:
        request = request_of(session, said.reference)
    except Refusal as refusal:
        raise InvalidInput({f"parts.{place}.reference": refusal}) from refusal
    return Part(What.RECEIPT, f"request:{request.id}", sign * said.amount_cents)
