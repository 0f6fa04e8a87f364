"""Importing pledges that were taken on paper or elsewhere: every line is checked before any of them is made.

An imported pledge is like one of the form: it counts for nothing until the person follows the link in the letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, InvalidInput, Refusal
from app.core.language import LANGUAGES
from app.core.sheets import Column, Line, read_sheet
from app.law.profiles import Profile
from app.members.people.addresses import read_address
from app.members.people.declaring import asks_for_declaration
from app.members.persons import Address
from app.offers.desk.models import ImportedPledge
from app.offers.drafting import find_offer
from app.offers.models import Offer, OfferKind, Pledge, PledgeState
from app.offers.pledging import Wish, make_pledge, refuse_unless_open
from app.offers.pledging.judging import law_of
from app.offers.pledging.questions import asks_questions
from app.web.typed import Form

COLUMNS = (
    Column("external_id", N_("Your own number of the pledge: the same one again is not imported twice."), True),
    Column("legal_name", N_("Name, as on an identity document."), True),
    Column("email", N_("E-mail address, to which the letter goes that asks for confirmation."), True),
    Column("shares", N_("How many shares, a whole number."), True),
    Column("street", N_("Street and house number."), True),
    Column("postal_code", N_("Postal code, where the country has them.")),
    Column("locality", N_("Town."), True),
    Column("region", N_("State, province or region, where the country has them.")),
    Column("country", N_("Country, as two letters, such as FR."), True),
    Column("language", N_("Language of the letters: en or fr; without one, en.")),
)
STANDING = (PledgeState.CONFIRMED, PledgeState.ALLOTTED)


class NothingReadable(Refusal):
    """There is no text."""

    message = N_("Paste the lines of the file, its header first.")
    field = "lines"


class IdTwice(Refusal):
    """The number stands on two lines."""

    message = N_("“{number}” stands on line {line} already.")


class EmailTwice(Refusal):
    """One person, one pledge."""

    message = N_("The same e-mail address stands on line {line} already: one person, one pledge.")


class PledgedBefore(Refusal):
    """The person has a pledge in this offer."""

    message = N_("Somebody with this e-mail address has a pledge in this offer already.")


class Differs(Refusal):
    """The line was imported with other content."""

    message = N_("“{number}” was imported before with other content ({columns}). Use a new number for a new pledge.")


class LawAsksEach(Refusal):
    """The law wants each person to answer for themself."""

    message = N_(
        "The law of this offer ({law}) wants this person to declare or answer something: send them to the form."
    )


class StillWrong(Refusal):
    """Lines with problems cannot be imported."""

    message = N_("Nothing was imported. Lines with problems: {count}.")
    field = "lines"


@dataclass(frozen=True)
class Taken:
    """A line that can become a pledge."""

    number: int
    external_id: str
    legal_name: str
    email: str
    language: str
    address: Address
    shares: int


@dataclass
class Preview:
    """What an import would do: pledges to make, lines imported before, and problems by line and column."""

    new: list[Taken] = field(default_factory=list)
    known: list[Taken] = field(default_factory=list)
    problems: list[tuple[int, str, Refusal | str]] = field(default_factory=list)

    @property
    def shares(self) -> int:
        """How many shares the new pledges are for."""
        return sum(line.shares for line in self.new)


def preview(session: Session, offer: Offer, data: bytes) -> Preview:
    """Check every line of a file as if it were imported, and undo that: what is shown is what would happen."""
    undone = session.begin_nested()
    try:
        return _work_through(session, offer, data, by=None)
    finally:
        undone.rollback()


def import_pledges(session: Session, slug: str, data: bytes, *, by: int | None) -> Preview:
    """Make every pledge of a file that is not made yet and write to its person; refused whole with any problem."""
    offer = find_offer(session, slug)
    refuse_unless_open(offer)
    one_at_a_time(session, f"imported pledges of {offer.id}")
    found = _work_through(session, offer, data, by=by)
    if found.problems:
        raise StillWrong(count=len({line for line, _, _ in found.problems}))
    made, known = len(found.new), len(found.known)
    audit.record(session, audit.Tag.PLEDGES_IMPORTED, f"offer:{offer.id}", by=by, made=made, known=known)
    return found


def _work_through(session: Session, offer: Offer, data: bytes, *, by: int | None) -> Preview:
    if not data.strip():
        raise NothingReadable
    sheet = read_sheet(data, COLUMNS)
    found = Preview(problems=[(1, name, problem) for name, problem in sheet.problems.items()])
    earlier = _imported_before(session, offer, [line.fields["external_id"].strip() for line in sheet.lines])
    pledged = _pledged(session, offer, [line.fields["email"].strip().lower() for line in sheet.lines])
    ids: dict[str, int] = {}
    emails: dict[str, int] = {}
    for line in sheet.lines:
        form = Form(line.fields)
        form.problems.update(line.problems)
        taken = _read(form, line)
        before = earlier.get(taken.external_id)
        _compare(form, taken, ids, emails, before, pledged)
        if not form.problems and before is None:
            _make(session, form, offer, taken, by)
        found.problems += [(line.number, name, problem) for name, problem in form.problems.items()]
        if not form.problems:
            (found.known if before is not None else found.new).append(taken)
    return found


def _read(form: Form, line: Line) -> Taken:
    given = line.fields.get("language", "").strip().lower()
    return Taken(
        number=line.number,
        external_id=form.text("external_id", 80),
        legal_name=form.text("legal_name", 200),
        email=form.email("email").lower(),
        language=form.choice("language", LANGUAGES) if given else LANGUAGES[0],
        address=read_address(form),
        shares=form.whole("shares", min=1),
    )


def _compare(
    form: Form, taken: Taken, ids: dict[str, int], emails: dict[str, int], before: Pledge | None, pledged: set[str]
) -> None:
    """Hold a line against those above it, against its own earlier import, and against the offer's other pledges."""
    if taken.external_id in ids:
        form.refuse("external_id", IdTwice(number=taken.external_id, line=ids[taken.external_id]))
    if taken.email and taken.email in emails:
        form.refuse("email", EmailTwice(line=emails[taken.email]))
    ids.setdefault(taken.external_id, taken.number)
    emails.setdefault(taken.email, taken.number)
    if before is None:
        if taken.email in pledged:
            form.refuse("email", PledgedBefore())
    elif before.legal_name and (names := _differing(taken, before)):  # of an erased one nothing is left to compare
        form.refuse("external_id", Differs(number=taken.external_id, columns=", ".join(names)))


def _differing(taken: Taken, before: Pledge) -> list[str]:
    said = {
        "legal_name": taken.legal_name,
        "email": taken.email,
        "shares": taken.shares,
        "street": list(taken.address.street_lines),
    }
    said |= {name: getattr(taken.address, name) for name in ("postal_code", "locality", "region", "country")}
    kept = {name: getattr(before, "street_lines" if name == "street" else name) for name in said}
    return [name for name in said if said[name] != kept[name]]


def _make(session: Session, form: Form, offer: Offer, taken: Taken, by: int | None) -> None:
    wish = Wish(
        form_key=str(uuid4()),
        terms_id=offer.terms_id,
        email=taken.email,
        language=taken.language,
        legal_name=taken.legal_name,
        address=taken.address,
        shares=taken.shares,
        asks_later=True,
    )
    law = law_of(session, offer.terms)
    if law is not None and offer.terms.kind != OfferKind.INDICATION and _asks(law):
        form.refuse("external_id", LawAsksEach(law=law.title))
        return
    try:
        with session.begin_nested():
            pledge = make_pledge(session, offer.slug, wish)
    except InvalidInput as refusal:
        form.problems.update(refusal.problems)
        return
    except Refusal as refusal:
        form.refuse(refusal.field if refusal.field in {column.name for column in COLUMNS} else "external_id", refusal)
        return
    session.add(
        ImportedPledge(
            pledge_id=pledge.id,
            offer_id=offer.id,
            external_id=taken.external_id,
            imported_at=clock.now(),
            imported_by=by,
        )
    )
    session.flush()


def _asks(law: Profile) -> bool:
    return asks_for_declaration(law) or asks_questions(law, None)


def _imported_before(session: Session, offer: Offer, ids: Sequence[str]) -> dict[str, Pledge]:
    rows = session.execute(
        select(ImportedPledge.external_id, Pledge)
        .join(Pledge, Pledge.id == ImportedPledge.pledge_id)
        .where(ImportedPledge.offer_id == offer.id, ImportedPledge.external_id.in_(ids))
    )
    return {row.external_id: row.Pledge for row in rows}


def _pledged(session: Session, offer: Offer, emails: Sequence[str]) -> set[str]:
    """The addresses among these under which somebody has a pledge that stands."""
    rows = session.scalars(
        select(func.lower(Pledge.email)).where(
            Pledge.offer_id == offer.id, func.lower(Pledge.email).in_(emails), Pledge.state.in_(STANDING)
        )
    )
    return set(rows)
