"""Starting a conversion: the plan of a profile is frozen as steps; names that the new form may not bear are refused."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversion.plan.models import Conversion, ConversionStep
from app.core import audit, clock
from app.core.errors import N_, NotFound, Refusal
from app.law.plans import Plan, plan_of


class BadSlug(Refusal):
    """The address cannot be used."""

    message = N_("Use small letters, digits and hyphens for the address, at most 60.")
    field = "slug"


class SlugTaken(Refusal):
    """Another conversion has the address."""

    message = N_("Another conversion has this address.")
    status = 409
    field = "slug"


class NameBarred(Refusal):
    """The new form may not bear the name."""

    message = N_("The new name must not contain “{word}”.")
    field = "resulting_name"


def start_conversion(
    session: Session,
    slug: str,
    law: str,
    *,
    title: str,
    entity_name: str,
    resulting_name: str,
    by: int,
    reason: str,
    follows: str | None = None,
) -> Conversion:
    """Freeze the plan of a profile as the steps of a conversion, perhaps as the stage after another."""
    plan = plan_of(law)
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or len(slug) > 60:
        raise BadSlug
    if session.scalars(select(Conversion.id).where(Conversion.slug == slug)).first() is not None:
        raise SlugTaken
    word = barred_word(plan, resulting_name)
    if word:
        raise NameBarred(word=word)
    row = Conversion(
        slug=slug,
        law=law,
        law_version=plan.law.version,
        title=title,
        entity_name=entity_name,
        resulting_name=resulting_name,
        zone=plan.law.zone,
        follows_id=find_conversion(session, follows).id if follows else None,
        reason=reason,
        started_at=clock.now(),
        started_by=by,
    )
    session.add(row)
    session.flush()
    session.add_all(
        ConversionStep(conversion_id=row.id, position=position, key=step.key, definition=step.as_data())
        for position, step in enumerate(plan.steps, start=1)
    )
    session.flush()
    audit.record(session, audit.Tag.CONVERSION_STARTED, f"conversion:{slug}", by=by, reason=reason, law=law)
    return row


def barred_word(plan: Plan, name: str) -> str | None:
    """The word of a name that the new form may not bear, None where there is none."""
    words = (word for word in plan.name_must_not if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", name, re.IGNORECASE))
    return next(words, None)


def find_conversion(session: Session, slug: str) -> Conversion:
    """The conversion of an address; raises `NotFound`."""
    row = session.scalars(select(Conversion).where(Conversion.slug == slug)).first()
    if row is None:
        raise NotFound
    return row


def conversions(session: Session) -> list[Conversion]:
    """Every conversion, the latest first."""
    return list(session.scalars(select(Conversion).order_by(Conversion.id.desc())))
