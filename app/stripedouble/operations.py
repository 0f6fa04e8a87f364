"""The operations of the API: which path is done by what, and the pages of lists with what is expanded in them."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from app.stripedouble.books import Books
from app.stripedouble.errors import Failure, Thing, invalid
from app.stripedouble.params import params_class
from app.stripedouble.shapes import KINDS, rendered

Does = Callable[..., Thing]


class Operation(NamedTuple):
    """One method of one path, with the typed dictionary of its parameters."""

    method: str
    path: str
    params: str
    does: Does

    def params_class(self) -> type:
        """The package's class of the parameters."""
        return params_class(self.params)


_EXACT: dict[tuple[str, str], Operation] = {}
_BY_LENGTH: dict[tuple[str, int], list[tuple[list[str], Operation]]] = {}


def operation(method: str, path: str, params: str) -> Callable[[Does], Does]:
    """Let a function `(books, params, *ids of the path) -> object` do what a path is asked for."""

    def keep(does: Does) -> Does:
        made = Operation(method, path, params, does)
        parts = path.split("/")
        if "{" not in path:
            _EXACT[method, path] = made
        _BY_LENGTH.setdefault((method, len(parts)), []).append((parts, made))
        return does

    return keep


def operation_of(method: str, path: str) -> tuple[Operation, list[str]]:
    """The operation that a request asks for, and the ids in its path; else Stripe's 404."""
    exact = _EXACT.get((method, path))
    if exact is not None:
        return exact, []
    parts = path.split("/")
    for pattern, found in _BY_LENGTH.get((method, len(parts)), []):
        if all(mine == theirs or mine[:1] == "{" for mine, theirs in zip(pattern, parts, strict=True)):
            return found, [theirs for mine, theirs in zip(pattern, parts, strict=True) if mine[:1] == "{"]
    said = f"Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/."
    raise Failure(404, "invalid_request_error", said)


def endpoints() -> list[Operation]:
    """Every operation."""
    return [each for group in _BY_LENGTH.values() for _, each in group]


@cache
def _filterable(kind: str) -> frozenset[str]:
    return frozenset(KINDS[kind].indexed)


def listed(
    books: Books,
    kind: str,
    params: Thing,
    path: str,
    filters: Thing | None = None,
    keep: Callable[[Thing], bool] | None = None,
    render: Callable[[Thing], Thing] = rendered,
) -> Thing:
    """A page of a list, the newest first; `filters` are the values that fields must have (None: any)."""
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        said = "greater than or equal to 1" if limit < 1 else "less than or equal to 100"
        raise invalid(f"This value must be {said} (it currently is '{limit}').", "limit", "parameter_invalid_integer")
    table = books.tables[kind]
    asked = {field: value for field, value in (filters or {}).items() if value is not None}
    field = next((each for each in asked if each in _filterable(kind)), None)
    places = table.places(field, asked.get(field or ""))
    first, last = table.between(places, *span(params.get("created")))
    backwards = "ending_before" in params
    for cursor in ("starting_after", "ending_before"):
        if cursor in params:
            books.find(kind, params[cursor], cursor)
    if backwards:
        first = max(first, bisect_right(places, table.place[params["ending_before"]]))
    elif "starting_after" in params:
        last = min(last, bisect_left(places, table.place[params["starting_after"]]))
    found: list[Thing] = []
    for number in range(first, last) if backwards else range(last - 1, first - 1, -1):
        row = table.rows[places[number]]
        if row is None or any(row.get(name) != value for name, value in asked.items()) or (keep and not keep(row)):
            continue
        found.append(row)
        if len(found) > limit:
            break
    page = found[:limit][::-1] if backwards else found[:limit]
    data = [render(row) for row in page]
    return {"object": "list", "data": data, "has_more": len(found) > limit, "url": path}


def span(created: Any) -> tuple[int, int]:
    """The first and last second that a `created` filter leaves."""
    if isinstance(created, int):
        return created, created
    asked = created or {}
    least = max(asked.get("gte", 0), asked.get("gt", -1) + 1)
    most = min(asked.get("lte", 1 << 62), asked.get("lt", (1 << 62) + 1) - 1)
    return least, most
