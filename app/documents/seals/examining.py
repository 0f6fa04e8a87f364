"""Examining a PDF that somebody brings, inside a renderer: its seal, its timestamp and the facts that it carries."""

import hashlib
import json
from io import BytesIO
from typing import Any


def examine(content: bytes, roots: list[bytes]) -> dict[str, Any]:
    """What a PDF says of itself; `roots` are certificates (DER) by which the organization's seal is known.

    `readable`; `sealed`, and of the last seal `intact` (no byte that it covers was altered), `whole` (it covers every
    byte but those that prove its certificates), `ours`, `by`, `timestamp` (ISO 8601 or None), `revocation` (the file
    holds what was said of its certificates); `code` and `facts_sha256` of the attached facts, or None.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader

    said: dict[str, Any] = {"readable": True, "sealed": False, "code": None, "facts_sha256": None}
    try:
        reader = PdfFileReader(BytesIO(content), strict=False)
        said |= _attached(reader)
        found = reader.embedded_regular_signatures
        return said | _seal(found[-1], roots) | {"revocation": _is_proved(reader)} if found else said
    except Exception:  # whatever is wrong with a stranger's file, it is no document of ours
        return {"readable": False, "sealed": False, "code": None, "facts_sha256": None}


def _seal(found: Any, roots: list[bytes]) -> dict[str, Any]:
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    context = ValidationContext(trust_roots=[Certificate.load(each) for each in roots], allow_fetching=False)
    status = validate_pdf_signature(found, signer_validation_context=context)
    stamp = status.timestamp_validity
    return {
        "sealed": True,
        "intact": bool(status.intact and status.valid),
        "whole": status.coverage == SignatureCoverageLevel.ENTIRE_FILE or _is_proof_only(status),
        "ours": bool(status.trusted),
        "by": _name(status.signing_cert.subject)[:300],
        "timestamp": stamp.timestamp.isoformat() if stamp is not None and stamp.intact and stamp.valid else None,
    }


def _name(subject: Any) -> str:
    """The common name where there is one, with the organization's where that says more; else everything."""
    said = subject.native
    names = [said[part] for part in ("common_name", "organization_name") if isinstance(said.get(part), str)]
    return ", ".join(dict.fromkeys(names)) or str(subject.human_friendly)


def _is_proof_only(status: Any) -> bool:
    """Whether what follows the seal's own revision adds nothing but proofs of certificates and moments."""
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    return bool(
        status.coverage == SignatureCoverageLevel.ENTIRE_REVISION
        and status.modification_level == ModificationLevel.LTA_UPDATES
    )


def _is_proved(reader: Any) -> bool:
    from pyhanko.sign.validation.dss import DocumentSecurityStore
    from pyhanko.sign.validation.errors import NoDSSFoundError

    try:
        found = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return False
    return bool(found.ocsps or found.crls)


def _attached(reader: Any) -> dict[str, Any]:
    files = reader.root.get("/AF", ())
    for file in (files[place] for place in range(len(files))):  # by place, so that references are followed
        if str(file.get("/UF", "")) == "record.json":
            data = bytes(file["/EF"]["/F"].data)
            facts = json.loads(data)
            code = facts.get("verify_code") if isinstance(facts, dict) else None
            return {"facts_sha256": hashlib.sha256(data).hexdigest(), "code": code if isinstance(code, str) else None}
    return {}
