"""Days before a meeting: notice in clear days, record-date windows, the age of a proxy; dates of the meeting's zone."""

import calendar
from datetime import date, timedelta

from app.core.errors import N_, Refusal
from app.law.decisions import Decision, Reason, Term, compare
from app.law.profiles import Profile, UnknownValue
from app.law.values import Value

CLEAR = N_("clear days, neither the day of notice nor that of the meeting counted")
FULL = N_("days before the meeting")
NOTICE = N_("{days} days' notice ({counting}); {need} are needed, so the last day to give it is {latest}.")
STRICT = N_("The source does not say how days are counted; clear days, the stricter count, were taken.")
WINDOW = N_("The record date is {days} days before the meeting; it must be {fewest} to {most} days before.")
AFTER_RESOLUTION = N_("The record date must not lie before the resolution that fixes it ({resolution}).")
PROXY_AGE = N_("The proxy of {given} may be used until {until}, unless it provides for longer.")


class DatesOutOfOrder(Refusal):
    """A later event is dated before an earlier one."""

    message = N_("The dates contradict each other: {earlier} ({earlier_date}) is after {later} ({later_date}).")


class WhichNotice(Refusal):
    """The profile knows several periods of notice, and none was named."""

    message = N_("Which notice of {profile}? Give `need` in days, or `kind` as one of: {kinds}.")


def in_order(earlier: str, earlier_date: date, later: str, later_date: date) -> None:
    """Refuse an earlier event that is dated after the later one."""
    if earlier_date > later_date:
        raise DatesOutOfOrder(earlier=earlier, earlier_date=earlier_date, later=later, later_date=later_date)


def days_of_notice(given: date, meeting: date, clear: bool) -> int:
    """Days from notice to meeting; clear days leave out both ends, and are never fewer than none."""
    return max((meeting - given).days - int(clear), 0)


def last_day_of_notice(meeting: date, need: int, clear: bool) -> date:
    """The last day on which so many days' notice can be given, counted back from the meeting."""
    return meeting - timedelta(days=need + int(clear))


def notice(
    profile: Profile, given: date, meeting: date, *, need: int | None = None, kind: str | None = None
) -> Decision:
    """Whether notice is given in time. Answers `pass`, `days` and `latest`.

    `kind` names one of the profile's periods (such as `private`, `public_agm`, `first`); `need` sets the days itself.
    """
    in_order("given", given, "meeting", meeting)
    value = notice_value(profile)
    need = notice_needed(profile, kind) if need is None else need
    clear = value.data.get("clear_days")
    days = days_of_notice(given, meeting, clear is not False)
    latest = last_day_of_notice(meeting, need, clear is not False)
    counting = Term(FULL if clear is False else CLEAR)
    reason = compare(("days", days), ">=", ("need", need), NOTICE, need=need, counting=counting, latest=latest)
    notes = (Reason(True, "clear days taken", STRICT),) if clear is None else ()
    answers = {"pass": reason.holds, "days": days, "latest": latest.isoformat()}
    return Decision("", reason.holds, answers, {}, (reason,), (value,), notes)


def notice_needed(profile: Profile, kind: str | None = None) -> int:
    """Days of notice that the profile asks for, of the named kind when it knows several."""
    data = notice_value(profile).data
    kinds = [key for key, days in data.items() if type(days) is int]
    if kind is None and len(kinds) == 1:
        kind = kinds[0]
    if kind not in kinds:
        raise WhichNotice(profile=profile.id, kinds=", ".join(kinds))
    return int(data[kind])


def notice_value(profile: Profile) -> Value:
    """The profile's value on notice; refuses when it has none in days."""
    for key, value in profile.values.items():
        if key.split(".")[-1] in ("notice_days", "notice"):
            return value
    raise UnknownValue(profile=profile.id, key="notice_days")


def record_date(profile: Profile, record: date, meeting: date, resolution: date | None = None) -> Decision:
    """Whether the record date lies in its window before the meeting. Answers `pass`, `days`, and the window's ends."""
    in_order("record", record, "meeting", meeting)
    value = profile.value("approvals.holders.record_date")
    fewest, most = value.whole("min_before_meeting"), value.whole("max_before_meeting")
    days = (meeting - record).days
    holds = fewest <= days <= most
    comparison = f"{fewest} <= days <= {most}: {fewest} <= {days} <= {most} is {str(holds).lower()}"
    reasons = [Reason(holds, comparison, WINDOW, {"days": days, "fewest": fewest, "most": most})]
    if resolution is not None and value.data.get("not_before_resolution"):
        places = {"resolution": resolution}
        after = compare(("record", record), ">=", ("resolution", resolution), AFTER_RESOLUTION, **places)
        reasons.append(after)
    passes = all(reason.holds for reason in reasons)
    answers = {
        "pass": passes,
        "days": days,
        "earliest": (meeting - timedelta(days=most)).isoformat(),
        "latest": (meeting - timedelta(days=fewest)).isoformat(),
    }
    return Decision("", passes, answers, {}, tuple(reasons), (value,))


def proxy_age(profile: Profile, given: date, used: date) -> Decision:
    """Whether a proxy is still young enough to be used. Answers `ok` and `until`."""
    in_order("given", given, "used", used)
    value = profile.value("approvals.holders.proxies")
    until = added_months(given, 12 * value.whole("max_age_years"))
    reason = compare(("used", used), "<=", ("until", until), PROXY_AGE, given=given, until=until)
    return Decision("", reason.holds, {"ok": reason.holds, "until": until.isoformat()}, {}, (reason,), (value,))


def added_months(start: date, months: int) -> date:
    """The same day so many months later, or the last day of a month that is shorter."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
