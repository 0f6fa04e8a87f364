"""Sending: each letter once, to a real mail server or a maildir, however often the job is repeated."""

import email
import mailbox
import socket
import threading
from collections.abc import Iterator
from smtplib import SMTPAuthenticationError

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.core.database import new_session, transaction
from app.core.settings import settings
from app.letters.models import Letter, LetterSent
from app.letters.sending import send
from app.letters.writing import write


class Mailbox:
    """Takes every letter, as a mail server does."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, server, session, envelope):
        self.taken.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"


def knows(server, session, envelope, mechanism, login) -> AuthResult:
    return AuthResult(success=(login.login, login.password) == (b"house@example.org", b"p@ss:word/"), handled=False)


@pytest.fixture
def mail_server(database, monkeypatch) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, authenticator=knows, auth_require_tls=False)
    controller.start()
    monkeypatch.setenv("COSTAKE_SMTP_URL", f"smtp://127.0.0.1:{port}")
    settings.cache_clear()
    yield box
    controller.stop()


def written(to: str = "ana@example.org") -> int:
    with transaction() as session:
        return write(session, "sign-in", to, "fr", link_id=7).id


def sent(letter_id: int) -> None:
    with transaction() as session:
        send(session, letter_id)


def filed() -> list[mailbox.MaildirMessage]:
    return list(mailbox.Maildir(settings().var / "letters", create=False))


def test_writing_a_letter_defers_its_sending_in_the_same_transaction(database):
    letter_id = written()
    with new_session() as session:
        jobs = session.execute(text("SELECT task_name, args FROM procrastinate_jobs")).all()
        assert [tuple(job) for job in jobs] == [("letters.send", {"letter_id": letter_id})]
    with pytest.raises(ZeroDivisionError), transaction() as session:
        write(session, "sign-in", "bo@example.org", "en", link_id=8)
        raise ZeroDivisionError
    with new_session() as session:
        assert session.scalar(select(func.count()).select_from(Letter)) == 1
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 1


def test_a_letter_reaches_the_mail_server_once(mail_server):
    letter_id = written()
    sent(letter_id)
    sent(letter_id)
    ((recipients, content),) = mail_server.taken
    assert recipients == ["ana@example.org"]
    message = email.message_from_bytes(content)
    with new_session() as session:
        assert session.get_one(LetterSent, letter_id).message_id == message["Message-ID"]


def test_two_workers_at_once_send_it_once(mail_server):
    letter_id = written()
    start = threading.Barrier(2)

    def work():
        start.wait()
        sent(letter_id)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(mail_server.taken) == 1


def test_after_a_crash_the_copy_has_the_same_identity(mail_server):
    letter_id = written()
    with pytest.raises(KeyboardInterrupt), transaction() as session:
        send(session, letter_id)
        raise KeyboardInterrupt
    sent(letter_id)
    first, second = (email.message_from_bytes(content) for _, content in mail_server.taken)
    assert first["Message-ID"] == second["Message-ID"]


def test_a_server_that_is_away_leaves_the_letter_to_be_sent_later(mail_server, monkeypatch):
    letter_id = written()
    monkeypatch.setenv("COSTAKE_SMTP_URL", "smtp://127.0.0.1:1")
    settings.cache_clear()
    with pytest.raises(OSError, match="refused"):
        sent(letter_id)
    with new_session() as session:
        assert session.get(LetterSent, letter_id) is None


def test_name_and_password_are_given_as_the_address_holds_them(mail_server, monkeypatch):
    server = str(settings().smtp_url).removeprefix("smtp://")
    for password, taken in (("wrong", 0), ("p%40ss%3Aword%2F", 1)):
        monkeypatch.setenv("COSTAKE_SMTP_URL", f"smtp://house%40example.org:{password}@{server}")
        settings.cache_clear()
        letter_id = written()
        if taken:
            sent(letter_id)
        else:
            with pytest.raises(SMTPAuthenticationError):
                sent(letter_id)
        assert len(mail_server.taken) == taken


def test_a_server_elsewhere_that_cannot_encrypt_gets_nothing(mail_server, monkeypatch):
    letter_id = written()
    address = settings().smtp_url
    assert address
    monkeypatch.setattr("app.letters.sending.LOCAL_HOSTS", frozenset())
    with pytest.raises(Exception, match="STARTTLS"):
        sent(letter_id)
    assert mail_server.taken == []


def test_without_a_server_letters_are_filed_once_in_a_maildir(database):
    letter_id = written()
    with pytest.raises(KeyboardInterrupt), transaction() as session:
        send(session, letter_id)
        raise KeyboardInterrupt
    sent(letter_id)
    sent(letter_id)
    (message,) = filed()
    assert message["To"] == "ana@example.org"
    assert "Bonjour" in message.get_payload(0).get_payload(decode=True).decode()


def test_a_filed_letter_that_was_read_is_not_filed_again(database):
    letter_id = written()
    with pytest.raises(KeyboardInterrupt), transaction() as session:
        send(session, letter_id)
        raise KeyboardInterrupt
    box = mailbox.Maildir(settings().var / "letters")
    (key,) = box.keys()
    message = box[key]
    message.set_subdir("cur")
    message.set_flags("S")
    box[key] = message
    sent(letter_id)
    assert len(filed()) == 1


def test_letters_cannot_be_changed_afterwards(database):
    letter_id = written()
    sent(letter_id)
    for change in ("UPDATE letter SET to_address = 'eve@example.org'", "DELETE FROM letter_sent"):
        with pytest.raises(DBAPIError, match="append-only"), transaction() as session:
            session.execute(text(change))
