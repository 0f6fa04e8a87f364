"""The command line `costake`: every command by name, loaded only when it is called."""

import json
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

import click

from app.core.errors import InvalidInput, Refusal
from app.core.origin import COMMAND_LINE, coming_from


class Entry(NamedTuple):
    """A command: where it is, and what it is for in one line."""

    place: str
    purpose: str


COMMANDS: dict[str, dict[str, Entry]] = {
    "Run": {
        "serve": Entry("app.cli.serve:serve", "Run all that is needed: database, web and worker."),
        "web": Entry("app.cli.serve:web", "Run the web server alone."),
        "worker": Entry("app.cli.serve:worker", "Run the worker alone: it does what follows an act."),
        "migrate": Entry("app.cli.serve:migrate", "Bring the database to this version's tables."),
        "demo": Entry("app.cli.demo:demo", "Fill the configured database with the demonstration."),
        "keys": Entry("app.cli.keys:keys", "The keys of encrypted fields: make, rotate, show."),
    },
    "Members and roles": {
        "register": Entry("app.cli.register:register", "Export the register of members."),
        "import": Entry("app.cli.importing:import_", "Import holders and pledges from spreadsheets."),
        "role": Entry("app.cli.role:role", "Grant and end roles, and list them."),
        "token": Entry("app.cli.token:token", "Tokens of the API: make, list and revoke them."),
        "platform": Entry("app.cli.platform:platform", "Import the platform's list of its users."),
        "rights": Entry("app.cli.rights:rights", "Who may do what, read from the routes."),
    },
    "Documents": {
        "documents": Entry("app.cli.documents:documents", "Make the files of documents that are records."),
        "verify": Entry("app.cli.verify:verify", "Whether a PDF is ours, unaltered, sealed and the latest."),
    },
    "Ballots": {
        "ballot": Entry("app.cli.ballot:ballot", "Ballots: list, open, close, certify; count files; audit bundles."),
    },
    "Motions": {
        "motion": Entry("app.cli.motion:motion", "Motions of members: list them, show one."),
    },
    "Conversion": {
        "conversion": Entry("app.cli.conversion:conversion", "Conversions: the plan, dry run, execution, filing pack."),
    },
    "Books": {
        "books": Entry("app.cli.books:books", "The books for the accountant: journal, trial balance, ledger."),
        "audit": Entry("app.cli.audit:audit", "Export the audit trail."),
        "seal": Entry("app.cli.ledger:seal", "Seal what is settled; print the hash to keep elsewhere."),
        "prove": Entry("app.cli.ledger:prove", "Prove the books: every proof by name, with its figure."),
    },
    "Payments": {
        "bank": Entry("app.cli.bank:bank", "Bank statements: our accounts, and files taken in."),
        "distribution": Entry("app.cli.distribution:distribution", "Interest and patronage: draft, look, propose."),
        "payout-batch": Entry("app.cli.payout_batch:payout_batch", "Batches of payments: owed, propose, files."),
        "charge-run": Entry("app.cli.charge_run:charge_run", "Charge runs: how they go, start, pause and resume them."),
        "stripe": Entry("app.cli.stripe:stripe", "Card payments: repair after an outage; payouts."),
    },
    "Plan and law": {
        "plan": Entry("app.cli.plan:plan", "Work out what a purchase by the users takes."),
        "law": Entry("app.cli.law:law", "What a jurisdiction demands, with its source."),
    },
    "API": {
        "openapi": Entry("app.cli.openapi:openapi", "Print the description of the API (OpenAPI 3.1)."),
    },
    "Development": {
        "dev": Entry("app.cli.dev:dev", "A double of Stripe, for work without a network."),
    },
}
ENTRIES = {name: entry for group in COMMANDS.values() for name, entry in group.items()}


class Costake(click.Group):
    """The group of all commands: a refusal inside any of them is a message and exit status 2, never a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the commands, in the order of the help."""
        return list(ENTRIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command, and with it only what it needs."""
        if cmd_name not in ENTRIES:
            return None
        module, _, attribute = ENTRIES[cmd_name].place.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when there is none of that name, without loading any."""
        if args and args[0] not in ENTRIES:
            from difflib import get_close_matches

            near = get_close_matches(args[0], ENTRIES, n=1)
            ctx.fail(f"There is no command {args[0]!r}." + (f" Did you mean {near[0]!r}?" if near else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands by group."""
        for title, entries in COMMANDS.items():
            with formatter.section(title):
                formatter.write_dl([(name, entry.purpose) for name, entry in entries.items()], col_spacing=4)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show examples as they are typed."""
        with formatter.section("Examples"):
            formatter.write_dl(
                [
                    ("costake serve --demo", "the demonstration, at http://127.0.0.1:8000"),
                    ("costake prove --json", "for a monitor"),
                    ("costake law --help", "what a command can do"),
                ],
                col_max=40,
            )
        formatter.write_paragraph()
        formatter.write_text("Exit status: 0 done; 1 a proof or a check failed; 2 refused, with the reason.")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Remember whether a machine asks."""
        ctx.meta["app.json"] = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; say refusals and unusable settings to a person, and to a machine that asked for JSON."""
        told: list[str] = []
        try:
            with coming_from(COMMAND_LINE):
                return super().invoke(ctx)
        except Refusal as refusal:
            said, name = refusal_lines(refusal), refusal.name
            told = refusal_lines(refusal, with_name)
        except Exception as error:
            if getattr(error, "title", None) == "Settings":
                said, name = setting_lines(error), "InvalidSettings"
            elif type(error).__name__ == "OperationalError":  # of SQLAlchemy or psycopg, loaded only where needed
                said, name = [f"The database does not answer: {first_line(error)}"], "DatabaseUnavailable"
            elif type(getattr(error, "orig", error)).__name__ == "UndefinedTable":
                said, name = ["The database has not the tables of this version. Run: costake migrate"], "TablesMissing"
            else:
                raise
        click.echo("\n".join(told or [f"{said[0]} [{name}]", *said[1:]]), err=True)
        if ctx.meta["app.json"]:
            click.echo(json.dumps({"refusal": name, "message": "\n".join(said)}, ensure_ascii=False))
        ctx.exit(2)


def first_line(error: Exception) -> str:
    """What the database's driver says, without the statement it was asked."""
    return str(getattr(error, "orig", error)).strip().partition("\n")[0]


def with_name(refusal: Refusal) -> str:
    """A refusal as every command says it to a person: the sentence, then its name for whoever looks it up."""
    return f"{refusal.text()} [{refusal.name}]"


def refusal_lines(refusal: Refusal, said: Callable[[Refusal], str] = str) -> list[str]:
    """What was refused, and for several values each one's reason."""
    lines = [said(refusal)]
    if isinstance(refusal, InvalidInput):
        for field, problem in refusal.problems.items():
            lines.append(f"  {field}: {said(problem) if isinstance(problem, Refusal) else problem}")
    return lines


def setting_lines(error: Any) -> list[str]:
    """Which environment variables cannot be used, and why; never their values."""
    lines = ["These settings cannot be used."]
    for each in error.errors(include_input=False, include_url=False):
        place = ".".join(str(part) for part in each["loc"])
        name = place if place.isupper() or not place else f"COSTAKE_{place.upper()}"
        lines.append("  " + (f"{name}: " if name else "") + each["msg"].removeprefix("Value error, "))
    return lines


@click.command(cls=Costake, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="costake", message="%(prog)s %(version)s")
def costake() -> None:
    """Costake: the users of a platform buy it, own it, and turn it into a co-operative.

    Each command takes --help. Settings are environment variables: DATABASE_URL and COSTAKE_…; without DATABASE_URL
    a private database is kept under var/.
    """


def main() -> None:
    """Run the command line; being asked to stop ends it in order, so that a private database is left properly."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    costake()
