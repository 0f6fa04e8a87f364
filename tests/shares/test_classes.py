"""Share classes: known by a short code, in whose unit the books count."""

import pytest
from sqlalchemy import func, select

from app.core.database import reading, transaction
from app.shares.classes import BadClassCode, ClassDiffers, share_class
from app.shares.models import ShareClass
from tests.races import at_once, overlapping


def test_a_class_is_created_once_and_found_by_its_code_however_it_is_typed(database):
    def create(session):
        return share_class(session, "A", "User-owner share", 1_000).id

    assert len(set(at_once(*[create] * 3))) == 1
    assert len(set(overlapping(*[lambda session: share_class(session, "PREF2", "Preferred").id] * 2))) == 1
    with transaction() as session:
        found = share_class(session, " a ", "User-owner share")
        assert (found.code, found.name, found.authorized_shares) == ("A", "User-owner share", 1_000)
        for name, limit in (("whatever", None), ("User-owner share", 5)):
            with pytest.raises(ClassDiffers):
                share_class(session, "A", name, limit)
    with reading() as session:
        assert session.scalar(select(func.count(ShareClass.id))) == 2


def test_a_code_in_which_nothing_could_be_counted_is_refused(database):
    for code in ("", " ", "A B", "Ä", "A-1", "ABCDEFGHI", "A:B", "٣", "'", "x" * 5_000):
        with pytest.raises(BadClassCode) as refused, transaction() as session:
            share_class(session, code, "User-owner share")
        assert (refused.value.status, refused.value.field) == (422, "class_code")
        assert len(refused.value.text()) < 150
