"""The pledge form over HTTP: three steps, what is typed is kept, and what is wrong is said at its field."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from app.core import clock
from app.core.database import reading, transaction
from app.letters.composing import text_of
from app.letters.models import Letter
from app.offers.models import OfferKind, Pledge
from app.offers.pledging.models import EntryTest, PledgeConsent, PledgePrivate, ShownText
from tests import make
from tests.journeys.conftest import address, visitor, work  # noqa: F401  (fixtures)

FORM = "/offers/buy-it/pledge"
WHO = {
    "legal_name": "Maya Whitfield",
    "email": "maya@example.org",
    "street": "12 Pearl Street",
    "postal_code": "80302",
    "locality": "Boulder",
    "region": "CO",
    "country": "US",
}
AGREED = {"understood": "yes", "electronic": "yes"}


def offer(**changed) -> None:
    with transaction() as session:
        make.open_offer(session, **changed)


def pledges() -> list[Pledge]:
    with reading() as session:
        return list(session.scalars(select(Pledge).order_by(Pledge.id)))


def test_three_steps_lead_to_one_pledge_and_keep_what_was_typed(visitor):  # noqa: F811
    offer(instalments_max=10, deadline_at=clock.now() + timedelta(days=400))
    maya = visitor().get(FORM).sees("How many shares?", "1 How many", "In 10 payments of $230.00, from")
    maya.fill_in(FORM, shares="100", instalments="10").sees("Who will hold the shares?")
    maya.fill_in(FORM, **WHO).sees("Is this right?", "$2,300.00", "$230.00", "Your payments")
    maya.fill_in(FORM, to="2")
    assert 'value="Boulder"' in maya.answer.text
    maya.fill_in(FORM, to="1")
    assert 'value="100"' in maya.answer.text
    maya.fill_in(FORM, shares="50").fill_in(FORM, locality="Denver").sees("$1,150.00", "Denver")
    assert pledges() == []
    maya.fill_in(FORM, 422).sees("Please tick this box to go on.")
    maya.fill_in(FORM, **AGREED).sees("Look into your mail").send_again()
    (made,) = pledges()
    assert (made.shares, made.instalments, made.locality, made.pay_by) == (50, 10, "Denver", "bank transfer")


@pytest.mark.parametrize(
    ("step", "changed", "said"),
    [
        (1, {"shares": "9"}, "The minimum is 10 shares per person."),
        (1, {"shares": "101"}, "The maximum is 100 shares per person."),
        (1, {"shares": "ten"}, "is not a whole number"),
        (1, {"amount": "2310"}, "is not a whole number of shares of $23.00. $2,300.00 or $2,323.00 would be."),
        (1, {"shares": "50", "amount": "2000"}, "50 shares cost $1,150.00, not $2,000.00."),
        (1, {"amount": "free", "shares": ""}, "is not an amount in USD"),
        (1, {"pay_by": "card"}, "cannot be paid in this way"),
        (2, {"country": "KP"}, "not open to people and organizations in this country"),
        (2, {"country": ""}, "Please fill in this field."),
        (2, {"country": "ZZ"}, "Please choose one of the options."),
        (2, {"legal_name": "x" * 500}, "This is 500 characters long."),
        (2, {"telephone": "12"}, "is not a telephone number"),
        (2, {"holder_as": "company"}, "Please fill in this field."),
        (2, {"country": "IC"}, "Please choose one of the options."),
        (2, {"holder_as": "joint", "others": "Wei Chen\nmaya  whitfield"}, "maya whitfield is named twice."),
        (2, {"holder_as": "joint", "others": "Wei Chen\nWEI CHEN"}, "is named twice."),
        (2, {"holder_as": "minor", "holder_name": "Kim", "born_on": "2099-01-01"}, "January 1, 2099 is still to come."),
        (2, {"holder_as": "joint"}, "Write the names of the other holders"),
        (2, {"holder_as": "joint", "others": "\n".join("abcdefghij")}, "At most 10 people hold shares jointly."),
        (2, {"holder_as": "minor", "holder_name": "Ada", "born_on": "2001-01-01"}, "is of age"),
        (2, {"holder_as": "gift", "holder_name": "Ana", "holder_country": "KP"}, "not open to people"),
        (3, {"understood": ""}, "Please tick this box"),
        (3, {"electronic": ""}, "Please tick this box"),
        (3, {"form_key": "1"}, "This form is damaged."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_step_and_nothing_is_recorded(visitor, step, changed, said):  # noqa: F811
    offer(closed_countries=("KP",))
    maya = visitor().get(FORM)
    for number, values in enumerate([{}, WHO, AGREED], 1):
        wrong = number == step
        maya.fill_in(FORM, 422 if wrong else 200, **(values | changed if wrong else values))
        if wrong:
            break
    maya.sees(said)
    assert 'aria-invalid="true"' in maya.answer.text or "form_key" in changed
    for name in ("legal_name", "locality"):
        if step == 2 and name not in changed:
            assert f'value="{WHO[name]}"' in maya.answer.text
    assert pledges() == []


def test_more_payments_than_fall_due_in_time_are_refused(visitor):  # noqa: F811
    offer(instalments_max=3, deadline_at=clock.now() + timedelta(days=100))
    visitor().get(FORM).fill_in(FORM, 422, instalments="10").sees("At most 3 payments are possible now.")


@pytest.mark.parametrize("name", ["محمد الأحمد", "Zoë 🦊 Fuchs", "王小明", "O'Brien-Śmigły"])
def test_names_of_every_script_are_kept_as_typed(visitor, name):  # noqa: F811
    offer()
    maya = visitor().get(FORM).fill_in(FORM).fill_in(FORM, **WHO | {"legal_name": name}).sees(name)
    maya.fill_in(FORM, **AGREED)
    assert pledges()[0].legal_name == name


def test_an_amount_alone_buys_its_shares_and_both_are_shown(visitor):  # noqa: F811
    offer()
    maya = visitor().get(FORM).fill_in(FORM, amount="1,150.00").fill_in(FORM, **WHO).sees("Shares 50", "$1,150.00")
    maya.fill_in(FORM, to="1")
    assert 'value="50"' in maya.answer.text
    assert 'value="1150.00"' in maya.answer.text


def test_amounts_are_shown_and_typed_as_the_language_writes_them(visitor):  # noqa: F811
    offer()
    maya = visitor(language="fr").get(FORM)
    maya.fill_in(FORM, amount="460,00 $US").fill_in(FORM, to="1", **WHO)
    assert 'value="460,00"' in maya.answer.text
    maya.fill_in(FORM, shares="100", amount="460,00").fill_in(FORM, to="1", **WHO)
    assert 'value="2\u202f300,00"' in maya.answer.text
    visitor().get(FORM).fill_in(FORM, amount="$460").sees("Who will hold the shares?")
    visitor().get(FORM).fill_in(FORM, 422, amount="€460").sees("is not an amount in USD")


def test_what_was_agreed_is_kept_word_for_word_in_both_languages(visitor):  # noqa: F811
    offer(warnings=("The company has never made a profit.",))
    visitor("fr").get(FORM).fill_in(FORM).fill_in(FORM, **WHO).fill_in(FORM, **AGREED)
    with reading() as session:
        rows = session.execute(
            select(PledgeConsent.what, PledgeConsent.language, ShownText.body)
            .join(ShownText, ShownText.sha256 == PledgeConsent.text_sha256)
            .order_by(PledgeConsent.id)
        ).all()
    assert [(what, language) for what, language, _ in rows] == [
        (what, language) for what in ("risks", "terms", "electronic-records") for language in ("fr", "en")
    ]
    bodies = {(what, language): body for what, language, body in rows}
    assert "never made a profit" in bodies["risks", "fr"]
    assert "You promise nothing about how you will vote." in bodies["risks", "en"]


def test_the_law_s_limit_by_what_is_declared_is_shown_and_enforced(visitor):  # noqa: F811
    offer(law="us-regcf", person_shares_max=1_000, cap_cents=100_000 * 23_00)
    maya = visitor().get(FORM).fill_in(FORM, shares="200")
    maya.fill_in(FORM, 422, **WHO).sees("lets you buy for at most $2,500.00", "108 shares")
    maya.fill_in(FORM, shares="200").fill_in(FORM, 422, **WHO | {"income": "90000"}).sees("Please fill in this field.")
    means = {"income": "90,000", "net_worth": "100,000", "bought_12m": "0"}
    maya.fill_in(FORM, **WHO | means).sees("Your limit by law $5,000.00", "Cancellation until")
    maya.fill_in(FORM, **AGREED)
    with reading() as session:
        assert session.scalar(select(func.count(PledgePrivate.pledge_id))) == 1
        (kept,) = session.execute(text("SELECT answers FROM pledge_private")).scalars()
    assert b"income" not in bytes(kept)


def test_a_large_amount_needs_consent_and_wrong_answers_a_warning(visitor):  # noqa: F811
    offer(law="eu-ecsp", currency="EUR", code="E", cap_cents=100_000 * 23_00)
    right = {"test_lose": "yes", "test_sell": "no", "test_guarantee": "no", "test_dividend": "no"}
    maya = visitor().get(FORM).fill_in(FORM, shares="100").fill_in(FORM, **WHO)
    maya.sees("Four questions on the risks", "This is much for you", "€1,000.00", "losing the entirety")
    maya.fill_in(FORM, 422, **AGREED, **right).sees("Please tick this box to go on.")
    maya.fill_in(FORM, 422, above="yes", **AGREED, **right | {"test_sell": "yes"}).sees("Some of your answers")
    assert pledges() == []
    maya.fill_in(FORM, above="yes", unsuitable="yes", **AGREED, **right | {"test_sell": "yes"})
    maya.sees("Look into your mail")
    with reading() as session:
        taken = session.scalars(select(EntryTest)).one()
        assert (taken.right_count, taken.asked_count) == (3, 4)
        agreed = set(session.scalars(select(PledgeConsent.what)))
    assert {"above-warning-threshold", "not-suitable"} <= agreed


def test_an_indication_asks_for_no_money_and_no_amount(visitor):  # noqa: F811
    offer(kind=OfferKind.INDICATION, law="us-ttw")
    maya = visitor().get(FORM).sees("bound to nothing")
    assert "How will you pay?" not in maya.text()
    maya.fill_in(FORM)
    assert "Who will hold" not in maya.text()
    maya.fill_in(FORM, **WHO).sees("No money or anything else is asked for.", "obliges you to nothing")
    maya.fill_in(FORM, understood="yes").sees("Look into your mail")
    assert (pledges()[0].shares, pledges()[0].amount_cents) == (0, 0)


def test_an_indication_is_confirmed_as_one_without_a_word_of_paying(visitor):  # noqa: F811
    offer(kind=OfferKind.INDICATION)
    maya = visitor().get(FORM).fill_in(FORM).fill_in(FORM, **WHO).fill_in(FORM, understood="yes")
    maya.sees("Its link confirms your interest")
    assert "Pay<" not in maya.answer.text
    with reading() as session:
        letter = text_of(session.scalars(select(Letter)).one())
    assert "an interest in" in letter.body and "pledged" not in letter.body + letter.subject


def test_community_shares_warn_of_what_their_law_names(visitor):  # noqa: F811
    offer(law="uk-community-shares")
    maya = visitor().get(FORM).fill_in(FORM, shares="10").fill_in(FORM, **WHO)
    maya.sees("Financial Services Compensation Scheme", "Financial Ombudsman", "suspend withdrawals", "one vote")
