"""Unpacking: a package as an opening state: the securities that stand at its end, for the import of holders."""

import csv
import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from app.core.errors import N_, Refusal
from app.core.money import Money, read_amount
from app.exports.opencaptable.packing import BESIDE
from app.shares.importing.columns import COLUMNS
from app.shares.importing.reading import NUMBER_MAX

UNPACKED_MAX = 1 << 30  # bytes that a package may hold inside
_FILES = ("stakeholders_files", "stock_classes_files", "transactions_files")
_ENDS = (
    "TX_STOCK_TRANSFER", "TX_STOCK_REPURCHASE", "TX_STOCK_CANCELLATION", "TX_STOCK_RETRACTION", "TX_STOCK_CONVERSION",
    "TX_STOCK_REISSUANCE",
)  # fmt: skip
_PLAIN = (*_ENDS, "TX_STOCK_ISSUANCE", "TX_STOCK_ACCEPTANCE")


class NotAPackage(Refusal):
    """The file is no package, or it is damaged."""

    message = N_("This is not an Open Cap Format package: {detail}.")


class NotWholeShares(Refusal):
    """Shares are counted in whole here."""

    message = N_("The package has {quantity} shares in the security {security}. Only whole shares can be brought in.")


class Dangling(Refusal):
    """The package names something that is not in it."""

    message = N_("The package names {what} in the security {security}, which is not in it.")


class NotOurs(Refusal):
    """The package tells of securities that no co-operative's register holds, or of rules that change numbers."""

    message = N_("The package has a transaction {kind}, which cannot be brought in as an opening state.")


def opening_state(file: BinaryIO) -> bytes:
    """The holdings at the end of a package, as CSV with the columns of the import of holders.

    Each open security is a line; members without one have a line of their own. Raises `NotAPackage`, `NotOurs`,
    `Dangling` and `NotWholeShares`.
    """
    try:
        return _state(*_read(file))
    except KeyError as error:
        raise NotAPackage(detail=f"a part of it has no {str(error)[:80]}") from None
    except (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, TypeError, AttributeError) as error:
        raise NotAPackage(detail=str(error)[:100]) from None


def _state(items: list[dict[str, Any]], beside: dict[str, Any]) -> bytes:
    holders = {item["id"]: item for item in items if item["object_type"] == "STAKEHOLDER"}
    classes = {item["id"]: item for item in items if item["object_type"] == "STOCK_CLASS"}
    transactions = [item for item in items if item["object_type"].startswith("TX_")]
    for item in transactions:
        if item["object_type"] not in _PLAIN:
            raise NotOurs(kind=item["object_type"])
    ended = {item["security_id"] for item in transactions if item["object_type"] in _ENDS}
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, [column.name for column in COLUMNS])
    writer.writeheader()
    for line in _lines(transactions, ended, holders, classes, beside):
        writer.writerow(line)
    return written.getvalue().encode()


def _lines(
    transactions: list[dict[str, Any]], ended: set[str], holders: dict[str, Any], classes: dict[str, Any], beside: Any
) -> Iterator[dict[str, Any]]:
    told = set()
    for item in transactions:
        if item["object_type"] != "TX_STOCK_ISSUANCE" or item["security_id"] in ended:
            continue
        told.add(item["stakeholder_id"])
        more = beside.get(item["security_id"], {})
        holder, class_ = _named(item, "stakeholder_id", holders), _named(item, "stock_class_id", classes)
        shares = _whole(item)
        yield _holder(holder, beside) | {
            "class_code": class_["default_id_prefix"].rstrip("-"),
            "class_name": class_["name"],
            "shares": str(shares),
            "price": item["share_price"]["amount"],
            "paid": _paid(item, shares, more),
            "currency": item["share_price"]["currency"],
            "allotted_on": item["date"],
            "acquired_on": more.get("acquired_on", ""),
            "certificate_number": item["custom_id"] if _is_number(item["custom_id"]) else "",
            "holding_id": "" if _is_number(item["custom_id"]) else item["security_id"],
            "share_numbers": ", ".join(map(_range, item.get("share_numbers_issued", []))),
            "basis": more.get("basis", "subscription"),
        }
    for identity, holder in holders.items():
        if identity not in told and beside.get(identity, {}).get("entered_on"):
            yield _holder(holder, beside)


def _range(numbers: dict[str, str]) -> str:
    """A range of shares' numbers as the import reads it; the format writes whole numbers with decimals too."""
    ends = (numbers["starting_share_number"], numbers["ending_share_number"])
    return "–".join(re.sub(r"\.0+$", "", end) for end in ends)


def _named(item: dict[str, Any], key: str, known: dict[str, Any]) -> dict[str, Any]:
    """What a security names; raises `Dangling`."""
    if item[key] not in known:
        raise Dangling(what=str(item[key])[:60], security=str(item["security_id"])[:60])
    found: dict[str, Any] = known[item[key]]
    return found


def _whole(item: dict[str, Any]) -> int:
    """The shares of a security; the format writes whole numbers with decimals too. Raises `NotWholeShares`."""
    quantity = re.sub(r"\.0+$", "", str(item["quantity"]))
    if not (quantity.isascii() and quantity.isdigit()):
        raise NotWholeShares(quantity=quantity[:40], security=str(item["security_id"])[:60])
    return int(quantity)


def _paid(item: dict[str, Any], shares: int, more: dict[str, Any]) -> str:
    """What is paid on a security as the side file knows it; "" where all of it is."""
    price = item["share_price"]
    owed = read_amount(price["amount"], price["currency"]) * shares
    paid = more.get("paid_minor", owed.minor)
    return "" if paid == owed.minor else str(Money(paid, price["currency"]).decimal())


def _is_number(certificate: str) -> bool:
    """Whether a certificate is numbered as ours are; others keep their security's id, by which they are known again."""
    return certificate.isascii() and certificate.isdigit() and 0 < int(certificate) <= NUMBER_MAX


def _holder(item: dict[str, Any], beside: Any) -> dict[str, Any]:
    more = beside.get(item["id"], {})
    place = (item.get("addresses") or [{}])[0]
    return {
        "member_number": item.get("issuer_assigned_id", ""),
        "legal_name": item["name"]["legal_name"],
        "holder_kind": more.get("holder_kind", "company" if item["stakeholder_type"] == "INSTITUTION" else "person"),
        "registration_number": more.get("registration_number", ""),
        "street": "\n".join(more.get("street_lines", [])) or place.get("street_suite", ""),
        "postal_code": place.get("postal_code", ""),
        "locality": place.get("city", ""),
        "region": more.get("region", place.get("country_subdivision", "")),
        "country": place.get("country", ""),
        "entered_on": more.get("entered_on", ""),
        "ended_on": more.get("ceased_on", ""),
    }


def _read(file: BinaryIO) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Every object of a package, after its sums were checked; and what the side file knows of them."""
    with zipfile.ZipFile(file) as package:
        if sum(info.file_size for info in package.infolist()) > UNPACKED_MAX:
            raise NotAPackage(detail="it is too large")
        manifest = _manifest(package)
        items = [item for key in _FILES for reference in manifest[key] for item in _items(package, reference)]
        lines = package.read(BESIDE).decode().splitlines() if BESIDE in package.namelist() else []
    return items, {facts["id"]: facts for facts in map(json.loads, lines)}


def _manifest(package: zipfile.ZipFile) -> dict[str, Any]:
    for name in package.namelist():
        if name.endswith("Manifest.ocf.json"):
            found: dict[str, Any] = json.loads(package.read(name))
            return found
    raise NotAPackage(detail="it has no manifest")


def _items(package: zipfile.ZipFile, reference: dict[str, str]) -> list[dict[str, Any]]:
    data = package.read(reference["filepath"].removeprefix("./"))
    if hashlib.md5(data, usedforsecurity=False).hexdigest() != reference["md5"].lower():
        raise NotAPackage(detail=f"{reference['filepath']} is not what the manifest says")
    found: list[dict[str, Any]] = json.loads(data)["items"]
    return found
