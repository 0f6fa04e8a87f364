"""Second factors: needed by staff, asked for again before money moves, each code accepted once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from app.core import clock
from app.core.database import reading, transaction
from app.core.settings import Settings
from app.members.models import SignedIn
from app.members.signin.factors import authenticator, having, recovery
from app.members.signin.factors.authenticator import AppAlready, SecretTooOld, WrongCode
from app.members.signin.factors.tries import TooManyTries
from app.members.signin.models import Authenticator
from app.members.signing_in import link_path, new_link
from tests import make
from tests.members.signin.conftest import NOW, code_of
from tests.races import at_once

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def with_app(email: str = "maya@example.org") -> int:
    """Somebody whose app was set up two minutes ago."""
    with clock.at(clock.now() - timedelta(minutes=2)), transaction() as session:
        who = make.person(session, email)
        authenticator.add(session, who, SECRET, code_of(SECRET))
        return who.id


def check(person_id: int, code: str) -> bool:
    with transaction() as session:
        return authenticator.check(session, person_id, code)


def test_a_code_is_accepted_once_and_never_after_a_later_one(database):
    with clock.at(NOW):
        maya = with_app()
        code, before = code_of(SECRET), code_of(SECRET, -1)
        assert check(maya, code)
        assert not check(maya, code)
        assert not check(maya, before)
        assert check(maya, code_of(SECRET, 1))
    with clock.at(NOW + timedelta(seconds=60)):
        assert not check(maya, code)
        assert check(maya, code_of(SECRET))


def test_one_code_tried_twice_at_once_is_accepted_once(database):
    maya = with_app()
    code = code_of(SECRET)
    outcomes = at_once(*[lambda session: authenticator.check(session, maya, code)] * 4)
    assert outcomes.count(True) == 1


def test_a_clock_may_be_half_a_minute_off_but_not_a_minute(database):
    with clock.at(NOW):
        maya = with_app()
        assert not check(maya, code_of(SECRET, -2))
        assert not check(maya, code_of(SECRET, 2))
        assert check(maya, code_of(SECRET, -1))
        assert check(maya, code_of(SECRET, 1))


def test_after_five_wrong_codes_a_quarter_of_an_hour_passes_before_the_right_one_counts(database):
    with clock.at(NOW):
        maya = with_app()
        for wrong in ("", "000000", "12345", "1234567", "abcdef"):
            assert not check(maya, wrong)
        with pytest.raises(TooManyTries) as refused:
            check(maya, code_of(SECRET))
        assert refused.value.status == 429
    with clock.at(NOW + timedelta(minutes=14)), pytest.raises(TooManyTries):
        check(maya, code_of(SECRET))
    with clock.at(NOW + timedelta(minutes=15)):
        assert check(maya, code_of(SECRET))


def test_the_secret_is_sealed_in_the_database(database):
    with_app()
    with reading() as session:
        assert SECRET not in str(session.execute(text("SELECT * FROM authenticator")).all())
        assert session.scalars(select(Authenticator.secret)).one() == SECRET


def test_an_app_is_added_with_a_right_code_only_once_and_only_by_whom_the_secret_is_for(database):
    with transaction() as session:
        maya, wei = make.person(session), make.person(session, "wei@example.org")
        sealed = authenticator.new_secret(maya)
        secret = authenticator.secret_in(maya, sealed)
        for who, given in ((wei, sealed), (maya, sealed + "x"), (maya, "")):
            with pytest.raises(SecretTooOld):
                authenticator.secret_in(who, given)
        with clock.at(clock.now() + timedelta(minutes=31)), pytest.raises(SecretTooOld):
            authenticator.secret_in(maya, sealed)
        with pytest.raises(WrongCode):
            authenticator.add(session, maya, secret, "000000")
        authenticator.add(session, maya, secret, code_of(secret))
        with pytest.raises(AppAlready):
            authenticator.add(session, maya, secret, code_of(secret))
        picture = authenticator.picture(maya, secret)
        assert picture.startswith("<svg") and "style=" not in picture and "script" not in picture


def test_each_recovery_code_works_once_and_new_ones_replace_the_old(database):
    with transaction() as session:
        maya = make.person(session)
        codes = recovery.make_codes(session, maya)
        assert len(set(codes)) == 10
        kept = str(session.execute(text("SELECT * FROM recovery_code")).all())
        assert not any(code in kept for code in codes)
        assert recovery.check(session, maya, codes[0])
        assert not recovery.check(session, maya, codes[0])
        assert recovery.check(session, maya, f" {codes[1].lower().replace('-', ' ')} ")
        assert recovery.codes_left(session, maya.id) == 8
        others = make.person(session, "wei@example.org")
        assert not recovery.check(session, others, codes[2])
        recovery.make_codes(session, maya)
        assert not recovery.check(session, maya, codes[2])
        assert recovery.codes_left(session, maya.id) == 10
    outcomes = at_once(*[lambda session: recovery.check(session, maya, fresh)] * 3) if (fresh := remade(maya)) else []
    assert outcomes.count(True) == 1


def remade(who) -> str:
    with transaction() as session:
        return recovery.make_codes(session, who)[0]


def test_staff_without_a_second_factor_see_no_desk_page_until_they_have_one(required, address, signed_in):
    organizer = signed_in(role="organizer")
    for path in ("/desk", "/desk/roles", "/desk/receipts", "/desk/offers/new"):
        organizer.get(path).sees("A second factor")
        assert organizer.answer.url.path == "/me/security/enrol"
    ticket = organizer.get("/me/security")._page().forms[0]["fields"]["csrf"]
    grant = {"csrf": ticket, "email": "organizer@example.org", "role": "auditor", "reason": "myself"}
    assert organizer.browser.post("/desk/roles", data=grant).url.path == "/me/security/enrol"

    organizer.get("/me/security/app?next=/desk").sees("Set up an authenticator app")
    secret = re.search(r"Key: ([A-Z2-7 ]+)", organizer.text())[1].replace(" ", "").removesuffix("C")[:32]
    organizer.fill_in("/me/security/app", 422, code="000000").sees("This code is not right")
    organizer.fill_in("/me/security/app", code=code_of(secret)).sees("Your recovery codes")
    organizer.get("/desk").sees("Desk")
    assert organizer.answer.url.path == "/desk"


def test_staff_with_a_second_factor_are_asked_for_it_when_they_sign_in_by_a_link(required, address, signed_in):
    with_app("organizer@example.org")
    organizer = signed_in(role="organizer")
    assert organizer.answer.url.path == "/me/security/confirm"
    organizer.get("/desk/roles").sees("Show that it is you")
    before = organizer.browser.cookies["session"]
    organizer.fill_in("/me/security/confirm/app", 422, code="000000").sees("This code is not right")
    organizer.fill_in("/me/security/confirm/app", code=code_of(SECRET)).sees("Roles")
    assert organizer.answer.url.path == "/desk/roles"
    assert organizer.browser.cookies["session"] != before  # what was known before it may do more is worth nothing


def test_whoever_reads_the_mail_of_staff_cannot_give_themselves_a_second_factor(required, address, signed_in):
    with_app("organizer@example.org")
    thief = signed_in(role="organizer")
    thief.get("/me/security/app").fill_in("/me/security/app", 403, code="000000").sees("Show that it is you")
    thief.get("/me/security").fill_in("/me/security/app/removal", 403).sees("Show that it is you")
    thief.get("/me/security").fill_in("/me/security/recovery-codes", 403).sees("Show that it is you")
    with reading() as session:
        assert session.scalars(select(Authenticator.secret).where(Authenticator.removed_at.is_(None))).one() == SECRET


def test_a_recovery_code_lets_staff_in_who_lost_their_phone(required, address, signed_in):
    with_app("organizer@example.org")
    organizer = signed_in(role="organizer")
    with transaction() as session:
        code = recovery.make_codes(session, make.person(session, "organizer@example.org"))[0]
    organizer.get("/desk/roles").fill_in("/me/security/confirm/recovery", recovery=code).sees("Roles")
    organizer.get("/me/security").press("app/removal").sees("The authenticator app is removed.")
    organizer.get("/desk").sees("A second factor")


def test_before_roles_are_granted_staff_show_again_who_they_are_and_what_they_typed_is_kept(
    required, address, signed_in
):
    with_app("organizer@example.org")
    with transaction() as session:
        make.person(session)
    organizer = signed_in(role="organizer").get("/desk/roles")
    organizer.fill_in("/me/security/confirm/app", code=code_of(SECRET))
    with transaction() as session:
        session.execute(update(SignedIn).values(second_factor_at=clock.now() - timedelta(minutes=11)))
    grant = {"email": "maya@example.org", "role": "auditor", "reason": "elected on 3 May, “unanimously”"}
    organizer.get("/desk/roles").fill_in("/desk/roles", 403, **grant).sees("What you entered is kept.")
    with reading() as session:
        assert session.execute(text("SELECT count(*) FROM role_grant")).scalar_one() == 1
    organizer.fill_in("/me/security/confirm/app", 422, code="000000")
    organizer.fill_in("/me/security/confirm/app", code=code_of(SECRET, 1)).sees("What you entered is still there.")
    organizer.fill_in("/desk/roles").sees("Proposed.", "unanimously")
    organizer.get("/desk/roles").fill_in("/desk/roles", **grant | {"role": "teller"}).sees("Proposed.")


def test_where_second_factors_are_off_a_link_is_enough(address, signed_in):
    signed_in(role="organizer").get("/desk/roles").sees("Propose a role")


def test_whoever_lost_everything_begins_anew_when_the_command_line_forgets(database):
    person_id = with_app()
    with transaction() as session:
        maya = make.person(session)
        recovery.make_codes(session, maya)
        having.forget_factors(session, maya, reason="the phone fell into the sea")
        assert not having.has_factor(session, person_id)
        assert recovery.codes_left(session, person_id) == 0
        assert make.letters(session, maya.email)[-1] == "factor-changed"


def test_a_plain_member_is_not_asked_for_anything_more(required, address, signed_in):
    maya = signed_in()
    assert maya.answer.url.path == "/"
    with transaction() as session:
        path = link_path(new_link(session, make.person(session), "/pledges"))
    maya.get(path).press("/sign-in/").sees("You are signed in.")
    assert maya.answer.url.path == "/pledges"


@pytest.mark.parametrize(
    ("demo", "chosen", "required"),
    [("0", None, True), ("1", None, False), ("1", "required", True), ("0", "off", False)],
)
def test_second_factors_are_required_unless_they_are_off_or_it_is_a_demonstration(monkeypatch, demo, chosen, required):
    monkeypatch.setenv("COSTAKE_DEMO", demo)
    monkeypatch.delenv("COSTAKE_SECOND_FACTOR")
    if chosen:
        monkeypatch.setenv("COSTAKE_SECOND_FACTOR", chosen)
    assert Settings().second_factor_required is required
