"""Packing: a package `*.ocf.zip` with a manifest of files and their sums, and beside them what the format cannot hold.

Objects are written one by one, so that a register of a million lots needs no more memory than a small one.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from app.core import clock
from app.core.settings import settings
from app.exports.opencaptable import objects
from app.exports.opencaptable.reading import Told
from app.exports.registers.asking import Progress

VERSION = "1.2.0"
BESIDE = "cooperative.jsonl"
"""The side file: a line for each object of which more is known here, by the object's id."""

_COUNTRIES = {"uk": "GB"}
_FILES = {  # of the manifest: its name for the file, and the file's own type and name
    "stakeholders_files": ("OCF_STAKEHOLDERS_FILE", "Stakeholders"),
    "stock_classes_files": ("OCF_STOCK_CLASSES_FILE", "StockClasses"),
    "stock_legend_templates_files": ("OCF_STOCK_LEGEND_TEMPLATES_FILE", "StockLegendTemplates"),
    "transactions_files": ("OCF_TRANSACTIONS_FILE", "Transactions"),
}


def write_package(
    session: Session,
    as_of: date,
    known_at: datetime | None,
    file: BinaryIO,
    progress: Progress = lambda done: None,
) -> int:
    """Write the package of a day, as known at a moment; how many transactions it has."""
    told = Told(session, as_of, known_at)
    classes, counted = list(told.classes()), [0]
    numbers: dict[int, int] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        items: dict[str, Iterable[objects.Item]] = {
            "stock_classes_files": (objects.stock_class(row) for row in classes),
            "stock_legend_templates_files": (legend for row in classes for legend in objects.legends(row)),
            "stakeholders_files": _holders(told, numbers),
            "transactions_files": _transactions(told, classes, numbers, counted, progress),
        }
        manifest = _manifest(told, as_of)
        for key, every in items.items():
            manifest[key] = [_write(package, *_FILES[key], every)]
        _beside(package, told, classes)
        package.writestr("Manifest.ocf.json", json.dumps(manifest, ensure_ascii=False, indent=1))
    return counted[0]


def _manifest(told: Told, as_of: date) -> dict[str, Any]:
    law = settings().register_law
    return {
        "file_type": "OCF_MANIFEST_FILE",
        "ocf_version": VERSION,
        "issuer": objects.issuer(settings().organization, told.begun(), _COUNTRIES.get(law, law.upper())),
        "as_of": as_of.isoformat(),
        "generated_at": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "comments": [f"what the format cannot hold is in {BESIDE}"],
        "stock_plans_files": [],
        "vesting_terms_files": [],
        "valuations_files": [],
    }


def _write(package: zipfile.ZipFile, kind: str, name: str, items: Iterable[objects.Item]) -> dict[str, str]:
    """One file of the package, item by item; its reference for the manifest."""
    digest, path = hashlib.md5(usedforsecurity=False), f"{name}.ocf.json"
    with package.open(path, "w", force_zip64=True) as out:

        def put(words: str) -> None:
            data = words.encode()
            digest.update(data)
            out.write(data)

        put(f'{{"file_type": "{kind}", "items": [')
        for place, item in enumerate(items):
            put(("," if place else "") + "\n" + json.dumps(item, ensure_ascii=False))
        put("\n]}\n")
    return {"filepath": path, "md5": digest.hexdigest()}


def _holders(told: Told, numbers: dict[int, int]) -> Iterator[objects.Item]:
    for row in told.holders():
        numbers[row.id] = row.number
        yield objects.stakeholder(row)


def _transactions(
    told: Told, classes: list[Any], numbers: dict[int, int], counted: list[int], progress: Progress
) -> Iterator[objects.Item]:
    legends = {
        row.id: [objects.legend_id(row.id, place) for place in range(1, len(row.legends or []) + 1)] for row in classes
    }
    for row in told.lots():
        yield objects.issuance(row, numbers[row.membership_id], legends[row.share_class_id])
        counted[0] += 1
        if row.paid_cents == row.price_cents * row.shares:
            yield objects.acceptance(row)
            counted[0] += 1
        progress(counted[0])
    for row in told.ends():
        yield objects.ending(row)
        counted[0] += 1
        progress(counted[0])


def _beside(package: zipfile.ZipFile, told: Told, classes: list[Any]) -> None:
    with package.open(BESIDE, "w", force_zip64=True) as out:
        for row in classes:
            facts = {
                "id": f"class-{row.id}", "code": row.code, "purpose": row.purpose, "votes_rule": row.votes_rule,
                "votes_cap": row.votes_cap, "transferable": row.transferable, "withdrawable": row.withdrawable,
                "notice_days": row.notice_days, "redemption_right": row.redemption_right,
                "holder_shares_min": row.holder_shares_min, "holder_shares_max": row.holder_shares_max,
                "capital_min_minor": row.capital_min_cents, "currency": row.currency, "locked_until": row.locked_until,
            }  # fmt: skip
            out.write(_line(facts))
        for row in told.holders():
            facts = {
                "id": f"member-{row.number}", "holder_kind": row.holder_kind, "street_lines": row.street_lines,
                "registration_number": row.registration_number, "region": row.region,
                "entered_on": row.entered_on, "ceased_on": row.ceased_on, "basis": row.basis,
            }  # fmt: skip
            out.write(_line(facts))
        for lot in told.lots():
            facts = {
                "id": objects.security(lot.id), "paid_minor": lot.paid_cents, "currency": lot.currency,
                "acquired_on": lot.acquired_on, "basis": lot.basis, "act": lot.act_id, "act_kind": lot.act_kind,
            }  # fmt: skip
            out.write(_line(facts))


def _line(facts: dict[str, Any]) -> bytes:
    known = {name: value for name, value in facts.items() if value not in (None, "", [])}
    return (json.dumps(known, ensure_ascii=False, default=str) + "\n").encode()
