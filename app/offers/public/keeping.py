"""Keeping what everyone asks for: made at most once in a while in each process, by one request for all that wait."""

import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from app.core.database import engine
from app.core.settings import settings

V = TypeVar("V")
KEPT_MAX = 500


@dataclass
class _Place(Generic[V]):
    making: threading.Lock = field(default_factory=threading.Lock)
    made: list[V] = field(default_factory=list)  # none or one
    made_at: float = 0.0


class Kept(Generic[V]):
    """Values by key, as fresh as `total_seconds` of the settings: older ones are served while one thread makes anew.

    What a key's maker raises is not kept. The least used keys are forgotten beyond `KEPT_MAX`.
    """

    def __init__(self) -> None:
        self._of: weakref.WeakKeyDictionary[Any, OrderedDict[Hashable, _Place[V]]] = weakref.WeakKeyDictionary()
        self._guard = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], V], *, seconds: float | None = None) -> V:
        """The value of a key, made by `make` when none is fresh; `seconds` instead of the settings' time."""
        lasts = settings().total_seconds if seconds is None else min(seconds, settings().total_seconds * 60)
        if not lasts:
            return make()
        place = self._place(key)
        if place.made and time.monotonic() - place.made_at < lasts:
            return place.made[0]
        if not place.making.acquire(blocking=not place.made):
            return place.made[0]
        try:
            if not place.made or time.monotonic() - place.made_at >= lasts:
                place.made, place.made_at = [make()], time.monotonic()
            return place.made[0]
        finally:
            place.making.release()

    def _place(self, key: Hashable) -> _Place[V]:
        with self._guard:
            places = self._of.setdefault(engine(), OrderedDict())
            place = places.setdefault(key, _Place())
            places.move_to_end(key)
            if len(places) > KEPT_MAX:
                places.popitem(last=False)
            return place
