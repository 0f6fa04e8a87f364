"""What the client sees when something is refused or goes wrong: a page, or problem details (RFC 9457) for machines."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from app.core.errors import N_, InvalidInput, NotFound, Refusal
from app.core.language import say, translator
from app.web.forms import problems_of
from app.web.language import language_of
from app.web.pages import Reply, page
from app.web.problems import TITLES, problem


class WrongMethod(Refusal):
    """The address exists, but does not take this method."""

    message = N_("This address cannot be used in this way. Go back and use the form or the link on the page.")
    status = 405


class UnreadableRequest(Refusal):
    """The address carries a value that cannot be read."""

    message = N_("This address is not complete, or contains something that cannot be read.")


class Unexpected(Refusal):
    """Something broke; what was begun has been undone."""

    message = N_("Something went wrong on our side. Nothing was changed. Please try again in a few minutes.")
    status = 500


def install(app: FastAPI, know_viewer: Callable[[Request], None]) -> None:
    """Register the handlers of all refusals; `know_viewer` is what routes ask first, for addresses without a route."""
    app.add_exception_handler(Refusal, _on(lambda error: error))
    app.add_exception_handler(Reply, _on_reply)
    app.add_exception_handler(HTTPException, _on(_from_http, know_viewer))
    app.add_exception_handler(RequestValidationError, _on(_from_validation))


def answer(request: Request, refusal: Refusal, **details: Any) -> Response:
    """The answer to a refused request: a page, or problem details where a machine asks."""
    lang = language_of(request)
    if wants_json(request):
        return problem(request, refusal, **details)
    facts = {
        "title": translator(lang)(TITLES.get(refusal.status, TITLES[422])),
        "text": say(refusal, lang),
        "listed": list(problems_of(refusal, lang).values()) if isinstance(refusal, InvalidInput) else [],
    }
    return page(request, "web/refusal.html", refusal.status, **facts, **details)


def wants_json(request: Request) -> bool:
    """Whether a program asks: by the address, or because it takes JSON and no pages."""
    accept = request.headers.get("accept", "")
    return request.url.path.startswith("/api/") or ("json" in accept and "text/html" not in accept)


def _on(
    convert: Callable[[Any], Refusal], know_viewer: Callable[[Request], None] | None = None
) -> Callable[[Request, Exception], Response]:
    def handler(request: Request, error: Exception) -> Response:
        if know_viewer is not None and not hasattr(request.state, "viewer") and not wants_json(request):
            know_viewer(request)
        response = answer(request, convert(error))
        response.headers.update(getattr(error, "headers", None) or {})
        return response

    return handler


def _on_reply(request: Request, error: Exception) -> Response:
    assert isinstance(error, Reply)
    return error.response


def _from_http(error: HTTPException) -> Refusal:
    known = {404: NotFound, 405: WrongMethod}.get(error.status_code, UnreadableRequest)()
    known.status = error.status_code  # type: ignore[misc]  # this one instance answers with the status it was given
    return known


def _from_validation(error: RequestValidationError) -> Refusal:
    in_path = any(problem["loc"][0] == "path" for problem in error.errors())
    return NotFound() if in_path else UnreadableRequest()
