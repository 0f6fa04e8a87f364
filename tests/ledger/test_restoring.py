"""A dump loaded into another cluster: sealing is refused until its transaction numbers lie above the old ones."""

import subprocess

import psycopg
import pytest

from app.core import database as db
from app.core import postgres, postgres_programs, settings
from app.core.database import reading, transaction
from app.core.rowseals import RowSeal, broken_blocks, broken_chain, seal_rows_of_all
from app.core.sealing import NumbersBeganAnew
from tests import make
from tests.ledger.test_row_seals import seal_rows


def _use(monkeypatch, url: str) -> None:
    if db.engine.cache_info().currsize:
        db.engine().dispose()
    monkeypatch.setenv("DATABASE_URL", url)
    db.engine.cache_clear()
    settings.settings.cache_clear()


def _client(program: str, *arguments: str) -> None:
    subprocess.run([postgres_programs.programs() / program, *arguments], check=True, capture_output=True)


def test_after_the_epoch_is_raised_the_chain_goes_on_as_it_was(database, tmp_path, monkeypatch):
    with transaction() as session:
        make.member(session)
    kept = seal_rows()
    dump, folder = tmp_path / "dump", tmp_path / "other"
    _client("pg_dump", "--format=custom", f"--file={dump}", f"--dbname={database}")
    try:
        other = postgres.as_superuser(postgres.private_server(folder))
        _client("pg_restore", "--no-owner", f"--dbname={other}", str(dump))
        _use(monkeypatch, other)
        db.engine().dispose()
        postgres.leave(folder)
        assert postgres_programs.call(folder, "pg_resetwal", "--epoch=1", f"--pgdata={folder}").returncode == 0
        _use(monkeypatch, postgres.as_superuser(postgres.private_server(folder)))
        with transaction() as session:
            make.person(session, "wei@example.org", "Wei Chen")
        seal = seal_rows()
        with reading() as session:
            seals = session.query(RowSeal).order_by(RowSeal.id).all()
            assert broken_chain(seals) == broken_blocks(session, seals) == []
        assert seal.tables["particulars"]["rows"] == 1
        assert int(seal.before_xact) > 2**32 > int(kept.before_xact)
    finally:
        db.engine().dispose()
        postgres.leave(folder)
        _use(monkeypatch, database)


@pytest.mark.falsified
def test_sealing_is_refused_while_the_last_seal_lies_ahead(database):
    with psycopg.connect(database) as direct:
        direct.execute(
            "INSERT INTO row_seal (id, sealed_at, before_xact, tables, sha256) "
            "VALUES (2, now(), '8589934600', '{}', '\\x00')"
        )
    with pytest.raises(NumbersBeganAnew, match="--epoch=3"), transaction() as session:
        make.person(session)
        seal_rows_of_all(session)
