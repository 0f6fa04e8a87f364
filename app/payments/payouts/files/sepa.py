"""SEPA credit transfers as pain.001.001.09 (ISO 20022; EPC132-08): euro, from IBAN to IBAN, one booking a batch."""

from xml.etree import ElementTree

from app.core.money import Money
from app.members.people.bank.accounts import Account
from app.payments.payouts.files.letters import sepa_text
from app.payments.payouts.files.orders import File, Order

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
NAME_MAX, TEXT_MAX = 70, 140


def write(file: File) -> bytes:
    """The file as UTF-8 XML."""
    root = ElementTree.Element("Document", xmlns=NAMESPACE)
    initiation = _under(root, "CstmrCdtTrfInitn")
    header = _under(initiation, "GrpHdr")
    _under(header, "MsgId", file.message_id)
    _under(header, "CreDtTm", file.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _sums(header, file)
    _under(_under(header, "InitgPty"), "Nm", sepa_text(file.payer.account.holder_name, NAME_MAX))
    payment = _under(initiation, "PmtInf")
    _under(payment, "PmtInfId", file.message_id)
    _under(payment, "PmtMtd", "TRF")
    _under(payment, "BtchBookg", "true")
    _sums(payment, file)
    _path(payment, "PmtTpInf", "SvcLvl", "Cd", text="SEPA")
    _path(payment, "ReqdExctnDt", "Dt", text=file.execute_on.isoformat())
    _path(payment, "Dbtr", "Nm", text=sepa_text(file.payer.account.holder_name, NAME_MAX))
    _path(payment, "DbtrAcct", "Id", "IBAN", text=file.payer.account.number)
    _agent(payment, "DbtrAgt", file.payer.account, needed=True)
    _under(payment, "ChrgBr", "SLEV")
    for order in file.orders:
        _order(payment, order)
    ElementTree.indent(root)
    written: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _order(payment: ElementTree.Element, order: Order) -> None:
    transfer = _under(payment, "CdtTrfTxInf")
    _path(transfer, "PmtId", "EndToEndId", text=order.end_to_end_id)
    amount = _path(transfer, "Amt", "InstdAmt", text=_decimal(order.amount))
    amount.set("Ccy", order.amount.currency)
    _agent(transfer, "CdtrAgt", order.payee)
    _path(transfer, "Cdtr", "Nm", text=sepa_text(order.payee.holder_name, NAME_MAX))
    _path(transfer, "CdtrAcct", "Id", "IBAN", text=order.payee.number)
    _path(transfer, "RmtInf", "Ustrd", text=sepa_text(order.text, TEXT_MAX))


def _agent(parent: ElementTree.Element, name: str, account: Account, *, needed: bool = False) -> None:
    """The bank of an account, which SEPA no longer asks for; the paying one says so."""
    if account.bic:
        _path(parent, name, "FinInstnId", "BICFI", text=account.bic)
    elif needed:
        _path(parent, name, "FinInstnId", "Othr", "Id", text="NOTPROVIDED")


def _sums(parent: ElementTree.Element, file: File) -> None:
    _under(parent, "NbOfTxs", str(len(file.orders)))
    _under(parent, "CtrlSum", _decimal(file.total))


def _decimal(amount: Money) -> str:
    return str(amount.decimal())


def _path(parent: ElementTree.Element, *names: str, text: str) -> ElementTree.Element:
    for name in names:
        parent = _under(parent, name)
    parent.text = text
    return parent


def _under(parent: ElementTree.Element, name: str, text: str | None = None) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name)
    element.text = text
    return element
