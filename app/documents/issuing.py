"""Issuing: who every document says it is from."""

from app.core.settings import settings


def issuer() -> dict[str, str]:
    """The facts of the issuer, as the operator's settings say them."""
    known = settings()
    return {
        "organization": known.organization,
        "organization_seat": known.organization_seat,
        "organization_form": known.organization_form,
        "organization_register": known.organization_register,
    }
