"""The desk of conversions and the public timeline, in the browser's way."""

from app.core import clock
from tests.journeys.conftest import address, visitor, work  # noqa: F401  (fixtures)
from tests.journeys.test_pledge_to_certificate import sign_in


def test_a_conversion_is_started_met_contested_and_followed_by_everyone(visitor):  # noqa: F811
    organizer = sign_in(visitor(), "organizer@example.org", "organizer")
    said = {"law": "uk-company-to-society", "title": "Into a society", "slug": "into", "entity_name": "Flutter Limited"}
    start = "/desk/conversions/new"
    organizer.get(start).fill_in(start, 422, **said, resulting_name="Flutter Company", reason="resolved")
    organizer.sees("must not contain").fill_in(start, **said, resulting_name="Flutter Society", reason="resolved")
    today = clock.today("Europe/London").isoformat()
    evidence = {"kind": "DECISION", "happened_on": today, "statement": "Ines Garnier, counsel, found no restriction"}
    organizer.fill_in("/desk/conversions/into/charter/evidence", **evidence).sees("The step is met.")
    organizer.fill_in("/desk/conversions/into/vote/day", day="2099-01-31", reason="called").sees("The day is set.")
    organizer.get("/desk/conversions").sees("Into a society")
    everyone = visitor()
    everyone.get("/conversions").sees("Into a society", "1 of 13 steps are met", "Next: Rules or statutes")
    everyone.get("/conversions/into").sees("found no restriction").sees("1 of 13 steps are met").sees(
        "January 16, 2099"
    )
    calendar = everyone.get("/conversions/into/calendar.ics").answer
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert "SUMMARY:Notice of the meeting" in calendar.text and "20990116" in calendar.text
    everyone.get("/desk/conversions/into", 200).sees("Sign in")
    contested = "/desk/conversions/into/charter/contest"
    organizer.get("/desk/conversions/into").fill_in(contested, reason="a later agreement was found")
    organizer.sees("The step is open again.")
    everyone.get("/conversions/into").sees("contested, open again")
    french = visitor("fr")
    french.get("/conversions/into").sees("Comment le vérifier")


def test_the_desk_answers_questions_files_papers_and_takes_the_pack_away(visitor):  # noqa: F811
    organizer = sign_in(visitor(), "organizer@example.org", "organizer")
    said = {"law": "de-umwg-eg", "title": "Into an eG", "slug": "eg", "entity_name": "Flutter AG", "reason": "resolved"}
    organizer.get("/desk/conversions/new").fill_in("/desk/conversions/new", **said, resulting_name="Flutter eG")
    desk = "/desk/conversions/eg"
    organizer.get(f"{desk}/pack").sees("What becomes of holders of special rights")
    organizer.fill_in(f"{desk}/papers/conversion-plan", 422).sees("must be known first")
    texts = ("special_rights", "employees", "taxes", "compensation", "conditions", "purposes")
    lines = ("entity_form", "entity_office", "resulting_form", "resulting_office")
    answers = dict.fromkeys((*texts, *lines), "As the board says") | {"currency": "EUR", "net_assets_on": "2026-06-30"}
    organizer.get(f"{desk}/answers").fill_in(f"{desk}/answers", 422, **answers, assets="much", debts="1,000.50")
    organizer.fill_in(f"{desk}/answers", **answers, assets="46,000.00", debts="1,000.50").sees("The answers are kept.")
    organizer.get(f"{desk}/answers").sees("Debts and provisions")
    organizer.get(f"{desk}/pack").fill_in(f"{desk}/papers/conversion-plan").sees("The paper is filed.", "version 1")
    assert organizer.get(f"{desk}/papers/conversion-plan.pdf").answer.content.startswith(b"%PDF")
    organizer.get(f"{desk}/pack").fill_in(f"{desk}/statements", 409).sees("That has not happened yet.")
    package = organizer.get(f"{desk}/pack.zip").answer
    assert package.headers["content-type"] == "application/zip" and b"draft-for-counsel.txt" in package.content
    visitor("fr").get(f"{desk}/pack").sees("Se connecter")
