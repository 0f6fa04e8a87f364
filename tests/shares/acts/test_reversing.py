"""Reversing allotments: the shares end, the money goes back, and the registers name what was undone."""

import pytest

from app.core import clock
from app.core.database import transaction
from app.exports.registers.asking import Wanted
from app.payments.refunding import unpaid_refunds
from app.shares.acts.calling import Issue, issue
from app.shares.acts.cancelling import NoSuchLot
from app.shares.acts.charging import charge
from app.shares.acts.judging import SharesCharged
from app.shares.acts.reversing import LotOfAct, ReversalOfReversal, undo, undo_allotment
from app.shares.holding import lots_of
from tests import make
from tests.exports.test_registers import lines
from tests.shares.acts.making import source


def test_an_allotment_of_an_offer_is_undone_once(database):
    facts = {"on": clock.today(), "by": None, "reason": "allotted twice"}
    with transaction() as session:
        pledge, _ = make.succeeded_offer(session)
        maya = make.member(session)
        [lot] = lots_of(session, [maya.id])
        staff = make.staff(session).id
        pledged = {"creditor": "Bank", "debt": "loan", "on": clock.today(), "by": staff, "proposed_by": staff}
        with pytest.raises(SharesCharged), session.begin_nested():
            charge(session, source(), maya, lot.share_class, 1, reason="loan", **pledged)
            undo_allotment(session, lot.certificate_number, **facts)
        row = undo_allotment(session, lot.certificate_number, **facts)
        assert lots_of(session, [maya.id]) == []
        assert [refund.amount_cents for refund in unpaid_refunds(session)] == [pledge.amount.minor]
        with pytest.raises(NoSuchLot):
            undo_allotment(session, lot.certificate_number, **facts)
        with pytest.raises(ReversalOfReversal):
            undo(session, row.id, **facts)
        price = make.usd(10)
        issued = issue(
            session, Issue(source(), maya, lot.share_class, 1, price, make.usd(0), clock.today(), "x"), by=None
        )
        [part_paid] = lots_of(session, [maya.id])
        with pytest.raises(LotOfAct):
            undo_allotment(session, part_paid.certificate_number, **facts)
        act, lot_id = f"act {row.id}", lot.id
    moved = {line["act"]: line for line in lines(Wanted("movements", clock.today()))}
    assert moved[act]["reverses"] == f"allotment {lot_id}" and moved[f"allotment {lot_id}"]["reversed_by"] == act
    assert not moved[f"act {issued.id}"]["reverses"]
