"""Acts on the same lot at the same moment: each share moves once, and the other act is refused by name."""

from app.core import clock
from app.core.database import transaction
from app.core.errors import Refusal
from app.members.models import Membership
from app.payments.models import PaymentRequest
from app.payments.requesting import held_account
from app.shares.acts.converting import Conversion, convert
from app.shares.acts.deciding import kind_named, propose_act
from app.shares.acts.exchanging import Fractions, Ratio
from app.shares.acts.models import Withdrawal
from app.shares.acts.redeeming import redeem
from app.shares.acts.transferring import transfer
from app.shares.allotting import Allotment, allot
from app.shares.classes import share_class
from app.shares.holding import lots_of
from app.shares.models import ShareClass
from app.shares.numbering import begin_numbering, numbers_of
from tests import make
from tests.races import at_once, overlapping
from tests.shares.acts.making import days_ago, passing, redeeming, source, two_members, withdrawal


def acts(database):
    """A transfer, a redemption and a conversion of seven shares each out of ten."""
    with transaction() as session:
        maya, wei, lot = two_members(session, 10, on=days_ago(9))
        coop = share_class(session, "COOP", "Member share")
        for found in (lot.share_class, coop):
            begin_numbering(session, found, by=None, reason="the articles")
        asked = withdrawal(session, maya, lot.share_class, 7)
        maya_id, wei_id, old_id, new_id, asked_id = maya.id, wei.id, lot.share_class_id, coop.id, asked.id

    def load(session):
        found, coop = session.get_one(ShareClass, old_id), session.get_one(ShareClass, new_id)
        return session.get_one(Membership, maya_id), session.get_one(Membership, wei_id), found, coop

    def pass_on(session):
        maya, wei, found, _ = load(session)
        return transfer(session, passing(session, maya, wei.person, found, 7), by=None).id

    def pay_back(session):
        return redeem(session, redeeming(session.get_one(Withdrawal, asked_id), 7), by=None).act_id

    def change(session):
        maya, _, found, coop = load(session)
        what = Conversion(source(), maya, found, coop, 7, Ratio(1, 1), Fractions.KEEP, clock.today(), "vote")
        return convert(session, what, by=None).id

    return maya_id, pass_on, pay_back, change


def test_three_acts_at_once_do_one(database):
    maya_id, *three = acts(database)
    results = at_once(*three)
    assert sorted(isinstance(result, Refusal) for result in results) == [False, True, True]
    assert {type(each).__name__ for each in results if isinstance(each, Refusal)} <= {"BeyondHolding", "LotEnded"}
    with transaction() as session:
        kept = [lot for lot in lots_of(session, [maya_id]) if lot.share_class.code == "A"]
        assert [lot.shares for lot in kept] == [3]
        assert list(numbers_of(session, [kept[0].id]).values()) == ["8–10"]


def test_acts_that_both_fit_give_no_number_twice(database):
    with transaction() as session:
        maya, wei, lot = two_members(session, 10, on=days_ago(9))
        begin_numbering(session, lot.share_class, by=None, reason="the articles")
        asked = withdrawal(session, maya, lot.share_class, 2)
        members, class_id, asked_id = [maya.id, wei.id], lot.share_class_id, asked.id

    def pass_on(session):
        maya, wei = (session.get_one(Membership, each) for each in members)
        return transfer(session, passing(session, maya, wei.person, session.get_one(ShareClass, class_id), 2), by=None)

    def pay_back(session):
        return redeem(session, redeeming(session.get_one(Withdrawal, asked_id), 2), by=None)

    def allot_more(session):
        return make.lot(session, session.get_one(Membership, members[1]), 5, on=days_ago(0))

    done = [*overlapping(pass_on, pass_on), *overlapping(allot_more, pass_on), *at_once(pass_on, pay_back, allot_more)]
    assert not any(isinstance(each, Refusal) for each in done)
    with transaction() as session:
        assert [lot.shares for lot in lots_of(session, members[:1])] == []
        held = lots_of(session, members[1:])
        told = [numbers_of(session, [lot.id])[lot.id] for lot in held]
    assert sum(lot.shares for lot in held) == 4 * 2 + 2 * 5
    assert set(told) - {"7–8", "9–10"} == {"1–2", "3–4", "5–6", "11–15", "16–20"}
    assert len(told) == 6, "the other two were redeemed"


def test_acts_of_many_kinds_never_wait_for_each_other_in_a_circle(database):
    """Whoever allots, passes on and redeems at the same moment takes the same locks in the same order."""
    rounds = 12
    with transaction() as session:
        maya, wei, lot = two_members(session, 10 * rounds, on=days_ago(9))
        begin_numbering(session, lot.share_class, by=None, reason="the articles")
        asked = withdrawal(session, maya, lot.share_class, rounds)
        maya_id, wei_id, class_id, asked_id = maya.id, wei.id, lot.share_class_id, asked.id
        allotments = [[make.allotment(session, each, 5).source for each in (wei, maya)] for _ in range(rounds)]
        requests = {paid: int(paid.rpartition(":")[2]) for pair in allotments for paid in pair}

    def pass_on(session):
        maya, wei = session.get_one(Membership, maya_id), session.get_one(Membership, wei_id)
        return transfer(session, passing(session, maya, wei.person, session.get_one(ShareClass, class_id), 2), by=None)

    def pay_back(session):
        return redeem(session, redeeming(session.get_one(Withdrawal, asked_id), 1), by=None)

    def allot_two(pair):
        def act(session):
            for paid, member_id in zip(pair, (wei_id, maya_id), strict=True):
                allot(session, paid_allotment(session, requests[paid], member_id, class_id), by=None)

        return act

    for pair in allotments:
        assert not any(isinstance(each, Refusal) for each in at_once(pass_on, pay_back, allot_two(pair)))
    with transaction() as session:
        shares = [sum(lot.shares for lot in lots_of(session, [each])) for each in (maya_id, wei_id)]
    assert shares == [(10 - 2 - 1 + 5) * rounds, (2 + 5) * rounds]


def paid_allotment(session, request_id, member_id, class_id):
    """Five shares that a request has paid."""
    request = session.get_one(PaymentRequest, request_id)
    return Allotment(
        source=f"test:{request.id}",
        member=session.get_one(Membership, member_id),
        share_class=session.get_one(ShareClass, class_id),
        shares=5,
        price=make.PRICE,
        paid_from=held_account(request),
        on=clock.today(),
        basis="subscription",
    )


def test_each_waits_for_the_other_and_is_refused(database):
    _, pass_on, pay_back, change = acts(database)
    done, refused = overlapping(pass_on, pay_back)
    assert isinstance(done, int) and type(refused).__name__ == "BeyondHolding"
    with transaction() as session:
        assert type(_refusal(change, session)).__name__ == "BeyondHolding"


def _refusal(act, session):
    try:
        with session.begin_nested():
            act(session)
    except Refusal as refusal:
        return refusal
    return None


def test_two_people_proposing_the_same_form_propose_it_once(database):
    with transaction() as session:
        maya, wei, _ = two_members(session)
        staff, other = make.staff(session), make.staff(session, "secretary")
        values = {
            "member": maya.number, "recipient": str(wei.number), "class_code": "A", "shares": 3, "way": "gift",
            "giver_consent": "form", "recipient_consent": "form", "on": clock.today().isoformat(), "reason": "agreed",
        }  # fmt: skip
        people = [staff.id, other.id]

    def propose(who):
        from app.members.models import Person

        return lambda session: (
            propose_act(session, kind_named("transfer"), values, form_key="one", by=session.get_one(Person, who)).id
        )

    first = at_once(propose(people[0]))[0]
    again = at_once(propose(people[0]))[0]
    assert isinstance(first, int) and type(again).__name__ == "ProposedAlready"
