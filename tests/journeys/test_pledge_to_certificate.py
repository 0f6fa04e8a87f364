"""The whole story over HTTP: an offer is drafted and opened, people pledge and pay, shares and a certificate follow."""

import csv
import io
import re
from datetime import datetime, timedelta
from itertools import count

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from app.core import clock
from app.core.database import transaction
from app.members.persons import known_person
from app.members.roles import grant_role
from app.members.signing_in import link_path, new_link
from tests.journeys.visitors import Visitor, letters_to, link_in

BANK_LINES = count(1)


def sign_in(visitor: Visitor, email: str, role: str | None = None) -> Visitor:
    with transaction() as session:
        person = known_person(session, email, "en")
        if role:
            grant_role(session, person, role, by=None, reason="elected")
        path = link_path(new_link(session, person))
    return visitor.get(path).press("/sign-in/").sees("You are signed in.")


def terms(**changed: str) -> dict[str, str]:
    ahead = datetime.combine(clock.today() + timedelta(days=30), datetime.min.time()).replace(hour=17)
    return {
        "title": "Buy the platform",
        "slug": "buy-it",
        "summary": "We buy it together.\n\nThen we vote.",
        "class_code": "A",
        "class_name": "User-owner share",
        "currency": "USD",
        "price": "23.00",
        "target": "4,600",
        "person_shares_min": "10",
        "person_shares_max": "100",
        "deadline_at": ahead.strftime("%Y-%m-%dT%H:%M"),
        "zone": "America/Los_Angeles",
        "users_count": "350,000,000",
        "participants_target": "3,500,000",
        "account_holder": "WeAreTwitter Purchase Cooperative",
        "account_number": "Cooperative Bank of Oakland 4471 0092 16",
        **changed,
    }


def who(name: str, email: str, shares: str = "100", **changed: str) -> dict[str, str]:
    return {
        "shares": shares,
        "legal_name": name,
        "email": email,
        "street": "12 Pearl Street",
        "postal_code": "80302",
        "locality": "Boulder",
        "region": "CO",
        "country": "US",
        "understood": "yes",
        "electronic": "yes",
        **changed,
    }


def pledge(visitor: Visitor, work, **details: str) -> str:
    """Pledge and confirm; the payment reference that the page shows."""
    visitor.get("/offers/buy-it/pledge").pledge("/offers/buy-it/pledge", **details).sees(details["email"])
    work()
    visitor.get(link_in(letters_to(details["email"])[-1])).press("/confirm/")
    return re.split("R[eé]f[eé]rence RF", visitor.text(), maxsplit=1)[1][:20].replace(" ", "")[:12].join(["RF", ""])


def pay(treasurer: Visitor, reference: str, amount: str, payer: str = "Someone", status: int = 200) -> Visitor:
    return treasurer.get("/desk/receipts").fill_in(
        "/desk/receipts",
        status,
        reference=reference,
        amount=amount,
        currency="USD",
        received_on=clock.today().isoformat(),
        payer_name=payer,
        bank_reference=f"LINE-{next(BANK_LINES)}",
    )


@pytest.fixture
def open_offer(visitor):
    organizer = sign_in(visitor(), "organizer@example.org", "organizer")
    organizer.get("/desk/offers/new").fill_in("/desk/offers/new", **terms()).sees("Draft")
    visitor().get("/offers/buy-it", 404)
    organizer.fill_in("/desk/offers/buy-it/opening", reason="approved by the board").sees("The offer is open.")
    return organizer


def certificate_of(visitor) -> str:
    """The address of the certificate that a member finds among their holdings."""
    return re.findall(r'href="(/documents/[0-9]+[.]pdf)"', visitor.get("/holdings").answer.text)[0]


def test_a_pledge_becomes_shares_a_certificate_and_a_line_in_the_register(visitor, work, open_offer):
    organizer, treasurer = open_offer, sign_in(visitor(), "treasurer@example.org", "treasurer")
    maya, wei, late = visitor(), visitor("fr"), visitor()
    front = visitor().get("/")
    front.sees("Buy the platform", "3,500,000 people", "$8,050,000,000")

    mayas = pledge(maya, work, **who("Maya Whitfield", "maya@example.org"))
    weis = pledge(wei, work, **who("Wei Chan", "wei@example.org", "100"))
    lates = pledge(late, work, **who("Omar Haddad", "omar@example.org", "50"))
    front.get("/").sees("People 3", "$5,750")

    organizer.get("/desk/offers/buy-it").fill_in("/desk/offers/buy-it/closing", 409).sees(
        "only when its target is pledged and paid"
    )

    pay(treasurer, mayas.lower(), "2,300.00").sees("The receipt is recorded.")
    pay(treasurer, weis, "2000").sees("The receipt is recorded.")
    pay(treasurer, weis, "350").sees("The receipt is recorded.")  # 50 too much
    pay(treasurer, lates, "100")
    maya.get("/pledges").sees("Paid")
    treasurer.get("/desk/refunds").sees("1 refund is due.", "$50.00", "wei@example.org")

    organizer.get("/desk/offers/buy-it").fill_in("/desk/offers/buy-it/closing").sees("closed for pledges")
    organizer.sees("The target is pledged", "Pledged $5,750")
    organizer.fill_in("/desk/offers/buy-it/result", reason="the target is paid").sees("Waits for a second person")
    treasurer.get("/desk/approvals").sees("Put the result of an offer into force", "the target is paid")
    treasurer.fill_in("/desk/approvals/1/approval", reason="I saw the statement").sees("Approved and done.")
    work()
    organizer.get("/desk/offers/buy-it").sees("Succeeded", "Not paid in time")
    treasurer.get("/desk/refunds").sees("2 refunds are due.", "omar@example.org", "$100.00")

    maya.get("/holdings").sees("Member number", "100", "Download the certificate")
    number = certificate_of(maya)
    certificate = maya.browser.get(number)
    assert certificate.headers["content-type"] == "application/pdf"
    said = " ".join(PdfReader(io.BytesIO(certificate.content)).pages[0].extract_text().split())
    for expected in ("Maya Whitfield", "No. 1", "100", "$2,300.00", "User-owner share", "12 Pearl Street"):
        assert expected in said
    french = PdfReader(io.BytesIO(wei.browser.get(certificate_of(wei)).content)).pages[0].extract_text()
    assert "Certificat" in french

    for other in (wei, late, organizer, treasurer):
        other.get(number, 404)
    assert "/sign-in" in str(visitor().browser.get(number).url)

    rows = list(csv.DictReader(io.StringIO(organizer.browser.get("/desk/register.csv").text)))
    assert [(row["member_number"], row["legal_name"], row["shares"], row["amount_paid"]) for row in rows] == [
        ("1", "Maya Whitfield", "100", "2300.00"),
        ("2", "Wei Chan", "100", "2300.00"),
    ]
    assert rows[0]["postal_address"] == "12 Pearl Street, 80302 Boulder, CO"
    assert rows[0]["date_entered"] and not rows[0]["date_ceased"]
    assert "shares" in letters_to("maya@example.org")[-1]


def test_a_missed_target_leads_to_refunds_due_and_no_shares(visitor, work, open_offer):
    organizer, treasurer = open_offer, sign_in(visitor(), "treasurer@example.org", "treasurer")
    maya = visitor()
    pay(treasurer, pledge(maya, work, **who("Maya Whitfield", "maya@example.org")), "2300")
    with clock.at(clock.now() + timedelta(days=32)):  # the server's threads keep the real time, the act is called here
        from app.offers.closing import close_offer

        with transaction() as session:
            close_offer(session, "buy-it", by=None, reason="the deadline passed")
    work()
    visitor().get("/offers/buy-it").sees("Target missed")
    maya.get("/pledges").sees("Repaid")
    maya.get("/holdings").sees("You hold no shares yet.")
    organizer.get("/desk/register").sees("There was nothing in this register on that day.")
    treasurer.get("/desk/refunds").sees("1 refund is due.", "$2,300.00")
    treasurer.press("/payment", 422).sees("Please fill in this field.")
    treasurer.get("/desk/refunds")
    action = "/desk/refunds/1/payment"
    treasurer.fill_in(action, paid_on=clock.today().isoformat(), bank_reference="OUT-1").sees("No refund is due.")
    treasurer.send_again(409).sees("already")
    work()
    assert "2,300.00" in letters_to("maya@example.org")[-1]


def test_sending_a_form_twice_or_from_an_old_page_changes_nothing(visitor, work, open_offer):
    maya = visitor().get("/offers/buy-it/pledge")
    maya.pledge("/offers/buy-it/pledge", **who("Maya Whitfield", "maya@example.org")).send_again()
    work()
    assert len(letters_to("maya@example.org")) == 1
    link = link_in(letters_to("maya@example.org")[0])
    maya.get(link).press("/confirm/").sees("Thank you. Your pledge is confirmed.")
    maya.send_again(410).sees("This pledge was confirmed already.")
    second = visitor().get("/offers/buy-it/pledge")
    second.pledge("/offers/buy-it/pledge", **who("Maya Whitfield", "Maya@Example.org")).sees("Look into your mail")
    work()
    assert "/confirm/" not in letters_to("maya@example.org")[-1]
    open_offer.get("/desk/offers/buy-it").sees("People 1")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"shares": "9"}, "The minimum is 10 shares per person."),
        ({"shares": "101"}, "The maximum is 100 shares per person."),
        ({"shares": "ten"}, "is not a whole number"),
        ({"shares": "0"}, "at least"),
        ({"email": "maya@"}, "is not an e-mail address"),
        ({"legal_name": "x" * 201}, "This is 201 characters long."),
        ({"legal_name": "Maya\nWhitfield"}, "invisible characters"),
        ({"legal_name": "\u200b"}, "invisible characters"),
        ({"legal_name": "\u202edlefitihW ayaM"}, "invisible characters"),
        ({"email": "ü@example.org"}, "is not an e-mail address"),
        ({"understood": ""}, "Please tick this box"),
        ({"country": "ZZ"}, "Please choose one of the options."),
        ({"understood_": "", "street": ""}, "Please fill in this field."),
        ({"form_key": "1"}, "This form is damaged."),
        ({"terms_id": "999"}, "The terms of this offer have changed"),
    ],
)
def test_a_wrong_value_is_explained_at_its_field_and_the_rest_is_kept(visitor, open_offer, changed, said):
    maya = visitor().get("/offers/buy-it/pledge")
    status = 409 if "terms_id" in changed else 422
    maya.pledge("/offers/buy-it/pledge", status, **{**who("Maya Whitfield", "maya@example.org"), **changed}).sees(said)
    assert 'value="Boulder"' in maya.answer.text
    open_offer.get("/desk/offers/buy-it").sees("0 of them have paid", "0 shares")


def test_wrong_receipts_are_refused_and_nothing_is_booked(visitor, work, open_offer):
    treasurer = sign_in(visitor(), "treasurer@example.org", "treasurer")
    reference = pledge(visitor(), work, **who("Maya Whitfield", "maya@example.org"))
    for given, amount, status, said in [
        ("RF00AAAA", "100", 422, "check digits do not fit"),
        ("RF18539007547034", "100", 404, "Nobody was given the reference"),
        (reference, "0", 422, "more than zero"),
        (reference, "12.345", 422, "is not an amount in USD"),
        (reference, "-5", 422, "is not an amount in USD"),
    ]:
        pay(treasurer, given, amount, status=status).sees(said)
    pay(treasurer, reference, "100").send_again(409).sees("was recorded on")
    treasurer.get("/desk/receipts")
    assert treasurer.text().count("$100.00") == 1


def test_impossible_terms_are_saved_but_cannot_be_opened_and_the_page_says_why(visitor):
    organizer = sign_in(visitor(), "organizer@example.org", "organizer")
    impossible = terms(slug="no-way", target="4,601", person_shares_min="200", deadline_at="2020-01-01T17:00")
    organizer.get("/desk/offers/new").fill_in("/desk/offers/new", **impossible)
    organizer.sees("The deadline must lie ahead.", "The minimum per person (200)")
    assert "/opening" not in organizer.answer.text
    organizer.get("/desk/offers/no-way/terms").fill_in("/desk/offers/no-way/terms", **terms(target="4601"))
    assert 'value="bank transfer" checked' in organizer.get("/desk/offers/no-way/terms").answer.text
    organizer.get("/desk/offers/no-way")
    organizer.sees("whole number of shares")
    organizer.get("/desk/offers/new").fill_in("/desk/offers/new", 422, **terms(zone="Mars/Base", price="free"))
    organizer.sees("“free” is not an amount in USD", "Please choose one of the options.")


def test_nobody_gets_in_where_they_do_not_belong(visitor, work, open_offer):
    maya, omar = visitor(), visitor()
    pledge(maya, work, **who("Maya Whitfield", "maya@example.org"))
    pledge(omar, work, **who("Omar Haddad", "omar@example.org"))
    mine = next(part for part in maya.get("/pledges").answer.text.split('"') if part.startswith("/pledges/"))
    omar.get(mine, 404)
    visitor().get(mine).sees("Sign in")
    maya.get("/desk", 403).sees("Your role does not allow this.")
    auditor = sign_in(visitor(), "auditor@example.org", "auditor")
    auditor.get("/desk/offers/buy-it").sees("Maya Whitfield")
    assert "<button" not in auditor.answer.text.partition("<main")[2]
    auditor.get("/desk/offers/new", 403)
    maya.get(mine)
    maya.answer = omar.get("/pledges").answer  # a form of another's page, sent by this browser: its ticket does not fit
    forged = maya.browser.post(f"{mine}/withdrawal", data={"csrf": "guess", "reason": "x"})
    assert forged.status_code == 403
    maya.get("/pledges").sees("Waiting for payment")
    for path in ("/pledges/unknown", "/offers/unknown", "/documents/99.pdf", "/confirm/x.y", "/sign-in/x.y"):
        maya.get(path, 404)


def test_a_supporter_withdraws_and_what_was_paid_goes_back(visitor, work, open_offer):
    treasurer = sign_in(visitor(), "treasurer@example.org", "treasurer")
    maya = visitor()
    pay(treasurer, pledge(maya, work, **who("Maya Whitfield", "maya@example.org")), "300")
    mine = next(part for part in maya.get("/pledges").answer.text.split('"') if part.startswith("/pledges/"))
    maya.get(mine).fill_in(f"{mine}/withdrawal", reason="a move").sees("Your pledge is withdrawn.", "Withdrawn")
    maya.send_again(409)
    treasurer.get("/desk/refunds").sees("1 refund is due.", "$300.00")
    maya.get(mine).sees("$300.00 goes back to you")


def test_an_organizer_grants_and_ends_roles_on_the_page(visitor, work, open_offer):
    pledge(visitor(), work, **who("Maya Whitfield", "maya@example.org"))
    open_offer.get("/desk/roles").fill_in("/desk/roles", email="maya@example.org", role="teller", reason="elected")
    open_offer.sees("Proposed.", "maya@example.org", "wait for another organizer")
    open_offer.send_again(409).sees("proposed already")
    second = sign_in(visitor(), "second@example.org", "organizer")
    second.get("/desk/approvals").sees("Grant a role", "Maya Whitfield")
    second.fill_in("/desk/approvals/1/approval", reason="she counts well").sees("Approved and done.")
    second.get("/desk/roles").sees("maya@example.org", "second@example.org")
    open_offer.get("/desk/roles").fill_in("/desk/roles", 403, email="organizer@example.org", role="auditor", reason="x")
    open_offer.get("/desk/roles").fill_in("/desk/roles", 404, email="nobody@example.org", role="auditor", reason="x")
    open_offer.get("/desk/roles").fill_in("/desk/roles/3/end", reason="her time is over").sees("its end is proposed")
    second.get("/desk/roles").sees("maya@example.org")
    second.get("/desk/approvals").fill_in("/desk/approvals/2/approval", reason="it is").sees("Approved and done.")
    assert "Maya Whitfield" not in second.get("/desk/roles").text()


def test_after_the_deadline_no_page_invites_pledges(visitor, work, open_offer):
    maya = visitor()
    maya.get("/offers/buy-it/pledge").pledge("/offers/buy-it/pledge", **who("Maya Whitfield", "maya@example.org"))
    work()
    link = link_in(letters_to("maya@example.org")[-1])
    with transaction() as session:  # the deadline of the terms that are shown comes to lie behind
        session.execute(text("ALTER TABLE offer_terms DISABLE TRIGGER append_only"))
        session.execute(text("UPDATE offer_terms SET deadline_at = now() - interval '1 minute'"))
        session.execute(text("ALTER TABLE offer_terms ENABLE ALWAYS TRIGGER append_only"))
    maya.get("/").sees("The deadline has passed")
    assert "/offers/buy-it/pledge" not in maya.answer.text
    maya.get("/offers/buy-it").sees("The deadline has passed.")
    maya.get("/offers/buy-it/pledge").sees("not open for pledges")
    maya.get(link, 409).sees("The deadline of this offer has passed.")


def test_a_value_date_before_the_reference_was_given_is_refused(visitor, work, open_offer):
    treasurer = sign_in(visitor(), "treasurer@example.org", "treasurer")
    reference = pledge(visitor(), work, **who("Maya Whitfield", "maya@example.org"))
    receipt = {"reference": reference, "amount": "100", "currency": "USD", "payer_name": "M", "bank_reference": "OLD"}
    treasurer.get("/desk/receipts").fill_in("/desk/receipts", 422, received_on="1900-01-01", **receipt)
    treasurer.sees("when this reference was given")


def test_an_offer_cannot_take_the_address_of_a_page_of_the_desk(visitor):
    organizer = sign_in(visitor(), "organizer@example.org", "organizer")
    organizer.get("/desk/offers/new").fill_in("/desk/offers/new", 422, **terms(slug="new"))
    organizer.sees("cannot be the address of a page")
