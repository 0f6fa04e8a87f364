"""Users of the platform: proved by a claim that it signed, or by its list of hashed addresses."""

import hashlib
from datetime import timedelta

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
from app.members.signin.platform.proving import is_platform_user
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
    for line in ("maya@example.org", good[:-1], good + "00", "zz" * 32):
        with pytest.raises(NotAHash), transaction() as session:
            import_list(session, [good, line], salt="salt", by=None)
    with pytest.raises(SaltMissing), transaction() as session:
        import_list(session, [good], salt="", by=None)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(PlatformEmail)) == 0
