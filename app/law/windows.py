"""Windows in time: until when an investor may cancel or reflect, and how early an offer may close."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.core.errors import N_, Refusal
from app.law.decisions import Decision, Reason, compare
from app.law.notices import in_order
from app.law.profiles import Profile
from app.law.values import Value

CANCEL = N_("A purchase may be cancelled until {until}, {hours} hours before the deadline; this is at {at}.")
REFLECT = N_(
    "The offer may be withdrawn freely before {until}, the end of the {days} days of reflection; this is at {at}."
)
OPEN_DAYS = N_("The offer will have been open {open} days; at least {least} are needed.")
NOTICE_DAYS = N_("Investors hear {notice} business days before the earlier closing; at least {least} are needed.")
TARGET = N_("The target must be met before an early closing.")
RECONFIRM = N_("After a material change, investors must confirm again by {until}, or are refunded; this is {at}.")


class MomentsOutOfOrder(Refusal):
    """A later moment comes before an earlier one."""

    message = N_("The moments contradict each other: {earlier} ({earlier_at}) is after {later} ({later_at}).")


def cancellation(profile: Profile, deadline: datetime, at: datetime) -> Decision:
    """Whether a purchase may still be cancelled: until so many hours, of sixty minutes each, before the deadline.

    Answers `ok` and `until` (a moment in the profile's zone).
    """
    value = profile.value("cancel")
    hours = value.whole("until_hours_before_deadline")
    until = deadline.astimezone(UTC) - timedelta(hours=hours)
    return _open_until(at, "<=", until, CANCEL, profile, value, hours=hours)


def reflection(profile: Profile, offered_at: datetime, at: datetime) -> Decision:
    """Whether an offer may still be withdrawn: until the end of the last calendar day of reflection, in the zone.

    The day of the offer does not count, so that nobody gets less than the whole period. Answers `ok` and `until`.
    """
    if at.astimezone(UTC) < offered_at.astimezone(UTC):
        raise MomentsOutOfOrder(earlier="offered_at", earlier_at=offered_at, later="at", later_at=at)
    value = profile.value("reflection")
    days = value.whole("calendar_days")
    zone = ZoneInfo(profile.zone)
    after = offered_at.astimezone(zone).date() + timedelta(days=days + 1)
    until = datetime.combine(after, time(), tzinfo=zone)
    return _open_until(at, "<", until, REFLECT, profile, value, days=days)


def early_closing(
    profile: Profile,
    opened: date,
    notified: date,
    closes: date,
    target_met: bool,
    holidays: Collection[date] = (),
) -> Decision:
    """Whether an offer may close early: open long enough, investors told in time, target met. Answers `ok`."""
    in_order("opened", opened, "notified", notified)
    in_order("notified", notified, "closes", closes)
    value = profile.value("early_close")
    least_open, least_notice = value.whole("min_open_days"), value.whole("notice_business_days")
    open_days, notice = (closes - opened).days, business_days(notified, closes, holidays)
    reasons = (
        compare(("open", open_days), ">=", ("min_open_days", least_open), OPEN_DAYS, least=least_open),
        compare(("notice", notice), ">=", ("notice_business_days", least_notice), NOTICE_DAYS, least=least_notice),
        Reason(target_met, f"target_met is {str(target_met).lower()}", TARGET),
    )
    ok = all(reason.holds for reason in reasons)
    return Decision("", ok, {"ok": ok, "days": open_days, "business_days": notice}, {}, reasons, (value,))


def reconfirmation(profile: Profile, changed: date, at: date, holidays: Collection[date] = ()) -> Decision:
    """Whether an investor may still confirm after a material change. Answers `ok` and `until` (a date)."""
    in_order("changed", changed, "at", at)
    value = profile.value("material_change")
    until = after_business_days(changed, value.whole("reconfirm_business_days"), holidays)
    reason = compare(("at", at), "<=", ("until", until), RECONFIRM, until=until)
    return Decision("", reason.holds, {"ok": reason.holds, "until": until.isoformat()}, {}, (reason,), (value,))


def business_days(after: date, until: date, holidays: Collection[date] = ()) -> int:
    """Weekdays after the first date up to the second, holidays left out."""
    days = (after + timedelta(days=step) for step in range(1, (until - after).days + 1))
    return sum(day.weekday() < 5 and day not in holidays for day in days)


def after_business_days(start: date, count: int, holidays: Collection[date] = ()) -> date:
    """The date so many weekdays after the start, holidays left out."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < 5 and day not in holidays
    return day


def _open_until(
    at: datetime, sign: str, until: datetime, message: str, profile: Profile, value: Value, **places: int
) -> Decision:
    # Compared in UTC: two moments of one zone would be compared by their wall clocks, wrong when clocks change.
    zone = ZoneInfo(profile.zone)
    local = {"at": at.astimezone(zone).isoformat(), "until": until.astimezone(zone).isoformat()}
    reason = compare(("at", at.astimezone(UTC)), sign, ("until", until.astimezone(UTC)), message, **local, **places)
    answers = {"ok": reason.holds, "until": local["until"]}
    return Decision("", reason.holds, answers, {}, (reason,), (value,))
