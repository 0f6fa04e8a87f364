"""The vault: bytes come back as they were put in, or an alarm is raised."""

import hashlib

import pytest

from app.core import vault

CONTENT = b"%PDF-1.7 a certificate"


def test_bytes_come_back_as_they_were_put_in_however_often(var):
    digest = vault.put(CONTENT)
    assert digest == vault.put(CONTENT) == hashlib.sha256(CONTENT).hexdigest()
    assert vault.get(digest) == CONTENT
    assert vault.get(vault.put(b"")) == b""
    assert len([path for path in var.rglob("*") if path.is_file()]) == 2


@pytest.mark.parametrize("spoil", ["alter", "cut", "empty", "remove"])
def test_bytes_that_were_altered_or_removed_are_found(var, spoil):
    digest = vault.put(CONTENT)
    place = next(path for path in var.rglob(digest))
    if spoil == "remove":
        place.unlink()
    else:
        place.write_bytes({"alter": b"&" + CONTENT[1:], "cut": CONTENT[:-1], "empty": b""}[spoil])
    with pytest.raises(vault.Damaged, match=digest):
        vault.get(digest)


def test_damage_is_mended_by_putting_the_same_bytes_in_again(var):
    digest = vault.put(CONTENT)
    next(var.rglob(digest)).write_bytes(b"spoilt")
    vault.put(CONTENT)
    assert vault.get(digest) == CONTENT


@pytest.mark.parametrize("name", ["", "..", "../secret", "a" * 63, "G" * 64, "A" * 64, "a" * 63 + "\n"])
def test_nothing_outside_the_vault_can_be_asked_for(var, name):
    with pytest.raises(AssertionError):
        vault.get(name)
