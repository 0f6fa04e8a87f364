"""Issue prices: dated, written by two people, and what offers, pledges, issues and refunds in shares are held to."""

from datetime import timedelta

import pytest

from app.conversion.after.rights import rights_of_all
from app.core import clock
from app.core.database import transaction
from app.distributions.declaring import propose_distribution
from app.distributions.drafting import preview
from app.exports.captable.reading import classes_on
from app.exports.opencaptable.objects import stock_class
from app.exports.opencaptable.reading import Told
from app.offers.drafting import ImpossibleTerms, open_offer
from app.shares.acts import pricing
from app.shares.acts.asking import Said
from app.shares.acts.deciding import KINDS
from app.shares.acts.pricing import issue_price, write_price
from app.shares.classes import share_class
from tests import make
from tests.distributions.making import draft, file, patronage
from tests.shares.acts.making import days_ago, source, write

DAY = timedelta(days=1)


def test_shares_are_issued_at_the_price_of_the_day_or_not_at_all(database):
    with transaction() as session:
        member, staff, other = make.member(session), make.staff(session), make.staff(session, "secretary")
        found = share_class(session, "A", "User-owner share")
        write(session, found, nominal_cents=10_00)
        facts = {"currency": "USD", "by": staff.id, "proposed_by": other.id, "reason": "board"}

        def priced(cents, valid_from):
            return write_price(session, found, make.usd(0, cents) if cents else None, valid_from=valid_from, **facts)

        def issue(price):
            values = {"member": member.number, "class_code": "A", "shares": 1, "price": price, "paid": 0}
            values |= {"currency": "USD", "on": clock.today().isoformat(), "reason": "board"}
            return KINDS["issue"].perform(session, Said(values, staff.id, other.id, source()))

        with pytest.raises(pricing.NoIssuePrice):
            issue(None)
        issue(12_00)  # no price was ever written, so any is free
        priced(23_00, days_ago(9))
        for refused, cents, day in (
            (pricing.PriceBackdated, 25_00, days_ago(10)),
            (pricing.BelowNominal, 9_99, clock.today()),
        ):
            with pytest.raises(refused):
                priced(cents, day)
        with pytest.raises(pricing.PriceOfOtherCurrency):
            write_price(session, found, None, valid_from=clock.today(), **(facts | {"currency": "EUR"}))
        with pytest.raises(pricing.OtherIssuePrice):
            issue(12_00)
        assert issue(None).details["shares"] == 1
        refund = draft(
            session,
            patronage(into_class="A", share_price_cents=12_00),
            file(f"{member.number},work,5", f"{member.number},royalties,5"),
        )
        with pytest.raises(pricing.OtherIssuePrice):
            propose_distribution(session, refund.id, list_sha256=preview(session, refund).list_sha256, by=staff)
        priced(25_00, clock.today() + 5 * DAY)
        assert [issue_price(session, found, clock.today() + n * DAY) for n in (-10, -9, 4, 5)] == [
            None, make.usd(23), make.usd(23), make.usd(25),
        ]  # fmt: skip


def test_an_offer_opens_and_takes_pledges_at_the_issue_price_only(database):
    with transaction() as session:
        staff, found = make.staff(session), share_class(session, "A", "User-owner share")
        write(session, found)
        facts = {"currency": "USD", "by": staff.id, "proposed_by": staff.id, "reason": "board"}
        write_price(session, found, make.PRICE, valid_from=days_ago(1), **facts)
        make.open_offer(session)
        make.pledge(session)
        write_price(session, found, make.usd(25), valid_from=clock.today() + 9 * DAY, **facts)
        make.draft(session, "second")
        with pytest.raises(ImpossibleTerms, match=r"issued at USD 25.00, not at USD 23.00"):
            open_offer(session, "second", by=None, reason="board")
        write_price(session, found, None, valid_from=clock.today() + 9 * DAY, **facts)
        with pytest.raises(ImpossibleTerms, match="No issue price of class A is valid"):
            open_offer(session, "second", by=None, reason="board")
        [row] = classes_on(session, clock.today())
        [told] = Told(session, clock.today(), None).classes()
        assert row.price_cents == make.PRICE.minor
        assert stock_class(told)["price_per_share"] == {"amount": "23.00", "currency": "USD"}
        assert "price_per_share" not in stock_class(next(Told(session, clock.today() + 9 * DAY, None).classes()))
        said = [each.message for _, _, rights in rights_of_all(session, clock.today()) for each in rights]
        assert "A share is issued at {amount} now." in said
        write_price(session, found, make.usd(24), valid_from=clock.today() + 9 * DAY, **facts)
        with clock.at(clock.now() + 11 * DAY), pytest.raises(pricing.OtherIssuePrice):
            make.pledge(session, email="wei@example.org")
