"""kill -9 of the web server or the worker, at any point of the story, then a restart: the same register."""

import contextlib
import csv
import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import httpx
import pytest
from sqlalchemy import text

from app.core import tokens
from app.core.database import reading, transaction
from app.core.money import Money
from app.core.settings import ROOT
from app.exports.register import write_csv
from app.members.persons import Address
from app.offers.closing import close_offer
from app.offers.drafting import draft_offer, open_offer
from app.offers.pledging import PURPOSE, Wish, confirm_pledge, make_pledge
from app.offers.terms.stating import Terms
from app.payments.receiving import BankLine, record_receipt
from app.shares.classes import share_class
from tests.journeys.test_pledge_to_certificate import pledge, sign_in, terms, who
from tests.journeys.visitors import Visitor

pytestmark = pytest.mark.long
SUPPORTERS = 14
SEEDS = range(1, 1 + int(os.environ.get("COSTAKE_KILL_SEEDS", "1")))


class House:
    """The web server and the worker as processes of their own, which can be killed and started again."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, "COSTAKE_BASE_URL": self.base_url}
        self.running: dict[str, subprocess.Popen] = {}

    def start(self, name: str) -> None:
        arguments = {"web": ["web", f"--port={self.port}"], "worker": ["worker"]}[name]
        self.running[name] = subprocess.Popen(
            [sys.executable, "-m", "app.cli", *arguments], cwd=ROOT, env=self.environment, stderr=subprocess.DEVNULL
        )
        if name == "web":
            self.wait_until_it_answers()

    def kill(self, name: str) -> None:
        self.running[name].send_signal(signal.SIGKILL)
        self.running[name].wait()

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.base_url}/health", timeout=60).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise AssertionError("the web server does not answer")

    def stop(self) -> None:
        for process in self.running.values():
            if process.poll() is None:
                process.kill()
                process.wait()


@pytest.fixture
def house(database: str) -> Iterator[House]:
    opened = House()
    yield opened
    opened.stop()


def jobs_left() -> int:
    with reading() as session:
        return session.execute(
            text("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
        ).scalar_one()


def register() -> list[dict[str, str]]:
    file = io.StringIO()
    with reading() as session:
        write_csv(session, datetime.now(UTC).date() + timedelta(days=1), file)  # noqa: TID251  (the real day)
    return list(csv.DictReader(io.StringIO(file.getvalue())))


def an_offer_with_paid_pledges() -> None:
    with transaction() as session:
        terms = Terms(
            title="Buy it", summary="", share_class_id=share_class(session, "A", "Share").id, price_cents=2300,
            currency="USD", target_cents=SUPPORTERS * 230_000, person_shares_min=1, person_shares_max=100,
            deadline_at=datetime.now(UTC) + timedelta(days=9), zone="UTC", users_count=None,  # noqa: TID251
            participants_target=None, account_holder="C", account_number="1",
        )  # fmt: skip
        offer = draft_offer(session, "buy-it", terms, by=None)
        open_offer(session, "buy-it", by=None, reason="x")
        for number in range(SUPPORTERS):
            wish = Wish(
                f"form {number}", offer.terms_id, f"s{number}@example.org", "en", f"Supporter {number:02}",
                Address(("1 Main Street",), "80302", "Boulder", "CO", "US"), 100,
            )  # fmt: skip
            made = confirm_pledge(session, tokens.seal(PURPOSE, make_pledge(session, "buy-it", wish).id))
            today = datetime.now(UTC).date()  # noqa: TID251
            line = BankLine(made.request.reference, Money(230_000, "USD"), today, "S", f"LINE {number}")
            record_receipt(session, line, by=None)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_worker_killed_again_and_again_while_settling_ends_in_the_whole_register(house, seed, monkeypatch):
    monkeypatch.setitem(house.environment, "COSTAKE_SETTLE_BATCH", "3")
    an_offer_with_paid_pledges()
    with transaction() as session:
        close_offer(session, "buy-it", by=None)
    chance = Random(seed)
    for _ in range(2):
        house.start("worker")
        time.sleep(1.2 + chance.random())  # long enough to begin, too short to end
        house.kill("worker")
    house.start("worker")
    deadline = time.monotonic() + 180
    while jobs_left() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert jobs_left() == 0
    rows = register()
    assert sorted(row["legal_name"] for row in rows) == [f"Supporter {number:02}" for number in range(SUPPORTERS)]
    assert [row["member_number"] for row in rows] == [str(number + 1) for number in range(SUPPORTERS)]
    assert {row["shares"] for row in rows} == {"100"}
    with reading() as session:
        assert (
            session.execute(text("SELECT count(*) FROM document WHERE kind = 'certificate'")).scalar_one() == SUPPORTERS
        )
        assert session.execute(text("SELECT count(*) FROM letter_sent")).scalar_one() == 4 * SUPPORTERS


def test_a_web_server_killed_between_and_during_requests_loses_and_doubles_nothing(house):
    house.start("web")
    house.start("worker")
    os.environ["COSTAKE_BASE_URL"] = house.base_url
    try:
        organizer = sign_in(Visitor(house.base_url), "organizer@example.org", "organizer")
        treasurer = sign_in(Visitor(house.base_url), "treasurer@example.org", "treasurer")
        organizer.get("/desk/offers/new").fill_in("/desk/offers/new", **terms(target="2300"))
        restart(house)
        organizer.get("/desk/offers/buy-it").fill_in("/desk/offers/buy-it/opening").sees("The offer is open.")
        maya = Visitor(house.base_url)
        reference = pledge(maya, wait_for_letters, **who("Maya Whitfield", "maya@example.org"))
        treasurer.get("/desk/receipts")
        receipt = {
            "reference": reference, "amount": "2300", "currency": "USD", "payer_name": "M", "bank_reference": "LINE 1",
            "received_on": datetime.now(UTC).date().isoformat(),  # noqa: TID251
        }  # fmt: skip
        killer = threading.Timer(0.02, lambda: house.kill("web"))
        killer.start()
        # the answer may be lost with the server: the treasurer cannot know, and sends the form again
        with contextlib.suppress(httpx.TransportError, AssertionError):
            treasurer.fill_in("/desk/receipts", **receipt)
        killer.join()
        house.start("web")
        treasurer.get("/desk/receipts")
        answer = treasurer.browser.post("/desk/receipts", data={**treasurer._page().forms[-1]["fields"], **receipt})
        assert answer.status_code in (200, 409)
        treasurer.get("/desk/receipts")
        assert treasurer.text().count("$2,300.00") == 1
        organizer.get("/desk/offers/buy-it").fill_in("/desk/offers/buy-it/closing")
        organizer.fill_in("/desk/offers/buy-it/result", reason="the target is paid")
        treasurer.get("/desk/approvals").fill_in("/desk/approvals/1/approval", reason="I saw the statement")
        restart(house)
        wait_for_letters()
        assert [(row["legal_name"], row["shares"]) for row in register()] == [("Maya Whitfield", "100")]
        maya.get("/holdings").sees("Download the certificate")
    finally:
        os.environ.pop("COSTAKE_BASE_URL")


def restart(house: House) -> None:
    house.kill("web")
    house.kill("worker")
    house.start("web")
    house.start("worker")


def wait_for_letters() -> None:
    deadline = time.monotonic() + 180
    while jobs_left() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert jobs_left() == 0
