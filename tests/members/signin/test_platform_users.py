"""Users of the platform: proved by a claim that it signed, or by its list of hashed addresses."""

import hashlib
from datetime import timedelta

import openpyxl
import psycopg
import pytest
from click.testing import CliRunner
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from sqlalchemy import func, select

from app.cli.platform import platform
from app.core import clock
from app.core.database import reading, transaction
from app.core.settings import settings
from app.members.signin.browsers import Here
from app.members.signin.models import PlatformEmail
from app.members.signin.platform.claiming import ClaimedByAnother, ClaimRefused, claim
from app.members.signin.platform.listing import NotAHash, SaltMissing, import_list
from app.members.signin.platform.proving import PlatformUsersOnly, is_platform_user, refuse_unless_platform_user
from app.members.signin.sessions import open_session
from tests import make
from tests.members.signin.conftest import NOW

KEY = ECKey.generate_key("P-256")


@pytest.fixture
def platform_key(database, monkeypatch) -> None:
    monkeypatch.setenv("COSTAKE_PLATFORM_KEY", KEY.as_pem(private=False).decode())
    monkeypatch.setenv("COSTAKE_PLATFORM_NAME", "Twitter")
    settings.cache_clear()


def signed(key=KEY, algorithm: str = "ES256", **claims) -> str:
    ends = int((clock.now() + timedelta(minutes=5)).timestamp())
    return jwt.encode({"alg": algorithm}, {"sub": "user-1", "exp": ends} | claims, key, algorithms=[algorithm])


def hashed(email: str, salt: str = "") -> str:
    return hashlib.sha256((salt + email).encode()).hexdigest()


def test_the_platforms_claim_proves_the_person_who_brings_it(platform_key):
    with transaction() as session:
        maya, wei = make.person(session), make.person(session, "wei@example.org")
        claim(session, maya, signed(email_sha256=hashed("maya@example.org"), aud=settings().base_url))
        claim(session, maya, signed())
        assert (is_platform_user(session, maya.id), is_platform_user(session, wei.id)) == (True, False)
        with pytest.raises(ClaimedByAnother):
            claim(session, wei, signed())


def test_a_claim_that_is_foreign_changed_late_or_for_somebody_else_proves_nothing(platform_key):
    with clock.at(NOW):
        good = signed()
        wrong = [
            "",
            "x" * 5000,
            good[:-4] + "AAAA",
            signed(ECKey.generate_key("P-256")),
            signed(RSAKey.generate_key(2048), "RS256"),
            signed(OctKey.generate_key(256), "HS256"),
            signed(email_sha256=hashed("wei@example.org")),
            signed(email_sha256=5),
            signed(aud="https://another.example.org"),
            signed(sub=""),
            signed(sub=7),
            signed(exp=int(NOW.timestamp()) - 1),
            signed(exp=None),
            good.split(".")[0] + "." + good.split(".")[1] + ".",
        ]
        with transaction() as session:
            maya = make.person(session)
            for token in wrong:
                with pytest.raises(ClaimRefused):
                    claim(session, maya, token)
            with clock.at(NOW + timedelta(minutes=6)), pytest.raises(ClaimRefused):
                claim(session, maya, good)
            assert not is_platform_user(session, maya.id)


def test_without_the_platforms_key_no_claim_is_taken(database):
    with transaction() as session, pytest.raises(ClaimRefused):
        claim(session, make.person(session), signed())


def test_the_platforms_link_fills_the_claim_in_and_a_button_keeps_the_proof(platform_key, address, signed_in):
    maya = signed_in().get("/me/security").sees("Show that you are a user of Twitter")
    maya.get(f"/me/platform?claim={signed()}").fill_in("/me/platform").sees("It is proved", "you are a user of Twitter")
    maya.get("/me/platform").sees("It is proved")


def test_a_list_proves_whoever_has_shown_to_own_an_address_on_it_now_or_later(database, tmp_path):
    with transaction() as session:
        maya, wei, ana = (make.person(session, f"{name}@example.org") for name in ("maya", "wei", "ana"))
        open_session(session, maya)
    file = tmp_path / "users.txt"
    file.write_text("\n".join(hashed(f"{name}@example.org", "salt") for name in ("maya", "wei")) + "\n\n")
    said = CliRunner().invoke(platform, ["import", str(file), "--salt", "salt"])
    assert (said.exit_code, said.output) == (0, "2 users of the platform are listed; 1 persons here are among them.\n")
    with transaction() as session:
        assert [is_platform_user(session, who.id) for who in (maya, wei, ana)] == [True, False, False]
        for who in (wei, ana):
            open_session(session, who, Here())
        assert [is_platform_user(session, who.id) for who in (maya, wei, ana)] == [True, True, False]


def test_a_list_that_cannot_be_read_is_not_kept_in_part(database):
    good = hashed("maya@example.org", "salt")
    for line in ("maya@nowhere", "a b@example.org", good[:-1], good + "00", "zz" * 32):
        with pytest.raises(NotAHash), transaction() as session:
            import_list(session, [good, line], salt="salt", by=None)
    with pytest.raises(SaltMissing), transaction() as session:
        import_list(session, [good], salt="", by=None)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(PlatformEmail)) == 0


@pytest.mark.parametrize("kind", ["lines", "csv", "hashed csv", "xlsx"])
def test_addresses_in_clear_are_hashed_and_not_kept_whatever_the_file(database, tmp_path, kind):
    with transaction() as session:
        open_session(session, make.person(session))
    file = tmp_path / "users"
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for cell in ("Email", "Maya@example.org", "wei@example.org"):
            book.active.append([cell])
        book.save(file)
    else:
        lines = {
            "lines": ["Maya@Example.org ", "wei@example.org"],
            "csv": ["email", "maya@example.org", '"wei@example.org"'],
            "hashed csv": ["email_sha256", hashed("maya@example.org", "salt"), hashed("wei@example.org", "salt")],
        }[kind]
        file.write_text("\ufeff" + "\r\n".join(lines), "utf-8")
    salt = ["--salt", "salt"] if kind == "hashed csv" else []
    said = CliRunner().invoke(platform, ["import", str(file), *salt])
    assert said.output == "2 users of the platform are listed; 1 persons here are among them.\n"
    with psycopg.connect(database) as direct:
        assert direct.execute("SELECT length(salt) FROM platform_list").fetchone()[0] in (4, 32)
        rows = direct.execute("SELECT email_sha256 FROM platform_email").fetchall()
    assert [len(digest) for (digest,) in rows] == [32, 32]


def test_a_list_with_more_than_addresses_is_refused(database, tmp_path):
    file = tmp_path / "users.csv"
    file.write_text("email,name\nmaya@example.org,Maya\n")
    said = CliRunner().invoke(platform, ["import", str(file)])
    assert said.exit_code != 0
    file.write_bytes("email\nZoë@example.org\n".encode("latin-1"))
    assert CliRunner().invoke(platform, ["import", str(file)]).exit_code != 0


def test_who_is_not_listed_is_told_how_to_prove_it_and_a_list_imported_meanwhile_counts(database):
    with transaction() as session:
        maya = make.person(session)
        with pytest.raises(PlatformUsersOnly, match=r"show that you are one at http.*/me/platform"):
            refuse_unless_platform_user(session, maya)
        import_list(session, [hashed("maya@example.org", "salt")], salt="salt", by=None)
        assert not is_platform_user(session, maya.id)  # an address that nobody has confirmed proves nothing by itself
        refuse_unless_platform_user(session, maya)  # now the person has
        assert is_platform_user(session, maya.id)
