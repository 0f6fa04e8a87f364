"""Sealed references: only what this installation sealed, for this purpose, and unchanged, is accepted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.settings import settings
from app.core.tokens import seal, unseal

SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ "


@given(reference=st.one_of(st.integers(0, 2**63), st.text(st.characters(exclude_categories=["Cs"]))))
def test_what_was_sealed_is_read_back_for_its_purpose_only(reference):
    token = seal("sign-in", reference)
    assert unseal("sign-in", token) == str(reference)
    assert unseal("confirm-pledge", token) is None
    assert token.isascii() and not set(token) & set("+/=?#& ")


@pytest.mark.parametrize("reference", [7, 12, 123456789])
def test_a_token_changed_in_any_one_place_is_refused(reference):
    token = seal("sign-in", reference)
    changed = {token[:place] + sign + token[place + 1 :] for place in range(len(token)) for sign in SIGNS}
    changed |= {token[:place] + token[place + 1 :] for place in range(len(token))}
    changed |= {token[:place] + sign + token[place:] for place in range(len(token) + 1) for sign in SIGNS}
    accepted = {text for text in changed - {token} if unseal("sign-in", text) is not None}
    assert accepted == set()


@given(text=st.one_of(st.text(), st.from_regex(r"[A-Za-z0-9_=-]*\.[A-Za-z0-9_=-]*", fullmatch=True)))
def test_garbage_is_refused_and_breaks_nothing(text):
    assert unseal("sign-in", text) is None


def test_another_installation_s_token_is_refused(monkeypatch):
    token = seal("sign-in", 7)
    monkeypatch.setattr(settings(), "secret", "another installation's secret")
    assert unseal("sign-in", token) is None
