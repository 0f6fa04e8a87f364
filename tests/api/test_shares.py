"""Acts on shares over the API: asked for by members, previewed, proposed, approved, and told with their lots."""

from app.core.database import transaction
from tests import make
from tests.api.conftest import problem


def test_a_member_asks_and_the_desk_carries_it_out_over_the_api(program):
    with transaction() as session:
        for name in ("maya", "wei"):
            make.lot(session, make.member(session, f"{name}@example.org", name.title()), 40)
    maya, wei, eve = (program(f"{name}@example.org") for name in ("maya", "wei", "eve"))
    secretary, treasurer, auditor = program("secretary"), program("treasurer"), program("auditor")
    [held] = maya.every("/holdings")
    wanted = {"share_class": held["share_class"], "shares": 10, "recipient": "wei@example.org"}
    euros = maya.post("/transfer-requests", wanted | {"price": {"minor": 100, "currency": "EUR"}}, 422)
    assert [each["name"] for each in euros.json()["errors"]] == ["CurrencyOfShares"]
    eve.post("/transfer-requests", wanted, 404)
    asked = maya.post("/transfer-requests", wanted, 201).json()
    assert (asked["role"], asked["recipient"], asked["agreed_at"]) == ("giver", "Wei", None)
    one = f"/transfer-requests/{asked['id']}"
    assert problem(maya.post(f"{one}/consent", None, 409)) == "ForTheRecipient"
    eve.post(f"{one}/consent", None, 404)
    agreed = wei.post(f"{one}/consent", None).json()
    assert wei.every("/transfer-requests") == [agreed]
    assert (agreed["role"], agreed["agreed_at"] is None) == ("recipient", False)
    queued = maya.post("/withdrawals", {"share_class": "A", "shares": 5}, 201).json()
    assert maya.every("/withdrawals?limit=1") == [queued]
    wei.post(f"/withdrawals/{queued['id']}/end", {"reason": "not mine"}, 404)
    assert maya.post(f"/withdrawals/{queued['id']}/end", {"reason": "kept"}).json()["open_shares"] == 0
    again = maya.post("/transfer-requests", wanted, 201).json()["id"]
    wei.post(f"/transfer-requests/{again}/end", {"reason": "no thanks"})
    assert [each["id"] for each in maya.every("/transfer-requests")] == [asked["id"]]

    kinds = {each["kind"]: each for each in auditor.every("/share-acts/kinds?limit=3")}
    assert {"transfer", "redemption", "reversal"} <= kinds.keys()
    values = {
        "member": 1, "recipient": "2", "class_code": "A", "shares": 10, "way": "gift", "currency": "USD",
        "giver_consent": "asked here", "recipient_consent": "agreed here", "on": make.clock.today().isoformat(),
        "reason": "a gift", "board": "resolution of 3 May", "request": asked["id"],
    }  # fmt: skip
    known = {each["name"] for each in kinds["transfer"]["fields"]}
    act = {"kind": "transfer", "values": {name: value for name, value in values.items() if name in known}}
    for changed, field, name in (
        ({"shares": "10"}, "values.shares", "WrongKind"),
        ({"lots": 1}, "values.lots", "UnknownField"),
        ({"way": "barter"}, "values.way", "NotAChoice"),
        ({"reason": None}, "values.reason", "Missing"),
    ):
        answer = secretary.post("/share-acts/proposals", act | {"values": act["values"] | changed}, 422).json()
        assert [(each["field"], each["name"]) for each in answer["errors"]] == [(field, name)]
    too_many = act | {"values": act["values"] | {"shares": 41}}
    assert problem(secretary.post("/share-acts/previews", too_many, 409)) == "BeyondHolding"
    shown = secretary.post("/share-acts/previews", act).json()["acts"]
    assert [(lot["name"], lot["shares"]) for lot in shown[0]["made"]] == [("Wei", 10), ("Maya", 30)]
    before = len(auditor.every("/share-acts"))
    auditor.post("/share-acts/proposals", act, 403)
    proposal = secretary.post("/share-acts/proposals", act, 201).json()
    treasurer.post(f"/approvals/{proposal['id']}/approval", {"reason": "looked at both consents"})
    done, *earlier = auditor.every("/share-acts?limit=1")
    assert len(earlier) == before
    assert auditor.get(f"/share-acts/{done['id']}").json() == done
    assert [(lot["name"], lot["shares"]) for lot in done["made"]] == [("Wei", 10), ("Maya", 30)]
    assert sorted(lot["shares"] for lot in wei.every("/holdings")) == [10, 40]
    assert maya.every("/transfer-requests") == []
