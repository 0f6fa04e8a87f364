"""US ACH credits as a NACHA file: one batch of PPD credits, records of 94 characters in blocks of ten.

The file is unbalanced: the bank debits the company's account by itself. Accounts are credited as checking accounts,
since no other kind is on record.
"""

from app.core.errors import N_
from app.members.people.bank.accounts import Account
from app.payments.payouts.files.letters import ach_text
from app.payments.payouts.files.orders import FORM_TITLES, File, Form, Order, TooMuchForTheForm

AMOUNT_MAX = 99_999_999_99  # ten digits of cents
TOTAL_MAX = 9_999_999_999_99
HASH_MOD = 10**10
CHECKING_CREDIT, CREDITS_ONLY = "22", "220"
BLOCK = 10
# What the codes mean that a credit can come back with; others are told by their code alone.
RETURN_REASONS = {
    "R02": N_("the account is closed"),
    "R03": N_("there is no such account, or it is not the payee’s"),
    "R04": N_("the account number is not valid"),
    "R06": N_("returned because our bank asked for it"),
    "R12": N_("the branch was sold to another bank"),
    "R13": N_("the routing number is not valid"),
    "R14": N_("the payee’s representative has died"),
    "R15": N_("the payee has died"),
    "R16": N_("the account is frozen"),
    "R17": N_("the payee’s bank could not read it, or doubts it"),
    "R20": N_("the account takes no such payments"),
    "R22": N_("the payee’s number is not valid"),
    "R23": N_("the payee refused it"),
    "R24": N_("it was sent twice"),
    "R29": N_("the company did not allow it"),
    "R31": N_("returned by agreement of both banks"),
    "R34": N_("the payee’s bank may take part no more"),
    "R61": N_("returned to the wrong bank at first"),
    "C01": N_("the account number is written wrongly"),
    "C02": N_("the routing number is written wrongly"),
    "C03": N_("routing and account numbers are written wrongly"),
    "C04": N_("the name is written wrongly"),
    "C05": N_("the kind of account is wrong"),
    "C06": N_("the account number and its kind are wrong"),
    "C07": N_("routing number, account number and kind are wrong"),
}


def write(file: File) -> bytes:
    """The file as ASCII, each record ended by a line break."""
    _refuse_too_much(file)
    bank = file.payer.account.bank_code[:8]
    entries = [_entry(order, bank, number) for number, order in enumerate(file.orders, 1)]
    sums = _sums(file)
    records = [_file_header(file), _batch_header(file, bank), *entries, _batch_control(file, bank, sums)]
    blocks = -(-(len(records) + 1) // BLOCK)
    records.append(f"9{1:06d}{blocks:06d}{len(file.orders):08d}{sums}{'':39}")
    records += ["9" * 94] * (blocks * BLOCK - len(records))
    assert all(len(record) == 94 for record in records), "every record has 94 characters"
    return "".join(f"{record}\n" for record in records).encode("ascii")


def _refuse_too_much(file: File) -> None:
    title = FORM_TITLES[Form.NACHA]
    for order in file.orders:
        if order.amount.minor > AMOUNT_MAX:
            raise TooMuchForTheForm(amount=order.amount, form=title)
    if file.total.minor > TOTAL_MAX:
        raise TooMuchForTheForm(amount=file.total, form=title)


def _file_header(file: File) -> str:
    payer, made = file.payer, file.made_at
    return (
        f"101 {payer.account.bank_code}{payer.company_id[:10]:>10}{made:%y%m%d%H%M}A094101"
        f"{ach_text(payer.bank_name, 23)}{ach_text(payer.account.holder_name, 23)}{'':8}"
    )


def _batch_header(file: File, bank: str) -> str:
    payer = file.payer
    return (
        f"5{CREDITS_ONLY}{ach_text(payer.account.holder_name, 16)}{'':20}{payer.company_id[:10]:<10}PPD"
        f"{ach_text('PAYOUT', 10)}{'':6}{file.execute_on:%y%m%d}{'':3}1{bank}{1:07d}"
    )


def _entry(order: Order, bank: str, number: int) -> str:
    return (
        f"6{CHECKING_CREDIT}{order.payee.bank_code}{order.payee.number:<17}{order.amount.minor:010d}"
        f"{order.end_to_end_id:<15}{ach_text(order.payee.holder_name, 22)}{'':2}0{bank}{number:07d}"
    )


def _batch_control(file: File, bank: str, sums: str) -> str:
    return f"8{CREDITS_ONLY}{len(file.orders):06d}{sums}{file.payer.company_id[:10]:<10}{'':25}{bank}{1:07d}"


def _sums(file: File) -> str:
    """The hash over the payees' banks, and total debits and credits, as both control records have them."""
    routing = sum(_bank_of(order.payee) for order in file.orders) % HASH_MOD
    return f"{routing:010d}{0:012d}{file.total.minor:012d}"


def _bank_of(account: Account) -> int:
    return int(account.bank_code[:8])
