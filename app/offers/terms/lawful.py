"""What the chosen law says of an offer's terms: what it bars, what it warns of, and what else it asks for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, Refusal
from app.core.money import precision
from app.law.adapting import law_for
from app.law.caps import issuer_cap, prospectus
from app.law.decisions import Decision, Reason, compare
from app.law.limits import withdrawable
from app.law.models import LawAdaptation
from app.law.profiles import Profile, all_profiles
from app.law.showing import as_lines
from app.law.sources import source
from app.law.values import Value
from app.offers.models import Offer, OfferKind, OfferState, OfferTerms, Pledge
from app.offers.terms.reserving import UNDER_WAY
from app.shares.models import Lot

MIN_OPEN = N_("The offer would be open for {days} days; at least {least} are needed.")
NO_CAP = N_("The offer has no cap, but the law limits what may be raised to {limit} {currency}. Set a cap.")
NO_MONEY = N_("Nothing may be sold under this law, only interest be asked for. Make it an indication of interest.")
EARNED = N_("Each buyer is told what intermediaries earn: list it in the terms, or say that none earns anything.")
OTHER_MONEY = N_("The limit of {limit} {currency} is said in another currency than the offer's. Compare them yourself.")
ALSO = (
    "intermediary",
    "issuer_bars",
    "no_subscription_before_qualification",
    "escrow",
    "funds",
    "pledges",
    "transferable",
    "entry_test",
    "warnings",
    "rule",
    "rule206",
)


BESIDE = ("aml", "us-contingency")  # these apply beside the law of an offer, and let nobody offer anything


class UnknownLaw(Refusal):
    """The id is not that of a law on offers."""

    message = N_("“{law}” is not a law on offers that is known here.")
    field = "law"


class Quoted(Refusal):
    """A sentence of a law's decision, said in the reader's language."""

    def __init__(self, message: str, places: Mapping[str, Any]) -> None:
        self.message = message  # type: ignore[misc]  # each sentence is its own message
        super().__init__(**places)


class AgainstLaw(Refusal):
    """An enforced rule bars the terms."""

    message = N_("{law}: {sentence} Source: {sources}.")


class LawWarns(Refusal):
    """A rule that is not sure enough to bar speaks against the terms."""

    message = N_("{law}: {sentence} This is a warning, not a bar: ask counsel. Source: {sources}.")


class NotSeenTo(Refusal):
    """The law asks for more than the form can check, and nobody said that it is done."""

    message = N_("The law asks for more than these terms. Say that it has been seen to.")
    field = "seen_to"


@dataclass(frozen=True)
class Said:
    """What a law says of terms: what bars them, what it warns of, and what it asks beyond the form (title, lines)."""

    bars: list[Refusal]
    warnings: list[Refusal]
    also: list[tuple[str, list[str]]]


def laws_to_choose(session: Session) -> list[tuple[str, str]]:
    """Ids and titles of the laws on offers, with the organization's own copies of them."""
    known = {law.id: law.title for law in all_profiles() if law.kind == "offering" and law.id not in BESIDE}
    own = session.scalars(select(LawAdaptation).where(LawAdaptation.base_id.in_(known)).order_by(LawAdaptation.id))
    copies = [(f"{row.base_id}@{row.id}", f"{known[row.base_id]} (@{row.id})") for row in own]
    return [*known.items(), *copies]


def law_of(session: Session, terms: OfferTerms) -> Profile | None:
    """The law that rules the terms; None where none was chosen."""
    if not terms.law:
        return None
    law = law_for(session, terms.law)
    if law.kind != "offering" or terms.law.partition("@")[0] in BESIDE:
        raise UnknownLaw(law=terms.law[:60])
    return law


def said_by_law(session: Session, terms: OfferTerms) -> Said:
    """What the law that was chosen says of the terms, if the offer opened now."""
    law = law_of(session, terms)
    if law is None:
        return Said([], [], [])
    bars: list[Refusal] = []
    warnings: list[Refusal] = []
    for decision in _decisions(session, terms, law):
        for reason in decision.reasons:
            if not reason.holds:
                facts = {
                    "law": Quoted(law.title, {}),
                    "sentence": Quoted(reason.message, reason.places),
                    "sources": "; ".join(source(id_).ref for id_ in decision.sources),
                }
                (bars if decision.refused else warnings).append((AgainstLaw if decision.refused else LawWarns)(**facts))
    also = [(law.values[key].title, list(as_lines(law.values[key].data))) for key in ALSO if key in law.values]
    return Said(bars, warnings, also)


def refuse_unless_seen_to(session: Session, terms: OfferTerms, seen_to: bool) -> None:
    """Refuse to sell under a law that asks for more than terms, until somebody has said that it is done."""
    if terms.kind == OfferKind.SUBSCRIPTION and not seen_to and said_by_law(session, terms).also:
        raise NotSeenTo


def _decisions(session: Session, terms: OfferTerms, law: Profile) -> Iterator[Decision]:
    sold = terms.kind == OfferKind.SUBSCRIPTION
    if sold and "legend" in law.values:
        yield _decided(law.value("legend"), Reason(False, "kind = subscription", NO_MONEY))
    if sold and "min_open_days" in law.values:
        value = law.value("min_open_days")
        zone = ZoneInfo(law.zone)
        days = (terms.deadline_at.astimezone(zone).date() - clock.today(zone)).days
        least = value.whole()
        yield _decided(value, compare(("days", days), ">=", ("least", least), MIN_OPEN, days=days, least=least))
    if sold and "cap" in law.values:
        yield _within_cap(session, terms, law)
    if sold and "threshold" in law.values:
        value, months = law.value("threshold"), law.value("threshold").whole("months")
        if terms.currency != "EUR":
            yield _incomparable(value, value.whole("eur"), "EUR")
        else:
            yield prospectus(law, _raised(session, terms, months), _most(terms) or _major(terms, terms.target_cents))
    if sold and "confirmation_fields" in law.values:
        reason = Reason(terms.intermediaries is not None, "intermediaries said", EARNED)
        yield _decided(law.value("confirmation_fields"), reason)
    if sold and "max_holding_gbp" in law.values and terms.currency == "GBP":
        yield withdrawable(law, _major(terms, terms.price_cents * terms.person_shares_max))


def _within_cap(session: Session, terms: OfferTerms, law: Profile) -> Decision:
    value = law.value("cap")
    limit, currency = value.whole("max"), str(value.at("currency"))
    if terms.currency != currency:
        return _incomparable(value, limit, currency)
    most = _most(terms)
    if most is None:
        return _decided(value, Reason(False, "no cap", NO_CAP, {"limit": limit, "currency": currency}))
    return issuer_cap(law, _raised(session, terms, value.whole("months")), most)


def _incomparable(value: Value, limit: int, currency: str) -> Decision:
    reason = Reason(False, "currencies differ", OTHER_MONEY, {"limit": limit, "currency": currency})
    return Decision("", None, {}, {}, (reason,), (value,))


def _decided(value: Value, reason: Reason) -> Decision:
    return Decision("", reason.holds, {"ok": reason.holds}, {}, (reason,), (value,))


def _most(terms: OfferTerms) -> Fraction | None:
    return None if terms.cap_cents is None else _major(terms, terms.cap_cents)


def _major(terms: OfferTerms, minor: int) -> Fraction:
    return Fraction(minor, 10 ** precision(terms.currency))


def _raised(session: Session, terms: OfferTerms, months: int) -> Fraction:
    """What other offers under the same law raised in so many months, and may raise while they are under way."""
    base = terms.law.partition("@")[0]
    same = func.split_part(OfferTerms.law, "@", 1) == base
    since = clock.today() - timedelta(days=31 * months)  # a few days too many rather than one too few
    raised = session.execute(
        select(func.coalesce(func.sum(Lot.paid_cents), 0))
        .select_from(Lot)
        .join(Pledge, Lot.source == func.concat("pledge:", Pledge.id))
        .join(Offer, Offer.id == Pledge.offer_id)
        .join(OfferTerms, OfferTerms.id == Offer.terms_id)
        .where(same, Offer.state == OfferState.SUCCEEDED, Lot.allotted_on >= since, Lot.currency == terms.currency)
    ).scalar_one()
    under_way = session.execute(
        select(func.coalesce(func.sum(func.coalesce(OfferTerms.cap_cents, OfferTerms.target_cents)), 0))
        .join(Offer, Offer.terms_id == OfferTerms.id)
        .where(same, Offer.state.in_(UNDER_WAY), Offer.id != terms.offer_id, OfferTerms.currency == terms.currency)
    ).scalar_one()
    return _major(terms, int(raised) + int(under_way))
