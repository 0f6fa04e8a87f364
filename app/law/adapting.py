"""Adapting a profile to an organization's own rules, and recording what counsel says of its values."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.law import departures as pure
from app.law import profiles
from app.law.models import CounselConfirmation, LawAdaptation
from app.law.profiles import Profile, UnknownProfile
from app.law.values import thawed


class NoReason(Refusal):
    """A decision on the law is recorded with its reason, or not at all."""

    message = N_("Say why, so that others can judge it later.")
    field = "reason"


class NoCounsel(Refusal):
    """A confirmation without the name of who gave it."""

    message = N_("Name the counsel who said so.")
    field = "counsel"


def adapt(session: Session, base_id: str, departures: Mapping[str, Any], *, reason: str, by: int) -> Profile:
    """Record an own copy of a profile, as decided by person `by`; answers the copy, which is known as `base@number`.

    Refuses an unknown profile or value, an empty reason, what does not depart, and what is laxer than enforced law.
    """
    base = profiles.profile(base_id)
    if not reason.strip():
        raise NoReason()
    at = clock.now()
    draft = pure.adapted(base, departures, number=0, by=by, at=at, reason=reason.strip())
    kept = draft.adaptation.keys if draft.adaptation else ()
    row = LawAdaptation(
        base_id=base.id,
        base_version=base.version,
        departures={key: {"law": thawed(base.values[key].data), "own": departures[key]} for key in kept},
        reason=reason.strip(),
        decided_by=by,
        decided_at=at,
    )
    session.add(row)
    session.flush()
    subject = f"law:{base.id}@{row.id}"
    audit.record(session, audit.Tag.LAW_ADAPTED, subject, by=by, reason=row.reason, keys=sorted(kept))
    return _copy(row)


def record_counsel(
    session: Session, profile_id: str, key: str, *, counsel: str, note: str, by: int, confirms: bool = True
) -> CounselConfirmation:
    """Record that counsel confirms a value, which is then enforced; with `confirms` false, that counsel does not."""
    law = _stated(session, profile_id)
    law.value(key)
    if not counsel.strip():
        raise NoCounsel()
    row = CounselConfirmation(
        profile_id=law.id,
        profile_version=law.version,
        key=key,
        confirms=confirms,
        counsel=counsel.strip(),
        note=note.strip(),
        recorded_by=by,
        recorded_at=clock.now(),
    )
    session.add(row)
    session.flush()
    subject, said = f"law:{law.id}", {"key": key, "confirms": confirms}
    audit.record(session, audit.Tag.LAW_CONFIRMED, subject, by=by, reason=row.note or None, **said)
    return row


def law_for(session: Session, profile_id: str) -> Profile:
    """The profile or own copy (`us-de-266@7`) of that id, with what counsel confirmed of this version of it."""
    law = _stated(session, profile_id)
    rows = session.scalars(
        select(CounselConfirmation)
        .where(CounselConfirmation.profile_id == law.id, CounselConfirmation.profile_version == law.version)
        .order_by(CounselConfirmation.id)
    )
    latest = {row.key: row for row in rows}
    return pure.confirmed(law, {key: row.counsel for key, row in latest.items() if row.confirms})


def _stated(session: Session, profile_id: str) -> Profile:
    base_id, copied, number = profile_id.partition("@")
    if not copied:
        return profiles.profile(profile_id)
    row = (
        session.get(LawAdaptation, int(number)) if number.isascii() and number.isdigit() and len(number) < 19 else None
    )
    if row is None or row.base_id != base_id:
        raise UnknownProfile(profile=profile_id[:60])
    return _copy(row)


def _copy(row: LawAdaptation) -> Profile:
    return pure.adapted_before(
        profiles.profile(row.base_id),
        {key: departure["own"] for key, departure in row.departures.items()},
        number=row.id,
        version=row.base_version,
        by=row.decided_by,
        at=row.decided_at,
        reason=row.reason,
    )
