"""What the pages do is done by an operation of the API too, or it is said why not, and the README tells how much."""

from app.api.routes import openapi
from app.main import app
from app.web.rights import operations
from tests.api.covering import NEVER, README, YET, acts, with_table

ALONE = {"askPledgeQuestions"}
"""Operations that prepare another one."""


def test_every_act_of_the_pages_has_an_operation_or_a_reason():
    found = list(acts())
    pages = sorted(each.path for each in operations(app) if each.method == "POST" and not each.path.startswith("/api/"))
    assert sorted(each.path for each in found) == pages, (
        "say in page_acts.txt what does it over the API, or why nothing"
    )
    assert {each.reason for each in found} <= {None, YET, *NEVER}
    known = [(method, each["operationId"]) for item in openapi()["paths"].values() for method, each in item.items()]
    named = {each for act in found for each in act.done_by}
    assert named <= {name for _, name in known}, "page_acts.txt names an operation that is not there"
    acting = {name for method, name in known if method != "get"}
    assert acting <= named | ALONE, "say in page_acts.txt which act of the pages the operation does"


def test_the_readme_says_how_much_of_the_pages_programs_can_do():
    text = README.read_text()
    assert text == with_table(text), "write it anew: python -m tests.api.covering"
