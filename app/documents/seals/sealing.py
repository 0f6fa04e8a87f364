"""Sealing a PDF: a PAdES signature by the organization's key, added behind the bytes, which stay as they are."""

import asyncio
from functools import cache
from io import BytesIO
from typing import Any

from app.documents.seals.keys import SealKey

FIELD = "Seal"
RESERVED = 24_000
"""Hexadecimal digits kept for the signature, with room for a timestamp that comes later."""


def seal(content: bytes, key: SealKey) -> bytes:
    """The PDF with the seal (PAdES B-B)."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    said = PdfSignatureMetadata(field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    sealed: bytes = (
        PdfSigner(said, signer=_signer(key), new_field_spec=SigFieldSpec(FIELD, readable_field_name=FIELD))
        .sign_pdf(IncrementalPdfFileWriter(BytesIO(content)), bytes_reserved=RESERVED)
        .getvalue()
    )
    return sealed


def signature_of(content: bytes, key: SealKey) -> bytes:
    """A detached signature of any bytes (CMS, DER) by the key of the seal."""
    made = _signer(key).async_sign_general_data(content, "sha256", detached=True)
    signed: bytes = asyncio.run(made).dump()
    return signed


def digest_signed(signature: bytes) -> bytes:
    """The digest that a detached signature says it is over; empty when it is none."""
    from asn1crypto.cms import ContentInfo

    try:
        [signer] = ContentInfo.load(signature)["content"]["signer_infos"]
        attributes = {each["type"].native: each["values"] for each in signer["signed_attrs"]}
        return bytes(attributes["message_digest"][0].native)
    except (ValueError, TypeError, KeyError):
        return b""


@cache
def _signer(key: SealKey) -> Any:
    """The library's signer with our key held ready: by itself it reads the key anew for each signature."""
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.signers import Signer
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class OwnSigner(Signer):
        """Signs by `SealKey.sign`."""

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            """The bare signature."""
            assert digest_algorithm == "sha256", "as the metadata says"
            return key.sign(data)

    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # so the library declares it
    store.register_multiple(Certificate.load(each) for each in key.roots[1:])
    return OwnSigner(signing_cert=Certificate.load(key.roots[0]), cert_registry=store)
