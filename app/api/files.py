"""Files within JSON: their bytes as base64."""

import base64
import binascii
from typing import Annotated

from pydantic import Field, Strict

from app.api.shapes import Taken
from app.core.errors import N_, InvalidInput, Refusal
from app.core.uploads import SentFile

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


Base64 = Annotated[
    str,
    Strict(),
    Field(
        min_length=1,
        max_length=FILE_MAX,
        description="The file's bytes as base64.",
        json_schema_extra={"contentEncoding": "base64"},
    ),
]


class FileTaken(Taken):
    """A file within JSON."""

    file: Base64

    def sent_as(self, name: str) -> SentFile:
        """The file as a form would have sent it."""
        return SentFile(name, content_of(self.file))
