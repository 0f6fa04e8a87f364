"""People at the desk and at home: entered, seen by two, admitted, moved twice, acted for, merged and gone."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from app.core import clock
from app.core.database import reading, transaction
from app.members.persons import known_person, particulars_on
from app.members.signing_in import open_session
from tests import make
from tests.journeys.visitors import Visitor

ADDRESS = {"street": "12 rue Chevreul", "postal_code": "69007", "locality": "Lyon", "country": "FR"}


@pytest.fixture
def at_home(visitor) -> Callable[..., Visitor]:
    """Somebody at a browser in which they are signed in."""

    def arrive(email: str, role: str = "") -> Visitor:
        with transaction() as session:
            who = make.staff(session, role) if role else known_person(session, email, "en")
            cookie = open_session(session, who)
        home = visitor()
        home.browser.cookies.set("session", cookie)
        return home

    return arrive


def id_in(visitor: Visitor) -> str:
    return re.search(r"/(\d+)$", str(visitor.answer.url)).group(1)


def enter(desk: Visitor, email: str, name: str, **changed: str) -> str:
    facts = {"kind": "person", "legal_name": name, "email": email, "valid_from": "2026-01-01", **ADDRESS, **changed}
    desk.get("/desk/people/new").fill_in("/desk/people/new", **facts)
    return id_in(desk)


def test_a_company_is_entered_seen_by_two_admitted_and_kept_by_whoever_acts_for_it(at_home):
    secretary, organizer = at_home("", "secretary"), at_home("", "organizer")
    secretary.get("/desk/people/new").fill_in(
        "/desk/people/new",
        422,
        kind="company",
        legal_name="Outils SARL",
        email="sarl@example.org",
        **{**ADDRESS, "postal_code": "6900"},
    )
    secretary.sees("“6900” is not a postal code of this country. It looks like 33380.", "Please fill in this field.")
    company = enter(secretary, "sarl@example.org", "Outils SARL", kind="company", registration_number="RCS Lyon 123")
    enter(secretary, "ines@example.org", "Inès Garnier")
    base = f"/desk/people/{company}"
    today = clock.today().isoformat()
    acts = {"capacity": "officer", "basis": "extract", "valid_from": today}
    secretary.get(base).fill_in(f"{base}/representatives", 403, email="secretary@example.org", **acts)
    secretary.sees("recorded by another organizer or secretary")
    secretary.get(base).fill_in(f"{base}/representatives", email="ines@example.org", **acts)

    ines = at_home("ines@example.org")
    ines.get("/me").sees("Inès Garnier", "You act for", "Outils SARL")
    ines.get(f"/me/holders/{company}").sees("You act for this holder.")
    ines.fill_in(f"/me/holders/{company}/application", statement="We build on it.").sees(
        "Your application is recorded."
    )
    at_home("stranger@example.org").get(f"/me/holders/{company}", 404)

    secretary.get("/desk/people").sees("Applications that wait", "Outils SARL", "Identity not checked")
    secretary.get(base).press("/admission", 422)
    secretary.get(base).fill_in(
        f"{base}/identity", document="register-extract", issued_by="RCS Lyon", seen_on=today, reason="at the office"
    )
    organizer.get("/desk/approvals").fill_in(
        next(form["action"] for form in organizer._page().forms if "approval" in form["action"]), reason="seen too"
    )
    action = next(form["action"] for form in secretary.get(base)._page().forms if "admission" in form["action"])
    secretary.fill_in(action, reason="meets the statutes").sees("Admitted, with the member number 1.", "Member no. 1")
    secretary.get("/desk/people?q=outils").sees("Records found: 1", "Outils SARL")
    secretary.get("/desk/people?q=1").sees("Outils SARL")
    secretary.get("/desk/people?q=nobody+at+all").sees("Nobody is found.")
    ines.get(f"/me/holders/{company}").fill_in(f"/me/holders/{company}/resignation", ceases_on=today, sure="yes").sees(
        "Your resignation is recorded.", "Resigned"
    )


def test_a_member_moves_twice_and_a_past_day_still_has_its_address(at_home):
    with transaction() as session:
        maya = make.member(session).person.id
    home = at_home("maya@example.org")
    start = clock.today() - timedelta(days=1)
    for town, code, since in [
        ("Lyon", "69007", start + timedelta(days=20)),
        ("Nantes", "44000", start + timedelta(days=40)),
    ]:
        home.get("/me").fill_in(
            f"/me/holders/{maya}/particulars",
            **{**ADDRESS, "locality": town, "postal_code": code, "region": "", "valid_from": since.isoformat()},
        ).sees("Your name and address are recorded.", town)

    def lived(day: date) -> str:
        with reading() as session:
            return particulars_on(session, maya, day).locality

    assert [lived(start + timedelta(days=n)) for n in (0, 19, 20, 39, 40)] == [
        "Oakland",
        "Oakland",
        "Lyon",
        "Lyon",
        "Nantes",
    ]
    home.get("/me").fill_in(f"/me/holders/{maya}/contacts", 422, phone="12").sees("“12” is not a telephone number.")
    home.get("/me").fill_in(f"/me/holders/{maya}/contacts", phone="510 555 0100").sees("+15105550100")


def test_auditors_read_and_change_nothing_and_others_see_no_desk(at_home):
    with transaction() as session:
        maya = make.person(session).id
    auditor, treasurer, member = at_home("", "auditor"), at_home("", "treasurer"), at_home("maya@example.org")
    for reader in (auditor, treasurer):
        reader.get(f"/desk/people/{maya}").sees("Maya Whitfield", "Everything on record")
        assert not [form for form in reader._page().forms if "/desk/people" in form["action"]]
        reader.get("/desk/people/new", 403)
        reader.get("/desk/people/duplicates")
    member.get("/desk/people", 403)
    member.get(f"/desk/people/{maya}", 403)


def test_two_records_are_merged_and_parted_at_the_desk(at_home):
    secretary, organizer = at_home("", "secretary"), at_home("", "organizer")
    one, other = (
        enter(secretary, "ines@example.org", "Inès Garnier"),
        enter(secretary, "ig@example.net", "Garnier Ines"),
    )
    secretary.get("/desk/people/duplicates").sees("the same name, the same address")
    secretary.get(f"/desk/people/{one}").sees("Perhaps the same person", "ig@example.net")
    secretary.fill_in(f"/desk/people/{one}/merge", absorbed_id=other, reason="one passport").sees("Proposed.")

    def approve() -> None:
        page = organizer.get("/desk/approvals").sees("Garnier Ines")._page()
        organizer.fill_in(next(form["action"] for form in page.forms if "approval" in form["action"]), reason="agreed")

    approve()
    secretary.get(f"/desk/people/{other}").sees("This record was merged into another")
    at_home("ig@example.net").get("/me").sees("ines@example.org")
    undoing = next(form["action"] for form in secretary._page().forms if "undoing" in form["action"])
    secretary.fill_in(undoing, reason="twins after all").sees("Proposed.")
    approve()
    secretary.get(f"/desk/people/{one}").sees("Merge undone")
    at_home("ig@example.net").get("/me").sees("ig@example.net")


def test_an_expulsion_without_a_hearing_is_refused_on_the_page(at_home):
    with transaction() as session:
        maya = make.member(session).person.id
    secretary = at_home("", "secretary")
    base = f"/desk/people/{maya}"
    facts = {"noticed_on": "2026-01-01", "decided_on": "2026-02-01", "grounds": "Sold votes."}
    secretary.get(base).fill_in(f"{base}/expulsion", 422, **facts).sees("nobody is expelled without having been heard")
    secretary.fill_in(f"{base}/expulsion", heard_on="2026-01-31", **facts).sees("Proposed.")
    secretary.get(base).fill_in(
        f"{base}/death",
        died_on=clock.today().isoformat(),
        basis="certificate 1",
        estate_name="Estate of Maya Whitfield",
        **{**ADDRESS, "region": ""},
    ).sees("Estate of Maya Whitfield")
    secretary.fill_in(f"{base}/heirs", legal_name="Inès Garnier", portion="1/1", basis="court").sees("Inès Garnier")
    secretary.fill_in(f"{base}/private", born_on="1990-05-01", tax_number="X1").sees("May 1, 1990")
