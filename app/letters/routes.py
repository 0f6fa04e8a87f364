"""The letters that were written, for everyone to read, in demo mode only."""

import re
from collections.abc import Iterator

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup
from sqlalchemy import select

from app.core.errors import NotFound
from app.core.settings import settings
from app.letters.composing import text_of
from app.letters.models import Letter
from app.web.database import Snapshot
from app.web.pages import page

router = APIRouter()
SHOWN = 100


@router.get("/demo/letters")
def list_letters(request: Request, session: Snapshot) -> Response:
    """The latest letters, the newest first."""
    if not settings().demo:
        raise NotFound
    letters = session.scalars(select(Letter).where(Letter.to_address != "").order_by(Letter.id.desc()).limit(SHOWN))
    return page(request, "web/letters.html", letters=[(letter, text_of(letter)) for letter in letters], shown=SHOWN)


@router.get("/demo/letters/{letter_id}")
def show_letter(request: Request, session: Snapshot, letter_id: int) -> Response:
    """One letter, with links that work."""
    letter = session.get(Letter, letter_id) if settings().demo and 0 < letter_id < 2**63 else None
    if letter is None or not letter.to_address:
        raise NotFound
    text = text_of(letter)
    return page(request, "web/letter.html", letter=letter, text=text, body=Markup("").join(linked(text.body)))


def linked(text: str) -> Iterator[Markup]:
    """Text whose addresses of this installation are links to the same page here."""
    base = re.escape(settings().base_url.rstrip("/"))
    for part in re.split(f"({base}/[^\\s<>]*)", text):
        if re.match(base + "/", part):
            yield Markup('<a href="{}">{}</a>').format(part[len(settings().base_url.rstrip("/")) :], part)
        else:
            yield Markup("{}").format(part)
