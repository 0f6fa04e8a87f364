"""Composing a letter: its subject, text and HTML from the templates, in the language of whom it is for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

from app.core import tokens
from app.core.settings import settings
from app.core.templates import render
from app.letters.attaching import Attached
from app.letters.models import Letter


@dataclass(frozen=True)
class Text:
    """What a letter says."""

    subject: str
    body: str
    html: str


def text_of(letter: Letter) -> Text:
    """The letter's text; templates may call `link(path)` and `sealed(purpose, reference)` for links' tokens."""
    base = settings().base_url.rstrip("/")
    link: Callable[[str], str] = lambda path: base + path  # noqa: E731
    facts: dict[str, Any] = letter.facts | {
        "link": link,
        "sealed": tokens.seal,
        "organization": settings().organization,
    }
    subject, body, html = (
        render(f"letters/{letter.name}/{part}", letter.language, **facts)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    return Text(" ".join(subject.split()), body.strip() + "\n", html)


def message_of(letter: Letter, attached: Sequence[Attached] = ()) -> EmailMessage:
    """The letter as a message (RFC 5322), always the same for the same letter, so that a copy is recognised."""
    text = text_of(letter)
    name, sender = parseaddr(settings().letters_from)
    message = EmailMessage()
    message["Message-ID"] = message_id(letter.id)
    message["Date"] = format_datetime(letter.written_at)
    message["From"] = Address(name, addr_spec=sender)
    message["To"] = Address(addr_spec=letter.to_address)
    message["Subject"] = text.subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.body)
    message.add_alternative(text.html, subtype="html")
    for file in attached:
        message.add_attachment(file.content, maintype="application", subtype="pdf", filename=file.name)
    message["Content-Language"] = letter.language
    message.set_boundary(f"=_{tokens.seal('letter-boundary', letter.id).rpartition('.')[2]}")
    return message


def message_id(letter_id: int) -> str:
    """The identity of a letter in the mail system, the same each time it is sent."""
    seal = tokens.seal("letter", letter_id).rpartition(".")[2][:16]  # one line of a header is short
    domain = parseaddr(settings().letters_from)[1].rpartition("@")[2] or "localhost"
    return f"<letter.{letter_id}.{seal}@{domain}>"
