"""What proves a seal after its certificates have ended: the word of who issued them that none was revoked (PAdES B-LT).

It is put behind the seal, which it does not change. Who issued the certificates says it by OCSP or by lists, at the
addresses in the certificates themselves.
"""

import asyncio
from collections.abc import Sequence
from io import BytesIO
from typing import Any

JOB = "documents.prove_seal"
SECONDS = 10
STAMP = "signature_time_stamp_token"


class Unsaid(Exception):
    """It could not be had: an alarm for the operator. The seal stays as it is, and this is asked again later."""


def with_revocation(content: bytes, known: Sequence[bytes]) -> bytes:
    """A sealed and timestamped PDF with what was said of the certificates of both.

    `known` are further certificates (DER) that may stand above those in the file. Raises `Unsaid`.
    """
    from asn1crypto.x509 import Certificate
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.general import extract_certificate_info
    from pyhanko.sign.validation.dss import async_add_validation_info
    from pyhanko_certvalidator import ValidationContext
    from pyhanko_certvalidator.errors import ValidationError
    from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend

    [found] = PdfFileReader(BytesIO(content)).embedded_regular_signatures
    tokens = [
        each["values"][0]["content"] for each in found.signer_info["unsigned_attrs"] if each["type"].native == STAMP
    ]
    more = [Certificate.load(der) for der in known]
    chains = [_chain(extract_certificate_info(each), more) for each in (found.signed_data, *tokens)]
    context = ValidationContext(
        trust_roots=[chain[-1] for chain in chains],
        other_certs=[each for chain in chains for each in chain],
        allow_fetching=True,
        revocation_mode="require",
        fetcher_backend=RequestsFetcherBackend(per_request_timeout=SECONDS),
    )
    try:
        made = asyncio.run(async_add_validation_info(found, context))
    except (ValidationError, OSError) as error:
        raise Unsaid(str(error)) from error
    proved: bytes = made.getvalue()
    return proved


def _chain(info: Any, known: Sequence[Any]) -> list[Any]:
    """A certificate and those above it, as far as they are there; one that others issued has at least one above."""
    chain = [info.signer_cert]
    while chain[-1].issuer != chain[-1].subject:
        above = next((each for each in [*info.other_certs, *known] if each.subject == chain[-1].issuer), None)
        if above is None:
            break
        chain.append(above)
    if len(chain) == 1 and chain[0].issuer != chain[0].subject:
        raise Unsaid(f"the certificate that issued the one of {chain[0].subject.human_friendly} is not known")
    return chain
