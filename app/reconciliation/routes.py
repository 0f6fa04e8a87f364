"""The treasurer's pages of the bank: accounts and files, the work list, and one line with what can be done with it."""

import io
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.contents import Kind
from app.core.errors import N_, NotFound, Refusal
from app.core.language import fill
from app.core.money import Money
from app.ledger.manual.charting import Charted
from app.ledger.manual.writing import accounts_by_hand
from app.members.access import Desk, Treasurer
from app.members.signin.access import Fresh
from app.payments.receiving import request_of
from app.reconciliation.accounts import add_account, bank_accounts
from app.reconciliation.answering import take_answer
from app.reconciliation.explaining import propose_explanation
from app.reconciliation.lines import Said, count_open, last_import, matches_of
from app.reconciliation.mapping.keeping import keep_table
from app.reconciliation.matching.judging import Part, Reading, What, Why
from app.reconciliation.models import BankImport, BankLine, BankMatch
from app.reconciliation.posting import post_match, undo_match
from app.reconciliation.reading.detecting import detect
from app.reconciliation.taking import last_statement, take_file
from app.reconciliation.working import (
    Waiting,
    confirm,
    name_of_reading,
    park_line,
    parked_lines,
    take_up,
    waiting,
    work_list,
)
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect
from app.web.typed import Form
from app.web.uploads import UploadField, takes_files

router = APIRouter(prefix="/desk/bank")
FILE = UploadField("file", (Kind.XML, Kind.CSV, Kind.TEXT), told=False)  # banks write in many encodings
ANSWER = UploadField("answer", (Kind.XML, Kind.TEXT), told=False)
SHOWN = 20
AT_ONCE = 50
PARTS_MAX = 5


class NothingChosen(Refusal):
    """No line was ticked."""

    message = N_("Tick the lines to confirm.")


class NoParts(Refusal):
    """No reference was given."""

    message = N_("Give at least one reference with its amount.")
    field = "reference_1"


@router.get("")
def show(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """The organization's bank accounts, and the files of statements that were taken."""
    return page(request, "reconciliation/bank.html", **_facts(session))


@router.post("/accounts")
def add(request: Request, session: Tx, fields: Fields, viewer: Treasurer, fresh: Fresh) -> Response:
    """Add an account of the organization."""
    with shown_again(request, "reconciliation/bank.html", fields, **_facts(session)):
        form = Form(fields)
        number, currency = form.text("number", 50), form.text("currency", 3)
        title = form.text("title", 100, required=False)
        form.done()
        add_account(session, number, currency, title, by=viewer.person_id)
    return redirect(request, "/desk/bank", N_("The account is added."))


@router.post("/files")
@takes_files
def take(request: Request, session: Tx, fields: Fields, viewer: Treasurer, fresh: Fresh) -> Response:
    """Take in a file of statements; of a table it is asked first how it is read."""
    with shown_again(request, "reconciliation/bank.html", fields, **_facts(session)):
        form = Form(fields)
        file = FILE.read(fields, form)
        form.done()
        content = io.BytesIO(file.content)
        if detect(content) is None:
            return redirect(request, f"/desk/bank/tables/{keep_table(session, file, by=viewer.person_id).id}")
        taken = take_file(session, content, file.name, by=viewer.person_id)
    notice = N_("Imported: {lines} new lines; {known} were known before, {pending} are only announced.")
    return redirect(request, "/desk/bank/lines", notice, lines=taken.lines, known=taken.known, pending=taken.pending)


@router.post("/answers")
@takes_files
def take_bank_answer(request: Request, session: Tx, fields: Fields, viewer: Treasurer, fresh: Fresh) -> Response:
    """Take in the bank's answer to a batch of orders."""
    with shown_again(request, "reconciliation/bank.html", fields, **_facts(session)):
        form = Form(fields)
        file = ANSWER.read(fields, form)
        form.done()
        found = take_answer(session, io.BytesIO(file.content), file.name, by=viewer.person_id)
    if found.returned or found.notices:
        notice = N_("Returns taken in: {returned} orders came back; {notices} arrived, though their details are wrong.")
        return redirect(request, "/desk/bank", notice, returned=found.returned, notices=", ".join(found.notices) or 0)
    notice = N_("Answer taken in: the bank took {taken} orders; {ended} it did not do can be ordered anew.")
    return redirect(request, "/desk/bank", notice, taken=found.taken, ended=found.ended)


@router.get("/lines")
def show_lines(request: Request, session: Snapshot, viewer: Desk, after: int = 0) -> Response:
    """The bank lines that wait for somebody, and those that are parked."""
    return page(request, "reconciliation/lines.html", **_work(request, session, after))


@router.post("/lines")
def confirm_several(request: Request, session: Tx, fields: Fields, viewer: Treasurer, fresh: Fresh) -> Response:
    """Confirm the first reading of each ticked line, all or none."""
    with shown_again(request, "reconciliation/lines.html", fields, **_work(request, session)):
        chosen = [each.partition("|") for each in dict.fromkeys(fields.several("confirmed"))]
        if not chosen:
            raise NothingChosen
        for number, _, name in sorted(chosen):
            confirm(session, _id(number), name, by=viewer.person_id)
    return redirect(request, "/desk/bank/lines", N_("Confirmed: {count} lines."), count=len(chosen))


@router.get("/lines/{line_id}")
def show_line(request: Request, session: Snapshot, line_id: Id, viewer: Desk) -> Response:
    """One bank line with what the bank said, the ways to read it, and what was done."""
    return page(request, "reconciliation/line.html", **_line(request, session, line_id))


@router.post("/lines/{line_id}/reading")
def confirm_one(
    request: Request, session: Tx, line_id: Id, fields: Fields, viewer: Treasurer, fresh: Fresh
) -> Response:
    """Confirm one way to read a bank line."""
    with shown_again(request, "reconciliation/line.html", fields, **_line(request, session, line_id)):
        confirm(session, line_id, fields.get("reading", ""), by=viewer.person_id)
    return redirect(request, "/desk/bank/lines", N_("Confirmed: {count} lines."), count=1)


@router.post("/lines/{line_id}/split")
def split(request: Request, session: Tx, line_id: Id, fields: Fields, viewer: Treasurer, fresh: Fresh) -> Response:
    """Split a bank line over several payment references."""
    facts = _line(request, session, line_id)
    with shown_again(request, "reconciliation/line.html", fields, **facts):
        parts = _typed_parts(session, fields, facts["line"])
        post_match(session, line_id, parts, Why.BY_PERSON, {}, certain=False, by=viewer.person_id)
    return redirect(request, "/desk/bank/lines", N_("Confirmed: {count} lines."), count=1)


@router.post("/lines/{line_id}/explanation")
def explain(request: Request, session: Tx, line_id: Id, fields: Fields, viewer: Treasurer, fresh: Fresh) -> Response:
    """Propose to book a bank line on an account of the chart, with its evidence."""
    with shown_again(request, "reconciliation/line.html", fields, **_line(request, session, line_id)):
        form = Form(fields)
        account = form.choice("account", [each.name for each in accounts_by_hand(session)])
        evidence, why = form.text("evidence", 500, required=False), form.text("why", 500)
        form.done()
        kind, _, subject = account.partition(":")
        person = viewer.person(session)
        propose_explanation(session, line_id, kind, subject, evidence=evidence, by=person, reason=why)
    return redirect(request, f"/desk/bank/lines/{line_id}", N_("Proposed. Another person decides."))


@router.post("/lines/{line_id}/parking")
def park(request: Request, session: Tx, line_id: Id, fields: Fields, viewer: Treasurer) -> Response:
    """Park a bank line with a note."""
    with shown_again(request, "reconciliation/line.html", fields, **_line(request, session, line_id)):
        park_line(session, line_id, fields.get("note", ""), by=viewer.person_id)
    return redirect(request, "/desk/bank/lines", N_("The line is parked."))


@router.post("/lines/{line_id}/parking/end")
def unpark(request: Request, session: Tx, line_id: Id, fields: Fields, viewer: Treasurer) -> Response:
    """Take a parked bank line up again."""
    take_up(session, line_id, by=viewer.person_id)
    return redirect(request, f"/desk/bank/lines/{line_id}", N_("The line waits again."))


@router.post("/lines/{line_id}/undoing")
def undo(request: Request, session: Tx, line_id: Id, fields: Fields, viewer: Treasurer, fresh: Fresh) -> Response:
    """Undo what a bank line was matched with, by reversals."""
    with shown_again(request, "reconciliation/line.html", fields, **_line(request, session, line_id)):
        undo_match(session, line_id, reason=fields.get("reason", ""), by=viewer.person_id)
    return redirect(request, f"/desk/bank/lines/{line_id}", N_("The match is undone; the line waits again."))


def _facts(session: Session) -> dict[str, Any]:
    files = session.scalars(select(BankImport).order_by(BankImport.id.desc()).limit(SHOWN)).all()
    accounts = [(each, last_statement(session, each)) for each in bank_accounts(session)]
    return {
        "accounts": accounts,
        "files": files,
        "waiting": count_open(session),
        "file_field": FILE,
        "answer_field": ANSWER,
    }


def _work(request: Request, session: Session, after: int = 0) -> dict[str, Any]:
    lang = language_of(request)
    found = work_list(session, after=min(max(after, 0), 2**63 - 1), most=AT_ONCE + 1)
    rows = [(each, _ways(each, lang)) for each in found[:AT_ONCE]]
    parked = [(line, Said.of(line), note) for line, note in parked_lines(session)]
    following = rows[-1][0].line.id if len(found) > AT_ONCE else None
    shown = {"rows": rows, "after": after, "following": following}
    return {**shown, "count": count_open(session), "parked": parked, "last": last_import(session)}


def _line(request: Request, session: Session, line_id: int) -> dict[str, Any]:
    line = session.get(BankLine, line_id)
    if line is None:
        raise NotFound
    lang = language_of(request)
    matches = matches_of(session, line)
    parked = next((note for each, note in parked_lines(session) if each.id == line.id), None)
    found = waiting(session, line) if not matches else Waiting(line, Said.of(line), ())
    return {
        "line": line,
        "said": found.said,
        "ways": _ways(found, lang),
        "matches": [(match, What[match.cause.upper()].value, _explained(match, lang)) for match in matches],
        "parked": parked,
        "parts_max": PARTS_MAX,
        "accounts": [(each.name, _account(each, lang)) for each in accounts_by_hand(session)],
    }


def _ways(waits: Waiting, lang: str) -> list[tuple[str, Reading, str]]:
    """The name of each way to read a line for forms, the way, and its explanation."""
    found = []
    for each in waits.perhaps:
        facts = dict(each.facts)
        if "beyond" in facts:
            facts["beyond"] = Money(facts["beyond"], waits.line.currency)
        found.append((name_of_reading(each), each, fill(each.why.value, facts, lang)))
    return found


def _explained(match: BankMatch, lang: str) -> str:
    """By what a line was matched, without what names people."""
    why, facts = Why[match.why], dict(match.facts)
    if "beyond" in facts:
        facts["beyond"] = Money(int(facts["beyond"]), match.currency)
    if "how" in facts:
        facts["how"] = fill(facts["how"], {}, lang)
    return fill(why.value, {"name": "…"} | facts, lang)


def _account(account: Charted, lang: str) -> str:
    title = account.title if account.is_own else fill(account.title, {}, lang)
    return f"{account.number} {title}".strip()


def _typed_parts(session: Session, fields: dict[str, str], line: BankLine) -> list[Part]:
    form = Form(fields)
    sign = 1 if line.amount_cents > 0 else -1
    parts = []
    for number in range(1, PARTS_MAX + 1):
        if not (fields.get(f"reference_{number}") or fields.get(f"amount_{number}")):
            continue
        reference = form.text(f"reference_{number}", 60)
        amount = form.money(f"amount_{number}", line.currency)
        try:
            parts.append(Part(What.RECEIPT, f"request:{request_of(session, reference).id}", sign * amount.minor))
        except Refusal as refusal:
            form.refuse(f"reference_{number}", refusal)
    form.done()
    if not parts:
        raise NoParts
    return parts


def _id(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise NotFound
    return int(text)
