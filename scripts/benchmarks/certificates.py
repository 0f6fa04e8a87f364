"""Certificates: documents per second when asked for and in bulk, against WeasyPrint called plainly one by one.

`--size` holders with a lot each are filled in by bulk SQL. `bulk` files the whole issue as records and seals them by
one root, in the transactions of the worker; nothing is laid out. `on_demand` reads certificates of that issue as their
holders do, as many at a time as there are renderers: laid out, sealed, kept, noted in the audit trail. `bulk_files` is
`costake documents render --all` for those that nobody asked for. `plain` is WeasyPrint as its manual has it, in one
process, for the same certificate: neither sealed, nor tagged, nor kept. `ours` is `on_demand`, `limit` is `plain`; at
most `--laid-out` documents are laid out on each of these paths.
"""

import argparse
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.core.settings import ROOT, settings
from app.core.templates import render as render_template
from app.documents.bulk.filing import LOTS_AT_ONCE, file_records
from app.documents.bulk.models import DocumentIssue
from app.documents.bulk.proving import issued
from app.documents.bulk.rendering import render_all
from app.documents.bulk.sealing import seal_issue
from app.documents.filing import CERTIFICATE, read_document
from app.documents.models import Document
from app.documents.renderer.fonts import uncovered
from app.documents.renderer.typesetting import _qr
from app.members.models import Person
from app.shares.models import Lot
from scripts.benchmarks.register import _fill


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench certificates", description=__doc__)
    parser.add_argument("--size", type=int, default=500, help="certificates of the issue (default: %(default)s)")
    parser.add_argument("--laid-out", type=int, default=500, help="most documents laid out on each path")
    given = parser.parse_args(arguments)
    many = min(given.size, given.laid_out)
    warm = 2 * settings().document_processes
    lots = given.size + many + warm  # of these some warm up the renderers, and some are left for the files in bulk
    _fill(1, lots)
    uncovered(["which characters the fonts show is read once a process"])
    bulk = _rate(lots, _issue)
    _read(_numbers()[:warm])
    numbers = _numbers()[warm : warm + many]
    on_demand = _rate(many, lambda: _read(numbers))
    files = _rate(many, lambda: _files(many))
    plain = _rate(many, _plainly(numbers))
    print(
        json.dumps(
            {
                "bench": "certificates", "size": given.size, "ours": on_demand, "limit": plain, "unit": "documents/s",
                "ratio": round(on_demand / plain, 2), "on_demand": on_demand, "bulk": bulk, "bulk_files": files,
                "plain": plain, "bulk_ratio": round(bulk / plain, 1), "processes": settings().document_processes,
            }
        )
    )  # fmt: skip


def _rate(count: int, act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return round(count / (time.perf_counter() - began), 2)


def _issue() -> None:
    """As the worker does for an offer: part by part, each in its transaction, then the root."""
    with reading() as session:
        lots = list(session.scalars(select(Lot.id).order_by(Lot.id)))
    with transaction() as session:
        issue = DocumentIssue(cause="offer:1", kind=CERTIFICATE, begun_at=clock.now())
        session.add(issue)
    for start in range(0, len(lots), LOTS_AT_ONCE):
        with transaction() as session:
            file_records(session, issue, lots[start : start + LOTS_AT_ONCE])
    with transaction() as session:
        seal_issue(session, session.get_one(DocumentIssue, issue.id))
    with reading() as session:
        for document in session.scalars(select(Document).limit(3)):
            found = issued(session, document)
            assert found is not None and found.leads


def _numbers() -> list[int]:
    with reading() as session:
        return list(session.scalars(select(Document.number).order_by(Document.number)))


def _read(numbers: list[int]) -> None:
    with ThreadPoolExecutor(settings().document_processes) as threads:
        for content in threads.map(_one, numbers):
            assert content.startswith(b"%PDF-")


def _one(number: int) -> bytes:
    with transaction() as session:
        document = session.scalars(select(Document).where(Document.number == number)).one()
        return read_document(session, number, by=session.get_one(Person, document.person_id))[1]


def _files(many: int) -> None:
    made = 0
    for _, new in render_all(CERTIFICATE, None):
        made += new
        if made >= many:
            return


def _plainly(numbers: list[int]) -> Callable[[], None]:
    """The same pages, by the library's own short way."""
    from weasyprint import CSS, HTML

    with reading() as session:
        found = session.scalars(select(Document).where(Document.number.in_(numbers))).all()
    sheet = ROOT / "templates" / "documents" / "document.css"

    def act() -> None:
        for each in found:
            shown = {"digest": each.facts_sha256, "qr": _qr(each.facts["verify_at"])}
            html = render_template("documents/certificate.html", each.language, **shown, **each.facts)
            assert HTML(string=html).write_pdf(stylesheets=[CSS(filename=str(sheet))])

    return act
