"""Distributions are reckoned, approved by two people, booked, owed, allocated, turned into shares, and reversed."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import transaction
from app.distributions import basis as bases
from app.distributions import terms as wording
from app.distributions.declaring import DeclaredAlready, ListChanged, propose_distribution
from app.distributions.drafting import preview
from app.distributions.models import AllocationRedemption, DistributionEnd, DistributionPart
from app.distributions.redeeming.paying import NothingAllocated, propose_redemption
from app.distributions.redeeming.undoing import RedemptionEnded, propose_undoing
from app.distributions.reversing import AllocationsPaidOut, DistributionEnded, propose_reversal
from app.distributions.taxing import tax_summary
from app.documents.distributing import file_distribution_statement, tell_member
from app.documents.models import Document
from app.documents.verifying.standing import standing_of
from app.ledger import journal
from app.letters.attaching import attached_to
from app.letters.models import Letter
from app.members.approvals.approving import decide
from app.members.models import Person
from app.members.people.sealing import Private, record_private
from app.members.roles import grant_role
from app.payments.payouts.owing import PaidOutAlready, pay_out, unpaid_payouts
from app.shares.allotting import BeyondAuthorized
from app.shares.capital import capital_account
from app.shares.holding import lots_of
from app.worker import run_until_idle
from tests import make
from tests.distributions.making import YEAR, approve, declare, draft, file, hired, interest, patronage
from tests.races import at_once


def allocated(session, member) -> int:
    return journal.balance(session, "allocations", f"member:{member.number}", "USD")


def test_patronage_from_the_file_to_the_books_and_back(database, monkeypatch):
    monkeypatch.setattr("app.distributions.telling.AT_ONCE", 1)
    with transaction() as session:
        maya, wei = make.member(session), make.member(session, "wei@example.org", "Wei Chen")
        record_private(session, wei.person, Private(None, "123-45-6789"), by=None)
        lines = (f"{maya.number},royalties,100.5", f"{wei.number},royalties,200", f"{wei.number},work,0.0001")
        terms = patronage(
            law="us-subchapter-t", notice="qualified", consent="bylaw 9", withhold_ppm=240_000, withhold_from="untaxed",
            payable_on=clock.today(), period_from=date(clock.today().year, 1, 1),
            period_to=clock.today() - timedelta(days=1),
        )  # fmt: skip
        row = declare(session, terms, file(*lines))
        # 900.00 by 100.5 : 200 and 100.00 for work; cash rounds up to 30 % of each part
        parts = {part.membership_id: part for part in session.scalars(select(DistributionPart))}
        assert parts[maya.id].amount_cents == 30_100 and parts[wei.id].amount_cents == 69_900
        assert parts[maya.id].cash_cents == 9_030 and parts[maya.id].withheld_cents == 2_167
        assert parts[wei.id].withheld_cents == 0
        owed = {payout.person_id: payout.amount_cents for payout in unpaid_payouts(session)}
        assert owed == {maya.person_id: 9_030 - 2_167, wei.person_id: 20_970}
        assert allocated(session, maya) == 21_070 and allocated(session, wei) == 48_930
    assert run_until_idle() == []
    with transaction() as session:
        tell_member(session, row.id, maya.id)  # as a job that is repeated does
        [letter] = session.scalars(
            select(Letter).where(Letter.name == "distribution-declared", Letter.person_id == maya.person_id)
        )
        assert (letter.facts["amount_minor"], letter.facts["paid_minor"]) == (30_100, 9_030 - 2_167)
        assert letter.facts["bank_missing"] and attached_to(session, letter)[0].content.startswith(b"%PDF-")
        told = {row.person_id: row.facts for row in session.scalars(select(Document))}
        notice = told[maya.person_id]
        assert (notice["cash_minor"], notice["retained_minor"], notice["new_balance_minor"]) == (9_030, 21_070, 21_070)
        assert notice["form_1099_patr"] == {"tax_year": YEAR + 1, "box_1_minor": 30_100, "box_4_minor": 2_167}
        lines = list(csv.DictReader(io.StringIO(tax_summary(session, YEAR + 1).decode())))
        assert sum(Decimal(line["box_1_patronage_dividends"]) for line in lines) == 1_000
        assert [line["tax_number"] for line in lines] == ["", "123-45-6789"]
        assert file_distribution_statement(session, row.id, maya.id).number in (1, 2)
        with pytest.raises(DeclaredAlready):
            propose_distribution(session, row.draft_id, list_sha256=row.list_sha256, by=hired(session, "organizer"))
        proposal = propose_reversal(session, row.id, by=hired(session, "treasurer"), reason="wrong file")
        decide(session, proposal.id, approve=True, by=hired(session, "organizer"), reason="yes")
        assert session.get(DistributionEnd, row.id) is not None
        ended_id = row.id
        assert unpaid_payouts(session) == [] and allocated(session, maya) == 0
        with pytest.raises(DistributionEnded):
            propose_reversal(session, row.id, by=hired(session, "treasurer"), reason="again")
    assert run_until_idle() == []
    with transaction() as session:
        told = session.scalars(select(Letter).where(Letter.name == "distribution-reversed")).all()
        parts = session.scalars(select(DistributionPart).where(DistributionPart.distribution_id == ended_id)).all()
        assert {each.person_id: each.facts["amount_minor"] for each in told} == {
            part.membership.person_id: part.amount_cents for part in parts
        }
        assert len(told) == len(parts) and {each.facts["reason"] for each in told} == {"wrong file"}


def test_retained_parts_become_shares_and_what_is_paid_stays(database):
    with transaction() as session:
        maya, wei = make.member(session), make.member(session, "wei@example.org", "Wei Chen")
        make.lot(session, wei, 1)
        terms = patronage(into_class="A", share_price_cents=100_00, pools=(("work", 1),))
        row = declare(session, terms, file(f"{maya.number},work,9", f"{wei.number},work,1"))
        part = session.get_one(DistributionPart, (row.id, maya.id))
        assert (part.retained_cents, part.shares, part.share_cents) == (630_00, 6, 600_00)
        assert [lot.shares for lot in lots_of(session, [maya.id])] == [6] and allocated(session, maya) == 30_00
        again = declare(session, terms, file(f"{maya.number},work,9", f"{wei.number},work,1"))
        assert session.get_one(DistributionPart, (again.id, maya.id)).prior_cents == 30_00
        first = unpaid_payouts(session)[0]
        pay_out(session, first.id, paid_on=clock.today(), bank_reference="L1", by=None)
        with pytest.raises(PaidOutAlready):
            propose_reversal(session, row.id, by=hired(session, "treasurer"), reason="too late")
        proposal = propose_reversal(session, again.id, by=hired(session, "treasurer"), reason="once is enough")
        decide(session, proposal.id, approve=True, by=hired(session, "organizer"), reason="yes")
        assert allocated(session, maya) == 30_00
        assert sum(lot.shares for lot in lots_of(session, [maya.id])) == 6
        told = capital_account(session, maya.person_id, clock.today())
        assert [(row.amount.minor, row.balance.minor) for row in told.changes[:3]] == [
            (630_00, 630_00), (630_00, 1_260_00), (600_00, 1_860_00),
        ]  # fmt: skip
        assert [each.minor for each in told.retained] == [30_00] and [each.minor for each in told.closing] == [630_00]
        assert capital_account(session, maya.person_id, clock.today() - timedelta(days=1)).closing == []


def test_many_members_are_written_in_batches_and_two_who_approve_at_once_declare_once(database, monkeypatch):
    for module in ("app.distributions.declaring", "app.payments.payouts.owing", "app.shares.granting"):
        monkeypatch.setattr(f"{module}.AT_ONCE", 2)
    with transaction() as session:
        members = [make.member(session, f"m{n}@example.org", f"Member {n}") for n in range(5)]
        found = make.lot(session, members[0], 1).share_class
        terms = patronage(into_class="A", share_price_cents=10_00, pools=(("work", 1),), declared_cents=1_000_01)
        row = draft(session, terms, file(*(f"{member.number},work,{n}" for n, member in enumerate(members))))
        seen = preview(session, row).list_sha256
        found.authorized_shares = 70
        with pytest.raises(BeyondAuthorized):
            propose_distribution(session, row.id, list_sha256=seen, by=row.drafter)
        found.authorized_shares = 71
        proposal = propose_distribution(session, row.id, list_sha256=seen, by=row.drafter).id
        people = [hired(session, "organizer").id, make.person(session, "two@example.org", "Two").id]
        grant_role(session, session.get_one(Person, people[1]), "organizer", by=None, reason="elected")

    def approve(who):
        return lambda session: decide(
            session, proposal, approve=True, by=session.get_one(Person, who), reason="as resolved"
        )

    results = at_once(*map(approve, people))
    assert sorted(type(result).__name__ for result in results) == ["DecidedAlready", "Decision"]
    with transaction() as session:
        parts = session.scalars(select(DistributionPart).order_by(DistributionPart.membership_id)).all()
        assert [part.amount_cents for part in parts] == [100_00, 200_00, 300_00, 400_01]
        assert sum(lot.shares for lot in lots_of(session, [each.id for each in members])) == 1 + 7 + 14 + 21 + 28
        assert sum(payout.amount_cents for payout in unpaid_payouts(session)) == 300_01
        row = parts[0].distribution
        assert len({payout.entry_id for payout in unpaid_payouts(session)}) == 2
        assert file_distribution_statement(session, row.id, members[4].id).facts["cash_minor"] == 120_01
        undo = propose_reversal(session, row.id, by=hired(session, "treasurer"), reason="wrong file")
        decide(session, undo.id, approve=True, by=hired(session, "organizer"), reason="yes")
        assert unpaid_payouts(session) == [] and allocated(session, members[4]) == 0


def test_interest_counts_the_days_and_follows_what_changes(database):
    with transaction() as session:
        maya, wei = make.member(session), make.member(session, "wei@example.org", "Wei Chen")
        make.lot(session, maya, 100, on=date(YEAR - 1, 5, 1))
        make.lot(session, wei, 100, on=date(YEAR, 12, 31))
        row = draft(session, interest())
        found = preview(session, row)
        days = (date(YEAR + 1, 1, 1) - date(YEAR, 1, 1)).days
        whole, day = 2_300_00 * 3 // 100, Fraction(2_300_00 * 3, 100 * days)
        assert found.parts[0].amount == whole
        assert sum(part.amount for part in found.parts) == int(whole + day)
        proposed = propose_distribution(session, row.id, list_sha256=found.list_sha256, by=row.drafter)
        make.lot(session, wei, 7, on=date(YEAR, 6, 1))
        with pytest.raises(ListChanged):
            decide(session, proposed.id, approve=True, by=hired(session, "organizer"), reason="as resolved")
        approve(session, draft(session, interest(title="again")))
        assert len(unpaid_payouts(session)) == 2


def test_bad_files_are_refused_with_every_line_and_nothing_is_kept(database):
    with transaction() as session:
        maya = make.member(session)
        lines = ("99,work,1", f"{maya.number},work,-1", f"{maya.number},work,1", f"{maya.number},work,2",
                 f"{maya.number},rent,1", f"{maya.number},work,1e3", "=1+1,work,1")  # fmt: skip
        with pytest.raises(bases.BasisRefused) as refused:
            draft(session, patronage(pools=(("work", 1),)), file(*lines))
        told = [(number, type(problem)) for number, problem in refused.value.lines]
        assert told == [
            (2, bases.UnknownMemberNumber), (3, bases.NegativeBusiness), (5, bases.TwiceInTheFile),
            (6, bases.UnknownBusiness), (7, bases.NotAMeasure), (8, bases.UnreadableCell),
        ]  # fmt: skip
        with pytest.raises(bases.BusinessMissing):
            draft(session, patronage(), file(f"{maya.number},work,1"))
        with pytest.raises(bases.BasisRefused):
            draft(session, patronage(), make_header_wrong())


def make_header_wrong():
    wrong = file("1,work,1")
    return type(wrong)(wrong.name, wrong.content.replace(b"business", b"class"))


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"period_to": date(YEAR - 1, 1, 1)}, wording.PeriodReversed),
        ({"declared_on": date(YEAR, 12, 31)}, wording.DeclaredTooEarly),
        ({"payable_on": date(YEAR, 1, 1)}, wording.PaidBeforeDeclared),
        ({"declared_cents": 0}, wording.NothingToShare),
        ({"pools": ()}, wording.PoolsMissing),
        ({"law": "us-subchapter-t"}, wording.NoticeMissing),
        ({"notice": "qualified", "cash_ppm": 1_000_000}, wording.NoticeWithoutRetained),
        ({"notice": "qualified", "cash_ppm": 199_999, "consent": "x"}, wording.NotQualified),
        ({"notice": "qualified", "cash_ppm": 200_000}, wording.ConsentMissing),
    ],
)
def test_terms_that_contradict_themselves(changed, refusal):
    with pytest.raises(refusal):
        wording.refuse_terms(patronage(**changed))


def test_what_the_law_bars(database):
    with transaction() as session:
        late = patronage(law="us-subchapter-t", notice="nonqualified", payable_on=date(YEAR + 1, 9, 16),
                         declared_on=date(YEAR + 1, 1, 2))  # fmt: skip
        with pytest.raises(wording.PaidTooLate):
            wording.decisions_on(session, late, 1)
        scic = interest(law="fr-scic", currency="EUR", surplus_cents=10_000_00)
        with pytest.raises(wording.AboveDistributable):  # 15 % and half of the rest go to the reserves
            wording.decisions_on(session, scic, 4_250_01)
        with pytest.raises(wording.YieldsMissing):
            wording.decisions_on(session, scic, 4_250_00)
        with_yields = interest(
            law="fr-scic", currency="EUR", surplus_cents=10_000_00, yields_ppm=(30_000, 33_000, 36_000)
        )
        cap = wording.decisions_on(session, with_yields, 1)[1]
        assert cap.outcome and cap.answers["limit"] == Fraction(53, 1000)
        assert wording.Terms.of_data(with_yields.as_data()) == with_yields


def test_what_was_retained_is_paid_out_later_taxed_and_undone(database):
    with transaction() as session:
        maya, wei = make.member(session), make.member(session, "wei@example.org", "Wei Chen")
        make.lot(session, wei, 1)
        treasurer, organizer = hired(session, "treasurer"), hired(session, "organizer")
        terms = patronage(
            law="us-subchapter-t", notice="nonqualified", withhold_ppm=240_000, withhold_from="untaxed",
            pools=(("work", 1),), into_class="A", share_price_cents=100_00,
            payable_on=clock.today(), period_from=date(clock.today().year, 1, 1),
            period_to=clock.today() - timedelta(days=1),
        )  # fmt: skip
        row = declare(session, terms, file(f"{maya.number},work,7", f"{wei.number},work,3"))
        assert (allocated(session, maya), allocated(session, wei)) == (90_00, 10_00)  # 490.00 and 210.00, less shares
        before = {payout.id for payout in unpaid_payouts(session)}

        def redeem(key, percent=1_000_000, member=None):
            found = propose_redemption(
                session, row.id, percent_ppm=percent, payable_on=clock.today(), member=member, form_key=key,
                by=treasurer, reason="revolving",
            )  # fmt: skip
            decide(session, found.id, approve=True, by=organizer, reason="yes")
            return session.scalars(select(AllocationRedemption).order_by(AllocationRedemption.id.desc())).first()

        half = redeem("a", 500_000)
        assert (half.paid_cents, half.withheld_cents) == (50_00, 10_80 + 1_20)
        assert (allocated(session, maya), allocated(session, wei)) == (45_00, 5_00)
        rest = redeem("b", member=maya.number)
        assert (rest.paid_cents, allocated(session, maya)) == (45_00, 0)
        with pytest.raises(NothingAllocated):
            redeem("c", member=maya.number)
        with pytest.raises(AllocationsPaidOut):
            propose_reversal(session, row.id, by=treasurer, reason="wrong file")
        undoing = propose_undoing(session, rest.id, by=treasurer, reason="too early")
        decide(session, undoing.id, approve=True, by=organizer, reason="yes")
        with pytest.raises(RedemptionEnded):
            propose_undoing(session, rest.id, by=treasurer, reason="again")
        assert allocated(session, maya) == 45_00
        owed = {each.person_id: each for each in unpaid_payouts(session) if each.id not in before}
        assert {who: each.amount_cents for who, each in owed.items()} == {maya.person_id: 34_20, wei.person_id: 3_80}
        pay_out(session, owed[wei.person_id].id, paid_on=clock.today(), bank_reference="W", by=None)
        with pytest.raises(PaidOutAlready):
            propose_undoing(session, half.id, by=treasurer, reason="too late")
        table = csv.DictReader(io.StringIO(tax_summary(session, YEAR + 1).decode()))
        lines = {line["member_number"]: line for line in table}
        told = lines[str(maya.number)]
        assert told["box_5_redeemed_nonqualified_notices"] == "45.00"
        assert Decimal(told["box_4_tax_withheld"]) == Decimal("50.40") + Decimal("10.80")  # of the cash, and of this
    assert run_until_idle() == []
    with transaction() as session:
        kind = Document.kind == "allocation-redemption"
        [statement, *others] = session.scalars(select(Document).where(kind).order_by(Document.id)).all()
        assert len(others) == 2
        assert [standing_of(session, each).undone for each in (statement, *others)] == [False, False, True]
        told = select(Letter).where(Letter.name == "allocation-redeemed").order_by(Letter.id)
        assert [each.facts["paid_minor"] for each in session.scalars(told)] == [34_20, 3_80]  # not of what was undone
        assert (statement.facts["prior_balance_minor"], statement.facts["new_balance_minor"]) == (90_00, 45_00)
        assert statement.facts["form_1099_patr"]["box_5_minor"] == 45_00
        of_maya = select(Document.id).where(Document.kind == "certificate", Document.person_id == maya.person_id)
        assert len(session.scalars(of_maya).all()) == len(lots_of(session, [maya.id])) == 1
