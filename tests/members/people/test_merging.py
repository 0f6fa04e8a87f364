"""Duplicates: found with reasons, merged by two people, undone without a trace on what was there."""

import pytest
from sqlalchemy import select, text

from app.core import clock
from app.core.database import reading, transaction
from app.members.apitokens.issuing import Wanted, issue_token
from app.members.apitokens.scopes import Scope
from app.members.apitokens.using import TokenNotValid, standing_token
from app.members.approvals.approving import OwnProposal, ProposedAlready, decide, known_acts
from app.members.approvals.saying import in_words
from app.members.entering import current_membership, enter_member
from app.members.models import Person
from app.members.people.contacting import ContactKind, record_contact
from app.members.people.duplicating import all_candidates, candidates
from app.members.people.kinds import HolderKind
from app.members.people.likeness import Reason
from app.members.people.merging import (
    BothMembers,
    HoldsRoles,
    KindsDiffer,
    MergedAlready,
    NotMerged,
    OneRecord,
    propose_merge,
    propose_unmerge,
)
from app.members.people.models import PersonMerge
from app.members.people.naming import names_of
from app.members.people.resolving import canonical_person, same_people, same_person
from app.members.people.sealing import Private, record_private
from app.members.persons import find_person, name_of, particulars_on, record_particulars
from app.members.roles import grant_role
from app.members.signin.models import Passkey
from app.members.signing_in import open_session
from tests import make
from tests.races import overlapping


def two_people(session) -> tuple[Person, Person]:
    return make.staff(session, "organizer"), make.staff(session, "secretary")


def merge(session, survivor: Person, absorbed: Person) -> PersonMerge:
    one, other = (session.get_one(Person, each) for each in (1, 2))
    proposal = propose_merge(session, survivor.id, absorbed.id, by=one, reason="same passport")
    decide(session, proposal.id, approve=True, by=other, reason="seen too")
    return session.query(PersonMerge).order_by(PersonMerge.id.desc()).first()


def unmerge(session, merge_id: int) -> None:
    one, other = (session.get_one(Person, each) for each in (1, 2))
    proposal = propose_unmerge(session, merge_id, by=other, reason="two people after all")
    decide(session, proposal.id, approve=True, by=one, reason="agreed")


def state(session) -> dict[str, list]:
    """Everything that is kept of people, apart from merges and what notes them."""
    tables = ("person", "particulars", "membership", "membership_end", "contact", "person_private", "person_key")
    return {table: session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2")).all() for table in tables}


def seen(session, person: Person) -> tuple:
    known = particulars_on(session, person.id, clock.today())
    return (
        name_of(session, person),
        known.locality,
        current_membership(session, person.id),
        find_person(session, person.email),
    )


def test_a_merge_leads_every_reading_to_the_survivor_and_its_undoing_restores_all_exactly(database):
    with transaction() as session:
        two_people(session)
        member = make.member(session)
        maya, again = member.person, make.person(session, "m.whitfield@example.org", "Maya Whitfield-Garnier")
        record_particulars(session, again, "Maya Garnier", make.LYON, valid_from=clock.today(), by=None)
    with transaction() as session:
        before, views = state(session), [seen(session, each) for each in (maya, again)]
        made = merge(session, again, maya)
    with transaction() as session:
        assert canonical_person(session, maya.id).id == again.id
        assert find_person(session, "maya@example.org").id == again.id  # both addresses sign in as the survivor
        assert current_membership(session, again.id).number == member.number
        assert name_of(session, again) == name_of(session, maya) == "Maya Garnier"
        people = session.scalars(select(Person)).all()
        assert names_of(session, (each.id for each in people)) == {each.id: name_of(session, each) for each in people}
        assert set(session.scalars(same_person(maya.id))) == {maya.id, again.id}
        assert same_people(session, [1, maya.id]) == {1: {1}, maya.id: {maya.id, again.id}}
        same = enter_member(session, again, on=clock.today(), basis="subscription", by=None)
        assert same.number == member.number  # no second number for one person
        assert state(session) == before
        unmerge(session, made.id)
    with transaction() as session:
        assert state(session) == before
        after = [seen(session, session.get_one(Person, each.id)) for each in (maya, again)]
        assert [(*row[:2], row[2] and row[2].number, row[3].id) for row in after] == [
            (*row[:2], row[2] and row[2].number, row[3].id) for row in views
        ]
        with pytest.raises(NotMerged):
            propose_unmerge(session, made.id, by=session.get_one(Person, 1), reason="again")


def test_merges_in_a_row_lead_to_the_last_and_each_can_be_undone_alone(database):
    with transaction() as session:
        two_people(session)
        a, b, c = (make.person(session, f"{name}@example.org") for name in "abc")
        first, second = merge(session, b, a), merge(session, c, b)
        assert {canonical_person(session, each.id).id for each in (a, b, c)} == {c.id}
        assert set(session.scalars(same_person(b.id))) == {a.id, b.id, c.id}
        with pytest.raises(MergedAlready):
            propose_merge(session, a.id, c.id, by=session.get_one(Person, 1), reason="a circle")
        unmerge(session, first.id)
        assert [canonical_person(session, each.id).id for each in (a, b, c)] == [a.id, c.id, c.id]
        unmerge(session, second.id)
        assert canonical_person(session, b.id).id == b.id


def test_what_cannot_be_merged_is_refused_and_says_what_to_do(database):
    with transaction() as session:
        organizer, _ = two_people(session)
        maya, wei = make.member(session).person, make.member(session, "wei@example.org", "Wei Chan").person
        with pytest.raises(BothMembers) as refused:
            propose_merge(session, maya.id, wei.id, by=organizer, reason="looks alike")
        assert "1 and 2" in refused.value.text() and "end one of the memberships first" in refused.value.text()
        company = make.person(session, "office@example.org", "Whitfield Ltd")
        record_particulars(
            session, company, "Whitfield Ltd", make.OAKLAND, valid_from=clock.today(), by=None, kind=HolderKind.COMPANY
        )
        with pytest.raises(KindsDiffer):
            propose_merge(session, maya.id, company.id, by=organizer, reason="hers")
        with pytest.raises(OneRecord):
            propose_merge(session, maya.id, maya.id, by=organizer, reason="x")
        teller = make.person(session, "teller@example.org")
        grant_role(session, teller, "teller", by=None, reason="elected")
        with pytest.raises(HoldsRoles):
            propose_merge(session, maya.id, teller.id, by=organizer, reason="x")


def test_one_person_alone_merges_nobody_and_two_proposals_do_not_pile_up(database):
    with transaction() as session:
        organizer, secretary = two_people(session)
        a, b = make.person(session, "a@example.org"), make.person(session, "b@example.org")
        record_particulars(session, b, "Maya W.", make.LYON, valid_from=clock.today(), by=None)
        proposal = propose_merge(session, a.id, b.id, by=organizer, reason="same passport")
        said = dict(in_words(session, known_acts()[proposal.act].values, proposal.payload, "en"))
        assert said["Name and address of both from then on"].startswith("Maya W., ")  # the later of both
        with pytest.raises(OwnProposal):
            decide(session, proposal.id, approve=True, by=organizer, reason="me again")
        with pytest.raises(ProposedAlready):
            propose_merge(session, a.id, b.id, by=secretary, reason="same passport")
        assert canonical_person(session, b.id).id == b.id


def test_a_membership_that_begins_while_the_merge_waits_stops_it(database):
    with transaction() as session:
        organizer, secretary = two_people(session)
        a, b = make.member(session, "a@example.org").person, make.person(session, "b@example.org")
        proposal = propose_merge(session, a.id, b.id, by=organizer, reason="same passport")

    def admit(session):
        return enter_member(session, session.get_one(Person, b.id), on=clock.today(), basis="admission", by=None).number

    def approve(session):
        decide(session, proposal.id, approve=True, by=session.get_one(Person, secretary.id), reason="seen")

    number, refused = overlapping(admit, approve)
    assert number == 2 and isinstance(refused, BothMembers)


def test_sessions_of_the_absorbed_end_and_after_undoing_those_of_the_survivor(database):
    with transaction() as session:
        two_people(session)
        a, b = make.person(session, "a@example.org"), make.person(session, "b@example.org")
        open_session(session, b)
        made = merge(session, a, b)
        open_session(session, a)
    standing = text("SELECT person_id FROM signed_in WHERE ended_at IS NULL")
    with transaction() as session:
        assert session.scalars(standing).all() == [a.id]
        unmerge(session, made.id)
        assert session.scalars(standing).all() == []


def test_duplicates_are_found_by_name_address_birth_date_and_mailbox_and_others_are_not(database):
    from datetime import date

    with transaction() as session:
        maya = make.person(session)
        record_private(session, maya, Private(date(1990, 5, 1), "US-1"), by=None)
        record_contact(session, maya, ContactKind.PHONE, "+15105550100", (), valid_from=clock.today(), by=None)
        twice = make.person(session, "m@example.net", "WHITFIELD Máya")
        born = make.person(session, "maya.w@example.net", "Maya Whitfield")
        record_particulars(session, born, "Maya Whitfield", make.LYON, valid_from=clock.today(), by=None)
        record_private(session, born, Private(date(1990, 5, 1), ""), by=None)
        daughter = make.person(session, "young@example.org", "Maya Whitfield")
        record_private(session, daughter, Private(date(2001, 1, 1), ""), by=None)
        make.person(session, "omar@example.org", "Omar Haddad")
        namesake = make.person(session, "far@example.org", "Maya Whitfield")
        record_particulars(session, namesake, "Maya Whitfield", make.LYON, valid_from=clock.today(), by=None)
    with reading() as session:
        found = {each.other.id: set(each.likeness.reasons) for each in candidates(session, maya.id)}
        assert found == {
            twice.id: {Reason.SAME_NAME, Reason.SAME_ADDRESS},
            born.id: {Reason.SAME_NAME, Reason.SAME_BIRTH_DATE},
        }
        pairs = {(each.person.id, each.other.id) for each in all_candidates(session)}
        assert {(maya.id, twice.id), (maya.id, born.id)} <= pairs
        assert not any(daughter.id in pair and maya.id in pair for pair in pairs)


def test_two_pledges_in_one_offer_are_warned_of_before_records_are_merged(database):
    from app.members.approvals.approving import undecided
    from app.offers import doubling  # noqa: F401  (warns of them)

    with transaction() as session:
        organizer, _ = two_people(session)
        make.open_offer(session)
        first = make.pledge(session, email="maya@example.org", shares=10).person
        second = make.pledge(session, email="maya.w@example.org", shares=10).person
        other = make.person(session, "maya.third@example.org", "Maya Whitfield")
        pairs = {(each.person.id, each.other.id): each.pledged_twice for each in all_candidates(session)}
        assert pairs[first.id, second.id] == ["Buy the platform (/desk/offers/buy-it)"]
        assert pairs[first.id, other.id] == []
        propose_merge(session, first.id, second.id, by=organizer, reason="one person")
        assert undecided(session)[0].payload["pledged_twice"] == ["Buy the platform (/desk/offers/buy-it)"]


def key(session, person: Person, at: int) -> str:
    wanted = Wanted(f"key-{at}", "a program", [Scope.PLEDGES_READ], 300)
    return issue_token(session, person, wanted, roles=frozenset(), by=None)[1]


def passkey(session, person: Person, at: int) -> Passkey:
    row = Passkey(
        person_id=person.id, user_handle=b"x", credential_id=bytes([at]), public_key=b"x", sign_count=0, name="a phone",
        added_at=clock.now(), used_at=None, removed_at=None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def test_what_the_other_has_made_as_the_survivor_opens_nothing_once_the_merge_is_undone(database):
    with transaction() as session:
        two_people(session)
        ann, bea = make.person(session, "ann@example.org", "Ann"), make.person(session, "bea@example.org", "Bea")
        own, absorbed, phone = key(session, ann, 1), key(session, bea, 2), passkey(session, ann, 1).id
    with transaction() as session:
        made = merge(session, ann, bea).id
        with pytest.raises(TokenNotValid):  # it would have gone on for a record that nobody is any more
            standing_token(session, absorbed)
        later, taken = key(session, ann, 3), passkey(session, ann, 2).id
    with transaction() as session:
        unmerge(session, made)
    with transaction() as session:
        assert standing_token(session, own).person_id == ann.id
        with pytest.raises(TokenNotValid):
            standing_token(session, later)
        assert session.get_one(Passkey, phone).removed_at is None
        assert session.get_one(Passkey, taken).removed_at is not None
