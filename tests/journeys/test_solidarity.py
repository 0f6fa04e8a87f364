"""Stories of solidarity: Rosa gives beside her pledge, Sam asks privately, two people let the fund pay, Sam holds."""

from sqlalchemy import select

from app.core.database import reading, transaction
from app.members.approvals.approving import decide
from app.offers.closing import close_offer
from app.offers.models import Pledge
from app.offers.pledging.solidarity.matching import propose_matching
from app.offers.pledging.solidarity.models import SolidarityGift
from tests import make
from tests.journeys.test_pledge_holders import FORM, WHO
from tests.journeys.visitors import letters_to, link_in


def pledge(visitor, work, email: str, name: str, **solidarity: str):
    """Go through the three steps, and follow the letter's link."""
    one = visitor().get(FORM).fill_in(FORM, shares="10", amount="", **solidarity)
    one.fill_in(FORM, **WHO | {"email": email, "legal_name": name}).fill_in(FORM, understood="yes", electronic="yes")
    work()
    return one.get(link_in(letters_to(email)[-1]))


def test_a_gift_pays_for_somebody_who_asked_and_nobody_else_learns_who(visitor, work):
    with transaction() as session:
        make.open_offer(session, target_cents=20 * 23_00, solidarity=True)
        make.staff(session, "organizer"), make.staff(session, "treasurer")
    rosa = pledge(visitor, work, "rosa@example.org", "Rosa Parker", solidarity_shares="15")
    rosa.sees("Gift to the solidarity fund").press("/confirm/").sees("You also gave $345.00 to the solidarity fund.")
    sam = pledge(visitor, work, "sam@example.org", "Sam Ortiz", asks_fund="yes", solidarity_shares="")
    sam.sees("you owe nothing").press("/confirm/").sees("The solidarity fund has your request.")
    sam.get("/pledges").sees("Waits, in the order of asking.")
    alone = (
        visitor()
        .get("/offers/buy-it/solidarity")
        .fill_in(
            "/offers/buy-it/solidarity",
            solidarity_shares="5",
            legal_name="Ana",
            email="ana@example.org",
            understood="yes",
        )
    )
    work()
    alone.get(link_in(letters_to("ana@example.org")[-1])).press("/solidarity/confirm/").sees("Your gift is confirmed.")
    with transaction() as session:
        rows = {one.email: one for one in session.scalars(select(Pledge))}
        make.pay(session, rows["rosa@example.org"].request, make.usd(230))
        gift = session.scalars(select(SolidarityGift).where(SolidarityGift.email == "rosa@example.org")).one()
        make.pay(session, gift.request, gift.amount)
        page = f"/solidarity/{gift.public_id}"
        one, two = (make.known_person(session, f"{role}@example.org", "en") for role in ("organizer", "treasurer"))
        proposal = propose_matching(session, make.SLUG, by=one, reason="their turn")
        decide(session, proposal.id, approve=True, by=two, reason="seen")
    work()
    rosa.get(page).sees("Together, all gifts let 1 person take part.").sees("They get 10 shares.")
    assert "Sam" not in rosa.text()
    with transaction() as session:
        close_offer(session, make.SLUG, by=None)
    work()
    sam.get("/holdings").sees("10")
    rosa.get(page).sees("$115.00 goes back to you")
    with reading() as session:
        assert {one.state for one in session.scalars(select(Pledge))} == {"allotted"}
