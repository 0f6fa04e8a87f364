"""Paging for programs: a list goes on after the last item that was given, so that new items shift nothing."""

import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field

from app.core import tokens
from app.core.errors import N_, Refusal

Row = TypeVar("Row")
Item = TypeVar("Item")
LIMIT_MAX = 200


class CursorNotValid(Refusal):
    """The cursor is not one that this list gave."""

    message = N_("This cursor is not one of this list. Begin again without it.")
    field = "cursor"


class Listed(BaseModel, Generic[Item]):
    """Some items of a list, and where it goes on."""

    items: list[Item]
    next: str | None = Field(
        description="The path at which the list goes on; null at its end.",
        examples=["/api/v1/offers?limit=50&cursor=WzEyXQ.nL0x"],
    )


class Paging:
    """How many items are wanted, and after which."""

    def __init__(
        self,
        request: Request,
        limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="How many items at most.")] = 50,
        cursor: Annotated[
            str | None, Query(max_length=500, description="Where to go on; part of `next` of the list before.")
        ] = None,
    ) -> None:
        self.limit, self._cursor = limit, cursor
        self._path = request.url.path
        self._query = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]

    def after(self) -> list[Any] | None:
        """The key after which the list goes on; None at its start."""
        if self._cursor is None:
            return None
        text = tokens.unseal(self._purpose, self._cursor)
        if text is None:
            raise CursorNotValid
        key: list[Any] = json.loads(text)
        return key

    def listed(
        self, rows: Sequence[Row], key: Callable[[Row], list[Any]], shape: Callable[[Row], Item], **query: str
    ) -> Listed[Item]:
        """The list of up to `limit + 1` rows that were read: the last only tells that there is more.

        `query` fixes parameters of the next page that the request left open.
        """
        more = len(rows) > self.limit
        given = rows[: self.limit]
        return Listed(items=[shape(row) for row in given], next=self._next(key(given[-1]), query) if more else None)

    def _next(self, key: list[Any], fixed: dict[str, str]) -> str:
        kept = [(name, value) for name, value in self._query if name not in fixed]
        cursor = tokens.seal(self._purpose, json.dumps(key))
        return f"{self._path}?{urlencode([*kept, *fixed.items(), ('cursor', cursor)])}"

    @property
    def _purpose(self) -> str:
        return f"cursor {self._path}"


Pages = Annotated[Paging, Depends()]
"""The page of a list that the request asks for."""
