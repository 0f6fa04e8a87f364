"""A real PostgreSQL for the tests: one server, one template built by the migrations, one copy for each test."""

import hashlib
import os
import secrets
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql
from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache

settings.register_profile("costake", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("costake")  # a busy machine is no finding

ROOT = Path(__file__).resolve().parents[1]


def _test_server() -> Path:
    """Where the tests' server keeps its data: in memory where there is room (three times as fast), else in `var`."""
    shared = Path("/dev/shm")
    if os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > 4 << 30:
        own = shared / f"costake-tests-{os.getuid()}-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}"
        own.mkdir(mode=0o700, exist_ok=True)
        if own.stat().st_uid == os.getuid() and not own.is_symlink():
            return own / "postgres"
    return ROOT / "var" / "tests" / "postgres"


TEST_SERVER = _test_server()

# Set before anything of the product is imported: tests never touch the real `var` or a configured database.
SERVER_URL = os.environ.pop("DATABASE_URL", None)
os.environ["COSTAKE_SECRET"] = secrets.token_urlsafe(32)
os.environ["COSTAKE_FIELD_KEYS"] = b64encode(secrets.token_bytes(32)).decode()
os.environ["COSTAKE_LOG_FORMAT"] = "text"
os.environ["COSTAKE_TOTAL_SECONDS"] = "0"  # tests look right after they act
os.environ["COSTAKE_SECOND_FACTOR"] = "off"  # tests of second factors switch it on
for name in ("COSTAKE_BASE_URL", "COSTAKE_SMTP_URL", "COSTAKE_DEMO"):
    os.environ.pop(name, None)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "falsified: the test breaks the books on purpose, so they are not proved after it"
    )
    config.addinivalue_line(
        "markers", "books_only: the test posts to the journal directly, so only the journal is proved"
    )
    config.addinivalue_line("markers", "long: begun before all others, so that no core waits for it at the end")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The test server's address with a place for the database: DATABASE_URL's, or a private one kept between runs."""
    if SERVER_URL is not None:
        yield urlsplit(SERVER_URL)._replace(path="/{database}").geturl()
        return
    from app.core import postgres

    address = postgres.as_superuser(postgres.private_server(TEST_SERVER))
    with psycopg.connect(address, autocommit=True) as admin:  # nothing here must outlive a power cut or grow old
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            admin.execute(f"ALTER SYSTEM SET {setting} = off")
        admin.execute("SELECT pg_reload_conf()")
    yield address.replace("/costake?", "/{database}?")
    postgres.leave(TEST_SERVER)


def _admin(server: str) -> psycopg.Connection:
    return psycopg.connect(server.replace("{database}", "postgres"), autocommit=True)


def _schema_fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted([*ROOT.glob("alembic/**/*.py"), *ROOT.glob("app/**/guards.py"), *ROOT.glob("app/core/*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@pytest.fixture(scope="session")
def template(server: str) -> str:
    """The name of a database built by the migrations, made once for each state of the migrations."""
    name = f"costake_template_{_schema_fingerprint()}"
    with _admin(server) as admin:
        admin.execute("SELECT pg_advisory_lock(4711)")
        if admin.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            draft = f"{name}_draft"
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(draft)))
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
            _migrate(server.replace("{database}", draft))
            admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))
            if SERVER_URL is None:
                _drop_old_templates(admin, name)
        if SERVER_URL is None:
            _drop_left_behind(admin)
        admin.execute("SELECT pg_advisory_unlock(4711)")
    return name


def _drop_old_templates(admin: psycopg.Connection, current: str) -> None:
    old = "SELECT datname FROM pg_database WHERE datname LIKE 'costake_template_%%' AND datname <> %s"
    for (name,) in admin.execute(old, [current]).fetchall():
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _drop_left_behind(admin: psycopg.Connection) -> None:
    """Drop what runs that were killed have left; a database says in its name by which process it is used."""
    for (name,) in admin.execute("SELECT datname FROM pg_database WHERE datname LIKE 'costake_test_%'").fetchall():
        user = name.split("_")[2]
        if not user.isdigit() or not _lives(int(user)):
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _migrate(url: str) -> None:
    from alembic import command
    from alembic.config import Config

    from app.core import database, settings

    os.environ["DATABASE_URL"] = url
    _forget(settings, database)
    config = Config(toml_file=str(ROOT / "pyproject.toml"))
    config.set_main_option("script_location", str(ROOT / "alembic"))
    command.upgrade(config, "head")
    _forget(settings, database)


def _forget(settings, database) -> None:
    if database.engine.cache_info().currsize:
        database.engine().dispose()
    database.engine.cache_clear()
    settings.settings.cache_clear()


@cache
def _first(engine: Callable[[], Engine]) -> tuple[Dialect, LRUCache]:
    engine().connect().close()  # a dialect that never met its server cannot be lent to others
    return engine().dialect, LRUCache(5000)


def _compile_once(engine: Callable[[], Engine]) -> None:
    """Every test has an engine of its own; what one of them compiled, the next ones need not compile again."""
    dialect, compiled = _first(engine)
    engine().dialect = dialect
    engine().update_execution_options(compiled_cache=compiled)


@dataclass(frozen=True)
class World:
    """What a test starts from: a database, the files beside it, and what was made there."""

    database: str
    var: Path | None = None
    given: Any = None


@pytest.fixture(scope="module")
def build(server: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., World]]:
    """Makes a world once for all tests of a file, each of which then has a copy of its own.

    A fixture of the file's scope whose name ends with `_world` gives one to every test that asks for it.
    """
    with ExitStack() as made:

        def build(make: Callable[[], Any]) -> World:
            var, patch = tmp_path_factory.mktemp("world") / "var", made.enter_context(pytest.MonkeyPatch.context())
            name = made.enter_context(_copy(server, World(template), var, patch))
            given = make()
            _assert_proved(books_only=False)
            _let_go()
            patch.undo()
            return World(name, var, given)

        yield build


@pytest.fixture
def origin(request: pytest.FixtureRequest, template: str) -> World:
    """What `database` copies: the world that a test asks for, else an empty one."""
    named = [name for name in request.fixturenames if name.endswith("_world")]
    return request.getfixturevalue(named[0]) if named else World(template)


@pytest.fixture
def database(
    request: pytest.FixtureRequest, server: str, origin: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The URL of a fresh database that the product is configured to use; afterwards its books are proved."""
    with _copy(server, origin, tmp_path / "var", monkeypatch) as name:
        yield server.replace("{database}", name)
        if "falsified" not in request.keywords:
            _assert_proved(books_only="books_only" in request.keywords)


@contextmanager
def _copy(server: str, origin: World, var: Path, patch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a database of its own that the product is configured to use, with the files beside it."""
    from app.core import database as db
    from app.core import settings

    name = f"costake_test_{os.getpid()}_{secrets.token_hex(6)}"
    with _admin(server) as admin:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")  # half as long as by the log, in memory
        admin.execute(copy.format(sql.Identifier(name), sql.Identifier(origin.database)))
    if origin.var is not None and origin.var.exists():
        shutil.copytree(origin.var, var)
    patch.setenv("DATABASE_URL", server.replace("{database}", name))
    patch.setenv("COSTAKE_VAR", str(var))
    _let_go()
    _compile_once(db.engine)
    settings.settings.cache_clear()  # a test may still set what it likes
    try:
        yield name
    finally:
        _let_go()
        with _admin(server) as admin:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _let_go() -> None:
    from app.core import database, settings

    _forget(settings, database)


def _assert_proved(books_only: bool) -> None:
    from app.core.database import reading
    from app.ledger import proofs as ledger
    from app.proofs import PROOFS

    with reading() as session:
        findings = {proof.name: proof.check(session) for proof in (ledger.PROOFS if books_only else PROOFS)}
    wrong = {name: list(finding.wrong) for name, finding in findings.items() if not finding.holds}
    assert not wrong, f"the books no longer prove: {wrong}"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What tests counted and tell by `record_property("told", ...)`, also where they passed."""
    passed = terminalreporter.stats.get("passed", [])
    told = [value for report in passed for name, value in report.user_properties if name == "told"]
    if told:
        terminalreporter.section("counted")
        for each in sorted(told):
            terminalreporter.write_line(each)
