"""Lending to the co-operative: a loan is taken up from money received, its instalments fall due, it may convert."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.errors import N_, Refusal
from app.core.money import Money
from app.ledger import journal
from app.ledger.closing import open_day, refuse_closed
from app.members.entering import current_membership, enter_member
from app.members.models import Person
from app.payments.models import PaymentRequest
from app.payments.payouts.owing import owe, payable
from app.payments.references import read_reference
from app.payments.requesting import asked, end_request, has_ended, held, held_account, locked_request
from app.shares.acts.calling import MoneyMissing, UnknownPayment
from app.shares.acts.judging import lock_holders, refuse_beyond_limits
from app.shares.classes import lock_class
from app.shares.loans.models import DayCount, Loan, LoanConversion, LoanInstalment, LoanInstalmentDue
from app.shares.loans.scheduling import interest, schedule
from app.shares.models import ShareAct, ShareClass
from app.shares.moving import Act, Given, InTheFuture, record_act

KINDS = {"loan": N_("Loan"), "bond": N_("Bond")}
LOAN_JOB = "documents.file_loan"


class NoSuchLoan(Refusal):
    """The loan does not exist."""

    message = N_("There is no such loan.")
    status = 404
    field = "loan"


class NotConvertible(Refusal):
    """The loan's terms give no conversion."""

    message = N_("This loan does not convert into shares.")
    status = 409


class NothingOwed(Refusal):
    """The loan is repaid or converted."""

    message = N_("Nothing of this loan is owed any more.")
    status = 409


class TooSmallToConvert(Refusal):
    """What is owed buys no share."""

    message = N_("{owed} buy no share at {price}.")
    status = 409


class InstalmentsWait(Refusal):
    """What fell due before is booked first."""

    message = N_("An instalment was due on {day}. It is booked first.")
    status = 409


class BeforeLoan(Refusal):
    """Nothing happens to a loan before it was taken up, or after something later happened to it."""

    message = N_("The loan runs since {day}.")
    field = "on"


@dataclass(frozen=True)
class Lending:
    """A loan to be; `reference` holds the principal. `months` lie between `count` instalments."""

    source: str
    kind: str
    lender: Person
    principal: Money
    rate_ppm: int
    day_count: DayCount
    starts_on: date
    months: int
    count: int
    bullet: bool
    reference: str
    reason: str
    conversion_class: ShareClass | None = None
    conversion_price: Money | None = None


def take_up(session: Session, what: Lending, *, by: int, proposed_by: int) -> Loan:
    """Take up a loan from money held under a reference of the lender, with its frozen schedule."""
    assert what.kind in KINDS and what.principal.minor > 0, "the form offers these"
    existing = session.scalars(select(Loan).where(Loan.source == what.source)).first()
    if existing is not None:
        return existing
    if what.starts_on > clock.latest_today():
        raise InTheFuture(on=what.starts_on)
    refuse_closed(session, what.starts_on)
    request = _request(session, what)
    present = held(session, request)
    if present.currency != what.principal.currency or present < what.principal:
        raise MoneyMissing(held=present, needed=what.principal)
    legs = (
        journal.Leg(*held_account(request), what.principal.currency, what.principal.minor),
        journal.Leg("loans_payable", what.source, what.principal.currency, -what.principal.minor),
    )
    draft = journal.Draft(f"loan:{what.source}", "loan taken up", what.starts_on, legs)
    loan = Loan(
        source=what.source,
        kind=what.kind,
        person_id=what.lender.id,
        principal_cents=what.principal.minor,
        currency=what.principal.currency,
        rate_ppm=what.rate_ppm,
        day_count=what.day_count.name,
        starts_on=what.starts_on,
        conversion_class_id=what.conversion_class.id if what.conversion_class else None,
        conversion_price_cents=what.conversion_price.minor if what.conversion_price else None,
        payment_request_id=request.id,
        entry_id=journal.post(session, draft, by=by),
        reason=what.reason,
        recorded_at=clock.now(),
        recorded_by=by,
        proposed_by=proposed_by,
    )
    session.add(loan)
    session.flush()
    _write_schedule(session, loan, what)
    if not has_ended(session, request) and asked(request) <= what.principal:
        end_request(session, request, N_("the loan is taken up"))
    audit.record(session, audit.Tag.LOAN_TAKEN, f"loan:{loan.id}", by=by, reason=what.reason)
    jobs.defer(session, LOAN_JOB, loan_id=loan.id)
    return loan


def book_due_instalments(session: Session) -> list[LoanInstalmentDue]:
    """Make every instalment that has fallen due payable; harmless when repeated."""
    rows = session.scalars(
        select(LoanInstalment)
        .where(
            LoanInstalment.due_on <= clock.today(),
            ~exists().where(LoanInstalmentDue.instalment_id == LoanInstalment.id),
        )
        .order_by(LoanInstalment.due_on, LoanInstalment.id)
    ).all()
    booked = []
    for row in rows:
        loan = locked_loan(session, row.loan_id)
        if owed(session, loan).minor and session.get(LoanInstalmentDue, row.id) is None:
            due = _fall_due(session, loan, row)
            if due is not None:
                booked.append(due)
    return booked


def convert_loan(
    session: Session, loan_id: int, *, on: date, source: str, by: int, proposed_by: int, reason: str
) -> LoanConversion:
    """Turn what is owed into shares at the agreed price; interest to that day and the rest are paid out."""
    loan = locked_loan(session, loan_id)
    if loan.conversion_class is None or not loan.conversion_price_cents:
        raise NotConvertible
    principal = owed(session, loan)
    if not principal.minor:
        raise NothingOwed
    since = _since(session, loan, on)
    price = Money(loan.conversion_price_cents, loan.currency)
    shares = principal.minor // price.minor
    if shares == 0:
        raise TooSmallToConvert(owed=principal, price=price)
    accrued = interest(principal.minor, loan.rate_ppm, DayCount[loan.day_count], since, on)
    member = current_membership(session, loan.person_id)
    if member is None:
        member = enter_member(session, loan.person, on=on, basis=N_("conversion of a loan"), by=by)
    lock_class(session, loan.conversion_class)
    lock_holders(session, member)
    refuse_beyond_limits(session, member, loan.conversion_class, shares, on)
    paid = price * shares
    cash = Money(principal.minor - paid.minor + accrued, loan.currency)
    money = [journal.Leg("loans_payable", loan.source, loan.currency, principal.minor)]
    if accrued:
        money.append(journal.Leg("interest_expense", loan.source, loan.currency, accrued))
    if cash.minor:
        money.append(journal.Leg(*payable(source), loan.currency, -cash.minor))
    given = Given(member, loan.conversion_class, shares, price, paid, N_("conversion of a loan"))
    details = {"loan": loan.id, "principal_cents": principal.minor, "interest_cents": accrued, "shares": shares}
    act = Act("loan conversion", source, on, reason, gives=[given], money=money, details=details)
    row = record_act(session, act, by=by, proposed_by=proposed_by)
    conversion = LoanConversion(loan_id=loan.id, act_id=row.id, principal_cents=principal.minor, interest_cents=accrued)
    session.add(conversion)
    session.flush()
    if cash.minor and row.entry_id is not None:
        text = N_("interest and rest of a converted loan")
        owe(session, source, loan.person_id, cash, text, due_on=on, entry_id=row.entry_id)
    return conversion


def owed(session: Session, loan: Loan, on: date | None = None) -> Money:
    """The principal that is owed, by the books: now, or at the end of a day."""
    return Money(journal.balance(session, "loans_payable", loan.source, loan.currency, as_of=on), loan.currency)


def loans(session: Session) -> list[Loan]:
    """Every loan in the order of its taking up."""
    return list(session.scalars(select(Loan).order_by(Loan.id)))


def instalments(session: Session, loan: Loan) -> list[tuple[LoanInstalment, LoanInstalmentDue | None]]:
    """The schedule of a loan, each instalment with the row that says it fell due."""
    rows = session.execute(
        select(LoanInstalment, LoanInstalmentDue)
        .outerjoin(LoanInstalmentDue, LoanInstalmentDue.instalment_id == LoanInstalment.id)
        .where(LoanInstalment.loan_id == loan.id)
        .order_by(LoanInstalment.number)
    )
    return [(row, due) for row, due in rows]


def _request(session: Session, what: Lending) -> PaymentRequest:
    found = session.scalars(
        select(PaymentRequest).where(PaymentRequest.reference == read_reference(what.reference))
    ).first()
    if found is None or found.person_id != what.lender.id:
        raise UnknownPayment
    return locked_request(session, found.id)


def _write_schedule(session: Session, loan: Loan, what: Lending) -> None:
    plan = schedule(
        what.principal,
        what.rate_ppm,
        what.day_count,
        what.starts_on,
        months=what.months,
        count=what.count,
        bullet=what.bullet,
    )
    session.add_all(
        LoanInstalment(
            loan_id=loan.id,
            number=number,
            due_on=each.due_on,
            principal_cents=each.principal_cents,
            interest_cents=each.interest_cents,
        )
        for number, each in enumerate(plan, 1)
    )
    session.flush()


def locked_loan(session: Session, loan_id: int) -> Loan:
    """The loan under lock: whoever judges what happened to it takes this first. Raises `NoSuchLoan`."""
    loan = session.scalars(select(Loan).where(Loan.id == loan_id).with_for_update(key_share=True)).first()
    if loan is None:
        raise NoSuchLoan
    return loan


def _since(session: Session, loan: Loan, on: date) -> date:
    """The day from which interest is not due yet: the last instalment's, or the start."""
    since = loan.starts_on
    for row, due in instalments(session, loan):
        if due is not None:
            since = row.due_on
        elif row.due_on <= on:
            raise InstalmentsWait(day=row.due_on)
    if on < since:
        raise BeforeLoan(day=since)
    return since


def _fall_due(session: Session, loan: Loan, row: LoanInstalment) -> LoanInstalmentDue | None:
    total = row.principal_cents + row.interest_cents
    if not total:
        return None
    source = f"{loan.source}:{row.number}"
    legs = [journal.Leg(*payable(source), loan.currency, -total)]
    if row.principal_cents:
        legs.append(journal.Leg("loans_payable", loan.source, loan.currency, row.principal_cents))
    if row.interest_cents:
        legs.append(journal.Leg("interest_expense", loan.source, loan.currency, row.interest_cents))
    on = open_day(session, row.due_on)  # the books may have been closed before the instalment was noted
    draft = journal.Draft(f"loan-due:{source}", "loan instalment due", on, tuple(legs))
    entry_id = journal.post(session, draft, by=None)
    due = LoanInstalmentDue(instalment_id=row.id, entry_id=entry_id, recorded_at=clock.now())
    session.add(due)
    session.flush()
    text = N_("interest and repayment of a loan")
    owe(session, source, loan.person_id, Money(total, loan.currency), text, due_on=row.due_on, entry_id=entry_id)
    audit.record(session, audit.Tag.LOAN_INSTALMENT_DUE, f"loan:{loan.id}", by=None, amount_cents=total)
    return due


def conversion_of(session: Session, loan: Loan) -> LoanConversion | None:
    """The conversion of a loan that stands."""
    undone = select(ShareAct.reverses_id).where(ShareAct.reverses_id.is_not(None))
    return session.scalars(
        select(LoanConversion).where(LoanConversion.loan_id == loan.id, LoanConversion.act_id.not_in(undone))
    ).first()
