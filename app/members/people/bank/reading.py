"""Reading the form of bank details: an account as banks know it, its problems told at their fields."""

from app.core.errors import Refusal
from app.members.people.bank.accounts import Account, Scheme, checked
from app.web.typed import Form


def read_account(form: Form) -> Account:
    """The account that was typed, checked."""
    scheme, holder = form.choice("scheme", list(Scheme)), form.text("holder_name", 140)
    number, code = form.text("number", 60), form.text("bank_code", 20, required=False)
    bic = form.text("bic", 20, required=False)
    form.done()
    try:
        return checked(Scheme(scheme), holder, number, code, bic)
    except Refusal as refusal:
        form.refuse(refusal.field or "number", refusal)
        form.done()
        raise
