"""Objects of the Open Cap Format, pure: from one row of ours to one object of theirs, what it cannot say in comments.

Numbers are text, unset values are left out: the official schemas refuse null. A lot is a security; every act ends
whole lots and gives a balance, which is the format's own rule for partial transactions.
"""

import re
from datetime import date
from typing import Any

from app.core.money import Money

Item = dict[str, Any]

_INSTITUTIONS = ("company", "association", "nominee")
_GOES = ("redemption", "withdrawal", "repurchase", "exit")
_REST = "rest of a lot"


def issuer(name: str, begun: date, country: str) -> Item:
    """The issuer, with what is not recorded here said so."""
    return {
        "object_type": "ISSUER",
        "id": "issuer",
        "legal_name": name,
        "formation_date": begun.isoformat(),
        "country_of_formation": country or "US",
        "comments": [
            "formation_date is the first day of the register; country_of_formation follows the register's law"
        ],
    }


def stock_class(row: Any) -> Item:
    """A share class; one member, one vote cannot be said by a number and stands in the comments."""
    item: Item = {
        "object_type": "STOCK_CLASS",
        "id": f"class-{row.id}",
        "name": row.name,
        "class_type": "COMMON",
        "default_id_prefix": f"{row.code}-",
        "initial_shares_authorized": str(row.authorized_shares) if row.authorized_shares is not None else "UNLIMITED",
        "votes_per_share": "1" if row.votes_rule == "one vote per share" else "0",
        "seniority": "1",
        "comments": [f"class code: {row.code}"],
    }
    if row.nominal_cents is not None:
        item["par_value"] = monetary(row.nominal_cents, row.currency)
    if row.price_cents is not None:
        item["price_per_share"] = monetary(row.price_cents, row.price_currency)
    for name in ("purpose", "votes_rule", "votes_cap", "transferable", "redemption_right"):
        if getattr(row, name) not in (None, ""):
            item["comments"].append(f"{name.replace('_', ' ')}: {getattr(row, name)}")
    return item


def legends(row: Any) -> list[Item]:
    """The legends of a class as templates."""
    return [
        {
            "object_type": "STOCK_LEGEND_TEMPLATE",
            "id": legend_id(row.id, place),
            "name": f"{row.code} {place}",
            "text": words,
        }
        for place, words in enumerate(row.legends or [], start=1)
    ]


def legend_id(class_id: int, place: int) -> str:
    """The id of a class's legend."""
    return f"legend-{class_id}-{place}"


def stakeholder(row: Any) -> Item:
    """A member; the relationship "member" does not exist there."""
    item: Item = {
        "object_type": "STAKEHOLDER",
        "id": f"member-{row.number}",
        "name": {"legal_name": row.legal_name or f"Member {row.number}"},
        "stakeholder_type": "INSTITUTION" if row.holder_kind in _INSTITUTIONS else "INDIVIDUAL",
        "issuer_assigned_id": str(row.number),
        "current_relationship": "INVESTOR",
        "comments": [
            f"member since {row.entered_on.isoformat()} by {row.basis}",
            f"kind: {row.holder_kind or 'person'}",
        ],
    }
    if row.ceased_on:
        item["comments"].append(f"membership ceased on {row.ceased_on.isoformat()} by {row.ceased_by}")
    if row.country and re.fullmatch("[A-Z]{2}", row.country):
        item["addresses"] = [_address(row)]
    return item


def _address(row: Any) -> Item:
    item: Item = {"address_type": "LEGAL", "country": row.country}
    if row.street_lines:
        item["street_suite"] = ", ".join(row.street_lines)
    for name, value in (("city", row.locality), ("postal_code", row.postal_code)):
        if value:
            item[name] = value
    if row.region and re.fullmatch("[A-Z0-9]{1,3}", row.region):
        item["country_subdivision"] = row.region
    return item


def issuance(row: Any, member_number: int, legend_ids: list[str]) -> Item:
    """A lot as an issued security; what is paid on it, and since when it is held, in comments."""
    paid = Money(row.paid_cents, row.currency)
    said = [f"paid: {paid}", f"basis: {row.basis}"]
    if row.acquired_on:
        said.append(f"held since {row.acquired_on.isoformat()}")
    if row.act_id:
        said.append(f"made by act {row.act_id}: {row.act_kind}")
    item: Item = {
        "object_type": "TX_STOCK_ISSUANCE",
        "id": f"issuance-{row.id}",
        "date": row.allotted_on.isoformat(),
        "security_id": security(row.id),
        "custom_id": str(row.certificate_number),
        "stakeholder_id": f"member-{member_number}",
        "stock_class_id": f"class-{row.share_class_id}",
        "share_price": monetary(row.price_cents, row.currency),
        "quantity": str(row.shares),
        "consideration_text": row.basis,
        "security_law_exemptions": [],
        "stock_legend_ids": legend_ids,
        "comments": said,
    }
    if row.ranges:
        item["share_numbers_issued"] = [
            {"starting_share_number": str(first), "ending_share_number": str(last)} for first, last in row.ranges
        ]
    return item


def acceptance(row: Any) -> Item:
    """A lot is accepted once it is fully paid."""
    return {
        "object_type": "TX_STOCK_ACCEPTANCE",
        "id": f"acceptance-{row.id}",
        "date": row.allotted_on.isoformat(),
        "security_id": security(row.id),
    }


def ending(row: Any) -> Item:
    """How a lot ended, in the transaction that fits: transfer, conversion, reissuance, repurchase or cancellation.

    What no transaction of theirs fits (a reversal, a split, several lots made into one) is a cancellation, with the
    new lots as issuances of their own: the holdings are right on every day, and comments name the act.
    """
    made = row.lots or []
    balance = next(
        (lot for lot in made if lot["basis"] == _REST and _same(lot, row) and lot["shares"] < row.shares), None
    )
    results = [lot for lot in made if lot is not balance]
    gone = row.shares - (balance["shares"] if balance else 0)
    item: Item = {
        "id": f"end-{row.id}",
        "date": row.ended_on.isoformat(),
        "security_id": security(row.id),
        "comments": [f"act {row.act_id}: {row.kind}"] + ([f"undoes act {row.reverses_id}"] if row.reverses_id else []),
    }
    if balance:
        item["balance_security_id"] = security(balance["id"])
    return item | _kind(row, results, gone, whole=balance is None)


def _kind(row: Any, results: list[Item], gone: int, *, whole: bool) -> Item:
    ids = [security(lot["id"]) for lot in results]
    held = all(lot["holder"] == row.membership_id for lot in results)
    classed = all(lot["class"] == row.share_class_id for lot in results)
    equal = sum(lot["shares"] for lot in results) == gone
    if results and row.reverses_id is None:
        if classed and equal and not any(lot["holder"] == row.membership_id for lot in results):
            return {"object_type": "TX_STOCK_TRANSFER", "quantity": str(gone), "resulting_security_ids": ids}
        if held and not any(lot["class"] == row.share_class_id for lot in results):
            return {
                "object_type": "TX_STOCK_CONVERSION",
                "quantity_converted": str(gone),
                "resulting_security_ids": ids,
            }
        if held and classed and equal and whole:
            return {
                "object_type": "TX_STOCK_REISSUANCE",
                "resulting_security_ids": ids,
                "reason_text": row.reason or row.kind,
            }
    if not results and any(word in row.kind for word in _GOES) and row.reverses_id is None:
        price = monetary(row.paid_cents // row.shares, row.currency)
        return {"object_type": "TX_STOCK_REPURCHASE", "quantity": str(gone), "price": price}
    return {"object_type": "TX_STOCK_CANCELLATION", "quantity": str(gone), "reason_text": row.reason or row.kind}


def _same(lot: Item, row: Any) -> bool:
    return bool(lot["holder"] == row.membership_id and lot["class"] == row.share_class_id)


def security(lot_id: int) -> str:
    """The id of a lot as a security."""
    return f"lot-{lot_id}"


def monetary(minor: int, currency: str) -> Item:
    """An amount in their words."""
    return {"amount": str(Money(minor, currency).decimal()), "currency": currency}
