"""The acts of the desk that move shares: transfer, redemption, conversion, split, cancellation, issue, reversal."""

from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.members.models import Person
from app.members.persons import find_person
from app.members.roles import UnknownPerson
from app.shares.acts.asking import CURRENCY, ON, REASON, SHARE_CLASS, SHARES, Ask, Kind, Said
from app.shares.acts.calling import Issue, issue
from app.shares.acts.cancelling import cancel, forfeit
from app.shares.acts.converting import Conversion, Split, convert, split
from app.shares.acts.exchanging import Fractions, Ratio
from app.shares.acts.judging import class_coded, member_numbered
from app.shares.acts.models import TransferRequest, Withdrawal
from app.shares.acts.pricing import price_of_day
from app.shares.acts.redeeming import Redeeming, redeem, redeem_queue
from app.shares.acts.requesting import end_by_act
from app.shares.acts.reversing import undo, undo_allotment
from app.shares.acts.transferring import WAYS, Transfer, transfer
from app.shares.models import ShareAct

MEMBER = Ask("member", N_("Member number"), "member")
RATIO = (
    Ask("new", N_("New shares"), "whole", N_("So many new shares …")),
    Ask("old", N_("Old shares"), "whole", N_("… for so many old ones.")),
)
RULES = tuple((each.name, each.value) for each in Fractions)


class NoSuchWithdrawal(Refusal):
    """The withdrawal does not exist."""

    message = N_("There is no such withdrawal.")
    field = "withdrawal"


def recipient_named(session: Session, said: str) -> Person:
    """A person by member number or e-mail address."""
    if said.strip().isdigit():
        return member_numbered(session, int(said)).person
    found = find_person(session, said)
    if found is None:
        raise UnknownPerson(who=said[:100])
    return found


def _transfer(session: Session, said: Said) -> ShareAct:
    what = Transfer(
        source=said.source,
        giver=member_numbered(session, said.whole("member")),
        recipient=recipient_named(session, said.text("recipient")),
        share_class=class_coded(session, said.text("class_code")),
        shares=said.whole("shares"),
        on=said.day(),
        way=said.text("way"),
        reason=said.reason,
        giver_consent=said.text("giver_consent"),
        recipient_consent=said.text("recipient_consent"),
        price=said.money_or_none("price"),
        board=said.text("board"),
        certificate=said.whole_or_none("certificate"),
    )
    row = transfer(session, what, by=said.by, proposed_by=said.proposed_by)
    request = session.get(TransferRequest, said.whole("request"))
    if request is not None:
        end_by_act(session, request, row, by=said.by)
    return row


def _redeem(session: Session, said: Said) -> object:
    asked = session.get(Withdrawal, said.whole("withdrawal"))
    if asked is None:
        raise NoSuchWithdrawal
    what = Redeeming(
        said.source, asked, said.whole("shares"), said.day(), said.reason, said.whole("set_off"), said.text("debt")
    )
    return redeem(session, what, by=said.by, proposed_by=said.proposed_by)


def _redeem_queue(session: Session, said: Said) -> object:
    found = class_coded(session, said.text("class_code"))
    done = redeem_queue(
        session, found, said.day(), source=said.source, reason=said.reason, by=said.by, proposed_by=said.proposed_by
    )
    if not done:
        raise NothingDue(code=found.code)
    return done


class NothingDue(Refusal):
    """Nobody is due, or neither cap nor minimum capital leaves room."""

    message = N_("Nothing can be redeemed in class {code}: nobody is due, or cap and minimum capital leave no room.")
    status = 409


def _convert(session: Session, said: Said) -> ShareAct:
    what = Conversion(
        source=said.source,
        member=member_numbered(session, said.whole("member")),
        old=class_coded(session, said.text("class_code")),
        new=class_coded(session, said.text("to_class")),
        shares=said.whole("shares"),
        ratio=Ratio(said.whole("new"), said.whole("old")),
        rule=Fractions[said.text("fractions")],
        on=said.day(),
        reason=said.reason,
    )
    return convert(session, what, by=said.by, proposed_by=said.proposed_by)


def _split(session: Session, said: Said) -> ShareAct:
    ratio = Ratio(said.whole("new"), said.whole("old"))
    found, rule = class_coded(session, said.text("class_code")), Fractions[said.text("fractions")]
    what = Split(said.source, found, ratio, rule, said.day(), said.reason)
    return split(session, what, by=said.by, proposed_by=said.proposed_by)


def _cancel(session: Session, said: Said) -> ShareAct:
    return cancel(
        session,
        said.source,
        member_numbered(session, said.whole("member")),
        class_coded(session, said.text("class_code")),
        said.whole("shares"),
        on=said.day(),
        reason=said.reason,
        consent=said.text("consent"),
        by=said.by,
        proposed_by=said.proposed_by,
    )


def _forfeit(session: Session, said: Said) -> ShareAct:
    certificate = said.whole("certificate")
    return forfeit(
        session, said.source, certificate, on=said.day(), reason=said.reason, by=said.by, proposed_by=said.proposed_by
    )


def _issue(session: Session, said: Said) -> ShareAct:
    found = class_coded(session, said.text("class_code"))
    what = Issue(
        source=said.source,
        member=member_numbered(session, said.whole("member")),
        share_class=found,
        shares=said.whole("shares"),
        price=said.money_or_none("price") or price_of_day(session, found, said.day()),
        paid=said.money("paid"),
        on=said.day(),
        reason=said.reason,
        reference=said.text("reference"),
    )
    return issue(session, what, by=said.by, proposed_by=said.proposed_by)


def _undo(session: Session, said: Said) -> ShareAct:
    act_id = said.whole("act")
    return undo(session, act_id, on=said.day(), by=said.by, reason=said.reason, proposed_by=said.proposed_by)


def _undo_allotment(session: Session, said: Said) -> ShareAct:
    certificate = said.whole("certificate")
    return undo_allotment(
        session, certificate, on=said.day(), by=said.by, reason=said.reason, proposed_by=said.proposed_by
    )


MOVING = N_("Holdings")
KINDS = (
    Kind(
        "transfer",
        N_("Transfer"),
        N_("Shares pass to somebody else, who is entered as a member where they are none yet."),
        (
            MEMBER,
            Ask("recipient", N_("Recipient"), hint=N_("A member number, or the e-mail address of a person on record.")),
            SHARE_CLASS,
            SHARES,
            Ask("certificate", N_("Certificate"), "whole", N_("Else those held longest pass first."), required=False),
            Ask("way", N_("How"), "choice", options=tuple(WAYS.items())),
            Ask("price", N_("Price for all of them"), "money", N_("For a sale."), required=False),
            CURRENCY,
            Ask("giver_consent", N_("How the giver agreed"), hint=N_("Such as: form signed on 3 March.")),
            Ask("recipient_consent", N_("How the recipient agreed")),
            Ask("board", N_("Resolution of the board"), hint=N_("Where the class asks for it."), required=False),
            Ask("request", N_("Request"), "whole", N_("The number of the member's request, if any."), required=False),
            ON,
            REASON,
        ),
        _transfer,
        MOVING,
    ),
    Kind(
        "redemption",
        N_("Redemption of one withdrawal"),
        N_("The withdrawal whose turn it is, with what is set off against the member's debts."),
        (
            Ask("withdrawal", N_("Withdrawal"), "whole", N_("Its number in the queue.")),
            SHARES,
            Ask("set_off", N_("Set off against debts"), "money", required=False),
            CURRENCY,
            Ask("debt", N_("Which debts"), required=False),
            ON,
            REASON,
        ),
        _redeem,
        MOVING,
    ),
    Kind(
        "redemption-queue",
        N_("Redemption in turn"),
        N_("Whatever is due in a class, in turn, as far as cap and minimum capital reach."),
        (SHARE_CLASS, ON, REASON),
        _redeem_queue,
        MOVING,
    ),
    Kind(
        "conversion",
        N_("Conversion"),
        N_("A member's shares become shares of another class; each lot keeps its day and what was paid."),
        (
            MEMBER,
            SHARE_CLASS,
            SHARES,
            Ask("to_class", N_("Into class"), "class"),
            *RATIO,
            Ask("fractions", N_("Fractions are"), "choice", options=RULES),
            ON,
            REASON,
        ),
        _convert,
        MOVING,
    ),
    Kind(
        "split",
        N_("Split or consolidation"),
        N_("Every holder's shares of a class are exchanged at one ratio. Write the new nominal first, if it changes."),
        (SHARE_CLASS, *RATIO, Ask("fractions", N_("Fractions are"), "choice", options=RULES[:2]), ON, REASON),
        _split,
        MOVING,
    ),
    Kind(
        "issue",
        N_("Issue of part-paid shares"),
        N_("Shares outside an offer, paid in part or in full from what a payment reference holds."),
        (
            MEMBER,
            SHARE_CLASS,
            SHARES,
            Ask("price", N_("Price of a share"), "money", N_("Empty: the issue price of the day."), required=False),
            Ask("paid", N_("Paid on each share now"), "money"),
            CURRENCY,
            Ask("reference", N_("Payment reference"), required=False),
            ON,
            REASON,
        ),
        _issue,
        MOVING,
    ),
    Kind(
        "cancellation",
        N_("Cancellation"),
        N_("A member gives shares up without payment; what was paid on them stays as a reserve."),
        (MEMBER, SHARE_CLASS, SHARES, Ask("consent", N_("How the member agreed")), ON, REASON),
        _cancel,
        MOVING,
    ),
    Kind(
        "forfeiture",
        N_("Forfeiture"),
        N_("Shares end because a call on them is overdue; what was paid on them stays as a reserve."),
        (Ask("certificate", N_("Certificate"), "whole"), ON, REASON),
        _forfeit,
        MOVING,
    ),
    Kind(
        "reversal",
        N_("Reversal"),
        N_("An act is undone. On its own day it is a correction: it then looks as if it had not been."),
        (Ask("act", N_("Act"), "whole", N_("Its number in the list of acts.")), ON, REASON),
        _undo,
        MOVING,
    ),
    Kind(
        "allotment-reversal",
        N_("Reversal of an allotment"),
        N_("Shares that an offer allotted end whole, and what was paid for them goes back."),
        (Ask("certificate", N_("Certificate"), "whole"), ON, REASON),
        _undo_allotment,
        MOVING,
    ),
)
