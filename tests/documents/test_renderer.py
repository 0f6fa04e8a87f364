"""The renderer: a process that crashes, hangs or needs too much harms nobody, and bytes depend on no process."""

import hashlib
import os
import signal
import subprocess
import sys

import pytest

from app.core.settings import ROOT, settings
from app.documents.checking import NotShown, check_shown
from app.documents.renderer.pool import Pool, RendererFailed, TookTooLong, TookTooMuch
from tests.documents.test_rendering import FACTS, ISSUED, digest_of


def asked(**changed: object) -> dict[str, object]:
    facts = FACTS | changed
    said = {
        "act": "typeset",
        "template": "certificate",
        "language": "en",
        "lines": 500,
        "issued_at": ISSUED.isoformat(),
    }
    return said | {"facts": facts, "digest": digest_of(facts)}


@pytest.fixture
def pool():
    made = Pool(1)
    yield made
    made.close()


def only_process(pool: Pool) -> int:
    [process] = pool._all
    return process.popen.pid


def test_a_renderer_that_was_killed_is_replaced_and_one_that_hangs_is_ended(pool):
    _, first = pool.ask(asked(), seconds=60)
    killed = only_process(pool)
    os.kill(killed, signal.SIGKILL)
    answer, again = pool.ask(asked(), seconds=60)
    assert again == first
    assert "weasyprint" in answer["engine"]
    hangs = only_process(pool)
    assert hangs != killed
    os.kill(hangs, signal.SIGSTOP)
    with pytest.raises(TookTooLong):
        pool.ask(asked(), seconds=0.2)
    assert not pool._all
    with pytest.raises(RendererFailed, match="undefined"):  # a fact that the template needs is not there
        pool.ask(asked() | {"facts": {"organization": "Costake"}}, seconds=60)
    assert pool.ask(asked(), seconds=60)[1] == first


def test_a_document_that_needs_too_much_memory_is_refused(pool, monkeypatch):
    monkeypatch.setenv("COSTAKE_DOCUMENT_MB", "512")
    settings.cache_clear()
    try:
        with pytest.raises(TookTooMuch):
            pool.ask(asked(legal_name="W" * 90_000_000), seconds=60)
    finally:
        settings.cache_clear()


def test_the_bytes_are_the_same_in_another_process_time_zone_and_folder(pool, tmp_path):
    program = (
        "import hashlib; from app.documents.renderer.pool import Pool;"
        "from tests.documents.test_renderer import asked; pool = Pool(1);"
        "print(hashlib.sha256(pool.ask(asked(), seconds=60)[1]).hexdigest()); pool.close()"
    )
    elsewhere = {"TZ": "Pacific/Chatham", "PYTHONHASHSEED": "77", "LANG": "tr_TR.UTF-8", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | elsewhere,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == hashlib.sha256(pool.ask(asked(), seconds=60)[1]).hexdigest()


@pytest.mark.parametrize(
    "name", ["Ångström", "Ιωάννου", "Ольга", "محمد بن عبد الله", "יעל כהן", "王小明 山田 김민준", "नेहा 🎉"]
)
def test_names_of_living_scripts_are_shown(name):
    check_shown({"legal_name": name, "agreed": [{"text": name}]})


@pytest.mark.parametrize("sign", ["\U000132ab", "\ue000", "\0", "\x1b", "\ud800", "\uffff"])
def test_a_character_that_no_font_has_is_refused_by_name(sign):
    with pytest.raises(NotShown) as refused:
        check_shown({"legal_name": "Maya", "agreed": [{"text": f"Maya {sign}"}]})
    assert f"U+{ord(sign):04X}" in str(refused.value)
    assert "agreed" in str(refused.value)
