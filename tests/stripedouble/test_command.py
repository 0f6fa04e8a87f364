"""`costake dev stripe`."""

from click.testing import CliRunner

from app.cli import costake


def test_it_refuses_to_listen_for_others():
    answer = CliRunner().invoke(costake, ["dev", "stripe", "--host", "0.0.0.0"])
    assert answer.exit_code == 2 and "loopback only" in answer.output


def test_it_refuses_to_deliver_elsewhere():
    answer = CliRunner().invoke(costake, ["dev", "stripe", "--port", "0", "--forward-to", "http://example.org/hook"])
    assert answer.exit_code == 2 and "loopback only" in answer.output


def test_its_help_says_what_it_is():
    assert "double of Stripe" in CliRunner().invoke(costake, ["dev", "stripe", "--help"]).output
