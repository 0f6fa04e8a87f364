"""Idempotency keys: the first answer is kept for a day and given again to the same request."""

import hashlib
from typing import NamedTuple

from app.stripedouble.books import DAY, Clock
from app.stripedouble.errors import Failure
from app.stripedouble.packing import Packer

KEY_MAX = 255


class Answer(NamedTuple):
    """What went out: status, body, and the id of the request that was answered."""

    status: int
    body: bytes
    request: str


class Keys:
    """The keys of one account."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[int, bytes, str, Answer]] = {}  # in the order of their coming
        self._packer = Packer()
        self._busy: dict[str, bytes] = {}

    def begin(self, key: str, method: str, path: str, body: bytes) -> Answer | None:
        """The kept answer of a key; None when the request is new, which then holds the key until `end`."""
        if len(key) > KEY_MAX:
            said = f"Keys for idempotent requests can be up to {KEY_MAX} characters long."
            raise Failure(400, "idempotency_error", said)
        self._prune()
        asked = hashlib.blake2b(b"\0".join((method.encode(), path.encode(), body)), digest_size=16).digest()
        kept = self._kept.get(key)
        if (kept is not None and kept[1] != asked) or self._busy.get(key, asked) != asked:
            said = (
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request."
            )
            raise Failure(400, "idempotency_error", said)
        if key in self._busy:
            said = (
                "There is currently another in-progress request using this Idempotency Key (that probably means you "
                f"submitted twice, and the other request is still going through): {key}."
            )
            raise Failure(409, "idempotency_error", said, code="idempotency_key_in_use")
        if kept is not None:
            status, body, request = kept[3]
            return Answer(status, self._packer.unpack(kept[2], body), request)
        self._busy[key] = asked
        return None

    def end(self, key: str, answer: Answer | None, endpoint: str) -> None:
        """Let the key go, and keep the answer if the endpoint worked."""
        asked = self._busy.pop(key)
        if answer is not None:
            sort = f"{answer.status} {endpoint}"
            packed = answer._replace(body=self._packer.pack(sort, answer.body))
            self._kept[key] = (self._clock.now(), asked, sort, packed)

    def _prune(self) -> None:
        oldest = self._clock.now() - DAY
        while self._kept:
            key, (kept_at, *_) = next(iter(self._kept.items()))
            if kept_at > oldest:
                return
            del self._kept[key]

    def __len__(self) -> int:
        return len(self._kept)
