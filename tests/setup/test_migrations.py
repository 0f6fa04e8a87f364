"""Migrations run once, whoever starts first, and never backwards."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from app.core import migrations

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]


def test_a_migrated_database_is_recognised_and_left_alone(database):
    assert migrations.is_current()
    assert migrations.upgrade() is False


def test_two_that_start_at_once_migrate_once(database):
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    starting = [
        subprocess.Popen(
            [sys.executable, "-m", "app.cli", "migrate"],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": database},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = sorted(process.communicate()[0] for process in starting)
    assert [process.returncode for process in starting] == [0, 0]
    assert said == ["The database has been brought up to date.\n", "The database is up to date.\n"]
    assert migrations.is_current()


def test_the_database_of_a_newer_version_is_refused(database):
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'of_the_year_3000'")
    with pytest.raises(migrations.NewerDatabase, match="of_the_year_3000"):
        migrations.upgrade()


def test_every_migration_is_found_by_its_head_and_the_chain_has_one_end():
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(Config(toml_file=ROOT / "pyproject.toml"))
    steps = dict(migrations._steps())
    assert steps.keys() == {script.revision for script in scripts.walk_revisions()}
    assert {*steps} - {before for names in steps.values() for before in names} == set(scripts.get_heads())
    assert len(scripts.get_heads()) == 1
