"""The pages of bank details, as their owner, a representative, treasurers and others see them."""

import pytest

from app.core.database import transaction
from app.core.settings import settings
from app.members.people.bank.accounts import Scheme, checked
from app.members.people.bank.recording import bank_account_of, record_bank_account
from app.web import tickets
from tests import make
from tests.security.conftest import TICKET, Browser, portal  # noqa: F401  (a fixture)

IBAN = "DE89 3704 0044 0532 0130 00"
TYPED = {"holder_name": "Maya Whitfield", "scheme": "iban", "number": IBAN}


@pytest.fixture
def people(database, monkeypatch):
    from app.main import app
    from app.members.signing_in import open_session

    monkeypatch.setenv("COSTAKE_LIMITS_TIMES", "1000")
    settings.cache_clear()

    def signed_in(person) -> Browser:
        with transaction() as session:
            return Browser(app, open_session(session, person, second_factor=True))

    yield signed_in
    settings.cache_clear()


def fields(**typed: str) -> dict[str, str]:
    return {tickets.FIELD: tickets._field_for(TICKET), **typed}


def test_the_owner_records_changes_and_removes_them_and_sees_the_last_digits_only(people):
    with transaction() as session:
        maya = make.person(session)
    browser = people(maya)
    assert browser.post("/me/bank", data=fields(**TYPED)).status_code == 303
    seen = browser.get("/me/bank").text
    assert "•••• 3000" in seen
    assert "0532" not in seen
    wrong = browser.post("/me/bank", data=fields(**TYPED | {"number": "DE00 1234"}))
    assert wrong.status_code == 422
    assert "This IBAN is not right" in wrong.text
    assert 'value="DE00 1234"' in wrong.text
    assert browser.post("/me/bank/removal", data=fields()).status_code == 303
    assert "On record" not in browser.get("/me/bank").text


def test_treasurers_see_the_rest_with_a_reason_and_others_do_not_see_the_page(people):
    with transaction() as session:
        maya, treasurer = make.person(session), make.staff(session, "treasurer")
        auditor, secretary = make.staff(session, "auditor"), make.staff(session, "secretary")
        record_bank_account(session, maya, checked(Scheme.IBAN, "Maya", IBAN), by=maya.id)
    place = f"/desk/people/{maya.id}/bank"
    browser = people(treasurer)
    assert "0532" not in browser.get(place).text
    assert browser.post(place, data=fields(reason="")).status_code == 422
    assert IBAN in browser.post(place, data=fields(reason="refund 7")).text
    assert "•••• 3000" in people(auditor).get(place).text
    assert people(auditor).post(place, data=fields(reason="x")).status_code == 403
    assert people(secretary).get(place).status_code == 403


def test_nobody_records_them_for_another(people):
    with transaction() as session:
        maya, wei = make.person(session), make.person(session, "wei@example.org", "Wei Chen")
    assert people(wei).post(f"/me/holders/{maya.id}/bank", data=fields(**TYPED)).status_code == 404
    assert people(wei).get(f"/me/holders/{maya.id}/bank").status_code == 404
    with transaction() as session:
        assert bank_account_of(session, maya.id) is None
