"""The cap table: classes, holders, pledges and pictures agree with the lots of the day."""

from datetime import timedelta

from app.core import clock
from app.core.database import reading, transaction
from app.exports.captable.drawing import areas, axes, bar
from app.exports.captable.reading import classes_on, converted, growth, largest_holders, lots_of_member
from app.members.models import Membership
from tests import make
from tests.exports.test_register import JANUARY, JUNE, MARCH, holder
from tests.security.conftest import House, configure, doorstep, doorstep_world, portal  # noqa: F401  (fixtures)


def test_classes_holders_growth_and_lots_are_those_of_the_day(database):
    holder("maya@example.org", "Maya Whitfield", make.OAKLAND, JANUARY, 10)
    holder("ines@example.org", "Inès Garnier", make.LYON, MARCH, 20)
    with transaction() as session:
        make.lot(session, session.query(Membership).filter_by(number=1).one(), 15, code="B", on=JUNE)
        make.open_offer(session, code="B")
        make.pledge(session, email="wei@example.org", shares=50)
    with reading() as session:
        told = [(row.code, row.shares, row.holders, row.pledged) for row in classes_on(session, clock.today())]
        assert told == [("A", 30, 2, 0), ("B", 15, 1, 50)]
        most = [(row.number, row.shares, row.by_class) for row in largest_holders(session, clock.today())]
        assert most == [(1, 25, {"A": 10, "B": 15}), (2, 20, {"A": 20})]
        days = growth(session, clock.today()).days
        last = {"A": 30, "B": 15}
        assert days == [(JANUARY, {"A": 10}), (MARCH, {"A": 30}), (JUNE, last), (clock.today(), last)]
        assert [lot.shares for lot in lots_of_member(session, 1, MARCH)] == [10]
        assert classes_on(session, JANUARY - timedelta(days=1))[0].shares == 0
        drawn = areas(growth(session, clock.today()), ["A", "B"])
        marks = axes(growth(session, clock.today()))
    assert [area.code for area in drawn] == ["A", "B"]
    assert marks.shares == [80, 60, 40, 20, 0] and (marks.days[0], marks.days[-1]) == (JANUARY, clock.today())


def test_a_bar_is_filled_to_its_end_and_a_conversion_moves_whole_classes():
    pieces = bar({"A": 1, "B": 2}, ["A", "B"], 3)
    assert (pieces[0].x, pieces[-1].x + pieces[-1].width) == (0, 1000)
    assert converted({"A": 10, "B": 5}, "A", "B", 3, 2) == {"A": 0, "B": 20}


def test_the_page_shows_it_to_the_desk(doorstep: House):  # noqa: F811
    with transaction() as session:
        maya = make.member(session)
        make.lot(session, maya, 10)
        make.lot(session, maya, 5, code="B")
    browser = doorstep.browser("organizer")
    assert "Maya Whitfield" in browser.ask("GET", "/desk/cap-table").text
    after = browser.ask("GET", "/desk/cap-table?convert=A&into=B&given=2&for_each=1")
    assert after.status_code == 200
    assert "After the conversion" in after.text
    assert browser.ask("GET", "/desk/cap-table?convert=A&into=A").status_code == 422
    number = maya.number
    lots = browser.ask("GET", f"/desk/cap-table/holders/{number}")
    assert lots.status_code == 200 and "Maya Whitfield" in lots.text and "$115.00" in lots.text
    assert browser.ask("GET", "/desk/cap-table/holders/999").status_code == 404
