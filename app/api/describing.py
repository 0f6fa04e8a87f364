"""The API's description: OpenAPI 3.1 as the routes give it, completed with what they share."""

from typing import Any

from app.core.errors import N_
from app.members.apitokens.scopes import PURPOSES, Scope
from app.planner.questions import FIELDS, TWITTER_2016
from app.web.problems import MEDIA_TYPE, Problem

Document = dict[str, Any]

TITLE = "Costake"
VERSION = "1"
ABOUT = """\
What the pages do, for programs: the same acts, the same rules, the same figures.

**Tokens.** Send `Authorization: Bearer costake_…`. A token is made at `/me/tokens`, has scopes and an end, and never
does more than its person may do now. With `offers:write`, `shares:write`, `documents:write`, `bank:write`,
`payments:write`, `roles:write`, `approvals:write`, `conversions:write` or `ballots:write` it lasts a day at most: on
the pages too, these acts ask people to show again who they are. Cookies open nothing here.

**Sending twice.** Every POST carries the header `Idempotency-Key` (1 to 200 printable ASCII characters, new for each
new request). The same request with the same key gets the same answer, with the header `Idempotent-Replayed: true`, for
at least 24 hours, and acts once. The same key with another request is refused. A refused request leaves nothing behind,
so that its key can be used again.

**Lists.** `limit` (at most 200) and `cursor`; each list tells the path of its `next` page. New items shift nothing.

**Values.** Money is whole minor units with a currency, `{"minor": 230000, "currency": "USD"}`. Moments are RFC 3339 in
UTC, days ISO 8601.

**Refusals** are problem details (RFC 9457) with a stable name in `type`, in the language of `Accept-Language` (`en`,
`fr`).
"""
TAGS = {
    N_("Offers"): N_("Offers of shares, drafted and decided by organizers."),
    N_("Pledges"): N_("What supporters declare; nothing counts until the link in the letter is followed."),
    N_("Shares and documents"): N_(
        "The caller's own shares and what they ask for with them, documents with their PDF, and acts on shares."
    ),
    N_("Members"): N_("Members, and the register as of any day."),
    N_("Approvals"): N_("What waits for a second person."),
    N_("Payments"): N_("Bank statements, receipts and refunds; distributions and batches of payments."),
    N_("Privacy"): N_("The file of the caller’s own data, and requests for erasure."),
    N_("Roles"): N_("The caller, and who may do what."),
    N_("Conversions"): N_("From company to co-operative: the plan, and the dry run of the exchange of shares."),
    N_("Ballots"): N_("What is voted on and by which rule, votes that are recorded, and certified results."),
    N_("Motions"): N_("What members propose to be voted on, how much support it has, and what came of it."),
    N_("Proofs"): N_("Everything that must always be true of the books."),
    N_("Planner"): N_("Whether the users of a platform can buy it."),
}
PROBLEMS = {
    400: "The request cannot be read, or lacks its Idempotency-Key.",
    401: "No token, or one that is not valid any more.",
    403: "The token lacks the scope, or the person the role.",
    404: "There is no such thing, or it is not yours to see.",
    406: "The kind of answer that the header Accept asks for is not given here.",
    409: "The state of things does not allow it any more.",
    410: "It was there, and is gone: links and files expire.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "A value is refused; each field with its reason.",
    429: "Too often; try again later.",
    500: "Something went wrong on our side; nothing was changed.",
}
READING = (400, 401, 403, 404, 406, 409, 410, 422, 429, 500)
ACTING = tuple(PROBLEMS)
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "New for each new request; the same to send a request again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]([ -~]{0,198}[!-~])?$"},
    "example": "7b0c7f3e-6a5c-4c9e-9a57-0d3a1f4f9a10",
}
REPLAYED = {
    "description": "Sent when this is the answer to an earlier request with the same key.",
    "schema": {"type": "string", "enum": ["true"]},
}


def complete(document: Document, needed: dict[tuple[str, str], tuple[str | None, list[str]] | None]) -> Document:
    """The routes' description with security, problems, keys and the planner; `needed` gives scope and roles."""
    components = document["components"]
    schemas = components["schemas"]
    for generic in ("HTTPValidationError", "ValidationError"):
        schemas.pop(generic, None)
    described = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(described.pop("$defs"))
    schemas["Problem"] = described
    components["responses"] = {f"Problem{status}": _problem(text) for status, text in PROBLEMS.items()}
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A token made at /me/tokens."}
    }
    document["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    document["x-scopes"] = {scope.value: PURPOSES[scope] for scope in Scope}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            _complete(method, operation, needed[method.upper(), path])
    document["paths"]["/api/v1/plan"] = {"get": _planner()}
    whole: Document = _whole(document)
    return whole


def _whole(value: Any) -> Any:
    """The library writes whole limits as fractions, which lose digits; here they are whole numbers again."""
    if isinstance(value, dict):
        return {name: _whole(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _complete(method: str, operation: Document, needs: tuple[str | None, list[str]] | None) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    for status in READING if method == "get" else ACTING:
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    if method == "post":
        operation.setdefault("parameters", []).append(KEY)
        done = next(answer for status, answer in responses.items() if status.startswith("2"))
        done["headers"] = {"Idempotent-Replayed": REPLAYED}
    assert needs is not None, "every operation says what it needs"
    scope, roles = needs
    operation["security"] = [{"token": [scope] if scope else []}]
    operation["x-scope"], operation["x-roles"] = scope, roles


def _problem(text: str) -> Document:
    return {"description": text, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _planner() -> Document:
    """The planner's operation, whose figures are read as people type them."""
    figures = [
        {
            "name": name,
            "in": "query",
            "schema": {"type": "string", "maxLength": 100},
            "example": TWITTER_2016.get(name, ""),
        }
        for name in FIELDS
    ]
    for figure in figures:
        if not figure["example"]:
            del figure["example"]
    scenarios = {"name": "scenarios", "in": "query", "schema": {"type": "string", "enum": ["yes"]}}
    answer = {"description": "The answer.", "content": {"application/json": {"schema": {"type": "object"}}}}
    problems = {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in (400, 422, 429, 500)}
    return {
        "tags": ["Planner"],
        "operationId": "plan",
        "summary": N_("Work out a purchase by the users"),
        "description": "The stake, the vote it carries, what is missing and what the law adds.",
        "parameters": [*figures, scenarios],
        "responses": {"200": answer, **problems},
        "security": [],
        "x-scope": None,
        "x-roles": [],
    }
