"""What a holding sets off as it grows, by country: from the profiles where they say it, else from general knowledge."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from app.core.errors import N_
from app.law.profiles import profile
from app.law.sources import GENERAL_KNOWLEDGE
from app.law.values import Value
from app.planner.said import Said, said

OVER, FROM = ">", ">="


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a mark sets off in a country: `operator` says whether the mark must be passed or only reached.

    `sources` are ids of the law room; `read` whether one was read; `confidence` (0 to 1) that it is right and current.
    """

    mark: Fraction
    country: str
    operator: str
    sentence: Said
    sources: tuple[str, ...] = (GENERAL_KNOWLEDGE,)
    read: bool = False
    confidence: Decimal = Decimal("0.9")

    def reached(self, stake: Fraction) -> bool:
        """Whether a stake sets it off."""
        return stake > self.mark if self.operator == OVER else stake >= self.mark


def triggers() -> tuple[Trigger, ...]:
    """Everything that is set off: what the profiles hold first, then general knowledge."""
    return (*_of_profiles(), *(_known(*row) for row in _GENERAL))


def _of_profiles() -> tuple[Trigger, ...]:
    """The marks that the profiles hold, each with the profile's own fraction, operator, source and confidence."""
    group, delaware = profile("us-federal-group-rules"), profile("us-de-203")
    schedule, combination = group.value("schedule_13d"), delaware.value("trigger")
    years = delaware.value("moratorium_years").whole()
    return (
        _ruled(schedule, said(GROUP, days=schedule.whole("deadline_business_days"))),
        _ruled(group.value("section_16"), said(INSIDER)),
        _ruled(combination, said(COMBINATION, years=years)),
        _carries("us-de-266", said(CONVERTS)),
        _carries("us-de-251", said(MERGES)),
    )


def _ruled(value: Value, sentence: Said) -> Trigger:
    mark, operator = value.ratio("fraction"), value.at("operator")
    return Trigger(mark, "US", operator, sentence, value.sources, value.read, value.confidence)


def _carries(profile_id: str, sentence: Said) -> Trigger:
    value = profile(profile_id).threshold().value
    assert value is not None, "a profile's threshold knows its value"
    return _ruled(value, sentence)


def _known(percent: int, country: str, operator: str, confidence: str, message: str) -> Trigger:
    return Trigger(Fraction(percent, 100), country, operator, said(message), confidence=Decimal(confidence))


GROUP = N_(
    "Holders who act together are one group: above this it files a Schedule 13D within {days} business days, for all "
    "to see. A promise to vote together makes a group; a pledge to buy does not have to contain one."
)
INSIDER = N_("Section 16: the group’s members report their trades and hand over profits made within six months.")
COMBINATION = N_(
    "DGCL 203: for {years} years no business combination with this holder, unless the board approved first, "
    "the holder reached 85% in one step, or the board and two thirds of the other shares agree."
)
CONVERTS = N_("Above half of all shares a Delaware conversion (DGCL 266) carries, once the board has resolved on it.")
MERGES = N_("Above half of all shares a Delaware merger (DGCL 251) carries, once the board has resolved on it.")

_MEETING_GB = N_("Holders of 5% can call a general meeting and put a resolution to it.")
_REPORTS_GB = N_("A listed company’s holder has by now reported 3, 4 and 5%: each percent counts.")
_REPORTS_FR = N_("A listed company and the AMF are told of each mark passed, from 5% on.")
_AGENDA_FR = N_("Holders of 5%, in larger companies of less, can put draft resolutions on the agenda.")
_REPORTS_DE = N_("A listed company and BaFin are told of 3%, 5% and each further mark (WpHG 33).")
_MEETING_DE = N_("Holders of 5% of the capital can demand a general meeting (AktG 122).")
_MERGER_CONTROL_US = N_(
    "The merger-control exemption for passive investors ends: a single large buyer notifies and waits."
)
_INTENT_FR = N_("A declaration of intent for the next six months is due, again at 15, 20 and 25%.")
_AIMS_DE = N_("Aims and the origin of the money are disclosed within 20 trading days (WpHG 43).")
_SQUEEZE_GB = N_("Holders above 10% keep another bidder from buying out the minority.")
_INTENT_AGAIN_FR = N_("A new declaration of intent is due.")
_FURTHER_DE = N_("A further mark to be notified (WpHG 33).")
_FURTHER_GB = N_("Each further percent of a listed company is reported.")
_BID_GB = N_("Mandatory bid: all other shares must be bid for in cash (Takeover Code, rule 9).")
_BID_FR = N_("Mandatory bid: all other shares of a listed company must be bid for.")
_BID_DE = N_("Mandatory bid: all other shares of a listed company must be bid for (WpÜG 35).")
_BLOCKS_GB = N_("More than a quarter of the votes cast already blocks every special resolution.")
_BLOCKS_DE = N_("More than a quarter of the capital represented already blocks a change of form.")
_BOARD_GB = N_("Half of the votes cast appoints and removes directors, but a conversion needs three quarters.")
_MEETING_FR = N_("Half of the votes cast decides ordinary meetings, but the statutes need two thirds.")
_BOARD_DE = N_(
    "Half of the votes cast elects the holders’ side of the supervisory board; a change of form needs three quarters."
)

# Percent, country, operator, confidence, sentence.
_GENERAL: tuple[tuple[int, str, str, str, str], ...] = (
    (5, "GB", FROM, "0.93", _MEETING_GB),
    (5, "GB", FROM, "0.9", _REPORTS_GB),
    (5, "FR", OVER, "0.93", _REPORTS_FR),
    (5, "FR", FROM, "0.9", _AGENDA_FR),
    (5, "DE", FROM, "0.93", _REPORTS_DE),
    (5, "DE", FROM, "0.95", _MEETING_DE),
    (10, "US", OVER, "0.85", _MERGER_CONTROL_US),
    (10, "FR", OVER, "0.9", _INTENT_FR),
    (10, "DE", FROM, "0.9", _AIMS_DE),
    (10, "GB", OVER, "0.9", _SQUEEZE_GB),
    (15, "FR", OVER, "0.9", _INTENT_AGAIN_FR),
    (15, "DE", FROM, "0.93", _FURTHER_DE),
    (15, "GB", FROM, "0.9", _FURTHER_GB),
    (30, "GB", FROM, "0.95", _BID_GB),
    (30, "FR", OVER, "0.95", _BID_FR),
    (30, "DE", FROM, "0.95", _BID_DE),
    (30, "GB", FROM, "0.97", _BLOCKS_GB),
    (30, "DE", FROM, "0.97", _BLOCKS_DE),
    (50, "GB", OVER, "0.97", _BOARD_GB),
    (50, "FR", OVER, "0.95", _MEETING_FR),
    (50, "DE", OVER, "0.95", _BOARD_DE),
)
