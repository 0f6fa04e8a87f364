"""Organizations of the demonstration: a company, an association, joint holders, and a record that was entered twice."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.core import clock
from app.demo.people import Supporter
from app.members.models import Person
from app.members.people.applying import apply
from app.members.people.identifying import propose_identity
from app.members.people.kinds import Capacity, HolderKind
from app.members.people.representing import appoint
from app.members.persons import Address, find_person, known_person, record_particulars

PORTLAND = Address(("412 SE Division Street",), "97202", "Portland", "OR", "US")
LYON = Address(("18 rue de Marseille",), "69007", "Lyon", "", "FR")


def enter_organizations(session: Session, staff: dict[str, Person], people: list[Supporter]) -> None:
    """Enter holders that are no single person, each with those who act for it; needs three supporters at least."""
    acting = [known_person(session, each.email, each.language) for each in people[:3]]
    company = _enter(
        session, staff, "office@rosecity.example", "Rose City Tools LLC", PORTLAND, HolderKind.COMPANY, "OR 1844712-97"
    )
    _act_for(session, staff, acting[0], company, Capacity.OFFICER, "extract of the business registry of Oregon")
    association = _enter(
        session,
        staff,
        "bureau@gazouillis.example",
        "Les Amis du Gazouillis",
        LYON,
        HolderKind.ASSOCIATION,
        "W691098765",
    )
    _act_for(session, staff, acting[1], association, Capacity.OFFICER, "minutes of the general meeting")
    apply(session, association, "Our 212 members have used it since 2009.", by=acting[1].id)
    propose_identity(
        session,
        association,
        "statutes",
        "Préfecture du Rhône",
        seen_on=clock.today(),
        expires_on=None,
        by=staff["organizer"],
        reason="statutes and receipt of the prefecture, seen at the office",
    )
    couple = f"{people[0].legal_name} and {people[2].legal_name}"
    joint = _enter(session, staff, "both@example.org", couple, people[0].address, HolderKind.JOINT_HOLDERS, "")
    for person in (acting[0], acting[2]):
        _act_for(session, staff, person, joint, Capacity.JOINT_HOLDER, "their declaration")
    twice = known_person(session, f"second.{people[1].email}", "en")
    record_particulars(
        session, twice, people[1].legal_name.upper(), people[1].address, valid_from=clock.today(), by=twice.id
    )


def _enter(
    session: Session, staff: dict[str, Person], email: str, name: str, address: Address, kind: HolderKind, number: str
) -> Person:
    assert find_person(session, email) is None, "organizations are entered once"
    holder = known_person(session, email, "en")
    record_particulars(
        session,
        holder,
        name,
        address,
        valid_from=clock.today() - timedelta(days=30),
        by=staff["organizer"].id,
        kind=kind,
        registration_number=number,
    )
    return holder


def _act_for(
    session: Session, staff: dict[str, Person], person: Person, holder: Person, capacity: Capacity, basis: str
) -> None:
    since = clock.today() - timedelta(days=30)
    appoint(session, person, holder, capacity, basis=basis, valid_from=since, by=staff["organizer"].id)
