"""The filing pack at the desk: the answers, the checklist, papers to file, and the ZIP."""

import io
import tempfile
from typing import Any, BinaryIO, cast

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy.orm import Session

from app.conversion.answers.answering import answer, answers_of
from app.conversion.answers.questions import CURRENCIES, Question, Shape, questions_for
from app.conversion.drafts import has_draft
from app.conversion.exchange.drafting import find_exchange
from app.conversion.plan.models import Conversion
from app.conversion.plan.starting import find_conversion
from app.core import audit
from app.core.errors import N_, NotFound
from app.core.money import Money, precision
from app.documents.access import give_document
from app.documents.converting.facts import FACTS, Known
from app.documents.converting.filing import file_paper, paper
from app.documents.converting.members import start_statements
from app.documents.kinds import kind_of
from app.exports.filingpack.checklist import checklist
from app.exports.filingpack.dryrun import write_list
from app.exports.filingpack.packing import write_pack
from app.law.plans import plan_of
from app.members.access import Desk, Registrar
from app.members.signin.access import Fresh
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk")
ANSWERS, PACK = "exports/conversion_answers.html", "exports/filing_pack.html"
PIECE = 1 << 20


@router.get("/conversions/{slug}/answers")
def show_answers(request: Request, session: Snapshot, viewer: Desk, slug: str) -> Response:
    """What only the organization knows of its conversion, for its papers."""
    return page(request, ANSWERS, **_answer_facts(session, find_conversion(session, slug)))


@router.post("/conversions/{slug}/answers")
def give_answers(request: Request, session: Tx, viewer: Registrar, slug: str, fields: Fields) -> Response:
    """Answer the questions of a conversion; what is empty stays open."""
    conversion = find_conversion(session, slug)
    with shown_again(request, ANSWERS, fields, **_answer_facts(session, conversion)):
        form = Form(fields)
        currency = form.choice("currency", CURRENCIES) if form.peek("currency") else CURRENCIES[0]
        asked = [each for group in questions_for(conversion.law).values() for each in group]
        said = {each.key: _read(form, each, currency) for each in asked}
        form.done()
        answer(session, conversion, said, by=viewer.person_id)
    return redirect(request, f"/desk/conversions/{slug}/pack", N_("The answers are kept."))


@router.get("/conversions/{slug}/pack")
def show_pack(request: Request, session: Snapshot, viewer: Desk, slug: str) -> Response:
    """The checklist of the filing pack, and the papers that can be filed."""
    return page(request, PACK, **_pack_facts(session, find_conversion(session, slug)))


@router.get("/conversions/{slug}/pack.zip")
def download_pack(request: Request, session: Tx, snapshot: Snapshot, viewer: Desk, slug: str) -> Response:
    """The filing pack as one ZIP; each is noted."""
    conversion = find_conversion(snapshot, slug)
    file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115  (closed when it is sent)
    sums = write_pack(snapshot, conversion, file, language=language_of(request))
    audit.record(session, audit.Tag.FILING_PACK_EXPORTED, f"conversion:{slug}", by=viewer.person_id, files=len(sums))
    size = file.tell()
    file.seek(0)
    headers = {
        "Content-Disposition": f'attachment; filename="{slug}-filing-pack.zip"',
        "Content-Length": str(size),
        "Cache-Control": "private, no-store",
    }
    return StreamingResponse(iter(lambda: file.read(PIECE), b""), media_type="application/zip", headers=headers)


@router.post("/conversions/{slug}/papers/{kind}")
def file_one(
    request: Request, session: Tx, viewer: Registrar, fresh: Fresh, slug: str, kind: str, fields: Fields
) -> Response:
    """File a paper of a conversion, or its next version when something has changed."""
    conversion = find_conversion(session, slug)
    if kind not in FACTS:
        raise NotFound
    with shown_again(request, PACK, fields, **_pack_facts(session, conversion)):
        file_paper(session, conversion, kind, by=viewer.person(session))
    return redirect(request, f"/desk/conversions/{slug}/pack", N_("The paper is filed."))


@router.get("/conversions/{slug}/papers/{kind}.pdf")
def read_paper(session: Tx, viewer: Desk, slug: str, kind: str) -> Response:
    """A paper of a conversion as it was last filed; each reading is noted."""
    conversion = find_conversion(session, slug)
    filed = paper(session, conversion, kind) if kind in FACTS else None
    if filed is None:
        raise NotFound
    return give_document(session, filed, by=viewer.person_id)


@router.post("/conversions/{slug}/statements")
def tell_members(request: Request, session: Tx, viewer: Registrar, fresh: Fresh, slug: str, fields: Fields) -> Response:
    """Have every member's statement of what became of their shares drawn up."""
    conversion = find_conversion(session, slug)
    with shown_again(request, PACK, fields, **_pack_facts(session, conversion)):
        start_statements(session, conversion, by=viewer.person_id)
    return redirect(request, f"/desk/conversions/{slug}/pack", N_("The statements are being drawn up."))


@router.get("/exchanges/{exchange_id}/list.pdf")
def print_list(request: Request, session: Snapshot, viewer: Desk, exchange_id: Id) -> Response:
    """The dry run of an exchange as PDF: what every member has before and after."""
    file = io.BytesIO()
    write_list(session, find_exchange(session, exchange_id), "pdf", file, language=language_of(request))
    headers = {"Content-Disposition": f'attachment; filename="exchange-{exchange_id}.pdf"'}
    return Response(file.getvalue(), media_type="application/pdf", headers=headers)


def _read(form: Form, asked: Question, currency: str) -> str:
    """An answer as it is kept; nothing typed is no answer."""
    if not form.peek(asked.key).strip():
        return ""
    match asked.shape:
        case Shape.TEXT:
            return form.text(asked.key, 50_000, lines=True)
        case Shape.DAY:
            return form.day(asked.key).isoformat()
        case Shape.MONEY:
            return str(form.money(asked.key, currency).minor)
        case Shape.CURRENCY:
            return form.choice(asked.key, CURRENCIES)
        case Shape.LINE:
            return form.text(asked.key, 300)


def _answer_facts(session: Session, conversion: Conversion) -> dict[str, Any]:
    answers = answers_of(session, conversion)
    currency = answers.get("currency", CURRENCIES[0])
    shown = {
        each.key: f"{Money(int(answers[each.key]), currency).decimal():.{precision(currency)}f}"
        for group in questions_for(conversion.law).values()
        for each in group
        if each.shape is Shape.MONEY and each.key in answers
    }
    return {
        "conversion": conversion,
        "questions": questions_for(conversion.law),
        "answers": answers | shown,
        "currencies": CURRENCIES,
    }


def _pack_facts(session: Session, conversion: Conversion) -> dict[str, Any]:
    return {
        "conversion": conversion,
        "lines": checklist(session, conversion),
        "papers": [(kind, kind_of(kind).title, paper(session, conversion, kind)) for kind in FACTS],
        "rules": Known(session, conversion).rules if has_draft(plan_of(conversion.law).target) else "",
    }
