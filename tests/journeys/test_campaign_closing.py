"""Closing a campaign at the desk: a result that two people approve, and terms that supporters confirm again."""

from app.core.database import transaction
from app.offers.drafting import find_offer
from app.offers.models import Pledge
from tests import make
from tests.journeys.test_pledge_to_certificate import sign_in, terms
from tests.journeys.visitors import letters_to, link_in

DESK = "/desk/offers/buy-it"


def opened(visitor, **changed):
    organizer = sign_in(visitor(), "organizer@example.org", "organizer")
    organizer.get("/desk/offers/new").fill_in("/desk/offers/new", **(terms() | changed)).sees("Draft")
    organizer.fill_in(f"{DESK}/opening", reason="approved by the board").sees("The offer is open.")
    return organizer, sign_in(visitor(), "treasurer@example.org", "treasurer")


def supported(*shares: int) -> None:
    with transaction() as session:
        for number, count in enumerate(shares):
            make.paid_pledge(session, email=f"supporter{number}@example.org", shares=count)


def approve(treasurer, number: int = 1) -> None:
    treasurer.get("/desk/approvals").fill_in(f"/desk/approvals/{number}/approval", reason="I saw the statement")
    treasurer.sees("Approved and done.")


def test_more_than_the_cap_is_scaled_back_as_two_people_saw_it(visitor, work, database):
    organizer, treasurer = opened(visitor, cap="4600", oversubscription="scaled back in proportion")
    supported(100, 100, 50)
    organizer.get(DESK).sees("scaled back in proportion", "$4,600")
    organizer.fill_in(f"{DESK}/closing").sees("More is pledged than the cap allows", "80", "40", "Hash of the list")
    listed = organizer.browser.get(f"{DESK}/result.txt")
    assert listed.headers["content-type"].startswith("text/plain")
    assert listed.text.count(" 100 2300 80\n") == 2
    organizer.fill_in(f"{DESK}/result", 422, reason="").sees("Say why")
    organizer.fill_in(f"{DESK}/result", reason="the target is paid").sees("Waits for a second person")
    treasurer.get(f"{DESK}/closing", 405)
    approve(treasurer)
    work()
    organizer.get(DESK).sees("Succeeded", "$1,150")
    treasurer.get("/desk/refunds").sees("3 refunds are due.", "$460.00", "$230.00")
    organizer.get(f"{DESK}/result", 404)


def test_changed_terms_are_confirmed_on_the_page_that_the_letter_leads_to(visitor, work, database):
    organizer, treasurer = opened(visitor)
    supported(100)
    organizer.get(f"{DESK}/terms").sees("The offer is open. A second person decides the change")
    organizer.fill_in(f"{DESK}/terms", 422, target="5750").sees("Say why")
    organizer.get(f"{DESK}/terms").fill_in(f"{DESK}/terms", target="5750", reason="the seller asks for more")
    organizer.sees("Proposed. Another person decides it.", "the seller asks for more")
    approve(treasurer)
    work()
    organizer.get(DESK).sees("The terms changed: $2,300.00 of what is pledged waits")
    page = link_in(letters_to("supporter0@example.org")[-1])
    supporter = sign_in(visitor(), "supporter0@example.org", None)
    supporter.get(page).sees("The terms have changed", "the seller asks for more", "$4,600.00", "$5,750.00")
    supporter.press("/reconfirmation").sees("Your pledge is confirmed under the new terms.")
    supporter.get(page).sees("This pledge does not wait to be confirmed again.")
    with transaction() as session:
        pledge = session.query(Pledge).one()
        assert pledge.terms_id == find_offer(session, "buy-it").terms_id
