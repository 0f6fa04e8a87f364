"""Forms: the body of a POST as text fields, safe from forgery; a refused form is shown again as it was typed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from app.core.errors import N_, InvalidInput, Refusal
from app.core.language import say, translator
from app.core.uploads import UPLOAD_MAX, SentFile
from app.web import tickets
from app.web.language import language_of
from app.web.multipart import read_multipart
from app.web.pages import Reply, page
from app.web.typed import Form

__all__ = ["Fields", "Form", "FormFields", "problems_of", "read_fields", "shown_again", "takes_files"]

BODY_MAX = 64 * 1024
FIELDS_MAX = 500
_TAKES_FILES = "_takes_files"
F = TypeVar("F", bound=Callable[..., Any])


class TooLarge(Refusal):
    """The form is larger than any honest form."""

    message = N_("The form is too large. Shorten what you entered.")
    status = 413


class NotAForm(Refusal):
    """The body is not what a browser sends for a form."""

    message = N_("This address takes a form as browsers send it.")
    status = 415


class UnreadableText(Refusal):
    """The text is not UTF-8 or contains NUL."""

    message = N_("The form contains characters that cannot be read.")


class FormFields(dict[str, str]):
    """The text of each field by its name; of a field that was sent several times, the last. `files` by their fields."""

    def __init__(self, pairs: list[tuple[str, str]], files: Mapping[str, SentFile] | None = None) -> None:
        super().__init__(pairs)
        self._pairs = pairs
        self.files = dict(files or {})

    def several(self, name: str) -> list[str]:
        """Every value of a field that may be sent several times, as a group of checkboxes is."""
        return [value for key, value in self._pairs if key == name]


def takes_files(route: F) -> F:
    """Mark a route, under its method: its form may have files, up to `UPLOAD_MAX` bytes in all."""
    setattr(route, _TAKES_FILES, True)
    return route


async def read_fields(request: Request) -> FormFields:
    """Read and check the form of a request: the one way in which a POST form is read."""
    content_type = request.headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data" and getattr(request.scope.get("endpoint"), _TAKES_FILES, False):
        pairs, files = await read_multipart(content_type, request.stream(), UPLOAD_MAX)
        if any("\0" in part for pair in pairs for part in pair):
            raise UnreadableText
        fields = FormFields(pairs, files)
        tickets.check(request, fields.pop(tickets.FIELD, None))
        return fields
    if kind not in ("application/x-www-form-urlencoded", ""):
        raise NotAForm
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_MAX:
            raise TooLarge
    fields = FormFields(_pairs(bytes(body)))
    tickets.check(request, fields.pop(tickets.FIELD, None))
    return fields


def _pairs(body: bytes) -> list[tuple[str, str]]:
    if body.count(b"&") >= FIELDS_MAX:
        raise TooLarge
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise UnreadableText from None
    if any("\0" in part for pair in pairs for part in pair):
        raise UnreadableText
    return pairs


Fields = Annotated[FormFields, Depends(read_fields)]
"""The fields of the form that was sent; refused when it is forged, too large or unreadable."""


@contextmanager
def shown_again(request: Request, name: str, fields: dict[str, str], **facts: Any) -> Iterator[None]:
    """Show the page again, with what was typed and what is wrong with it, when the act inside is refused.

    The page `templates/<name>` gets `values` (the fields), `problems` ({field: text}) and `refusal` (text for its
    top), and the refusal's status. It is raised as a `Reply`, so that the transaction rolls back.
    """
    try:
        yield
    except Refusal as refusal:
        lang = language_of(request)
        shown = page(
            request,
            name,
            refusal.status,
            **(facts | {"values": fields, "problems": problems_of(refusal, lang), "refusal": say(refusal, lang)}),
        )
        raise Reply(shown) from refusal


def problems_of(refusal: Refusal, lang: str) -> dict[str, str]:
    """What is wrong with each field, in a language."""
    if isinstance(refusal, InvalidInput):
        return {
            field: say(problem, lang) if isinstance(problem, Refusal) else translator(lang)(problem)
            for field, problem in refusal.problems.items()
        }
    return {refusal.field: say(refusal, lang)} if refusal.field else {}
