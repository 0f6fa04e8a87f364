"""The pages of the double for people: pay or save a card, authenticate as at the bank, show a document."""

from contextlib import suppress
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from app.core import templates
from app.core.money import Money
from app.core.settings import ROOT
from app.stripedouble import checkout, identity, intents, setups
from app.stripedouble.books import Books
from app.stripedouble.cards import BY_NUMBER, MEANS, luhn
from app.stripedouble.double import Double, Request
from app.stripedouble.errors import Failure, Thing
from app.stripedouble.methods import DEBIT_CURRENCY, DEBITS, make
from app.stripedouble.shapes import client_secret, rendered

Answer = tuple[int, str, str]  # status, address to go to, page
_STYLE = ROOT / "static" / "stripedouble.css"
TRY = (
    ("4242 4242 4242 4242", "is paid"),
    ("4000 0025 0000 3155", "asks once, when it is saved"),
    ("4000 0027 6000 3184", "asks at every payment"),
    ("4000 0000 0000 0341", "can be saved, then declines"),
    ("4000 0000 0000 9995", "has insufficient funds"),
    ("4000 0000 0000 0002", "is declined"),
    ("4000 0000 0000 0259", "is paid, then disputed"),
)
BANKS = {
    "us_bank_account": (
        "pm_usBankAccount_success",
        "pm_usBankAccount_insufficientFunds",
        "pm_usBankAccount_accountClosed",
    ),
    "sepa_debit": ("pm_sepaDebit_success", "pm_sepaDebit_fails"),
}


def answer(double: Double, request: Request) -> Answer:
    """The page that a path asks for."""
    if request.path == "/double.css":
        return 200, "", _STYLE.read_text()
    parts = request.path.strip("/").split("/")
    does = {"pay": _pay, "authenticate": _authenticate, "verify": _verify}.get(parts[0])
    if does is None or len(parts) not in (2, 3):
        return _gone("There is no such page here.", 404)
    form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    double.do_due()
    return does(double, request, parts[1], parts[2] if len(parts) == 3 else "", form)


def _page(name: str, status: int = 200, **facts: object) -> Answer:
    return status, "", templates.render(f"stripedouble/{name}.html", "en", **facts)


def _gone(said: str, status: int = 410) -> Answer:
    return _page("gone", status, said=said)


def _found(double: Double, kind: str, identifier: str) -> tuple[Books, Thing] | None:
    for books in double.all_books():
        row = books.tables[kind].get(identifier)
        if row is not None:
            return books, row
    return None


def _pay(double: Double, request: Request, identifier: str, step: str, form: dict[str, str]) -> Answer:
    found = _found(double, "checkout.session", identifier)
    if found is None:
        return _gone("There is no such page here.", 404)
    books, session = found
    if step == "return":
        checkout.complete_if_done(books, session)
    if session["status"] == "complete":
        return 303, checkout.return_url(session), ""
    if session["status"] != "open":
        return _gone("This page is closed. Please go back and begin anew.")
    if request.method == "POST" and step == "":
        return _submitted(books, session, form)
    problem = _why_not(books, session) if step == "return" else None
    return _form(books, session, {}, problem)


def _why_not(books: Books, session: Thing) -> str | None:
    kind = "setup_intent" if session["mode"] == "setup" else "payment_intent"
    intent = books.get(kind, session[kind])
    error = intent.get("last_setup_error") or intent.get("last_payment_error")
    return error["message"] if error else None


def _form(books: Books, session: Thing, form: dict[str, str], problem: str | None) -> Answer:
    amount = Money(session["amount_total"], session["currency"].upper()) if session.get("amount_total") else None
    lines = (books.hidden[session["id"]].get("line_items") or {"data": []})["data"]
    kinds = [
        kind for kind in session["payment_method_types"] if session.get("currency") in (None, DEBIT_CURRENCY.get(kind))
    ]
    accounts = [(name, MEANS[name]) for kind in kinds for name in BANKS.get(kind, ())]
    return _page(
        "pay",
        402 if problem else 200,
        session=rendered(session),
        amount=amount,
        lines=lines,
        form=form,
        problem=problem,
        accounts=accounts,
        cards="card" in session["payment_method_types"],
        tries=TRY,
    )


def _submitted(books: Books, session: Thing, form: dict[str, str]) -> Answer:
    try:
        name, details = _means(form)
    except ValueError as error:
        return _form(books, session, form, str(error))
    method = make(books, name, {"name": form.get("name") or None, "email": form.get("email") or None}, **details)
    try:
        intent = checkout.submit(books, session, method, form)
    except Failure as failure:
        return _form(books, session, form, failure.message)
    if intent["status"] == "requires_action":
        return 303, intent["next_action"]["redirect_to_url"]["url"], ""
    return 303, checkout.return_url(session), ""


def _means(form: dict[str, str]) -> tuple[str, Thing]:
    """The test card or account of a form; raises `ValueError` with what a person reads."""
    if form.get("account"):
        if form["account"] not in MEANS or MEANS[form["account"]].type not in DEBITS:
            raise ValueError("Choose one of the test accounts.")
        return form["account"], {}
    number = "".join(form.get("number", "").split())
    if not number.isdigit() or not luhn(number):
        raise ValueError("Your card number is incorrect.")
    if number not in BY_NUMBER:
        raise ValueError(
            "This is a test page: only the published test numbers are taken. Never enter a real card here."
        )
    month, _, year = form.get("expiry", "").replace(" ", "").partition("/")
    if not (month.isdigit() and year.isdigit() and 1 <= int(month) <= 12):
        raise ValueError("Your card's expiration date is incomplete.")
    if not form.get("cvc", "").isdigit() or len(form["cvc"]) not in (3, 4):
        raise ValueError("Your card's security code is incomplete.")
    return BY_NUMBER[number], {"exp_month": int(month), "exp_year": int(year) + (2000 if int(year) < 100 else 0)}


def _authenticate(double: Double, request: Request, identifier: str, step: str, form: dict[str, str]) -> Answer:
    """The step at the bank: approve or refuse, then back to where the payment came from."""
    setup = identifier.startswith("seti_")
    found = _found(double, "setup_intent" if setup else "payment_intent", identifier)
    given = dict(parse_qsl(request.query)).get("secret")
    if found is None or given != client_secret(identifier):
        return _gone("There is no such page here.", 404)
    books, intent = found
    back = (books.hidden.get(identifier) or {}).get("return_url")
    if intent["status"] == "requires_action":
        if request.method != "POST":
            amount = None if setup else Money(intent["amount"], intent["currency"].upper())
            return _page("authenticate", intent=intent, amount=amount, query=request.query)
        with suppress(Failure):  # declined after all: the intent says why, and so does the page behind the address
            (setups if setup else intents).authenticated(books, intent, form.get("answer") == "approve")
    if back is None:
        return _gone("The bank has your answer. You may close this page.", 200)
    status = "succeeded" if intent["status"] in ("succeeded", "processing") else "failed"
    noun = "setup_intent" if setup else "payment_intent"
    facts = {noun: identifier, f"{noun}_client_secret": client_secret(identifier), "redirect_status": status}
    return 303, _with(back, facts), ""


def _with(url: str, facts: dict[str, str]) -> str:
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(facts))))
    return urlunsplit(parts._replace(query=query))


def _verify(double: Double, request: Request, identifier: str, step: str, form: dict[str, str]) -> Answer:
    found = _found(double, "identity.verification_session", identifier)
    if found is None:
        return _gone("There is no such page here.", 404)
    books, session = found
    if session["status"] != "requires_input" or not session.get("url"):
        return _gone("This check is closed.")
    if request.method != "POST":
        return _page("verify", session=rendered(session), reasons=identity.REASONS, form={}, problem=None)
    reason = form.get("reason") or None
    if reason is None:
        born = form.get("born", "").split("-")
        if len(born) != 3 or not all(part.isdigit() for part in born) or not form.get("first_name"):
            said = "Give the names and the birth date that the document shows."
            return _page("verify", 422, session=rendered(session), reasons=identity.REASONS, form=form, problem=said)
        year, month, day = map(int, born)
        outputs: Thing = {"first_name": form["first_name"], "last_name": form.get("last_name", "")}
        outputs |= {"dob": {"day": day, "month": month, "year": year}, "address": None, "id_number": None, "sex": None}
        identity.decide(books, session, outputs)
    elif reason in identity.REASONS:
        identity.decide(books, session, None, reason)
    back = books.hidden[identifier].get("return_url")
    return (303, back, "") if back else _gone("The check is done. You may close this page.", 200)
