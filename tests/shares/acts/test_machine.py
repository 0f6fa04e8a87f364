"""Any order of acts on shares leaves books, lots and register in agreement at every date; a reversal restores all."""

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, text

from app.core import clock
from app.core.database import engine, new_session
from app.core.errors import Refusal
from app.exports.captable.reading import classes_on
from app.exports.register import register_lines
from app.ledger import journal
from app.members.models import Membership
from app.payments.models import PaymentRequest
from app.payments.requesting import asked
from app.proofs import PROOFS
from app.shares.acts.calling import Issue, call, credit_calls, issue
from app.shares.acts.cancelling import cancel, forfeit
from app.shares.acts.charging import charge
from app.shares.acts.converting import Conversion, Split, convert, split
from app.shares.acts.exchanging import Fractions, Ratio
from app.shares.acts.judging import open_call_parts
from app.shares.acts.queueing import open_shares, queue
from app.shares.acts.redeeming import redeem
from app.shares.acts.reversing import undo, undo_allotment
from app.shares.acts.transferring import transfer
from app.shares.classes import share_class
from app.shares.holding import lots_of
from app.shares.loans.lending import Lending, book_due_instalments, convert_loan, loans, owed, take_up
from app.shares.loans.models import DayCount
from app.shares.loans.scheduling import add_months
from app.shares.loans.undoing import loan_end, undo_loan
from app.shares.models import ShareAct
from app.shares.numbering import begin_numbering, numbers_of
from tests import make
from tests.distributions.making import declare, file, patronage
from tests.shares.acts.making import days_ago, passing, redeeming, source, withdrawal

DAYS = st.integers(0, 12)
SHARES = st.integers(1, 15)
WHO = st.integers(0, 2)
PROVED = ("share", "payout", "lot", "loan", "distribution", "retained", "balance", "overdrawn", "reversal", "opening")


def particulars(session):
    """Everything about the lots that stand, the numbers of their shares too, but those of the certificates."""
    lots = lots_of(session, [row.id for row in session.scalars(select(Membership))])
    numbers = numbers_of(session, [lot.id for lot in lots])
    return sorted(
        (lot.membership_id, lot.share_class.code, lot.shares, lot.price_cents, lot.paid_cents, lot.held_since,
         numbers[lot.id])
        for lot in lots
    )  # fmt: skip


def numbers_apart(told):
    """Each share's number, written out from what lots are told to have: the numbers of a class, by its code."""
    apart = {}
    for _, code, shares, *_, spelled in told:
        ends = [part.split("–") for part in spelled.split(", ")]
        own = [number for end in ends for number in range(int(end[0]), int(end[-1]) + 1)]
        assert len(own) == shares
        apart.setdefault(code, []).extend(own)
    return apart


class Acts(RuleBasedStateMachine):
    """Three holders, two classes and part-paid shares; each rule is an act that is done, or refused without a trace."""

    acts = Bundle("acts")

    @initialize()
    def found(self):
        self.session = new_session()
        with self.session.begin_nested():
            people = [("maya", "Maya"), ("wei", "Wei"), ("ana", "Ana")]
            self.members = [make.member(self.session, f"{email}@example.org", name) for email, name in people]
            self.staff = [make.staff(self.session).id, make.staff(self.session, "secretary").id]
            for member, shares, days in zip(self.members, (10, 7, 5), (9, 6, 3), strict=True):
                make.lot(self.session, member, shares, on=days_ago(days))
            self.a = share_class(self.session, "A", "User-owner share")
            self.b = share_class(self.session, "B", "Member share")
            self.p = share_class(self.session, "P", "Part-paid share")
            for found in (self.a, self.b, self.p):  # those of class A are held already
                two = {"by": self.staff[0], "proposed_by": self.staff[1]}
                begin_numbering(self.session, found, **two, reason="the articles")
        self.before, self.steps, self.highest = {}, 0, {}
        for who in (0, 1):
            self.issue_part_paid(who, 4, 25, 5)
        self.call_up(50)
        self.lend(2, 2, False)

    def teardown(self):
        if hasattr(self, "session"):
            self.prove()
            self.session.rollback()
            self.session.close()

    def do(self, act):
        """The act's id, or None when it was refused; then nothing has changed."""
        before = particulars(self.session)
        try:
            with self.session.begin_nested():
                row = act()
                self.session.flush()
        except Refusal:
            assert particulars(self.session) == before
            return None
        self.judge_numbers(before, anew=not str(getattr(row, "kind", "")).startswith("reversal"))
        done = row.id if isinstance(row, ShareAct) else getattr(row, "act_id", None)
        if done is not None:
            self.before[done] = before
        return done

    def judge_numbers(self, before, *, anew):
        """Shares keep their numbers; new ones have numbers that no share ever had, unless an act was undone."""
        earlier = numbers_apart(before)
        for code, numbers in numbers_apart(particulars(self.session)).items():
            new = set(numbers) - set(earlier.get(code, []))
            assert len(set(numbers)) == len(numbers)
            if anew and new:
                assert min(new) > self.highest.get(code, 0)
            self.highest[code] = max([self.highest.get(code, 0), *numbers])

    @rule(target=acts, giver=WHO, to=WHO, shares=SHARES, days=DAYS, second=st.booleans())
    def pass_on(self, giver, to, shares, days, second):
        found, recipient = self.b if second else self.a, self.members[to].person
        what = passing(self.session, self.members[giver], recipient, found, shares, on=days_ago(days))
        return self.do(lambda: transfer(self.session, what, by=None))

    @rule(target=acts, who=WHO, shares=SHARES, new=st.integers(1, 4), old=st.integers(1, 4), days=DAYS,
          rule_=st.sampled_from(list(Fractions)), back=st.booleans())  # fmt: skip
    def change_class(self, who, shares, new, old, days, rule_, back):
        one, other = (self.b, self.a) if back else (self.a, self.b)
        what = Conversion(source(), self.members[who], one, other, shares, Ratio(new, old), rule_, days_ago(days), "x")
        return self.do(lambda: convert(self.session, what, by=None))

    @rule(target=acts, new=st.integers(1, 3), old=st.integers(1, 3), cash=st.booleans())
    def split_all(self, new, old, cash):
        rule_ = Fractions.CASH if cash else Fractions.NEAREST
        what = Split(source(), self.a, Ratio(new, old), rule_, clock.today(), "vote")
        return self.do(lambda: split(self.session, what, by=None))

    @rule(target=acts, who=WHO, shares=SHARES, set_off=st.integers(0, 500))
    def ask_and_redeem(self, who, shares, set_off):
        def act():
            withdrawal(self.session, self.members[who], self.a, shares)
            first = queue(self.session, self.a)[0]
            count = min(shares, open_shares(self.session, first))
            return redeem(self.session, redeeming(first, count, set_off=set_off), by=None)

        return self.do(act)

    @rule(target=acts, who=WHO, shares=SHARES)
    def give_up(self, who, shares):
        kinds = {"on": clock.today(), "reason": "given up", "consent": "letter", "by": None}
        return self.do(lambda: cancel(self.session, source(), self.members[who], self.a, shares, **kinds))

    @rule(who=WHO, shares=st.integers(1, 4))
    def pledge_as_security(self, who, shares):
        facts = {"creditor": "Bank", "debt": "1", "on": clock.today(), "reason": "loan"}
        facts |= {"by": self.staff[0], "proposed_by": self.staff[1]}
        self.do(lambda: charge(self.session, source(), self.members[who], self.a, shares, **facts))

    @rule(target=acts, who=WHO, shares=st.integers(1, 6), paid=st.sampled_from([0, 25, 100]), days=DAYS)
    def issue_part_paid(self, who, shares, paid, days):
        def act():
            member, price = self.members[who], make.usd(100)
            request = make.paid_request(self.session, member.person, make.usd(max(paid * shares, 1)))
            facts = {"on": days_ago(days), "reason": "board", "reference": request.reference}
            return issue(self.session, Issue(source(), member, self.p, shares, price, make.usd(paid), **facts), by=None)

        return self.do(act)

    @rule(per_share=st.integers(1, 60))
    def call_up(self, per_share):
        facts = {"called_on": days_ago(4), "due_on": days_ago(2), "reason": "board"}
        facts |= {"by": self.staff[0], "proposed_by": self.staff[1]}
        self.do(lambda: call(self.session, source(), self.p, make.usd(per_share), **facts))

    @rule(target=acts, late=st.booleans())
    def pay_or_forfeit(self, late):
        standing = lots_of(self.session, [member.id for member in self.members])
        parts = open_call_parts(self.session, [lot.id for lot in standing])
        if not parts:
            return None
        number = next(lot.certificate_number for lot in standing if lot.id == parts[0].lot_id)
        if late:
            on = clock.today()
            return self.do(lambda: forfeit(self.session, source(), number, on=on, reason="unpaid", by=None))

        def act():
            request = self.session.get_one(PaymentRequest, parts[0].payment_request_id)
            make.pay(self.session, request, asked(request))
            return credit_calls(self.session)[0]

        return self.do(act)

    @rule(who=WHO, hundreds=st.integers(1, 9), bullet=st.booleans())
    def lend(self, who, hundreds, bullet):
        def act():
            lender, principal = self.members[who].person, make.usd(100 * hundreds)
            request = make.paid_request(self.session, lender, principal)
            what = Lending(
                source("loan"), "bond", lender, principal, 30_000, DayCount.ACT_365, add_months(clock.today(), -1),
                1, 3, bullet, request.reference, "board", self.b, make.usd(30),
            )  # fmt: skip
            return take_up(self.session, what, by=self.staff[0], proposed_by=self.staff[1]).source

        self.do(act)

    @rule(target=acts, booked=st.sampled_from([True, True, False]))
    def convert_a_loan(self, booked):
        open_ = [loan.id for loan in loans(self.session) if owed(self.session, loan).minor]
        if not open_:
            return None
        if booked:
            self.do(lambda: len(book_due_instalments(self.session)))
        facts = {"by": self.staff[0], "proposed_by": self.staff[1], "reason": "agreed"}
        return self.do(lambda: convert_loan(self.session, open_[0], on=clock.today(), source=source(), **facts))

    @rule(work=st.lists(st.integers(0, 50), min_size=3, max_size=3), dollars=st.integers(1, 900), shares=st.booleans())
    def distribute(self, work, dollars, shares):
        into = {"into_class": "A", "share_price_cents": 23_00} if shares else {}
        terms = patronage(pools=(("work", 1),), declared_cents=dollars * 100 + 1, **into)
        lines = [f"{member.number},work,{amount}" for member, amount in zip(self.members, work, strict=True)]
        self.do(lambda: declare(self.session, terms, file(*lines)).title)

    @rule()
    def take_a_loan_back(self):
        standing = [loan.id for loan in loans(self.session) if loan_end(self.session, loan) is None]
        if standing:
            facts = {"by": self.staff[0], "proposed_by": self.staff[1], "reason": "undone"}
            self.do(lambda: undo_loan(self.session, standing[-1], on=clock.today(), **facts).reason)

    @rule(who=WHO)
    def take_an_allotment_back(self, who):
        made = [lot for lot in lots_of(self.session, [self.members[who].id]) if lot.act_id is None]
        if made:
            number, on = made[0].certificate_number, clock.today()
            self.do(lambda: undo_allotment(self.session, number, on=on, by=None, reason="undone"))

    @rule(act=acts)
    def take_back(self, act):
        if act is None:
            return
        latest = self.session.scalars(select(ShareAct.id).order_by(ShareAct.id.desc()).limit(1)).first()
        made = self.session.get_one(ShareAct, act)
        day = max(clock.today(), made.effective_on)
        done = self.do(lambda: undo(self.session, act, on=day, by=None, reason="undone"))
        if done is not None and latest == act:  # nothing came between, so all is as before
            assert particulars(self.session) == self.before[act]

    @invariant()
    def everything_agrees(self):
        if not hasattr(self, "before"):
            return
        self.steps += 1
        if self.steps % 6 == 0:
            self.prove()

    def prove(self):
        self.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        self.session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        for proof in PROOFS:
            if any(word in proof.name.lower() for word in PROVED):
                found = proof.check(self.session)
                assert found.holds, (proof.name, list(found.wrong))
        for days in (0, 4, 9):
            day = clock.today() - timedelta(days=days)
            lines = {}
            for line in register_lines(self.session, day):
                key = line.member_number, line.share_class
                lines[key] = lines.get(key, 0) + line.shares
            table = {row.code: row.shares for row in classes_on(self.session, day)}
            assert table == {
                code: sum(shares for (_, found), shares in lines.items() if found == code) for code in table
            }
            for member in self.members:
                for code in table:
                    lots = sum(
                        lot.shares for lot in lots_of(self.session, [member.id], day) if lot.share_class.code == code
                    )
                    books = journal.balance(
                        self.session, "holder", f"member:{member.number}", f"SHARE:{code}", as_of=day
                    )
                    assert lots == books >= 0
                    assert lines.get((member.number, code), 0) == lots


def test_any_order_of_acts(database):
    assert engine() is not None
    limits = settings(
        max_examples=6,
        stateful_step_count=13,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    run_state_machine_as_test(Acts, settings=limits)
