"""What the desk's page of one record shows."""

from typing import Any

from sqlalchemy.orm import Session

from app.core import clock
from app.core.language import translator
from app.members.entering import current_membership, memberships_of
from app.members.models import Person
from app.members.people.applying import waiting_application
from app.members.people.bequeathing import NATURAL, estate_of
from app.members.people.contacting import ContactKind, contact_on
from app.members.people.duplicating import candidates
from app.members.people.identifying import DOCUMENTS, identity_checked
from app.members.people.kinds import CAPACITY_TITLES, KIND_TITLES, PURPOSE_TITLES
from app.members.people.representing import holder_kind_on, representatives_of, represented_by
from app.members.people.resolving import standing_merge, standing_merges_into
from app.members.people.sealing import private_of
from app.members.people.telling import names_in, timeline
from app.members.persons import address_of, called, name_of, particulars_on
from app.web.countries import country_names


def record_facts(session: Session, person: Person, lang: str, *, may_write: bool) -> dict[str, Any]:
    """Everything about one record; what is sealed only for those who keep the register."""
    today, say, events = clock.today(), translator(lang), timeline(session, person.id)
    known, kind = particulars_on(session, person.id, today), holder_kind_on(session, person.id, today)
    contacts = {each.value: contact_on(session, person.id, each, today) for each in ContactKind}
    merge = standing_merge(session, person.id)
    return {
        "person": person,
        "called": name_of(session, person),
        "may_write": may_write,
        "today": today,
        "known": known,
        "address": address_of(known) if known else None,
        "kind": kind.value,
        "kind_title": KIND_TITLES[kind],
        "kinds": [(each.value, say(title)) for each, title in KIND_TITLES.items()],
        "capacities": CAPACITY_TITLES,
        "capacity_options": [(each.value, say(title)) for each, title in CAPACITY_TITLES.items()],
        "documents": [(name, say(title)) for name, title in DOCUMENTS.items()],
        "purposes": [(each.value, say(title)) for each, title in PURPOSE_TITLES.items()],
        "contacts": {each: contact for each, contact in contacts.items() if contact and contact.value},
        "private": private_of(session, person.id) if may_write else None,
        "member": current_membership(session, person.id),
        "memberships": memberships_of(session, person.id),
        "identity_checked": identity_checked(session, person.id),
        "application": waiting_application(session, person.id),
        "acted_by": [(row, name_of(session, row.person)) for row in representatives_of(session, person.id, today)],
        "acts_for": [(row, name_of(session, row.holder)) for row in represented_by(session, person.id, today)],
        "estate": estate_of(session, person.id),
        "is_natural": kind in NATURAL,
        "merge": merge,
        "merged_into": name_of(session, session.get_one(Person, merge.survivor_id)) if merge else "",
        "absorbed": [
            (each, called(session.get_one(Person, each.absorbed_id)))
            for each in standing_merges_into(session, person.id)
        ],
        "candidates": [] if merge else candidates(session, person.id),
        "events": events,
        "names": names_in(session, events),
        "countries": country_names(lang),
    }
