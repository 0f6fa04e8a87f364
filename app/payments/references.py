"""ISO 11649 creditor references: made for a payment request, read back in any spelling a bank makes of them."""

import secrets

from stdnum import iso11649
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

from app.core.errors import N_, Refusal

# Digits only: between letters and digits the check digits miss some slips (X3 and 3X sum to the same).
ALPHABET = "0123456789"
LENGTH = 10


class BadReference(Refusal):
    """The text is not a creditor reference, or a character of it is wrong."""

    message = N_("“{text}” is not a payment reference: its check digits do not fit. It begins with RF and two digits.")
    field = "reference"


def new_reference() -> str:
    """A new reference in its compact form, for example `RF124471009216`."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"RF{mod_97_10.calc_check_digits(body + 'RF')}{body}"


def read_reference(text: str) -> str:
    """The compact form of a typed reference, with its check digits verified (mod 97-10)."""
    compact = "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())
    try:
        return str(iso11649.validate(compact))
    except ValidationError:
        raise BadReference(text=text.strip()[:40]) from None


def spaced(reference: str) -> str:
    """The reference in groups of four, as people read it."""
    return " ".join(reference[i : i + 4] for i in range(0, len(reference), 4))
