"""The questionnaire over HTTP: a public page, a plain form whose answers are its address, and a text for counsel."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from app.conversion.structure.advising import advise, for_counsel, law_of
from app.conversion.structure.questions import QUESTIONS
from app.web.language import language_of
from app.web.pages import page

router = APIRouter(prefix="/structure")


@router.get("")
def show_questions(request: Request) -> HTMLResponse:
    """A few questions, and the route that the answers lead to."""
    given = _given(request)
    advice = advise(given) if given else None
    points = [(point, law_of(point)) for point in advice.points] if advice else []
    facts: dict[str, Any] = {
        "questions": QUESTIONS,
        "advice": advice,
        "points": points,
        "values": given,
        "query": urlencode(given),
    }
    return page(request, "conversion/structure.html", **facts)


@router.get("/counsel.txt")
def give_counsel(request: Request) -> Response:
    """The answers, the route and the points as plain text, to hand to counsel."""
    lang = language_of(request)
    headers = {"Content-Disposition": 'attachment; filename="structure-for-counsel.txt"'}
    return Response(for_counsel(advise(_given(request)), lang), media_type="text/plain; charset=utf-8", headers=headers)


def _given(request: Request) -> Mapping[str, str]:
    return {key: said for key, said in request.query_params.items() if key != "lang"}
