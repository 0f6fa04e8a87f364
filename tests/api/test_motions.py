"""Motions over the API: listed and read by members, supported once, taken back, refused by name."""

from app.ballots.motions.proposing import put_forward
from app.core.database import transaction
from app.members.apitokens.scopes import Scope
from app.members.persons import find_person
from tests import make
from tests.api.conftest import problem
from tests.ballots.test_motions import free, idea


def test_a_motion_is_read_and_supported_over_the_api(program, database):
    with transaction() as session:
        for name in ("maya", "wei", "ana"):
            make.member(session, f"{name}@example.org", name.title())
        make.person(session, "eve@example.org", "Eve")
        maya = find_person(session, "maya@example.org").id
        thought, number = (idea(session, maya, free(title), title) for title in ("A garden", "A pond"))
        put_forward(session, number, by=maya)
    wei, eve = program("wei@example.org"), program("eve@example.org")
    listed = wei.every("/motions?limit=1")
    assert [(each["motion"], each["state"], each["needed"]) for each in listed] == [
        (number, "gathering support", 1), (thought, "idea", None),
    ]  # fmt: skip
    eve.get("/motions", 404)
    shown = wei.get(f"/motions/{number}").json()
    assert listed[0].items() <= shown.items() and shown["members"][0]["supports"] is False
    support = f"/motions/{number}/support"
    reads = program("wei@example.org", [Scope.BALLOTS_READ])
    assert problem(reads.post(support, {}, 403)) == "ScopeNotGiven"
    assert problem(wei.post(f"/motions/{thought}/support", {}, 409)) == "MotionMoved"
    done = wei.post(support, {}, 201).json()
    assert (done["supporters"], done["state"]) == (1, "threshold reached") and done["members"][0]["supports"]
    assert problem(wei.post(support, {}, 409)) == "SupportedAlready"
    assert problem(wei.post(support, {"member": maya}, 404)) == "NotFound"
    back = wei.post(f"/motions/{number}/support-withdrawal", {}).json()
    assert (back["supporters"], back["state"]) == (0, "threshold reached")
    wei.get("/motions/99", 404)
