"""`costake plan`: the known figures as JSON, the text for people, and refusals with exit status 2."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from app.cli import costake

TWITTER = [
    "--users=350000000",
    "--fraction=0.01",
    "--each=2300",
    "--shares-outstanding=707754630",
    "--profile=us-de-266",
]


def run(*args):
    return CliRunner().invoke(costake, ["plan", *args])


@pytest.mark.parametrize(("price", "stake", "passes"), [("17.28", 0.658, True), ("23.00", 0.495, False)])
def test_the_stake_of_2016_and_whether_it_passes(price, stake, passes):
    result = run(*TWITTER, f"--price={price}", "--json")
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert said["stake"] == stake
    assert said["passes"] is passes
    numerator, denominator = map(int, said["stake_exact"].split("/"))
    assert round(numerator / denominator, 3) == stake
    assert said["decision"]["pass"] is passes


def test_what_is_missing_is_enough():
    said = json.loads(run(*TWITTER, "--price=23", "--json").stdout)
    missing = said["missing"]
    assert missing["people"] == 38_774
    assert missing["each"]["amount"] == "25.48"
    assert missing["allied_votes"] == 3_877_316
    more = [arg for arg in TWITTER if not arg.startswith("--each")]
    assert json.loads(run(*more, "--each=2325.48", "--price=23", "--json").stdout)["passes"] is True
    assert json.loads(run(*more, "--each=2325.47", "--price=23", "--json").stdout)["passes"] is False


def test_the_loan_of_the_proposal():
    args = ["--users=300000000", "--fraction=0.01", "--each=2300", "--price=23", "--valuation=16000000000"]
    said = json.loads(run(*args, "--profile=us-de-251", "--scenarios", "--json").stdout)
    loan = next(scenario for scenario in said["scenarios"] if scenario["key"] == "fee-and-loan")
    assert loan["outcome"]["fee_income"]["amount"] == "4500000000.00"
    assert round(loan["outcome"]["instalment"]["minor"] / 100) == 350_239_377
    assert loan["outcome"]["yearly_each"]["amount"] == "7.79"


def test_the_text_says_no_go_and_what_would_be_enough():
    text = run(*TWITTER, "--price=23", "--scenarios").stdout
    assert text.startswith("NO GO")
    assert "3,538,774" in text
    assert "DGCL 203" in text
    assert "Full buy-out" in text


def test_the_text_fits_the_terminal(monkeypatch):
    for columns in (56, 80):
        monkeypatch.setenv("COLUMNS", str(columns))
        text = run(*TWITTER, "--price=23", "--scenarios").stdout
        assert max(map(len, text.splitlines())) <= columns


@pytest.mark.parametrize(
    ("args", "option", "refusal"),
    [
        (["--users=0", "--price=23"], "--users", "Nothing"),
        (["--users=-1", "--price=23"], "--users", "Negative"),
        (["--fraction=1.5", "--price=23"], "--fraction", "MoreThanAll"),
        (["--price=a lot"], "--price", "NotANumber"),
        (["--price=1.234"], "--price", "Ambiguous"),
        (["--price=1,234"], "--price", "Ambiguous"),
        (["--price=23", "--users=1.000"], "--users", "AmbiguousCount"),
        (["--price=23", "--shares-outstanding=707.754"], "--shares-outstanding", "AmbiguousCount"),
        (["--price=23", "--each=2.300"], "--each", "NotAnAmount"),
        (["--price=23", "--currency=XXX"], "--currency", "UnknownCurrency"),
        (["--price=23", "--currency=XAU"], "--currency", "UnknownCurrency"),
        (["--price=nan"], "--price", "NotANumber"),
        (["--price=23", "--valuation=1000000000"], "--valuation", "PriceContradictsValuation"),
        (["--price=23", "--profile=us-regcf"], "--profile", "OfferingProfile"),
        (["--price=23", "--profile=atlantis"], "--profile", "UnknownProfile"),
        (["--price=23", "--shares-outstanding=10000000000000000"], "--shares-outstanding", "TooLarge"),
        ([], "--price", "CompanyUnknown"),
    ],
)
def test_a_figure_that_cannot_be_used_is_refused_by_name_with_status_2(args, option, refusal):
    result = run(*TWITTER, *args, "--json")
    assert result.exit_code == 2
    assert option in result.stderr
    assert refusal in result.stderr
    assert json.loads(result.stdout)["problems"][option.removeprefix("--").replace("-", "_")]["refusal"] == refusal


def test_a_refused_price_is_not_called_a_missing_one():
    args = [arg for arg in TWITTER if not arg.startswith("--shares")]
    said = json.loads(run(*args, "--price=1.234", "--valuation=1.234", "--json").stdout)
    assert list(said["problems"]) == ["price", "valuation"]


def test_the_command_loads_neither_the_web_nor_the_database():
    heavy = "print([name for name in ('fastapi', 'sqlalchemy', 'starlette', 'psycopg') if name in sys.modules])"
    code = f"import sys; import app.cli.plan; {heavy}"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
