"""What letters say: in both languages, in text and HTML, and nothing that somebody smuggled in."""

from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser

import pytest

from app.core import tokens
from app.core.language import LANGUAGES
from app.core.settings import ROOT, settings
from app.letters.composing import message_of, text_of
from app.letters.models import Letter

TITLE = "The users buy <Twitter> & run it"
MONEY = {"amount_minor": 230000, "currency": "USD", "reference": "RF18 5390 0754 7034"}
PLEDGE = {"offer_title": TITLE, "shares": 100, "amount_minor": 230000, "currency": "USD"}
BANK = {"account_holder": "WeAreTwitter Cooperative", "account_number": "US64 0001"}
BALLOT = {"title": TITLE, "slug": "agm", "closes_at": "2026-12-31T22:00:00+00:00", "zone": "America/New_York"}
LETTERS = {
    "sign-in": {"link_id": 7},
    "proofs-failed": {
        "failed": [{"proof": "Every entry has postings", "figure": "7 entries", "wrong": ["entry 3 <has> no postings"]}]
    },
    "confirm-pledge": PLEDGE | {"link_id": 7},
    "remind-confirm": PLEDGE | {"link_id": 7},
    "remind-pay": PLEDGE
    | {
        "reference": "RF18",
        "paid_minor": 100,
        "pay_by": "2026-12-31T22:00:00+00:00",
        "zone": "UTC",
        "path": "/pledges/x",
    },
    "confirm-gift": PLEDGE | {"link_id": 7},
    "gift-confirmed": PLEDGE
    | BANK
    | {"reference": "RF18", "pay_by": "2026-12-31T22:00:00+00:00", "zone": "UTC", "path": "/solidarity/x"},
    "fund-asked": {"offer_title": TITLE, "shares": 10},
    "fund-pays": {"offer_title": TITLE, "shares": 10, "path": "/pledges/x"},
    "already-pledged": {"offer_title": TITLE},
    "pledge-confirmed": PLEDGE
    | BANK
    | {"reference": "RF18", "pay_by": "2026-12-31T22:00:00+00:00", "zone": "America/New_York", "path": "/pledges/x"},
    "interest-confirmed": {"offer_title": TITLE, "path": "/pledges/x"},
    "charge-notice": {
        "title": TITLE,
        "amount_minor": 230000,
        "currency": "USD",
        "charge_on": "2026-12-15",
        "kind": "card",
        "last4": "4242",
        "descriptor": "COSTAKE",
        "path": "/pledges/x/payment",
    },
    "offer-opened": {
        "offer_title": TITLE,
        "slug": "buy-it",
        "link_id": 7,
        "deadline": "2026-12-31T22:00:00+00:00",
        "zone": "America/New_York",
    },
    "duty-due": {"organization_name": TITLE, "slug": "into", "duties": [{"title": "Tax return", "day": "2026-12-31"}]},
    "conversion-due": {"title": TITLE, "slug": "into", "steps": [{"title": "Vote", "day": "2026-12-31"}]},
    "closes-early": {
        "offer_title": TITLE,
        "closes_at": "2026-12-31T22:00:00+00:00",
        "zone": "America/New_York",
        "path": "/pledges/x",
    },
    "terms-changed": {
        "offer_title": TITLE,
        "reason": "the seller asks for <b>more</b>",
        "until": "2026-12-31T22:00:00+00:00",
        "zone": "America/New_York",
        "path": "/pledges/x/reconfirmation",
    },
    "ballot-notice": BALLOT
    | {
        "call": 2,
        "record_date": "2026-12-01",
        "opens_at": "2026-12-20T08:00:00+00:00",
        "meets_at": "2026-12-31T20:00:00+00:00",
        "place": "1200 Adeline Street <b>",
    },
    "comment-hidden": {
        "title": TITLE,
        "number": 2,
        "rule": "No <insults>.",
        "reason": "It <insults>.",
        "moderation": 7,
    },
    "appeal-decided": {"title": TITLE, "granted": True, "reason": "It <does not>.", "moderation": 7},
    "motion-reached": {
        "title": TITLE,
        "number": 7,
        "supporters": 2,
        "due": "2026-12-31T22:00:00+00:00",
        "zone": "America/New_York",
    },
    "motion-statement": {
        "title": TITLE,
        "number": 7,
        "stance": "The board recommends nothing.",
        "statement": "We are <undecided>.",
    },
    "motion-ended": {
        "title": TITLE,
        "number": 7,
        "lapsed": False,
        "reason": "It is <unlawful>.",
        "supporters": 1,
        "needed": 9,
    },
    "ballot-open": BALLOT | {"elector": "Maya <b>", "weight": 100, "link_ref": "7-3"},
    "ballot-proxy": BALLOT | {"who": "Maya <b>"},
    "ballot-proxy-declined": BALLOT | {"who": "Maya <b>"},
    "ballot-proxy-used": BALLOT | {"who": "Maya <b>"},
    "delegation-asked": {"topic": TITLE, "who": "Maya <b>"},
    "delegation-accepted": {"topic": TITLE, "who": "Maya <b>"},
    "delegation-declined": {"topic": TITLE, "who": "Maya <b>"},
    "delegation-unused": BALLOT | {"who": "Maya <b>", "reason": "At most 2 are allowed."},
    "delegations-open": BALLOT,
    "not-reconfirmed": {"offer_title": TITLE, "path": "/pledges/x"},
    "target-reached": PLEDGE
    | BANK
    | {"reference": "RF18", "pay_by": "2026-12-31", "pledged_shares": 120, "path": "/pledges/x"},
    "card-declined": MONEY | {"last4": "4242", "again_on": "2026-12-31", "path": "/pledges/x/payment"},
    "card-authenticate": MONEY | {"last4": "4242", "again_on": "", "path": "/pledges/x/payment"},
    "payment-received": MONEY | {"open_minor": 100},
    "shares-allotted": {"shares": 1, "class_name": "A <b>", "certificate_number": 12, "path": "/holdings"},
    "distribution-declared": {
        "title": "Patronage <b>",
        "declared_on": "2026-12-01",
        "payable_on": "2026-12-15",
        "currency": "USD",
        "amount_minor": 30100,
        "paid_minor": 6863,
        "withheld_minor": 2167,
        "retained_minor": 21070,
        "bank_missing": True,
    },
    "distribution-reversed": {
        "title": "Patronage <b>",
        "declared_on": "2026-12-01",
        "reversed_on": "2026-12-03",
        "reason": "the wrong file <b>",
        "currency": "USD",
        "amount_minor": 30100,
        "paid_minor": 6863,
        "retained_minor": 21070,
        "shares": 3,
    },
    "allocation-redeemed": {
        "title": "Patronage <b>",
        "payable_on": "2026-12-15",
        "currency": "USD",
        "amount_minor": 10000,
        "paid_minor": 7600,
        "withheld_minor": 2400,
        "left_minor": 0,
        "bank_missing": True,
    },
    "dispute-opened": MONEY | {"paid_on": "2026-12-01", "path": "/pledges/x"},
    "dispute-decided": MONEY | {"paid_on": "2026-12-01", "path": "/pledges/x", "outcome": "lost"},
    "dispute-to-answer": MONEY
    | {"paid_on": "2026-12-01", "path": "/desk/disputes/1", "due_by": "2026-12-10T12:00:00+00:00", "reason": "x"},
    "dispute-ended": MONEY | {"paid_on": "2026-12-01", "path": "/desk/disputes/1", "outcome": "won"},
    "signature-wanted": {"title": "Minutes", "number": 12, "path": "/documents/12/signature"},
    "refund-came-back": MONEY | {"last4": "4242", "path": "/me/bank"},
    "refund-due": MONEY | {"reason": "100 % <b>sure</b>"},
    "refund-paid": MONEY | {"to_card": "yes", "last4": "4242"},
    "new-role": {"role": "treasurer", "bounds": {"for": "offer:spring-2027", "until": "2027-06-30"}},
    "new-device": {"browser": "Firefox", "system": "Linux", "at": "2026-11-23T12:00:00+00:00"},
    "personal-file-ready": {"expires_at": "2026-11-30T12:00:00+00:00"},
    "erasure-decided": {
        "granted": True,
        "kept": [{"what": "Register", "ground": "the law <b>", "source": "DE2", "until": "2031-12-31"}],
        "reason": "asked by the <member>",
    },
    "bank-details-changed": {
        "masked": "•••• 3000",
        "at": "2026-11-23T12:00:00+00:00",
        "usable_from": "2026-11-26T12:00:00+00:00",
    },
    "factor-changed": {"what": "A passkey was added.", "at": "2026-11-23T12:00:00+00:00"},
}


@pytest.fixture(autouse=True)
def own_settings(monkeypatch, tmp_path):
    monkeypatch.setenv("COSTAKE_BASE_URL", "https://shares.example.org")
    monkeypatch.setenv("COSTAKE_ORGANIZATION", "WeAreTwitter Cooperative")
    monkeypatch.setenv("COSTAKE_LETTERS_FROM", "Zoë of WeAreTwitter <letters@example.org>")
    settings.cache_clear()
    yield
    settings.cache_clear()


def letter(name: str, lang: str = "en", **changes) -> Letter:
    facts = LETTERS[name] | changes
    written = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    return Letter(id=41, to_address="ana@example.org", language=lang, name=name, facts=facts, written_at=written)


def test_every_letter_is_tried_here():
    folders = {folder.name for folder in (ROOT / "templates" / "letters").iterdir() if folder.is_dir()}
    assert folders == set(LETTERS)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_says_the_same_in_text_and_html(name, lang):
    text = text_of(letter(name, lang))
    assert text.subject
    assert "\n" not in text.subject
    assert "WeAreTwitter Cooperative" in text.body
    assert "WeAreTwitter Cooperative" in text.html
    for fact in ("RF18", "US64 0001"):
        assert (fact in text.body) == (fact in text.html)
    links = [
        word for word in text.body.split() if word.startswith("https://") and word != "https://shares.example.org/"
    ]
    assert all(f'href="{link}"' in text.html for link in links)
    assert "<Twitter>" not in text.html
    assert "<b>" not in text.html
    assert "&lt;" not in text.body
    assert "{" not in text.body


def test_both_languages_differ_in_all_but_the_facts():
    for name in LETTERS:
        english, french = (text_of(letter(name, lang)) for lang in LANGUAGES)
        assert english.subject != french.subject
        assert "Hello" in english.body
        assert "Bonjour" in french.body


def test_links_carry_a_token_that_only_we_can_make_and_the_row_holds_none():
    row = letter("sign-in")
    (link,) = [word for word in text_of(row).body.split() if "/sign-in/" in word]
    token = link.rpartition("/")[2]
    assert tokens.unseal("sign-in", token) == "7"
    assert tokens.unseal("confirm-pledge", token) is None
    assert token not in str(row.facts)


def test_amounts_and_moments_are_written_for_the_reader():
    assert "$2,300.00" in text_of(letter("pledge-confirmed")).body
    assert "December 31, 2026, 5:00\u202fPM EST" in text_of(letter("pledge-confirmed")).body
    assert "2\u202f300,00\u00a0$US" in text_of(letter("pledge-confirmed", "fr")).body
    assert "You own 1 share now" in text_of(letter("shares-allotted")).subject
    assert "still open" not in text_of(letter("payment-received", open_minor=0)).body


def test_the_message_is_what_mail_programs_expect():
    message = message_of(letter("sign-in", "fr"))
    read = BytesParser(policy=policy.default).parsebytes(message.as_bytes())
    assert read["From"].addresses[0].display_name == "Zoë of WeAreTwitter"
    assert read["To"] == "ana@example.org"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Content-Language"] == "fr"
    assert read["Message-ID"].startswith("<letter.41.")
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    assert message.as_bytes() == message_of(letter("sign-in", "fr")).as_bytes(), "a copy is recognised"


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\u2028", "\x85"])
def test_nothing_smuggles_a_header_in(break_):
    row = letter("confirm-pledge", offer_title=f"Cheap{break_}Bcc: everyone@example.org{break_}{break_}<b>")
    read = BytesParser(policy=policy.default).parsebytes(message_of(row).as_bytes())
    assert read["Bcc"] is None
    assert len(read.get_all("Subject")) == 1
    assert sorted(read.keys()) == sorted(message_of(letter("sign-in")).keys())


@pytest.mark.parametrize("address", ["ana@example.org\nBcc: b@example.org", "ana@example.org, b@example.org", "ana"])
def test_a_letter_goes_to_one_address_only(address):
    row = letter("sign-in")
    row.to_address = address
    with pytest.raises(ValueError, match=r".") as refused:
        message_of(row)
    assert refused.value
