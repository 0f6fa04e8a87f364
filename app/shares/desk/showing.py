"""What the desk's pages of shares show."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, NotFound
from app.core.money import Money
from app.ledger.chart import KINDS as CHART
from app.ledger.models import Entry
from app.members.entering import current_membership
from app.members.models import Person
from app.members.people.naming import names_of
from app.members.persons import name_of
from app.shares.acts.charging import charges
from app.shares.acts.deciding import KINDS
from app.shares.acts.defining import stands_as, terms_of_day
from app.shares.acts.models import RedemptionRule, TransferRequest
from app.shares.acts.pricing import issue_price, prices
from app.shares.acts.queueing import queued
from app.shares.acts.redeeming import rule_on
from app.shares.acts.requesting import requests
from app.shares.capital import account_of
from app.shares.classes import issued_shares
from app.shares.loans.lending import conversion_of, instalments, loans, owed
from app.shares.loans.undoing import loan_end
from app.shares.models import Lot, LotEnd, ShareAct, ShareClass, ShareClassTerms, ShareNumbering
from app.shares.numbering import numbers_of
from app.shares.stating import statement_of
from app.web.days import read_day

SHOWN = 50
TITLES = {kind.name: kind.title for kind in CHART.values()}


_MORE = {
    "allotment": N_("Allotment"),
    "consolidation": N_("Consolidation"),
    "call paid": N_("Call paid"),
    "exit": N_("Exit from a conversion"),
    "loan conversion": N_("Conversion of a loan"),
    "patronage shares": N_("Retained patronage becomes shares"),
}


def act_title(kind: str) -> str:
    """What an act of a kind is called for people."""
    if kind.startswith("reversal of "):
        return KINDS["reversal"].title
    return KINDS[kind].title if kind in KINDS else _MORE.get(kind, kind)


def act_titles() -> dict[str, str]:
    """What each kind of act is called for people, reversals too."""
    usual = {name: kind.title for name, kind in KINDS.items()} | _MORE
    return usual | {f"reversal of {name}": KINDS["reversal"].title for name in usual}


def statement_facts(session: Session, person: Person, on: str, path: str) -> dict[str, Any]:
    """The account of a person as of a day as typed (empty: today); `path` is the page's own."""
    day = read_day(on)
    found = statement_of(session, person.id, day)
    account = account_of(session, person.id, found)
    return {
        "holder": name_of(session, person),
        "member": current_membership(session, person.id),
        "statement": found,
        "movements": [(row, act_title(row.kind)) for row in found.movements],
        "account": account,
        "titles": {row.kind: act_title(row.kind) for row in account.changes},
        "on": day,
        "path": path,
    }


def class_options(session: Session) -> list[tuple[str, str]]:
    """The classes as options of a form: code, and code with name."""
    return [(row.code, f"{row.code}: {row.name}") for row in all_classes(session)]


def all_classes(session: Session) -> list[ShareClass]:
    """Every class in the order of their codes."""
    return list(session.scalars(select(ShareClass).order_by(ShareClass.code)))


def latest_acts(session: Session) -> list[tuple[ShareAct, str, int | None]]:
    """The latest acts, the newest first, each with its title and the number of its reversal."""
    rows = session.scalars(select(ShareAct).order_by(ShareAct.id.desc()).limit(SHOWN)).all()
    return [(row, act_title(row.kind), _reversal(session, row)) for row in rows]


def act_facts(session: Session, act_id: int) -> dict[str, Any]:
    """One act with its lots, its entry, and its reversal."""
    act = session.get(ShareAct, act_id)
    if act is None:
        raise NotFound
    entry = session.get(Entry, act.entry_id) if act.entry_id is not None else None
    facts = {"entry": entry, "title": act_title(act.kind)}
    return {**lots_of_act(session, act), **facts, "reversal": _reversal(session, act)}


def lots_of_act(session: Session, act: ShareAct) -> dict[str, Any]:
    """An act with the lots that it ended and made."""
    ended = session.scalars(
        select(Lot).join(LotEnd, LotEnd.lot_id == Lot.id).where(LotEnd.act_id == act.id).order_by(Lot.id)
    ).all()
    made = session.scalars(select(Lot).where(Lot.act_id == act.id).order_by(Lot.id)).all()
    members = {lot.membership_id: lot.membership.person_id for lot in (*ended, *made)}
    known = names_of(session, members.values())
    names = {member: known[person] for member, person in members.items()}
    money = []
    if act.entry_id is not None:
        own = ("holder", "unissued")
        money = [leg for leg in session.get_one(Entry, act.entry_id).postings if leg.account.kind not in own]
    numbers = numbers_of(session, [lot.id for lot in (*ended, *made)])
    facts = {"row": act, "ended": ended, "made": made, "names": names, "numbers": numbers}
    return {**facts, "money": money, "titles": TITLES}


def queue_facts(session: Session) -> dict[str, Any]:
    """Withdrawals in their turn with what is open of them, and requests for transfers with names."""
    waiting, asked = queued(session), requests(session)
    holders = {row.membership.person_id for row, _ in waiting}
    parties = {each for row, _ in asked for each in (row.membership.person_id, row.recipient_id)}
    names = names_of(session, holders | parties)
    return {
        "rows": [(row, shares, names[row.membership.person_id]) for row, shares in waiting],
        "requests": [
            (row, consent, names[row.membership.person_id], names[row.recipient_id]) for row, consent in asked
        ],
        "links": {row.id: _carry_out(row) for row, consent in asked if consent is not None},
        "today": clock.today(),
    }


def _carry_out(row: TransferRequest) -> str:
    """The address of the transfer's form, filled from a request to which both sides agreed."""
    known = {
        "member": row.membership.number,
        "recipient": row.recipient.email or "",
        "class_code": row.share_class.code,
        "shares": row.shares,
        "way": "gift" if row.price_cents is None else "sale",
        "currency": row.currency,
        "giver_consent": f"request {row.id}",
        "recipient_consent": f"request {row.id}",
        "request": row.id,
    }
    if row.price_cents is not None:
        known["price"] = str(Money(row.price_cents, row.currency).decimal())
    return f"/desk/shares/new/transfer?{urlencode(known)}"


def class_facts(session: Session, on: date) -> list[dict[str, Any]]:
    """Each class as it stands on a day: numbers, terms, what they make it, rule, price, and all ever written."""
    facts = []
    for found in all_classes(session):
        terms = terms_of_day(session, found, on)
        written = session.scalars(
            select(ShareClassTerms)
            .where(ShareClassTerms.share_class_id == found.id)
            .order_by(ShareClassTerms.valid_from.desc(), ShareClassTerms.id.desc())
        ).all()
        rules = session.scalars(
            select(RedemptionRule)
            .where(RedemptionRule.share_class_id == found.id)
            .order_by(RedemptionRule.valid_from.desc(), RedemptionRule.id.desc())
        ).all()
        facts.append(
            {
                "found": found,
                "issued": issued_shares(session, found),
                "terms": terms,
                "numbering": session.get(ShareNumbering, found.id),
                "stands_as": stands_as(terms.redemption_right) if terms else None,
                "rule": rule_on(session, found, on),
                "price": issue_price(session, found, on),
                "prices": prices(session, found),
                "written": written,
                "rules": rules,
            }
        )
    return facts


def charge_facts(session: Session) -> list[tuple[Any, Any, str]]:
    """The charges with their releases and the holders' names."""
    rows = charges(session)
    names = names_of(session, (row.membership.person_id for row, _ in rows))
    return [(row, end, names[row.membership.person_id]) for row, end in rows]


def loan_facts(session: Session) -> list[dict[str, Any]]:
    """Each loan with its lender's name, what is owed, its schedule, and its conversion or reversal."""
    return [
        {
            "loan": loan,
            "name": name_of(session, loan.person),
            "owed": owed(session, loan),
            "instalments": instalments(session, loan),
            "conversion": conversion_of(session, loan),
            "end": loan_end(session, loan),
        }
        for loan in loans(session)
    ]


def _reversal(session: Session, act: ShareAct) -> int | None:
    return session.scalars(select(ShareAct.id).where(ShareAct.reverses_id == act.id)).first()
