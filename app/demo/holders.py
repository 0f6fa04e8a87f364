"""Pledges of the demonstration that are not simply one's own: a company, a gift, a child, a group, and in parts."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import tokens
from app.demo.people import Supporter
from app.members.people.kinds import HolderKind
from app.members.persons import Address
from app.offers.models import Offer, Pledge
from app.offers.pledging import PURPOSE, Holding, Wish, confirm_pledge, make_pledge
from app.offers.pledging.statements import RECORDS, RISKS, TERMS

_OFFICE = Address(("77 Franklin Street", "Suite 400"), "02110", "Boston", "MA", "US")
_WISHES: tuple[tuple[int, int, Holding], ...] = (
    (
        100,
        1,
        Holding(
            HolderKind.COMPANY,
            name="Harbor Light Books LLC",
            registration_number="MA 001482095",
            acts_as="manager",
            address=_OFFICE,
        ),
    ),
    (10, 1, Holding(is_gift=True, name="Ana Lucía Ferreira", address=_OFFICE)),
    (20, 5, Holding(HolderKind.MINOR, name="Theo Nakamura", born_on=date(2016, 10, 14))),
    (50, 5, Holding(HolderKind.NOMINEE, name="Reading group of Boston")),
    (100, 6, Holding()),
)
"""Shares, payments, and who will hold."""


def pledge_for_others(session: Session, slug: str, people: list[Supporter]) -> list[Pledge]:
    """Pledge as those do who buy for others or pay in parts; needs as many supporters as there are such wishes."""
    terms_id = session.scalars(select(Offer.terms_id).where(Offer.slug == slug)).one()
    found = []
    for person, (shares, parts, holding) in zip(people, _WISHES, strict=False):
        wish = Wish(
            f"demo:{slug}:{person.email}:others",
            terms_id,
            person.email,
            person.language,
            person.legal_name,
            person.address,
            shares,
            instalments=parts,
            holding=holding,
            agreed=(RISKS, TERMS, RECORDS),
        )
        made = make_pledge(session, slug, wish)
        found.append(confirm_pledge(session, tokens.seal(PURPOSE, made.id)))
    return found
