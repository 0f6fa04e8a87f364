"""Which tables of shares, payouts, loans and offices hold something about a person, and how its rows are found."""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, SelectBase, or_, select

from app.conversion.dissent.models import ExitAcceptance, ExitSettlement
from app.conversion.exchange.models import ExchangeLine
from app.core.database import Base
from app.core.errors import N_
from app.distributions.models import AllocationRedemptionPart, DistributionLine, DistributionPart
from app.members.models import Membership
from app.members.offices.models import Officer, OfficerEnd
from app.payments.payouts.batches.models import PayoutOrder, PayoutOrderEnd, PayoutOrderReturn
from app.payments.payouts.models import Payout, PayoutEnd, PayoutPayment
from app.shares.acts import models as acts
from app.shares.loans import models as loans
from app.shares.models import Lot, LotEnd, ShareAct, ShareNumbers

Ids = SelectBase


class Found(NamedTuple):
    """The heading of a table, the table, and which rows are about the persons."""

    title: str
    table: type[Base]
    rows: Callable[[Ids], ColumnElement[bool]]
    hidden: frozenset[str] = frozenset()


def _members(ids: Ids) -> Select[int]:
    return select(Membership.id).where(Membership.person_id.in_(ids))


def _lots(ids: Ids) -> Select[int]:
    return select(Lot.id).where(Lot.membership_id.in_(_members(ids)))


def _acts(ids: Ids) -> Select[int]:
    made = select(Lot.act_id).where(Lot.membership_id.in_(_members(ids)), Lot.act_id.is_not(None))
    return made.union(select(LotEnd.act_id).where(LotEnd.lot_id.in_(_lots(ids))))  # type: ignore[return-value]  # a union selects too


def _transfers(ids: Ids) -> Select[int]:
    row = acts.TransferRequest
    return select(row.id).where(or_(row.membership_id.in_(_members(ids)), row.recipient_id.in_(ids)))


def _withdrawals(ids: Ids) -> Select[int]:
    return select(acts.Withdrawal.id).where(acts.Withdrawal.membership_id.in_(_members(ids)))


def _exits(ids: Ids) -> Select[int]:
    return select(ExitAcceptance.id).where(ExitAcceptance.membership_id.in_(_members(ids)))


def _charges(ids: Ids) -> Select[int]:
    return select(acts.ShareCharge.id).where(acts.ShareCharge.membership_id.in_(_members(ids)))


def _payouts(ids: Ids) -> Select[int]:
    return select(Payout.id).where(Payout.person_id.in_(ids))


def _loans(ids: Ids) -> Select[int]:
    return select(loans.Loan.id).where(loans.Loan.person_id.in_(ids))


def _instalments(ids: Ids) -> Select[int]:
    return select(loans.LoanInstalment.id).where(loans.LoanInstalment.loan_id.in_(_loans(ids)))


SHARE_PARTS: list[Found] = [
    Found(N_("Offices"), Officer, lambda ids: Officer.person_id.in_(ids)),
    Found(
        N_("Ends of offices"),
        OfficerEnd,
        lambda ids: OfficerEnd.officer_id.in_(select(Officer.id).where(Officer.person_id.in_(ids))),
    ),
    Found(N_("Acts on shares"), ShareAct, lambda ids: ShareAct.id.in_(_acts(ids)), frozenset({"details"})),
    Found(N_("Ends of lots"), LotEnd, lambda ids: LotEnd.lot_id.in_(_lots(ids))),
    Found(N_("Distinguishing numbers"), ShareNumbers, lambda ids: ShareNumbers.lot_id.in_(_lots(ids))),
    Found(
        N_("Transfers asked for"),
        acts.TransferRequest,
        lambda ids: acts.TransferRequest.id.in_(_transfers(ids)),
        frozenset({"form_key"}),
    ),
    Found(
        N_("Transfers agreed to"),
        acts.TransferConsent,
        lambda ids: acts.TransferConsent.request_id.in_(_transfers(ids)),
    ),
    Found(
        N_("Ends of requests for transfers"),
        acts.TransferRequestEnd,
        lambda ids: acts.TransferRequestEnd.request_id.in_(_transfers(ids)),
    ),
    Found(
        N_("Withdrawals"),
        acts.Withdrawal,
        lambda ids: acts.Withdrawal.id.in_(_withdrawals(ids)),
        frozenset({"form_key"}),
    ),
    Found(
        N_("Withdrawals out of the queue"),
        acts.WithdrawalEnd,
        lambda ids: acts.WithdrawalEnd.withdrawal_id.in_(_withdrawals(ids)),
    ),
    Found(N_("Redemptions"), acts.Redemption, lambda ids: acts.Redemption.withdrawal_id.in_(_withdrawals(ids))),
    Found(N_("Charges on shares"), acts.ShareCharge, lambda ids: acts.ShareCharge.id.in_(_charges(ids))),
    Found(N_("Shares released"), acts.ShareChargeEnd, lambda ids: acts.ShareChargeEnd.charge_id.in_(_charges(ids))),
    Found(N_("Calls on shares"), acts.ShareCallPart, lambda ids: acts.ShareCallPart.lot_id.in_(_lots(ids))),
    Found(N_("Exit offers accepted"), ExitAcceptance, lambda ids: ExitAcceptance.id.in_(_exits(ids))),
    Found(N_("Shares redeemed on leaving"), ExitSettlement, lambda ids: ExitSettlement.acceptance_id.in_(_exits(ids))),
    Found(N_("Exchanges of shares"), ExchangeLine, lambda ids: ExchangeLine.lot_id.in_(_lots(ids))),
    Found(N_("Payouts"), Payout, lambda ids: Payout.id.in_(_payouts(ids))),
    Found(N_("Payouts paid"), PayoutPayment, lambda ids: PayoutPayment.payout_id.in_(_payouts(ids))),
    Found(N_("Payouts owed no more"), PayoutEnd, lambda ids: PayoutEnd.payout_id.in_(_payouts(ids))),
    Found(N_("Payments ordered"), PayoutOrder, lambda ids: PayoutOrder.person_id.in_(ids)),
    Found(
        N_("Payment orders that came to nothing"),
        PayoutOrderEnd,
        lambda ids: PayoutOrderEnd.order_id.in_(select(PayoutOrder.id).where(PayoutOrder.person_id.in_(ids))),
    ),
    Found(
        N_("Payment orders that were sent back"),
        PayoutOrderReturn,
        lambda ids: PayoutOrderReturn.order_id.in_(select(PayoutOrder.id).where(PayoutOrder.person_id.in_(ids))),
    ),
    Found(
        N_("Parts of distributions"),
        DistributionPart,
        lambda ids: DistributionPart.membership_id.in_(_members(ids)),
    ),
    Found(
        N_("On what parts of distributions rest"),
        DistributionLine,
        lambda ids: DistributionLine.membership_id.in_(_members(ids)),
    ),
    Found(
        N_("Allocations paid out"),
        AllocationRedemptionPart,
        lambda ids: AllocationRedemptionPart.membership_id.in_(_members(ids)),
    ),
    Found(N_("Loans"), loans.Loan, lambda ids: loans.Loan.id.in_(_loans(ids))),
    Found(N_("Instalments of loans"), loans.LoanInstalment, lambda ids: loans.LoanInstalment.loan_id.in_(_loans(ids))),
    Found(
        N_("Instalments that fell due"),
        loans.LoanInstalmentDue,
        lambda ids: loans.LoanInstalmentDue.instalment_id.in_(_instalments(ids)),
    ),
    Found(N_("Loans reversed"), loans.LoanEnd, lambda ids: loans.LoanEnd.loan_id.in_(_loans(ids))),
    Found(N_("Loans converted"), loans.LoanConversion, lambda ids: loans.LoanConversion.loan_id.in_(_loans(ids))),
]
NOT_OF_A_PERSON: dict[str, str] = {
    "conversion": "an act for the organization; the lines of the audit trail name who did it",
    "conversion_contest": "an act for the organization; the lines of the audit trail name who did it",
    "conversion_answer": "an act for the organization; the lines of the audit trail name who did it",
    "conversion_day": "an act for the organization; the lines of the audit trail name who did it",
    "conversion_evidence": "evidence for the organization; the lines of the audit trail name who recorded it",
    "conversion_step": "a step of the organization's plan",
    "duty_year": "an act for the organization; the lines of the audit trail name who did it",
    "duty_evidence": "evidence for the organization; the lines of the audit trail name who recorded it",
    "exit_offer": "an offer of the organization to all; the lines of the audit trail name who made it",
    "exchange": "an act for the organization; the lines of the audit trail name who did it",
    "exchange_approval": "an act for the organization; the lines of the audit trail name who did it",
    "exchange_execution": "an act for the organization; what became of a person's lots is in the file",
    "exchange_halt": "an act for the organization, without a person",
    "exchange_reckoning": "sums over all holders",
    "exchange_terms": "terms for all holders",
    "bank_table": "a bank's file for a day, until it is taken in; its lines that concern a person are in the file then",
    "payout_batch": "an act for the organization; the orders that concern a person are in the file",
    "distribution": "an act for the organization; the parts that concern a person are in the file",
    "distribution_draft": "an act for the organization; the lines of the audit trail name who did it",
    "distribution_end": "an act for the organization; the lines of the audit trail name who did it",
    "allocation_redemption": "an act for the organization; the parts that concern a person are in the file",
    "allocation_redemption_end": "an act for the organization; the lines of the audit trail name who did it",
    "chart_account": "accounts of the organization",
    "manual_entry": "an act for the organization; the lines of the audit trail name who did it",
    "period_reconciliation": "sums, and words for the organization; names no person",
    "period_items": "the hash of a list of payments, entries and bank lines by their numbers; names no person",
    "period_closing": "an act for the organization; the lines of the audit trail name who did it",
    "redemption_rule": "an act for the organization; the lines of the audit trail name who did it",
    "share_call": "an act for the organization; the parts that concern a person are in the file",
    "share_class_limit": "an act for the organization; the lines of the audit trail name who did it",
    "share_numbering": "an act for the organization; the lines of the audit trail name who did it",
    "share_class_price": "an act for the organization; the lines of the audit trail name who did it",
    "share_class_terms": "an act for the organization; the lines of the audit trail name who did it",
}
