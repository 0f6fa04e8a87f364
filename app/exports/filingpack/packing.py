"""Packing: the ZIP of a conversion, file by file, with the SHA-256 of each; the same facts give the same bytes."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from sqlalchemy.orm import Session

import app.ballots.proofs
import app.conversion.proofs
import app.documents.proofs
import app.exports.proofs
import app.ledger.proofs
import app.shares.proofs
from app.ballots.calling import canonical
from app.ballots.models import Ballot
from app.ballots.result.certifying import certificate_of, result_of
from app.conversion.exchange.models import ExchangeExecution
from app.conversion.plan.models import Conversion
from app.conversion.plan.relying import ballot_of, exchange_of, record_date, standing_rows
from app.core import clock, vault
from app.documents.balloting.filing import SHOWN, documents_of
from app.documents.converting.facts import FACTS, Known
from app.documents.converting.filing import paper
from app.documents.filing import content_of
from app.exports.filingpack.checklist import checklist, demanded
from app.exports.filingpack.dryrun import count_list, write_list
from app.exports.registers.asking import Wanted, count_lines
from app.exports.registers.writing.files import write_register

CHECKLIST, SUMS = "checklist.txt", "SHA256SUMS"
PROOFS = [
    *app.ledger.proofs.PROOFS,
    *app.shares.proofs.PROOFS,
    *app.ballots.proofs.PROOFS,
    *app.conversion.proofs.PROOFS,
    *app.documents.proofs.PROOFS,
    *app.exports.proofs.PROOFS,
]
"""What is proved of the books, shares, ballots, exchanges, documents and registers when a pack is made."""
PDF_LINES_MOST = 2_000
"""Longer registers and lists are in the pack as CSV only: setting them takes minutes, and nobody reads them."""
_BEGINNING = (1980, 1, 1, 0, 0, 0)  # of every file, so that the moment of packing changes no name or date in the ZIP


def write_pack(session: Session, conversion: Conversion, file: BinaryIO, *, language: str) -> dict[str, str]:
    """Write the ZIP from one snapshot; the SHA-256 of each file in it, by its name."""
    sums: dict[str, str] = {}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:

        def put(name: str, content: bytes) -> None:
            with _entry(package, sums, name) as out:
                out.write(content)

        put(CHECKLIST, _told(session, conversion, language).encode())
        _papers(session, conversion, put)
        for step, evidence in standing_rows(session, conversion):
            if evidence.upload is not None:
                name = f"evidence/{step.position:02}-{step.key}-{evidence.upload.shown_name}"
                put(name, vault.get(evidence.upload.sha256))
        ballot = ballot_of(session, conversion)
        if ballot is not None:
            put(f"results/{ballot.slug}.json", canonical(result_of(session, ballot).facts))
            put(f"results/{ballot.slug}-certificate.json", _json(_certificate(session, ballot)))
            for filed in documents_of(session, ballot):
                if filed.kind in SHOWN:
                    put(f"results/{filed.kind}-{filed.number}.pdf", content_of(session, filed))
        _registers(session, conversion, package, sums, language)
        put("proofs.json", _json(list(_proved(session))))
        package.writestr(_info(SUMS), "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)))
    return sums


def _papers(session: Session, conversion: Conversion, put: Callable[[str, bytes], None]) -> None:
    known = Known(session, conversion)
    for kind in FACTS:
        filed = paper(session, conversion, kind)
        if filed is not None:
            put(f"papers/{kind}-{filed.number}.pdf", content_of(session, filed))
    if known.rules:
        put(f"rules/{'rules' if known.said('rules') else 'draft-for-counsel'}.txt", f"{known.rules}\n".encode())


def _registers(
    session: Session, conversion: Conversion, package: zipfile.ZipFile, sums: dict[str, str], language: str
) -> None:
    """The register on the record date and on the effective date, and the list of the exchange, as CSV and PDF."""
    exchange, recorded = exchange_of(session, conversion), record_date(session, conversion)
    days = {"record-date": recorded}
    if exchange is not None and session.get(ExchangeExecution, exchange.id) is not None:
        days["effective-date"] = exchange.effective_on
    for title, day in days.items():
        if day is None:
            continue
        wanted = Wanted("members", day)
        for form in ("csv", "pdf") if count_lines(session, wanted) <= PDF_LINES_MOST else ("csv",):
            with _entry(package, sums, f"register/{title}-{day.isoformat()}.{form}") as out:
                write_register(session, wanted, form, cast(BinaryIO, out), language=language)
    if exchange is not None:
        for form in ("csv", "pdf") if count_list(session, exchange) <= PDF_LINES_MOST else ("csv",):
            with _entry(package, sums, f"exchange/{exchange.id}-list.{form}") as out:
                write_list(session, exchange, form, cast(BinaryIO, out), language=language)


def _told(session: Session, conversion: Conversion, language: str) -> str:
    """The checklist as text, and below it what the laws list for the papers, to be held against them."""
    lines = [f"{conversion.title}: {conversion.entity_name} → {conversion.resulting_name}", f"{clock.now():%Y-%m-%d}"]
    lines += ["", *(line.said(language) for line in checklist(session, conversion))]
    for law, title, asked in demanded(conversion):
        lines += ["", f"{title} ({law.id} v{law.version})", *asked]
    return "\n".join(lines) + "\n"


def _certificate(session: Session, ballot: Ballot) -> dict[str, Any]:
    row = certificate_of(session, ballot)
    assert row is not None, "a vote is met by a certified result"
    return {
        "ballot": ballot.slug,
        "result_sha256": row.sha256,
        "tellers": [row.first_teller, row.second_teller],
        "statement": row.statement,
        "certified_at": row.certified_at.isoformat(),
    }


def _proved(session: Session) -> Iterator[dict[str, Any]]:
    for proof in PROOFS:
        found = proof.check(session)
        yield {"proof": proof.name, "holds": found.holds, "figure": found.figure, "wrong": list(found.wrong)}


def _json(said: Any) -> bytes:
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _BEGINNING)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    return info


class _Summed:
    """A file of the ZIP that adds up its SHA-256 as it is written."""

    def __init__(self, out: Any) -> None:
        self.out, self.digest = out, hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Write, and add to the sum."""
        self.digest.update(data)
        return int(self.out.write(data))

    def tell(self) -> int:
        """Where writing stands."""
        return int(self.out.tell())

    def flush(self) -> None:
        """Nothing waits here."""


@contextmanager
def _entry(package: zipfile.ZipFile, sums: dict[str, str], name: str) -> Iterator[_Summed]:
    with package.open(_info(name), "w", force_zip64=True) as out:
        summed = _Summed(out)
        yield summed
    sums[name] = summed.digest.hexdigest()
