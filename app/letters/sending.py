"""Sending letters: the worker hands each to the mail system once, and again only if it died before noting it."""

import mailbox
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.settings import settings
from app.letters.attaching import attached_to
from app.letters.composing import message_id, message_of
from app.letters.models import Letter, LetterSent

TIMEOUT_SECONDS = 30
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


def send(session: Session, letter_id: int) -> None:
    """Send a letter unless it has been sent; raises `smtplib.SMTPException` or `OSError` to be tried again.

    After a crash between sending and noting it, the copy has the same Message-ID.
    """
    letter = session.scalars(select(Letter).where(Letter.id == letter_id).with_for_update()).one()
    if session.get(LetterSent, letter_id) is not None or not letter.to_address:  # sent, or erased before
        return
    message = message_of(letter, attached_to(session, letter))
    url = settings().smtp_url
    if url:
        _hand_over(message, urlsplit(url))
    else:
        _put_into_maildir(message, letter_id)
    session.add(LetterSent(letter_id=letter_id, sent_at=clock.now(), message_id=message_id(letter_id)))


def _hand_over(message: EmailMessage, url: SplitResult) -> None:
    """Give the message to an SMTP server, encrypted unless it is on this very machine."""
    assert url.scheme in ("smtp", "smtps"), "COSTAKE_SMTP_URL is smtp://… or smtps://…"
    assert url.hostname, "COSTAKE_SMTP_URL names a host"
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if url.scheme == "smtps":
        server = smtplib.SMTP_SSL(url.hostname, url.port or 465, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(url.hostname, url.port or 587, timeout=TIMEOUT_SECONDS)
    with server:
        server.ehlo()
        if url.scheme == "smtp" and (server.has_extn("starttls") or url.hostname not in LOCAL_HOSTS):
            server.starttls(context=context)
            server.ehlo()
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)


def _put_into_maildir(message: EmailMessage, letter_id: int) -> None:
    """File the message under `var/letters`, under a name of its own, so that it is never there twice."""
    folder = settings().var / "letters"
    folder.parent.mkdir(parents=True, exist_ok=True)
    mailbox.Maildir(folder, create=True)
    name = f"letter-{letter_id}"
    if any(folder.glob(f"cur/{name}:*")) or (folder / "new" / name).exists():
        return
    draft = folder / "tmp" / name
    draft.write_bytes(message.as_bytes())
    draft.replace(folder / "new" / name)
