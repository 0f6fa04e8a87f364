"""Sealed fields: unreadable without the key, bound to their column, sealed anew under a new key."""

import re
import secrets
import stat
from base64 import b64encode

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Table, insert, select, text, type_coerce

import app.tables  # noqa: F401  # the sealed columns of every room
from app.cli import costake
from app.core import cipher, resealing, settings
from app.core.cipher import SealedBytes, SealedText, Unreadable, blind_index, seal, unseal
from app.core.database import Base, transaction

SECRETS = Table(
    "test_secret",
    MetaData(),
    Column("id", BigInteger, primary_key=True),
    Column("tax_number", SealedText("test_secret.tax_number")),
    Column("income", SealedText("test_secret.income")),
)


def new_key() -> str:
    return b64encode(secrets.token_bytes(32)).decode()


@pytest.fixture
def keys(monkeypatch, tmp_path):
    """Configures field keys, newest first; None leaves it to `var`."""
    monkeypatch.setenv("COSTAKE_VAR", str(tmp_path / "var"))

    def configure(*keys: str):
        if keys:
            monkeypatch.setenv("COSTAKE_FIELD_KEYS", ",".join(keys))
        else:
            monkeypatch.delenv("COSTAKE_FIELD_KEYS", raising=False)
        settings.settings.cache_clear()

    configure(new_key())
    yield configure
    settings.settings.cache_clear()


@pytest.fixture
def table(database, keys):
    with transaction() as session:
        SECRETS.create(session.connection())
    return SECRETS


@given(text=st.text())
def test_a_sealed_text_is_read_back(text):
    assert unseal("a.b", seal("a.b", text)) == text


@given(text=st.text(min_size=4, alphabet="0123456789"), place=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_any_changed_bit_is_found(text, place, bit):
    sealed = bytearray(seal("a.b", text))
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises(Unreadable):
        unseal("a.b", bytes(sealed))


def test_a_value_cut_short_is_found(keys):
    sealed = seal("a.b", "1980-02-29")
    for length in range(len(sealed)):
        with pytest.raises(Unreadable):
            unseal("a.b", sealed[:length])


def test_a_value_of_another_column_is_refused(keys):
    with pytest.raises(Unreadable, match="belongs to another column"):
        unseal("person_private.tax_number", seal("person_private.birth_date", "1980-02-29"))


def test_equal_texts_differ_when_sealed_and_short_ones_are_equally_long(keys):
    assert seal("a.b", "7") != seal("a.b", "7")
    assert len(seal("a.b", "7")) == len(seal("a.b", "70000000"))


def test_the_blind_index_finds_equal_texts_of_one_purpose_whatever_the_field_key(keys):
    first = blind_index("tax number", "123")
    assert len(first) == 32
    assert first != blind_index("tax number", "124")
    assert first != blind_index("birth date", "123")
    keys(new_key())
    assert first == blind_index("tax number", "123")


def test_without_configured_keys_one_is_made_and_kept_for_this_user_only(keys, tmp_path):
    keys()
    sealed = seal("a.b", "secret")
    kept = tmp_path / "var" / "field-key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    settings.settings.cache_clear()
    assert unseal("a.b", sealed) == "secret"


BAD_KEYS = ["", "abc", "!" * 44, b64encode(bytes(16)).decode(), f"{b64encode(bytes(32)).decode()},short"]


@pytest.mark.parametrize("bad", BAD_KEYS)
def test_a_key_that_does_not_fit_is_refused_without_being_shown(keys, monkeypatch, bad):
    monkeypatch.setenv("COSTAKE_FIELD_KEYS", bad)
    settings.settings.cache_clear()
    shown = CliRunner().invoke(costake, ["keys", "status"])
    assert shown.exit_code == 2
    assert "COSTAKE_FIELD_KEYS: each key must be 32 bytes in base64" in shown.output
    assert not bad or bad not in shown.output


def test_every_sealed_column_is_named_after_itself():
    for column in resealing.sealed_columns():
        assert isinstance(column.type, SealedText | SealedBytes)
        assert column.type.place == str(column)


def test_columns_that_hold_what_must_be_sealed_are_sealed():
    wanted = re.compile(r"birth_?date|date_of_birth|born_on|tax_(number|id)|income|iban|bank_account")
    open_columns = [
        str(column)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if wanted.search(column.name)
        and not column.name.endswith(("_index", "_id", "_fund"))
        and not isinstance(column.type, SealedText)
    ]
    assert open_columns == []


def test_the_database_sees_no_plain_text(table):
    with transaction() as session:
        session.execute(insert(table).values(id=1, tax_number="TAX-471-09", income=None))
        row = session.execute(select(table)).one()
        assert (row.tax_number, row.income) == ("TAX-471-09", None)
        whole = "".join(line for (line,) in session.execute(text("SELECT row_to_json(t)::text FROM test_secret t")))
        raw = session.execute(select(type_coerce(table.c.tax_number, LargeBinary))).scalar_one()
        empty = session.execute(text("SELECT income IS NULL FROM test_secret")).scalar_one()
    assert "TAX" not in whole and b"TAX".hex() not in whole and b"TAX" not in bytes(raw)
    assert empty


def test_rotation_seals_all_anew_and_the_old_key_is_no_longer_needed(table, keys, monkeypatch):
    monkeypatch.setattr(resealing, "sealed_columns", lambda: [table.c.income, table.c.tax_number])
    old, new = new_key(), new_key()
    keys(old)
    with transaction() as session:
        session.execute(
            insert(table), [{"id": n, "tax_number": f"tax {n}", "income": str(n) if n % 2 else None} for n in range(7)]
        )
    keys(new)
    with transaction() as session, pytest.raises(Unreadable, match="not in COSTAKE_FIELD_KEYS"):
        session.execute(select(table)).all()
    keys(new, old)
    with transaction() as session:  # interrupted after its first batch
        assert resealing.reseal_some(session, table.c.tax_number, 2) == 2
    shown = CliRunner().invoke(costake, ["keys", "rotate", "--batch", "2"])
    assert shown.exit_code == 0, shown.output
    assert "test_secret.tax_number: 5 values sealed anew" in shown.output
    assert "8 values sealed anew" in shown.output
    assert "0 values" in CliRunner().invoke(costake, ["keys", "rotate"]).output
    keys(new)
    with transaction() as session:
        rows = session.execute(select(table).order_by(table.c.id)).all()
        assert [row.tax_number for row in rows] == [f"tax {n}" for n in range(7)]
        assert [row.income for row in rows] == [None, "1", None, "3", None, "5", None]
        assert list(resealing.values_by_key(session, table.c.income)) == [cipher.key_name(cipher.newest_head())]
