"""Every operation, asked for by everyone: the answers follow the reviewed list, and a new route needs a line in it."""

import re
from pathlib import Path
from uuid import uuid4

import pytest

from app.members.apitokens.scopes import Scope
from app.members.roles import Role
from app.web.rights import Operation, listed, operations, with_table
from tests.security.conftest import EVERYONE, NOBODY, STRANGER, Browser, House

pytestmark = pytest.mark.long
ROOT = Path(__file__).resolve().parents[2]
REVIEWED = Path(__file__).parent / "rights.txt"
ADVICE = "review it, then write the list anew: costake rights --write"
STAFF = {role.value for role in Role} - {"member"}

# What stands in an address where nothing of anybody's own is meant.
PLACES = {"slug": "buy-it", "token": "guess", "number": "1", "public_id": "unknown", "form": "json"}


def rules() -> dict[tuple[str, str], str]:
    """The reviewed rule of each operation."""
    rows = [re.fullmatch(r"(\S+) +(\S+) \| (.+)", line) for line in REVIEWED.read_text().splitlines()]
    assert all(rows), "each line is: METHOD /path | rule"
    return {(row[1], row[2]): row[3] for row in rows}


def may(rule: str, who: str) -> bool:
    """Whether a rule lets somebody in."""
    people = rule.partition(";")[0]
    if people == "everyone":
        return True
    if people.startswith("signed in"):
        return who != NOBODY
    return who in people.split(", ")


def filled(path: str, values: dict[str, str]) -> str:
    """An address with its places filled."""
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda place: values.get(place[1], PLACES.get(place[1], "1")), path)


def pages(found: list[Operation]) -> list[Operation]:
    """The operations of people with browsers; those of programs have tokens of their own."""
    return [each for each in found if not any("token" in demand.also for demand in each.demands)]


@pytest.fixture
def found(house: House) -> list[Operation]:
    return operations(house.app)


def test_every_operation_has_a_rule_that_somebody_reviewed():
    from app.main import app

    now = set(listed(operations(app)).splitlines())
    reviewed = set(REVIEWED.read_text().splitlines())
    assert sorted(now - reviewed) == [], f"operations without a reviewed rule; {ADVICE}"
    assert sorted(reviewed - now) == [], f"reviewed rules of operations that are gone or changed; {ADVICE}"


def test_nothing_is_open_to_everyone_beyond_the_doorstep():
    """Whoever adds an open operation decides it here once more: a desk's page that is open by mistake is found."""
    outside = ("/desk", "/me", "/pledges", "/holdings", "/documents", "/members", "/register")
    assert [at for at, rule in rules().items() if rule.startswith("everyone") and at[1].startswith(outside)] == []


def test_auditors_change_nothing():
    changes = [at for at, rule in rules().items() if at[0] != "GET" and "auditor" in rule]
    copies = {("POST", "/desk/register/exports"), ("POST", "/api/v1/register/exports")}
    assert set(changes) == copies  # which have a copy made, and change nothing


def test_the_readme_shows_who_may_do_what():
    from app.main import app

    text = (ROOT / "README.md").read_text()
    assert with_table(text, operations(app)) == text, ADVICE


def test_every_request_of_everyone_is_answered_by_its_rule(house, found):
    wrong, reviewed = [], rules()
    for who in EVERYONE:
        browser = house.browser(who)
        for each in pages(found):
            rule = reviewed.get((each.method, each.path), "no rule")
            answer = browser.ask(each.method, filled(each.path, {}))
            if ENDS.search(each.path):
                browser = house.browser(who)
            seen = _seen(answer)
            expected = {"in"} if may(rule, who) else {"asked to sign in"} if who == NOBODY else {"not allowed"}
            if seen not in expected:
                wrong.append(f"{each.method} {each.path} as {who}: {seen} ({answer.status_code}), by rule: {rule}")
    assert not wrong, "\n".join(wrong)


ENDS = re.compile("sign-out|sessions|factor|confirm")  # may end the session in which it is asked


def _seen(answer) -> str:
    if answer.status_code >= 500:
        return "broken"
    place = answer.headers.get("location", "")
    if answer.status_code == 401 or (answer.status_code == 303 and place.startswith("/sign-in?")):
        return "asked to sign in"
    if answer.status_code == 303 and place.startswith(("/me/security/enrol", "/me/security/confirm")):
        return "asked for the second factor"
    if answer.status_code == 403 and "Your role does not allow this" in answer.text:
        return "not allowed"
    return "in"


def test_what_is_somebody_elses_is_as_unknown_as_what_does_not_exist(house, found):
    about_own = [each for each in pages(found) if each.own]
    assert {"/pledges/{public_id}", "/documents/{number}.pdf"} <= {each.path for each in about_own}
    wrong = []
    maya, others = house.browser(Role.MEMBER), {who: house.browser(who) for who in (STRANGER, *sorted(STAFF))}
    for each in about_own:
        start = each.path.partition("{")[0]
        if start not in house.own:
            wrong.append(f"{each.path}: tests/security/conftest.py must make one of Maya's own and one of Wei's")
            continue
        maya.cookies.delete("notice")  # what the last act told is shown on the next page
        foreign = maya.ask(each.method, placed(each.path, house.foreign[start]))
        unknown = maya.ask(each.method, placed(each.path, "99999999"))
        own = maya.ask(each.method, placed(each.path, house.own[start]))
        if (foreign.status_code, _plain(foreign)) != (404, _plain(unknown)):
            told = f"foreign {foreign.status_code}, unknown {unknown.status_code}"
            differing = set(_plain(foreign).splitlines()) ^ set(_plain(unknown).splitlines())
            wrong.append(f"{each.method} {each.path}: {told} {sorted(differing)[:4]}")
        hidden = own.status_code == 404 and NEEDS_PROCESSOR.search(each.path)
        if (own.status_code in (403, 404) and not hidden) or own.status_code >= 500:
            wrong.append(f"{each.method} {each.path}: own {own.status_code}")
        for who, browser in others.items():
            answer = browser.ask(each.method, placed(each.path, house.foreign[start]))
            if answer.status_code != 404:
                wrong.append(f"{each.method} {each.path} as {who}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


# Unknown to everyone where no card processor is configured; tests/payments/cards/test_page.py opens them with one.
NEEDS_PROCESSOR = re.compile(r"^/pledges/\{public_id\}/payment/onward/")


def placed(path: str, value: str) -> str:
    """An address with its first place filled with a value."""
    return filled(re.sub(r"\{\w+(:\w+)?\}", value, path, count=1), {})


def _plain(answer) -> str:
    """The body without what differs from answer to answer: the address itself, and keys of forms."""
    text = re.sub(r'value="[^"]*"', "", answer.text)
    return re.sub(r'(href|action)="[^"]*"', "", text).replace(answer.request.url.path, "")


def test_staff_who_have_not_shown_a_second_factor_are_led_to_it_everywhere(house, found, configure):
    configure(second_factor="required")
    wrong = []
    for each in pages(found):
        for who in sorted((each.roles or frozenset()) - {"member"}):
            seen = _seen(house.browser(who).ask(each.method, filled(each.path, {})))
            if seen != "asked for the second factor":
                wrong.append(f"{each.method} {each.path} as {who}: {seen}")
    assert not wrong, "\n".join(wrong)


@pytest.fixture
def api(house, found) -> list[Operation]:
    return [each for each in found if each.path.startswith("/api/") and each not in pages(found)]


def test_every_operation_of_the_api_is_answered_by_its_rule(house, api):
    assert len(api) > 20
    wrong, reviewed, client = [], rules(), Browser(house.app)
    for who in EVERYONE:
        everything = house.token(who, list(Scope)) if who != NOBODY else None
        nothing = house.token(who, []) if who != NOBODY else None
        for each in api:
            rule, address = reviewed.get((each.method, each.path), "no rule"), filled(each.path, {})
            seen = _api_seen(client, each.method, address, everything)
            expected = "in" if may(rule, who) else "unknown" if who == NOBODY else "not allowed"
            if seen != expected:
                wrong.append(f"{each.method} {each.path} as {who}: {seen}, by rule: {rule}")
            if "token with" in rule and nothing and _api_seen(client, each.method, address, nothing) != "no scope":
                wrong.append(f"{each.method} {each.path} as {who}, token without its scope: let in")
    assert not wrong, "\n".join(wrong)


def test_the_api_tells_nothing_of_what_is_somebody_elses(house, api):
    token, client = house.token("member", list(Scope)), Browser(house.app)
    about_own = {
        "/api/v1/pledges/": "/pledges/",
        "/api/v1/documents/": "/documents/",
        "/api/v1/me/file/": "/me/privacy/file/",
        "/api/v1/transfer-requests/": "/me/shares/transfers/",
        "/api/v1/me/sessions/": "/me/security/sessions/",
        "/api/v1/withdrawals/": "/me/shares/withdrawals/",
        "/api/v1/ballots/buy-it/proxies/": "/ballots/proxies/",
        "/api/v1/delegations/": "/me/delegations/",
        "/api/v1/gifts/": "/solidarity/",
        "/api/v1/fund-requests/": "/solidarity-requests/",
        "/api/v1/ballots/buy-it/receipts/": "/ballots/votes/",
        "/api/v1/ballots/buy-it/proxy-forms/": "/ballots/votes/",
    }
    address = {"street_lines": ["1 A"], "locality": "Lyon", "postal_code": "69001", "country": "FR"}
    bodies = {
        "change": {"shares": 11, "address": address},
        "answer": {"accept": True},
        "votes": {"answers": [{"item": 1, "answer": "for"}]},
        "reconfirmation": {"terms_version": 1},
    }
    wrong = []
    for each in api:
        path = each.path.replace("{slug}", "buy-it")
        start, body = path.partition("{")[0], bodies.get(path.rpartition("/")[2], {"reason": "moved away"})
        if not each.own:
            continue
        assert start in about_own, f"{each.path}: say here what is one's own"
        answers = [
            _ask_api(client, each.method, placed(path, value), token, body)
            for value in (house.foreign[about_own[start]], "99999999", house.own[about_own[start]])
        ]
        statuses = [answer.status_code for answer in answers]
        if statuses[:2] != [404, 404] or answers[0].json() != answers[1].json() or statuses[2] == 404:
            wrong.append(f"{each.method} {each.path}: foreign, unknown and own are {statuses}")
    assert not wrong, "\n".join(wrong)


def test_no_cookie_opens_the_api(house, api):
    browser = house.browser("organizer")
    browser.headers["accept"] = "*/*"
    assert {browser.ask(each.method, filled(each.path, {})).status_code for each in api} <= {401, 415}


def _ask_api(client: Browser, method: str, address: str, token: str | None, body: dict[str, str] | None = None):
    headers = {"accept": "*/*", "idempotency-key": str(uuid4())}
    headers |= {"authorization": f"Bearer {token}"} if token else {}
    return client.request(method, address, headers=headers, **({} if method == "GET" else {"json": body or {}}))


def _api_seen(client: Browser, method: str, address: str, token: str | None) -> str:
    answer = _ask_api(client, method, address, token)
    if answer.status_code >= 500:
        return "broken"
    if answer.status_code == 401:
        return "unknown"
    if answer.status_code == 403:
        return "no scope" if "scope" in answer.json()["detail"] else "not allowed"
    return "in"


def test_a_role_that_ended_opens_nothing_in_a_session_that_lasts(house):
    from app.core.database import transaction
    from app.members.roles import end_role, standing_grants

    browser = house.browser("organizer")
    assert browser.get("/desk").status_code == 200
    with transaction() as session:
        for grant in standing_grants(session):
            end_role(session, grant.id, by=None, reason="ended")
    assert browser.get("/desk").status_code == 403
