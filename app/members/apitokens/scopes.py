"""Scopes: what a token may be used for, and which roles make use of each."""

from enum import StrEnum

from app.core.errors import N_
from app.members.roles import Role

DESK = (Role.ORGANIZER, Role.TREASURER, Role.SECRETARY, Role.AUDITOR)


class Scope(StrEnum):
    """A right that a token can carry; it opens nothing that the person could not open on the pages."""

    OFFERS_READ = "offers:read"
    OFFERS_WRITE = "offers:write"
    PLEDGES_READ = "pledges:read"
    PLEDGES_WRITE = "pledges:write"
    HOLDINGS_READ = "holdings:read"
    DOCUMENTS_READ = "documents:read"
    MEMBERS_READ = "members:read"
    REGISTER_READ = "register:read"
    PAYMENTS_READ = "payments:read"
    PAYMENTS_WRITE = "payments:write"
    ROLES_READ = "roles:read"
    ROLES_WRITE = "roles:write"
    PROOFS_READ = "proofs:read"


PURPOSES = {
    Scope.OFFERS_READ: N_("Read offers and how they stand"),
    Scope.OFFERS_WRITE: N_("Draft, open, close and cancel offers"),
    Scope.PLEDGES_READ: N_("Read pledges"),
    Scope.PLEDGES_WRITE: N_("Make and withdraw pledges"),
    Scope.HOLDINGS_READ: N_("Read your own shares"),
    Scope.DOCUMENTS_READ: N_("Read your own documents"),
    Scope.MEMBERS_READ: N_("Read members with name and address"),
    Scope.REGISTER_READ: N_("Read and export the register"),
    Scope.PAYMENTS_READ: N_("Read receipts and refunds"),
    Scope.PAYMENTS_WRITE: N_("Record receipts, and refunds that were paid"),
    Scope.ROLES_READ: N_("Read who has which role"),
    Scope.ROLES_WRITE: N_("Grant and end roles"),
    Scope.PROOFS_READ: N_("Prove the books"),
}

USED_BY: dict[Scope, tuple[Role, ...]] = {  # empty: whoever is known here
    Scope.OFFERS_READ: (),
    Scope.OFFERS_WRITE: (Role.ORGANIZER,),
    Scope.PLEDGES_READ: (),
    Scope.PLEDGES_WRITE: (),
    Scope.HOLDINGS_READ: (),
    Scope.DOCUMENTS_READ: (),
    Scope.MEMBERS_READ: DESK,
    Scope.REGISTER_READ: DESK,
    Scope.PAYMENTS_READ: DESK,
    Scope.PAYMENTS_WRITE: (Role.TREASURER,),
    Scope.ROLES_READ: DESK,
    Scope.ROLES_WRITE: (Role.ORGANIZER,),
    Scope.PROOFS_READ: DESK,
}


def scopes_for(roles: frozenset[str]) -> list[Scope]:
    """The scopes that somebody with these roles can make use of, in the order in which they are listed."""
    return [scope for scope in Scope if not USED_BY[scope] or roles & set(USED_BY[scope])]
