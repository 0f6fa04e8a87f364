"""Documents at the desk over the API: corrected, issued anew from the register, and laid before those who sign."""

from base64 import b64encode

from app.core.database import transaction
from app.documents.filing import file_certificate, file_document
from app.documents.kinds import kind_of
from app.members.persons import record_particulars
from tests import make
from tests.api.conftest import problem
from tests.core.files import pdf as a_pdf
from tests.documents.samples import sample
from tests.documents.test_correcting import DECISION


def test_the_secretary_s_program_corrects_documents_and_issues_certificates_anew(program):
    with transaction() as session:
        lot = make.lot(session, make.member(session))
        certificate = file_certificate(session, lot.id).number
        maya = make.person(session)
        decision = file_document(session, "erasure-decision", "request:1", maya, DECISION).number
    secretary, treasurer, maya = program("secretary"), program("treasurer"), program("maya@example.org")
    one = f"/filed-documents/{decision}"
    told = secretary.get(one).json()
    assert {"name": "reason", "type": "text", "value": "asket for", "mandatory": True} in told["correctable"]
    treasurer.get(one, 404)
    right = {"facts": {"reason": "asked for"}, "reason": "a slip"}
    treasurer.post(f"{one}/correction", right, 403)
    wrong = secretary.post(f"{one}/correction", right | {"facts": {"reason": "", "erased": "all"}}, 422).json()
    assert {(each["field"], each["name"]) for each in wrong["errors"]} == {
        ("facts.reason", "Missing"),
        ("facts.erased", "NotCorrectable"),
    }
    assert problem(secretary.post(f"{one}/correction", right | {"facts": {"reason": "asket for"}}, 422)) == (
        "NothingChanged"
    )
    later = secretary.post(f"{one}/correction", right, 201, key="once").json()
    assert secretary.post(f"{one}/correction", right, 201, key="once").json() == later
    assert [each["number"] for each in later["versions"]] == [decision, later["number"]]
    assert problem(secretary.post(f"{one}/correction", right, 409)) == "ReplacedAlready"

    assert problem(secretary.post(f"{one}/reissue", {"reason": "x"}, 409)) == "NoCertificate"
    one = f"/filed-documents/{certificate}"
    assert problem(secretary.post(f"{one}/correction", right, 409)) == "OfTheRegister"
    with transaction() as session:
        holder = make.person(session)
        record_particulars(session, holder, "Maya W. Whitfield", make.OAKLAND, valid_from=lot.allotted_on, by=None)
    again = secretary.post(f"{one}/reissue", {"reason": "the name was wrong"}, 201).json()
    [held] = maya.every("/holdings")
    assert (held["document"], [each["number"] for each in again["versions"]]) == (
        again["number"],
        [certificate, again["number"]],
    )

    old, new = (secretary.get(f"/filed-documents/{number}").json()["code"] for number in (certificate, again["number"]))
    assert maya.get(f"/verifications/{new.lower()}").json()["holds"]
    replaced = maya.get(f"/verifications/{old}").json()
    assert (replaced["holds"], replaced["replaced_by_version"], "Whitfield" in str(replaced)) == (False, 2, False)
    assert problem(maya.get("/verifications/nothing", 404)) == "UnknownCode"
    pdf = secretary.get(f"/filed-documents/{again['number']}/pdf").content

    def verified(content: bytes, status: int = 200):
        return maya.post("/verifications", {"file": b64encode(content).decode()}, status).json()

    genuine, altered, strange = verified(pdf), verified(pdf + b"\n"), verified(a_pdf())
    assert (genuine["outcome"], genuine["holds"], genuine["document"]["code"]) == ("genuine", True, new)
    assert (altered["outcome"], altered["holds"], altered["document"]["code"]) == ("altered", False, new)
    assert (strange["outcome"], strange["document"], strange["seal"]) == ("unknown", None, None)
    assert verified(b"hello", 422)["errors"][0]["field"] == "file"
    maya.post("/verifications", {"file": "*"}, 422)


def test_people_are_asked_to_sign_at_the_places_that_a_document_has(program):
    known = {field.name for field in kind_of("minutes").fields}
    facts = {name: value for name, value in sample("minutes").items() if name in known}
    facts["signatories"] = [{"name": "Amara Okafor", "capacity": "chair"}]
    with transaction() as session:
        make.person(session, "amara@example.org", "Amara Okafor")
        number = file_document(session, "minutes", "meeting:1", None, facts, language="en").number
    secretary, place = program("secretary"), f"/filed-documents/{number}/signatories"
    amara = {"place": 0, "email": "amara@example.org"}
    wrong = secretary.post(place, {"signatories": [amara, amara | {"place": 3}, amara]}, 422).json()
    assert [each["field"] for each in wrong["errors"]] == ["signatories.1.place", "signatories.2.place"]
    asked = secretary.post(place, {"signatories": [amara]}, 201).json()
    assert asked["signatories"] == [
        {"place": 0, "name": "Amara Okafor", "capacity": "chair", "asked": True, "signed_at": None}
    ]
    assert problem(secretary.post(place, {"signatories": [amara]}, 409)) == "AskedAlready"
    assert [each["number"] for each in program("amara@example.org").every("/documents")] == [number]
