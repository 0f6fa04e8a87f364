"""The planner over HTTP: a public page that works as a plain form, and the same answer as JSON."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from app.core.errors import N_, InvalidInput, Refusal
from app.core.language import say, translator
from app.law.sources import source
from app.planner.answers import Answer, answer, as_data
from app.planner.bars import vote_of, votes
from app.planner.pictures import LEVELS, break_even_chart, heat_map, stake_bar, turnout_chart
from app.planner.planning import stake_mark
from app.planner.questions import CASES, FIELDS, OTHERWISE
from app.planner.said import few, needed, percent, price, ratio, short
from app.web import refusals
from app.web.forms import problems_of
from app.web.language import language_of
from app.web.pages import page

router = APIRouter()


class UnknownFigure(Refusal):
    """The address carries a figure that the planner does not know."""

    message = N_("The planner knows no figure of this name.")


@router.get("/plan")
def plan(request: Request) -> HTMLResponse:
    """The planner: its form with the figures of the address, or of 2016 without any, and what comes of them."""
    lang = language_of(request)
    given = _given(request) or CASES[0].figures
    facts: dict[str, Any] = {
        "values": {**OTHERWISE, **given},
        "cases": [(case.title, f"/plan?{urlencode(case.figures)}") for case in CASES],
        "profiles": [(id_, translator(lang)(vote_of(id_).name)) for id_ in votes()],
        "part": partial(percent, lang=lang),
        "few": partial(few, lang=lang),
        "needed": partial(needed, lang=lang),
        "short": partial(short, lang=lang),
        "price": partial(price, lang=lang),
        "ratio": partial(ratio, lang=lang),
        "source": source,
        "query": urlencode(given),
    }
    try:
        found = answer(given)
    except InvalidInput as refusal:
        problems = problems_of(refusal, lang)
        facts |= {"problems": problems, "refusal": say(refusal, lang), "found": None}
        return page(request, "planner/plan.html", 422, **facts)
    return page(request, "planner/plan.html", **facts, **_shown(found, lang), command=_command(given))


@router.get("/api/v1/plan")
def plan_data(request: Request) -> Response:
    """The answer as JSON, with the keys of `costake plan --json`; `scenarios=yes` adds the four scenarios."""
    given, wanted = dict(request.query_params), request.query_params.get("scenarios") == "yes"
    given.pop("scenarios", None)
    try:
        unknown: dict[str, str | Refusal] = {name[:40]: UnknownFigure() for name in given if name not in FIELDS}
        if unknown:
            raise InvalidInput(unknown)
        return JSONResponse(as_data(answer(given), with_scenarios=wanted, lang=language_of(request)))
    except InvalidInput as refusal:
        return refusals.answer(request, refusal)


def _given(request: Request) -> dict[str, str]:
    """The figures in the address, without those left empty."""
    return {name: text for name, text in request.query_params.items() if name in FIELDS and text.strip()}


def _shown(found: Answer, lang: str) -> dict[str, Any]:
    """The answer and its pictures, for the page."""
    plan_, vote = found.question.plan, found.question.vote
    return {
        "found": found,
        "decision": found.decision.text(lang),
        "mark": stake_mark(plan_, vote.bar),
        "levels": LEVELS,
        "heat": heat_map(plan_, vote.bar, found.even),
        "bar": stake_bar(plan_, found.outcome, found.even),
        "evens": break_even_chart(plan_, found.even) if found.even and found.even.shares else None,
        "turnouts": turnout_chart(plan_, vote.bar, found.outcome),
    }


def _command(given: Mapping[str, str]) -> str:
    """The same question on the command line."""
    figures = [f"--{name.replace('_', '-')} {_quoted(text)}" for name, text in given.items()]
    return " ".join(["costake plan", *figures])


def _quoted(text: str) -> str:
    plain = text.strip()
    safe = plain.isascii() and all(sign.isalnum() or sign in ".,%/-_" for sign in plain)
    return plain if safe else "'" + plain.replace("'", "'\\''") + "'"
