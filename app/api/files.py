"""Files within JSON: their bytes as base64."""

import base64
import binascii

from app.core.errors import N_, InvalidInput, Refusal

FILE_MAX = 7_900_000
"""The most characters of base64, for files of up to 5.9 MB."""


class NotBase64(Refusal):
    """The text does not stand for bytes."""

    message = N_("Send the bytes of the file as base64.")
    field = "file"


def content_of(text: str, field: str = "file") -> bytes:
    """The bytes that a text at a field stands for; refused there when it stands for none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput({field: NotBase64()}) from error
