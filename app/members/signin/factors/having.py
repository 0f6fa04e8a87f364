"""Which second factors a person has, and who may add or remove one."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.letters.writing import write
from app.members.apitokens.issuing import revoke_token, tokens_of
from app.members.models import Person, SignedIn
from app.members.roles import holds_any_role
from app.members.signin.models import Authenticator, Passkey, RecoveryCode
from app.members.signin.sessions import is_fresh, revoke_others

ADDED_PASSKEY = N_("A passkey was added.")
REMOVED_PASSKEY = N_("A passkey was removed.")
ADDED_APP = N_("An authenticator app was added.")
REMOVED_APP = N_("The authenticator app was removed.")
NEW_CODES = N_("New recovery codes were made. The old ones no longer work.")
USED_CODE = N_("A recovery code was used.")
ALL_FORGOTTEN = N_("All second factors were removed by whoever runs this installation.")


class NotFresh(Refusal):
    """The person must show again who they are before this is changed."""

    message = N_("Show again that it is you before you change this.")
    status = 403


def has_factor(session: Session, person_id: int) -> bool:
    """Whether a person has a passkey or an authenticator app."""
    passkey = exists().where(Passkey.person_id == person_id, Passkey.removed_at.is_(None))
    app = exists().where(Authenticator.person_id == person_id, Authenticator.removed_at.is_(None))
    return bool(session.scalar(select(passkey | app)))


def guards_roles(session: Session, person_id: int) -> bool:
    """Whether a person has a second factor that protects roles: it is not changed by whoever only reads the mail."""
    return holds_any_role(session, person_id) and has_factor(session, person_id)


def may_change(session: Session, row: SignedIn) -> None:
    """Raise `NotFresh` unless this session may add or remove second factors now.

    Whoever has a role and a second factor must have passed it a moment ago; others must have signed in a moment ago.
    """
    guarded = guards_roles(session, row.person_id)
    if not (is_fresh(row.second_factor_at) or (not guarded and is_fresh(row.opened_at))):
        raise NotFresh


def tell(session: Session, person: Person, tag: audit.Tag, what: str, *, reason: str | None = None) -> None:
    """Keep a change of a person's second factors, and tell them by letter. `what` is one of the messages above."""
    by = None if what == ALL_FORGOTTEN else person.id
    audit.record(session, tag, f"person:{person.id}", by=by, reason=reason)
    facts = {"what": what, "at": clock.now().isoformat()}
    write(session, "factor-changed", person.email, person.language, person_id=person.id, **facts)


def forget_factors(session: Session, person: Person, *, reason: str) -> None:
    """Remove every second factor of a person who lost them, end their sessions and tokens: for the command line."""
    now = clock.now()
    keys = select(Passkey).where(Passkey.person_id == person.id, Passkey.removed_at.is_(None))
    for key in session.scalars(keys.with_for_update()):
        key.removed_at = now
    apps = select(Authenticator).where(Authenticator.person_id == person.id, Authenticator.removed_at.is_(None))
    for app in session.scalars(apps.with_for_update()):
        app.removed_at = now
    codes = select(RecoveryCode).where(RecoveryCode.person_id == person.id, RecoveryCode.replaced_at.is_(None))
    for code in session.scalars(codes.with_for_update()):
        code.replaced_at = now
    revoke_others(session, person.id)
    for token in tokens_of(session, person.id):  # made behind the factor that is lost
        revoke_token(session, token.id, person_id=person.id, by=None)
    tell(session, person, audit.Tag.SECOND_FACTOR_REMOVED, ALL_FORGOTTEN, reason=reason)
