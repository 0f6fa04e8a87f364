"""Settings of a test that needs no database."""

from pathlib import Path

import pytest

from app.core.settings import settings


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as `var`."""
    monkeypatch.setenv("COSTAKE_VAR", str(tmp_path / "var"))
    settings.cache_clear()
    yield tmp_path / "var"
    settings.cache_clear()
