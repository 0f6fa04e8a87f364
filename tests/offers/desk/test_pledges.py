"""Pledges at the desk: found, paged, taken out and brought in as files, noted on."""

import csv
import io
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.offers.desk.models import PledgeNote
from app.offers.desk.pledges import listing
from app.offers.desk.pledges.finding import read_asked
from app.offers.desk.pledges.importing import LawAsksEach, StillWrong, import_pledges, preview
from app.offers.desk.pledges.listing import NotAPlace, pledges_page
from app.offers.desk.pledges.noting import NothingNoted, write_note
from app.offers.desk.pledges.writing import csv_lines
from app.offers.drafting import find_offer, move_offer, replace_terms, write_version
from app.offers.models import OfferState, Pledge
from app.offers.pledging import confirm_pledge, make_pledge, withdraw_pledge
from app.offers.pledging.consenting import consents_of
from app.offers.pledging.paper import TextsNotAgreed
from app.privacy.erasing import ask_for_erasure, erase
from tests import make
from tests.exports.test_trail import browser
from tests.privacy.test_pages import send

HEADER = "external_id,legal_name,email,shares,street,postal_code,locality,region,country,language"
INES = "P-1,Inès Garnier,ines@example.org,20,12 rue Chevreul,69007,Lyon,,FR,fr"
WEI = "P-2,Wei Chan,wei@example.org,10,1200 Adeline Street,94607,Oakland,CA,US,"


def text(*lines: str) -> bytes:
    return "\n".join((HEADER, *lines)).encode()


def names(size: int = 50, **asked: str) -> list[str]:
    """Everyone a search finds, walking from page to page."""
    found, after = [], ""
    with reading() as session:
        offer, (wanted, wrong) = find_offer(session, make.SLUG), read_asked(asked)
        assert wrong is None
        while after is not None:
            page = pledges_page(session, offer, wanted, after, size)
            found += [pledge.legal_name for pledge, _ in page.rows]
            after = page.next
    return found


@pytest.fixture
def pledges(database) -> None:
    """Three confirmed pledges, paid, partly paid and not paid, and one that is not confirmed."""
    with transaction() as session:
        make.open_offer(session)
        make.paid_pledge(session, legal_name="Maya Whitfield")
        part = make.pledge(session, email="wei@example.org", legal_name="Wei Chan", shares=20)
        make.pay(session, part.request, make.usd(100))
        make.pledge(session, email="ines@example.org", legal_name="Inès Garnier", shares=30, address=make.LYON)
        make_pledge(
            session, make.SLUG, make.wish(session, email="late@example.org", legal_name="=Late O'Neill", shares=10)
        )


def test_pledges_are_found_by_everything_that_tells_them_apart(pledges):
    with reading() as session:
        part = session.scalars(select(Pledge).where(Pledge.email == "wei@example.org")).one()
        reference, number = part.request.reference, str(part.id)
    assert names() == ["=Late O'Neill", "Inès Garnier", "Wei Chan", "Maya Whitfield"]
    assert names(sort="oldest first")[0] == "Maya Whitfield"
    assert names(sort="largest first") == ["Maya Whitfield", "Inès Garnier", "Wei Chan", "=Late O'Neill"]
    assert names(text="garn") == names(text="ines garnier") == names(text="INES@exa") == ["Inès Garnier"]
    assert names(text=reference) == names(text=number) == names(text="chan wei") == ["Wei Chan"]
    assert names(text="RF00") == names(text="nobody") == names(text="'; --") == []
    assert names(text="neill") == ["=Late O'Neill"]
    assert names(state="unconfirmed") == ["=Late O'Neill"]
    assert names(paid="paid in full") == ["Maya Whitfield"]
    assert names(paid="paid in part") == ["Wei Chan"]
    assert names(paid="nothing paid") == names(country="FR") == ["Inès Garnier"]
    assert names(since="2150-01-01") == names(until="2000-01-01") == names(holder_kind="company") == []
    _, wrong = read_asked({"state": "no such", "since": "31.12.2026"})
    assert wrong is not None and set(wrong.problems) == {"state", "since"}


@pytest.mark.parametrize("sort", ["newest first", "oldest first", "largest first", "smallest first"])
def test_pages_follow_each_other_without_gap_or_repetition(pledges, monkeypatch, sort):
    everyone = names(sort=sort)
    assert names(1, sort=sort) == names(3, sort=sort) == everyone and len(set(everyone)) == 4
    monkeypatch.setattr(listing, "LOOKED_MAX", 1)  # so that what only the books know is looked up one by one
    assert names(2, sort=sort, paid="paid in part") == ["Wei Chan"]
    with reading() as session, pytest.raises(NotAPlace):
        pledges_page(session, find_offer(session, make.SLUG), read_asked({})[0], "1-2-3")


def test_the_file_keeps_the_filters_and_holds_no_formula(pledges, monkeypatch):
    monkeypatch.setattr("app.offers.desk.pledges.listing.BATCH", 2)
    rows = list(csv.DictReader(io.StringIO("".join(csv_lines(make.SLUG, read_asked({})[0])), newline="")))
    assert [row["legal_name"] for row in rows] == ["'=Late O'Neill", "Inès Garnier", "Wei Chan", "Maya Whitfield"]
    assert (rows[2]["paid"], rows[2]["amount"], rows[3]["paid"]) == ("100.00", "460.00", "2300.00")
    only = "".join(csv_lines(make.SLUG, read_asked({"country": "FR"})[0]))
    assert "Inès" in only and "Wei" not in only


def test_a_pledge_has_its_history_and_notes_which_go_with_the_person(pledges, monkeypatch):
    with transaction() as session:
        organizer, auditor = make.staff(session), make.staff(session, "auditor")
        ines = session.scalars(select(Pledge).where(Pledge.email == "ines@example.org")).one()
        late = session.scalars(select(Pledge).where(Pledge.email == "late@example.org")).one()
        reference = ines.request.reference
        with pytest.raises(NothingNoted):
            write_note(session, ines, "  ", by=organizer.id)
    base = f"/desk/offers/{make.SLUG}/pledges"
    desk, looking = browser(organizer, monkeypatch), browser(auditor, monkeypatch)
    shown = send(desk, f"{base}/{ines.id}", f"{base}/{ines.id}/notes", note="Called about the address").text
    assert "Called about the address" in shown and "New state: confirmed." in shown and reference in shown
    assert "Keep the note" not in looking.get(f"{base}/{ines.id}").text
    assert looking.get(f"{base}/{late.id}").status_code == 200
    assert looking.get(f"{base}/999999").status_code == 404
    listed = looking.get(f"{base}?text=garnier&paid=nothing+paid").text
    assert "Inès Garnier" in listed and "Wei Chan" not in listed
    answer = looking.get(f"{base}.csv?country=FR")
    assert answer.headers["content-type"].startswith("text/csv") and answer.text.count("\n") == 2
    with transaction() as session:
        pledge = session.get_one(Pledge, ines.id)
        withdraw_pledge(session, pledge.public_id, by=pledge.person, reason="")
        asked = ask_for_erasure(session, pledge.person, by=pledge.person, reason="please")
        erase(session, asked.id, by=make.staff(session, "secretary"), reason="nothing stays")
    with reading() as session:
        assert session.scalars(select(PledgeNote.text)).all() == [""]
    assert "Called about" not in looking.get(f"{base}/{ines.id}").text


def test_pledges_from_paper_are_checked_previewed_and_made_once(database, monkeypatch):
    with transaction() as session:
        make.open_offer(session)
        organizer = make.staff(session)
    desk, page = browser(organizer, monkeypatch), f"/desk/offers/{make.SLUG}/pledges/import"
    lines = text(INES, WEI).decode()
    shown = send(desk, page, page, lines=lines).text
    assert "2 new pledges" in shown and "Inès Garnier" in shown and "$690.00" in shown
    with reading() as session:
        assert session.scalars(select(Pledge)).all() == [], "nothing is written before it is confirmed"
    assert "Imported: 2 pledges" in send(desk, page, page, lines=lines, confirmed="yes").text
    with transaction() as session:
        made = session.scalars(select(Pledge).order_by(Pledge.id)).all()
        assert [(pledge.state, pledge.language, pledge.shares) for pledge in made] == [
            ("unconfirmed", "fr", 20),
            ("unconfirmed", "en", 10),
        ]
        assert make.letters(session, "ines@example.org") == ["confirm-pledge"]
        again = import_pledges(session, make.SLUG, text(INES, WEI), by=organizer.id)
        assert (len(again.new), len(again.known)) == (0, 2)
        assert make.letters(session, "ines@example.org") == ["confirm-pledge"]


def test_a_wrong_line_keeps_all_of_them_out(database):
    with transaction() as session:
        make.open_offer(session)
        make.pledge(session)
        import_pledges(session, make.SLUG, text(INES), by=None)
    wrong = text(
        INES.replace(",20,", ",25,"),
        WEI.replace(",10,", ",9,"),
        WEI.replace("P-2", "P-3").replace("wei@", "maya@"),
        WEI.replace("P-2", "P-3").replace(",US,", ",UK,"),
        WEI.replace("P-2", "P-5").replace("Wei Chan", "=1+1"),
        WEI.replace("P-2", "").replace("Wei Chan", "x" * 500),
    )
    with transaction() as session:
        found = preview(session, find_offer(session, make.SLUG), wrong)
        told = {(line, column, type(problem).__name__) for line, column, problem in found.problems}
        assert told >= {
            (2, "external_id", "Differs"),
            (3, "shares", "TooFew"),
            (4, "email", "PledgedBefore"),
            (5, "country", "NotAChoice"),
            (5, "external_id", "IdTwice"),
            (6, "legal_name", "Formula"),
            (6, "email", "EmailTwice"),
            (7, "external_id", "Missing"),
            (7, "legal_name", "TooLong"),
        }
        with pytest.raises(StillWrong):
            import_pledges(session, make.SLUG, wrong, by=None)
    with reading() as session:
        assert len(session.scalars(select(Pledge)).all()) == 2


def test_dates_are_days_of_the_offers_zone(database):
    with clock.at(clock.now() - timedelta(days=3)), transaction() as session:
        make.open_offer(session)
        made = make.pledge(session)
    day = made.made_at.date()
    assert names(since=(day - timedelta(days=1)).isoformat(), until=(day + timedelta(days=1)).isoformat())
    assert names(until=(day - timedelta(days=2)).isoformat()) == []


def test_the_offer_leads_to_its_pledges_funnel_and_reminders(database, monkeypatch):
    with transaction() as session:
        make.open_offer(session)
        pledge = make.paid_pledge(session)
        auditor = make.staff(session, "auditor")
    shown = browser(auditor, monkeypatch).get(f"/desk/offers/{make.SLUG}").text
    for page in ("pledges", "funnel", "reminders", f"pledges/{pledge.id}"):
        assert f'href="/desk/offers/{make.SLUG}/{page}"' in shown


def test_what_was_taken_on_paper_is_confirmed_with_the_texts_of_the_form(database):
    with transaction() as session:
        offer = make.open_offer(session, warnings=("The seller may refuse.",))
        import_pledges(session, make.SLUG, text(INES), by=None)
        pledge = session.scalars(select(Pledge)).one()
        path, public_id, offer_id = f"/confirm/{make.link(pledge)}", pledge.public_id, offer.id
        with pytest.raises(TextsNotAgreed):
            confirm_pledge(session, make.link(pledge))
    from app.main import app

    asking = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
    shown = asking.get(path).text
    assert "The seller may refuse." in shown and 'name="understood"' in shown and 'name="electronic"' in shown
    refused = send(asking, path, path, understood="yes")
    assert refused.status_code == 422
    with reading() as session:
        assert session.scalars(select(Pledge.state)).one() == "unconfirmed"
    confirmed = send(asking, path, path, understood="yes", electronic="yes")
    assert str(confirmed.url).endswith(f"/pledges/{public_id}"), confirmed.text
    with reading() as session:
        pledge = session.scalars(select(Pledge).where(Pledge.offer_id == offer_id)).one()
        agreed = [(consent.what, consent.language) for consent, _ in consents_of(session, pledge)]
        assert {what for what, _ in agreed} == {"risks", "terms", "electronic-records"}
        assert ("risks", "fr") in agreed and ("risks", "en") in agreed


@pytest.mark.parametrize("law", ["us-regcf", "eu-ecsp"])
def test_where_the_law_asks_each_person_every_line_says_so(database, law):
    with transaction() as session:
        offer = make.draft(session)
        move_offer(session, offer, OfferState.OPEN, by=None, reason="opened under a law that asks")
        version = write_version(session, offer.id, 2, make.terms(session, law=law), None)
        replace_terms(session, offer, version)
        found = preview(session, offer, text(INES, WEI))
        assert [(line, type(problem)) for line, _, problem in found.problems] == [(2, LawAsksEach), (3, LawAsksEach)]
