"""Problem details (RFC 9457): what was refused, for programs, with a stable name and each field's own reason."""

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from app.core.errors import N_, InvalidInput, NotFound, Refusal
from app.core.language import say, translator
from app.web.language import language_of
from app.web.typed import Missing, NotAChoice, TooGreat, TooSmall

TYPE = "urn:costake:problem:"
MEDIA_TYPE = "application/problem+json"
BODY_MAX = 64 * 1024

TITLES = {
    400: N_("This cannot be read"),
    401: N_("Please sign in"),
    403: N_("Not allowed"),
    404: N_("Not found"),
    405: N_("Not possible here"),
    406: N_("Not possible here"),
    409: N_("Not any more"),
    410: N_("Not any more"),
    413: N_("Too large"),
    415: N_("Not possible here"),
    422: N_("This was not done"),
    429: N_("Too often"),
    500: N_("Something went wrong"),
    503: N_("Not available at the moment"),
}


class NotJson(Refusal):
    """The body is not JSON."""

    message = N_("The body is not JSON that can be read.")
    status = 400


class NotSentAsJson(Refusal):
    """The body says that it is something else."""

    message = N_("Send JSON, with the header Content-Type: application/json.")
    status = 415


class NotOffered(Refusal):
    """The client takes nothing that we give."""

    message = N_("This is given as {kinds} only. Change the header Accept.")
    status = 406


class BodyTooLong(Refusal):
    """The body is larger than any honest request."""

    message = N_("This is too large to be taken.")
    status = 413


class UnknownField(Refusal):
    """The field has no meaning here."""

    message = N_("There is no such field.")


class WrongKind(Refusal):
    """The value is of another type than the field."""

    message = N_("This is not the kind of value that belongs here.")


class TooManyCharacters(Refusal):
    """The text is longer than the field takes."""

    message = N_("At most {most} characters are possible here.")


class FieldProblem(BaseModel):
    """What is wrong with one field or parameter."""

    field: str = Field(description="The field, with dots between levels, or the parameter.", examples=["price.minor"])
    name: str = Field(description="The reason's stable name.", examples=["TooFew"])
    detail: str = Field(description="The reason in the reader's language.")


class Problem(BaseModel):
    """What was refused and why, as RFC 9457 has it; nothing was changed."""

    type: str = Field(description="The refusal's stable name.", examples=["urn:costake:problem:TooFew"])
    title: str = Field(description="What happened, in the reader's language.")
    status: int = Field(description="The status of the answer.", examples=[422])
    detail: str = Field(description="Why, in the reader's language (header Accept-Language).")
    errors: list[FieldProblem] | None = Field(None, description="Each field or parameter that has to be corrected.")
    request_number: str | None = Field(None, description="Of a failure: the number under which it is in the log.")


def problem(request: Request, refusal: Refusal, **more: Any) -> Response:
    """The answer that tells a program of a refusal."""
    lang = language_of(request)
    errors = _errors(refusal, lang)
    body = {
        "type": TYPE + refusal.name,
        "title": translator(lang)(TITLES.get(refusal.status, TITLES[422])),
        "status": refusal.status,
        "detail": say(refusal, lang),
        **({"errors": errors} if errors else {}),
        **more,
    }
    return JSONResponse(body, refusal.status, {"Content-Language": lang}, media_type=MEDIA_TYPE)


def _errors(refusal: Refusal, lang: str) -> list[dict[str, str]]:
    given: dict[str, str | Refusal] = {refusal.field: refusal} if refusal.field else {}
    if isinstance(refusal, InvalidInput):
        given = refusal.problems
    return [
        {"field": field, "name": reason.name, "detail": say(reason, lang)}
        if isinstance(reason, Refusal)
        else {"field": field, "name": WrongKind.__name__, "detail": translator(lang)(reason)}
        for field, reason in given.items()
    ]


class ProblemRoute(APIRoute):
    """A route for programs: it takes and gives JSON (or what it declares), and says each problem at its field."""

    body_max: ClassVar[int] = BODY_MAX
    """The longest body that it reads, in bytes."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with the kinds of bodies checked before it and unreadable values told after it."""
        serve = super().get_route_handler()

        async def serving(request: Request) -> Response:
            self._refuse_kinds(request)
            if len(await request.body()) > self.body_max:
                raise BodyTooLong
            try:
                response = await serve(request)
            except RequestValidationError as error:
                raise refusal_of(error) from error
            except HTTPException as error:
                raise NotJson from error
            response.headers["Cache-Control"] = "no-store"
            return response

        return serving

    def _refuse_kinds(self, request: Request) -> None:
        kinds = list(self.responses.get(200, {}).get("content", {})) or ["application/json"]
        if not any(accepts(request, kind) for kind in kinds):
            raise NotOffered(kinds=", ".join(kinds))
        sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if self.body_field is not None and sent != "application/json":
            raise NotSentAsJson
        if int(request.headers.get("content-length", "0")) > self.body_max:
            raise BodyTooLong


def accepts(request: Request, kind: str) -> bool:
    """Whether the client takes a media type, by its Accept header; without one it takes everything."""
    wishes = request.headers.get("accept", "*/*") or "*/*"
    for wish in wishes[:1000].lower().split(","):
        wanted, *parameters = (part.strip() for part in wish.split(";"))
        refused = any(part.replace(" ", "") in ("q=0", "q=0.0", "q=0.00", "q=0.000") for part in parameters)
        if not refused and wanted in (kind, kind.partition("/")[0] + "/*", "*/*"):
            return True
    return False


def refusal_of(error: RequestValidationError) -> Refusal:
    """What the values of a request are refused for: an address that names nothing, or every field with its reason."""
    reasons = error.errors()
    if any(reason["loc"][0] == "path" for reason in reasons):
        return NotFound()
    if any(reason["type"] == "json_invalid" for reason in reasons):
        return NotJson()
    return InvalidInput({_place(reason["loc"], error.body): _reason(reason) for reason in reasons})


def _place(loc: tuple[int | str, ...], body: Any) -> str:
    """The path of a field as it was sent; the library also names which of several shapes it took a value for."""
    steps, at = [], body if loc[0] == "body" else None
    inner = loc[1:] if len(loc) > 1 else loc
    for number, step in enumerate(inner, start=1):
        if isinstance(at, dict) and step not in at and number < len(inner):
            continue
        steps.append(str(step))
        at = at.get(step) if isinstance(at, dict) else None
    return ".".join(steps)[:200]


def _reason(reason: dict[str, Any]) -> Refusal:
    context = reason.get("ctx") or {}
    kind = reason["type"]
    told = context.get("refusal")
    if isinstance(told, Refusal):
        return told
    if kind in ("missing", "string_too_short"):
        return Missing()
    if kind in ("enum", "literal_error"):
        return NotAChoice()
    if kind in ("greater_than_equal", "greater_than"):
        return TooSmall(least=context.get("ge", context.get("gt")))
    if kind in ("less_than_equal", "less_than"):
        return TooGreat(most=context.get("le", context.get("lt")))
    if kind == "string_too_long" or (kind == "too_long" and context.get("field_type") != "List"):
        return TooManyCharacters(most=context["max_length"])
    return UnknownField() if kind == "extra_forbidden" else WrongKind()
