"""The audit of dependencies finds what it is there to find."""

import pytest

from scripts import _dependencies as audit


def test_everything_we_run_on_is_in_order():
    assert audit.problems() == []


@pytest.mark.parametrize(
    ("said", "fine"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-3-Clause", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", True),
        ("MIT AND GPL-3.0-only", False),
        ("GNU General Public License v2 (GPLv2)", False),
        ("Proprietary", False),
        ("SSPL-1.0", False),
    ],
)
def test_only_licences_that_fit_are_allowed(said, fine):
    assert audit.allowed(said) is fine
