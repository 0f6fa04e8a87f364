"""Passkeys: registered and shown by the device that holds them, for this address, each answer once."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.core import clock
from app.core.database import reading, transaction
from app.core.errors import NotFound
from app.core.settings import settings
from app.members.signin.factors import passkeys
from app.members.signin.factors.passkeys import ChallengeTooOld, PasskeyRefused
from tests import make
from tests.members.signin.authenticators import Device
from tests.members.signin.conftest import NOW

ORIGIN, HOST = "https://shares.example.org", "shares.example.org"


@pytest.fixture(autouse=True)
def named(database, monkeypatch) -> None:
    monkeypatch.setenv("COSTAKE_BASE_URL", ORIGIN)
    settings.cache_clear()


def registered(device: Device, email: str = "maya@example.org"):
    with transaction() as session:
        who = make.person(session, email)
        offer = passkeys.offer_registration(session, who, "Maya")
        passkeys.register(session, who, device.create(offer["options"]), offer["challenge"], "my  phone")
        return who


def shown(device: Device, offer: dict[str, str] | None = None) -> int:
    offer = offer or passkeys.offer_use()
    with transaction() as session:
        return passkeys.use(session, device.get(offer["options"]), offer["challenge"]).id


def test_a_passkey_is_registered_used_listed_and_removed(database):
    device = Device(ORIGIN, HOST)
    maya = registered(device)
    assert shown(device) == shown(device) == maya.id
    with transaction() as session:
        (kept,) = passkeys.passkeys_of(session, maya.id)
        assert (kept.name, kept.sign_count) == ("my phone", 2)
        assert kept.used_at is not None
        with pytest.raises(NotFound):
            passkeys.remove(session, kept.id, make.person(session, "wei@example.org"))
        passkeys.remove(session, kept.id, maya)
        assert make.letters(session, maya.email) == ["factor-changed", "factor-changed"]
    with pytest.raises(PasskeyRefused):
        shown(device)


def test_what_the_browser_is_asked_names_this_address_and_demands_that_the_device_verifies_its_person(database):
    with transaction() as session:
        maya = make.person(session)
        asked = json.loads(passkeys.offer_registration(session, maya, "Maya")["options"])
    assert asked["rp"]["id"] == HOST
    assert asked["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    use = json.loads(passkeys.offer_use()["options"])
    assert (use["rpId"], use["userVerification"], use.get("allowCredentials", [])) == (HOST, "required", [])


def test_an_answer_counts_once(database):
    device = Device(ORIGIN, HOST)
    registered(device)
    offer = passkeys.offer_use()
    answer = device.get(offer["options"])
    with transaction() as session:
        passkeys.use(session, answer, offer["challenge"])
    with pytest.raises(ChallengeTooOld), transaction() as session:
        passkeys.use(session, answer, offer["challenge"])


def test_a_challenge_lasts_ten_minutes(database):
    device = Device(ORIGIN, HOST)
    with clock.at(NOW):
        maya = registered(device)
        first, second = passkeys.offer_use(), passkeys.offer_use()
    with clock.at(NOW + timedelta(minutes=9)):
        assert shown(device, first) == maya.id
    with clock.at(NOW + timedelta(minutes=10)), pytest.raises(ChallengeTooOld):
        shown(device, second)


def test_a_copied_key_shows_by_its_count(database):
    device = Device(ORIGIN, HOST)
    registered(device)
    for _ in range(3):
        shown(device)
    device.count = 1
    with pytest.raises(PasskeyRefused):
        shown(device)
    device.count = 3
    shown(device)


@pytest.mark.parametrize(
    "bent",
    [
        {"origin": "https://shares.example.org.evil.example"},
        {"origin": "http://shares.example.org"},
        {"host": "evil.example"},
        {"verifies": False},
        {"handle": b"somebody else"},
        {"id": b"unknown"},
    ],
    ids=lambda bent: next(iter(bent)),
)
def test_a_key_shown_to_a_false_site_or_by_a_device_that_verified_nobody_opens_nothing(database, bent):
    device = Device(ORIGIN, HOST)
    registered(device)
    for name, value in bent.items():
        setattr(device, name, value)
    with pytest.raises(PasskeyRefused):
        shown(device)


def test_another_key_with_the_same_name_opens_nothing(database):
    device, false = Device(ORIGIN, HOST), Device(ORIGIN, HOST)
    registered(device)
    false.id, false.handle = device.id, device.handle
    with pytest.raises(PasskeyRefused):
        shown(false)


def test_an_offer_for_one_person_or_purpose_is_worth_nothing_for_another(database):
    device = Device(ORIGIN, HOST)
    maya = registered(device)
    with transaction() as session:
        wei = make.person(session, "wei@example.org")
        for_wei = passkeys.offer_registration(session, wei, "Wei")
        answer = Device(ORIGIN, HOST).create(for_wei["options"])
    for challenge in (for_wei["challenge"], passkeys.offer_use()["challenge"], "x", ""):
        with pytest.raises(PasskeyRefused), transaction() as session:
            passkeys.register(session, maya, answer, challenge, "")
    with pytest.raises(PasskeyRefused), transaction() as session:
        passkeys.use(session, device.get(for_wei["options"]), for_wei["challenge"])
    with pytest.raises(PasskeyRefused), transaction() as session:  # a device that is known already
        again = passkeys.offer_registration(session, wei, "Wei")
        passkeys.register(session, wei, device.create(again["options"]), again["challenge"], "")


@pytest.mark.parametrize("answer", ["", "{", "[]", "null", '{"response": {}}', '{"rawId": "!", "response": {"a": 1}}'])
def test_what_is_not_an_answer_is_refused(database, answer):
    registered(Device(ORIGIN, HOST))
    with pytest.raises(PasskeyRefused), transaction() as session:
        passkeys.use(session, answer, passkeys.offer_use()["challenge"])
    with pytest.raises(PasskeyRefused), transaction() as session:
        maya = make.person(session)
        offer = passkeys.offer_registration(session, maya, "Maya")
        passkeys.register(session, maya, answer, offer["challenge"], "")
    with reading() as session:
        assert session.execute(text("SELECT count(*) FROM passkey")).scalar_one() == 1


@pytest.mark.parametrize(
    ("address", "possible"),
    [
        ("https://shares.example.org", True),
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", False),
        ("http://[::1]:8000", False),
    ],
)
def test_passkeys_need_an_address_with_a_name(database, monkeypatch, address, possible):
    monkeypatch.setenv("COSTAKE_BASE_URL", address)
    settings.cache_clear()
    assert passkeys.possible() is possible
