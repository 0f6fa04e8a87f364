"""Answering once: a request with a key that was answered before gets the same answer, and does nothing again."""

import hashlib
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.core import clock
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.members.apitokens.models import ApiAnswer

KEPT = timedelta(hours=48)
KEY_MAX = 200


class KeyMissing(Refusal):
    """Whoever posts names the request, so that it can be sent again without harm."""

    message = N_("Send the header Idempotency-Key: 1 to {most} printable ASCII characters, new for each new request.")
    status = 400


class KeyUsedOtherwise(Refusal):
    """The key belongs to another request."""

    message = N_("This Idempotency-Key was sent with another request. Use a new key for each new request.")
    status = 422


def read_key(text: str | None) -> str:
    """An idempotency key as a header carries it."""
    key = (text or "").strip()
    if not 1 <= len(key) <= KEY_MAX or not (key.isascii() and key.isprintable()):
        raise KeyMissing(most=KEY_MAX)
    return key


def request_digest(method: str, target: str, body: bytes) -> bytes:
    """What tells one request from another."""
    head = f"{method} {target}\n".encode()
    return hashlib.sha256(head + body).digest()


def earlier_answer(session: Session, token_id: int, key: str, request_sha256: bytes) -> ApiAnswer | None:
    """What was answered to this request before; None when it is new, and then others with its key wait for this one.

    Raises `KeyUsedOtherwise`.
    """
    one_at_a_time(session, f"api answer {token_id} {key}")
    found = session.get(ApiAnswer, (token_id, key))
    if found is not None and bytes(found.request_sha256) != request_sha256:
        raise KeyUsedOtherwise
    return found


def keep_answer(
    session: Session, token_id: int, key: str, request_sha256: bytes, status: int, media_type: str, body: bytes
) -> None:
    """Keep an answer, in the transaction of the act that it tells of. Refusals change nothing and are not kept."""
    session.add(
        ApiAnswer(
            token_id=token_id,
            key=key,
            request_sha256=request_sha256,
            status=status,
            media_type=media_type,
            body=body,
            answered_at=clock.now(),
        )
    )
    session.flush()


def forget_answers(session: Session) -> int:
    """Remove the answers that are two days old; how many. Done every hour."""
    old = delete(ApiAnswer).where(ApiAnswer.answered_at < clock.now() - KEPT).returning(ApiAnswer.key)
    return len(session.execute(old).all())
