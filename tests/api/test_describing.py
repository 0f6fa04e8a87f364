"""The description of the API: complete, stable, and the same wherever it is asked for."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.api.access import operations
from app.api.routes import api, openapi
from app.cli import costake
from app.core.database import transaction
from app.main import app
from app.members.apitokens.scopes import DESK, PURPOSES, USED_BY, Scope
from app.members.restricting import restrict
from app.web import rights
from tests import make

OPERATION_IDS = Path(__file__).with_name("operation_ids.txt")


def described():
    for path, item in openapi()["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def test_the_command_line_and_the_server_give_the_same(client):
    printed = CliRunner().invoke(costake, ["openapi"])
    assert printed.exit_code == 0
    document = json.loads(printed.output)
    assert document == client.get("/api/v1/openapi.json").json() == openapi()
    assert document["openapi"].startswith("3.1.")
    assert json.loads(CliRunner().invoke(costake, ["openapi", "--compact"]).output) == document


def test_every_route_of_the_api_is_described():
    paths = {
        (route.method.lower(), route.path) for route in rights.operations(app) if route.path.startswith("/api/v1/")
    }
    assert {(method, path) for method, path, _ in described()} == paths - {("get", "/api/v1/openapi.json")}


def test_names_of_operations_stay_as_programs_know_them():
    named = sorted(f"{operation['operationId']} {method} {path}" for method, path, operation in described())
    assert named == OPERATION_IDS.read_text().splitlines(), "a program out there calls it by its old name"


def test_every_operation_says_who_may_and_what_can_go_wrong():
    needed = {(method.lower(), path): needs for method, path, _, needs in operations(api.routes)}
    for method, path, operation in described():
        assert operation["summary"] and operation["description"], path
        assert operation["tags"][0] in {tag["name"] for tag in openapi()["tags"]}
        needs = needed.get((method, path))
        if needs is None:
            assert operation["security"] == []
            continue
        assert operation["x-scope"] == (needs.scope.value if needs.scope else None)
        assert operation["x-roles"] == [role.value for role in needs.roles]
        assert {"401", "403", "422", "500"} <= operation["responses"].keys()
        keys = [each for each in operation.get("parameters", []) if each["name"] == "Idempotency-Key"]
        assert len(keys) == (method == "post"), path


def test_no_reference_of_the_description_leads_nowhere():
    text = json.dumps(openapi())
    for reference in set(re.findall(r'"\$ref": "#/([^"]+)"', text)):
        place = openapi()
        for step in reference.split("/"):
            place = place[step]
        assert place
    assert "HTTPValidationError" not in text
    assert not re.search(r"\d\.0[,}]", text), "whole limits are whole numbers"


def test_what_programs_send_is_closed():
    schemas = openapi()["components"]["schemas"]
    taken = [schema for name, schema in schemas.items() if name.endswith("Taken")]
    assert len(taken) > 8
    assert all(schema["additionalProperties"] is False for schema in taken)


def test_scopes_have_a_purpose_and_the_roles_of_the_pages():
    assert set(PURPOSES) == set(USED_BY) == set(Scope)
    desk = next(route for route in rights.operations(app) if (route.method, route.path) == ("GET", "/desk/roles"))
    assert desk.roles == {role.value for role in DESK}


@pytest.mark.parametrize("path", ["/api", "/api/v1/openapi.json"])
def test_the_description_is_for_everyone(client, path):
    assert client.get(path).status_code == 200


def test_restricted_persons_are_out_of_sight(program):
    with transaction() as session:
        make.open_offer(session)
        pledge = make.paid_pledge(session)
        make.member(session)
        restrict(session, pledge.person_id)
    auditor = program("auditor")
    people = f"/people/{pledge.person_id}"
    for path in ("/members", "/members/1", "/people", people, "/offers/buy-it/pledges", "/receipts"):
        answer = auditor.get(path).text
        assert "(restricted)" in answer
        for private in ("Whitfield", "maya@", "Adeline", "Whoever paid"):
            assert private not in answer, path
