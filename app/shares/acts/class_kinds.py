"""The acts of the desk that bind a class or the co-operative: terms, limits, rules, calls, charges, loans."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.shares.acts.asking import CURRENCY, ON, REASON, SHARE_CLASS, SHARES, Ask, Kind, Said
from app.shares.acts.calling import call
from app.shares.acts.charging import charge, release
from app.shares.acts.defining import Terms, set_limit, write_rule, write_terms
from app.shares.acts.judging import class_coded, member_numbered
from app.shares.acts.kinds import MEMBER, recipient_named
from app.shares.acts.pricing import write_price
from app.shares.acts.redeeming import PERIODS, PPM
from app.shares.acts.uncalling import withdraw_call
from app.shares.classes import class_code, share_class
from app.shares.loans.lending import KINDS as LOAN_KINDS
from app.shares.loans.lending import Lending, convert_loan, take_up
from app.shares.loans.models import DayCount
from app.shares.loans.undoing import undo_loan
from app.shares.models import RedemptionRight, ShareClass, Transferable, VotesRule
from app.shares.numbering import begin_numbering

CLASSES, SECURITY, LOANS = N_("Classes"), N_("Security"), N_("Loans")
MONTHS = (("1", N_("monthly")), ("3", N_("quarterly")), ("6", N_("half-yearly")), ("12", N_("yearly")))


class ClassExists(Refusal):
    """A class has the code."""

    message = N_("There is a share class {code} already.")
    status = 409
    field = "code"


def _new_class(session: Session, said: Said) -> ShareClass:
    code = class_code(said.text("code"))
    if session.scalars(select(ShareClass).where(ShareClass.code == code)).first() is not None:
        raise ClassExists(code=code)
    found = share_class(session, code, said.text("name"))
    authorized = said.whole_or_none("authorized")
    if authorized is not None:
        set_limit(session, found, authorized, by=said.by, proposed_by=said.proposed_by, reason=said.reason)
    if said.values.get("numbered"):
        begin_numbering(session, found, by=said.by, proposed_by=said.proposed_by, reason=said.reason)
    return found


def _number(session: Session, said: Said) -> object:
    found = class_coded(session, said.text("class_code"))
    return begin_numbering(session, found, by=said.by, proposed_by=said.proposed_by, reason=said.reason)


def _terms(session: Session, said: Said) -> object:
    terms = Terms(
        valid_from=said.day("valid_from"),
        purpose=said.text("purpose"),
        currency=said.text("currency"),
        votes_rule=VotesRule[said.text("votes_rule")],
        transferable=Transferable[said.text("transferable")],
        redemption_right=RedemptionRight[said.text("redemption_right")],
        nominal_cents=said.whole_or_none("nominal"),
        votes_cap=said.whole_or_none("votes_cap"),
        withdrawable=bool(said.values.get("withdrawable")),
        notice_days=said.whole("notice_days"),
        holder_shares_min=said.whole("holder_shares_min"),
        holder_shares_max=said.whole_or_none("holder_shares_max"),
        capital_min_cents=said.whole_or_none("capital_min"),
        locked_until=said.day_or_none("locked_until"),
        legends=tuple(line.strip() for line in said.text("legends").splitlines() if line.strip()),
    )
    return write_terms(session, class_coded(session, said.text("class_code")), terms, by=said.by, reason=said.reason)


def _limit(session: Session, said: Said) -> object:
    found, number = class_coded(session, said.text("class_code")), said.whole_or_none("authorized")
    return set_limit(session, found, number, by=said.by, proposed_by=said.proposed_by, reason=said.reason)


def _price(session: Session, said: Said) -> object:
    return write_price(
        session,
        class_coded(session, said.text("class_code")),
        said.money_or_none("price"),
        valid_from=said.day("valid_from"),
        currency=said.text("currency"),
        by=said.by,
        proposed_by=said.proposed_by,
        reason=said.reason,
    )


def _rule(session: Session, said: Said) -> object:
    ppm = said.whole_or_none("value")
    return write_rule(
        session,
        class_coded(session, said.text("class_code")),
        valid_from=said.day("valid_from"),
        suspended=bool(said.values.get("suspended")),
        cap=said.money_or_none("cap"),
        currency=said.text("currency"),
        period=said.text("period"),
        value_ppm=PPM if ppm is None else ppm,
        by=said.by,
        proposed_by=said.proposed_by,
        reason=said.reason,
    )


def _call(session: Session, said: Said) -> object:
    return call(
        session,
        said.source,
        class_coded(session, said.text("class_code")),
        said.money("per_share"),
        called_on=said.day(),
        due_on=said.day("due_on"),
        by=said.by,
        proposed_by=said.proposed_by,
        reason=said.reason,
    )


def _withdraw_call(session: Session, said: Said) -> object:
    return withdraw_call(session, said.whole("call"), by=said.by, reason=said.reason)


def _charge(session: Session, said: Said) -> object:
    return charge(
        session,
        said.source,
        member_numbered(session, said.whole("member")),
        class_coded(session, said.text("class_code")),
        said.whole("shares"),
        creditor=said.text("creditor"),
        debt=said.text("debt"),
        on=said.day(),
        by=said.by,
        proposed_by=said.proposed_by,
        reason=said.reason,
    )


def _release(session: Session, said: Said) -> object:
    number = said.whole("charge")
    return release(session, number, on=said.day(), by=said.by, proposed_by=said.proposed_by, reason=said.reason)


def _lend(session: Session, said: Said) -> object:
    code = said.text("class_code")
    what = Lending(
        source=said.source,
        kind=said.text("kind"),
        lender=recipient_named(session, said.text("lender")),
        principal=said.money("principal"),
        rate_ppm=said.whole("rate"),
        day_count=DayCount[said.text("day_count")],
        starts_on=said.day(),
        months=int(said.text("months")),
        count=said.whole("count"),
        bullet=said.text("repaid") == "end",
        reference=said.text("reference"),
        reason=said.reason,
        conversion_class=class_coded(session, code) if code else None,
        conversion_price=said.money_or_none("conversion_price"),
    )
    return take_up(session, what, by=said.by, proposed_by=said.proposed_by)


def _convert_loan(session: Session, said: Said) -> object:
    number, day = said.whole("loan"), said.day()
    return convert_loan(
        session, number, on=day, source=said.source, by=said.by, proposed_by=said.proposed_by, reason=said.reason
    )


def _undo_loan(session: Session, said: Said) -> object:
    number, day = said.whole("loan"), said.day()
    return undo_loan(session, number, on=day, by=said.by, proposed_by=said.proposed_by, reason=said.reason)


def _options(choices: Iterable[StrEnum]) -> tuple[tuple[str, str], ...]:
    return tuple((each.name, each.value) for each in choices)


FROM = Ask("valid_from", N_("Valid from"), "day", value="today")
LOAN = Ask("loan", N_("Loan"), "whole", N_("Its number in the list of loans."))
AUTHORIZED = Ask("authorized", N_("Authorized number"), "whole", N_("Empty: no limit."), required=False)
NUMBERED = Ask("numbered", N_("Each share has a distinguishing number"), "check")
KINDS = (
    Kind(
        "class",
        N_("New class"),
        N_("A class of shares, known by a short code in which the books count."),
        (Ask("code", N_("Code")), Ask("name", N_("Name")), AUTHORIZED, NUMBERED, REASON),
        _new_class,
        CLASSES,
    ),
    Kind(
        "terms",
        N_("Terms of a class"),
        N_("What a class gives and asks from a day on."),
        (
            SHARE_CLASS,
            FROM,
            Ask("purpose", N_("Purpose")),
            Ask("nominal", N_("Nominal of a share"), "money", required=False),
            CURRENCY,
            Ask("votes_rule", N_("Votes"), "choice", options=_options(VotesRule)),
            Ask("votes_cap", N_("Votes at most"), "whole", required=False),
            Ask("transferable", N_("Transfer"), "choice", options=_options(Transferable)),
            Ask("withdrawable", N_("Holders may ask for their money back"), "check"),
            Ask("notice_days", N_("Days of notice"), "whole", required=False),
            Ask("redemption_right", N_("Redemption"), "choice", options=_options(RedemptionRight)),
            Ask("holder_shares_min", N_("Least per holder"), "whole", required=False),
            Ask("holder_shares_max", N_("Most per holder"), "whole", required=False),
            Ask("capital_min", N_("Paid capital below which nothing is redeemed"), "money", required=False),
            Ask("locked_until", N_("Locked until"), "day", required=False),
            Ask("legends", N_("Legends and restrictions"), "lines", N_("One on each line."), required=False),
            REASON,
        ),
        _terms,
        CLASSES,
    ),
    Kind(
        "price",
        N_("Issue price"),
        N_("What a share of a class is issued at from a day on, in offers and outside them."),
        (
            SHARE_CLASS,
            FROM,
            Ask("price", N_("Price of a share"), "money", N_("Empty: from then on none is issued."), required=False),
            CURRENCY,
            REASON,
        ),
        _price,
        CLASSES,
    ),
    Kind(
        "limit",
        N_("Authorized number"),
        N_("How many shares of a class may be issued at most."),
        (SHARE_CLASS, AUTHORIZED, REASON),
        _limit,
        CLASSES,
    ),
    Kind(
        "numbering",
        N_("Distinguishing numbers"),
        N_("From today each share of a class has a number of its own; shares that are held get theirs by certificate."),
        (SHARE_CLASS, REASON),
        _number,
        CLASSES,
    ),
    Kind(
        "rule",
        N_("Rule of redemption"),
        N_("How a class is redeemed from a day on: suspended, capped a period, below par after losses."),
        (
            SHARE_CLASS,
            FROM,
            Ask("suspended", N_("Redemptions are suspended"), "check"),
            Ask("cap", N_("At most a period"), "money", required=False),
            CURRENCY,
            Ask("period", N_("Period"), "choice", options=tuple(PERIODS.items()), value="year"),
            Ask("value", N_("Percent of what was paid"), "percent", N_("Less than 100 after losses."), required=False),
            REASON,
        ),
        _rule,
        CLASSES,
    ),
    Kind(
        "call",
        N_("Call"),
        N_("An amount on each part-paid share of a class; every holder gets a payment reference."),
        (
            SHARE_CLASS,
            Ask("per_share", N_("On each share"), "money"),
            CURRENCY,
            ON,
            Ask("due_on", N_("Due on"), "day"),
            REASON,
        ),
        _call,
        CLASSES,
    ),
    Kind(
        "call-withdrawal",
        N_("Withdrawal of a call"),
        N_("What is not paid of a call is asked for no more; what has arrived for it goes back."),
        (Ask("call", N_("Call"), "whole", N_("Its number in the list of calls.")), REASON),
        _withdraw_call,
        CLASSES,
    ),
    Kind(
        "charge",
        N_("Charge"),
        N_("Shares stand as security for a debt and do not move until they are released."),
        (MEMBER, SHARE_CLASS, SHARES, Ask("creditor", N_("Creditor")), Ask("debt", N_("Debt")), ON, REASON),
        _charge,
        SECURITY,
    ),
    Kind(
        "release",
        N_("Release"),
        N_("The creditor releases shares that stood as security."),
        (Ask("charge", N_("Charge"), "whole", N_("Its number in the list of charges.")), ON, REASON),
        _release,
        SECURITY,
    ),
    Kind(
        "loan",
        N_("Loan or bond"),
        N_("Money lent to the co-operative, from what a payment reference holds, with its schedule."),
        (
            Ask("kind", N_("Kind"), "choice", options=tuple(LOAN_KINDS.items())),
            Ask("lender", N_("Lender"), hint=N_("A member number, or the e-mail address of a person on record.")),
            Ask("principal", N_("Principal"), "money"),
            CURRENCY,
            Ask("reference", N_("Payment reference")),
            Ask("rate", N_("Percent a year"), "percent"),
            Ask("day_count", N_("Days count as"), "choice", options=_options(DayCount)),
            Ask("months", N_("Instalments"), "choice", options=MONTHS, value="12"),
            Ask("count", N_("Number of instalments"), "whole"),
            Ask(
                "repaid",
                N_("Repaid"),
                "choice",
                options=(("end", N_("at the end")), ("parts", N_("in equal parts"))),
            ),
            Ask("class_code", N_("Convertible into class"), "class", required=False),
            Ask("conversion_price", N_("Price of a share then"), "money", required=False),
            ON,
            REASON,
        ),
        _lend,
        LOANS,
    ),
    Kind(
        "loan-conversion",
        N_("Conversion of a loan"),
        N_("What is owed becomes shares at the agreed price; interest and the rest are paid out."),
        (LOAN, ON, REASON),
        _convert_loan,
        LOANS,
    ),
    Kind(
        "loan-reversal",
        N_("Reversal of a loan"),
        N_("Its taking up is undone: what was lent goes back, and what fell due of it is owed no more."),
        (LOAN, ON, REASON),
        _undo_loan,
        LOANS,
    ),
)
