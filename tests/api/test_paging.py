"""Paging: each item once and in order, also while new ones arrive; a cursor is one list's own."""

from app.core.database import transaction
from tests import make
from tests.api.conftest import problem


def drafts(*slugs: str) -> None:
    with transaction() as session:
        for slug in slugs:
            make.draft(session, slug)


def test_items_that_arrive_meanwhile_shift_nothing(program):
    auditor = program("auditor")
    drafts("a", "b", "c", "d", "e")
    first = auditor.get("/offers?limit=2").json()
    drafts("f", "g", "h")
    seen = [offer["slug"] for offer in first["items"]] + [offer["slug"] for offer in auditor.every(first["next"])]
    assert seen == ["e", "d", "c", "b", "a"]
    assert [offer["slug"] for offer in auditor.every("/offers?limit=3")] == list("hgfedcba")


def test_the_last_page_is_known_as_the_last(program):
    auditor = program("auditor")
    for count, slug in enumerate(("", "a", "b", "c", "d")):
        if slug:
            drafts(slug)
        listed = auditor.get("/offers?limit=2").json()
        assert len(listed["items"]) == min(count, 2)
        assert (listed["next"] is None) == (count <= 2)
        assert len(auditor.every("/offers?limit=2")) == count


def test_a_cursor_is_of_one_list_only(program):
    auditor = program("auditor")
    drafts("a", "b")
    with transaction() as session:
        make.member(session)
        make.member(session, "wei@example.org")
    cursor = auditor.get("/offers?limit=1").json()["next"].partition("cursor=")[2]
    for path in (f"/members?cursor={cursor}", "/offers?cursor=x", f"/offers?cursor={cursor}x"):
        answer = auditor.get(path, 422)
        assert problem(answer) == "CursorNotValid"
        assert answer.json()["errors"][0]["field"] == "cursor"


def test_a_limit_is_a_number_within_reason(program):
    auditor = program("auditor")
    for limit in ("0", "-1", "201", "x", "1.5", "9" * 400):
        answer = auditor.get(f"/offers?limit={limit}", 422)
        assert [error["field"] for error in answer.json()["errors"]] == ["limit"]


def test_the_register_pages_keep_their_day(program):
    with transaction() as session:
        make.succeeded_offer(session)
    auditor = program("auditor")
    first = auditor.get("/register?limit=1").json()
    assert f"as_of={make.clock.today().isoformat()}" in first["next"]
    assert [line["member_number"] for line in auditor.every("/register?limit=1")] == [1, 2]
    assert auditor.every("/register?as_of=2020-01-01") == []
    answer = auditor.get("/register?as_of=2020-13-01", 422)
    assert answer.json()["errors"][0]["name"] == "NotADay"
