"""`costake law`: the jurisdiction profiles, what they decide, and whether one's own rules can be met."""

import functools
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec

import click

from app.cli import law_kept, with_name
from app.core.errors import Refusal
from app.law import profiles, showing
from app.law.evaluating import evaluate as decide
from app.law.figures import NotOneObject, TooLong, read_object
from app.law.lint import lint as findings_in
from app.law.ownrules import read_rules
from app.law.profiles import Profile
from app.law.written import as_json

INPUT_MAX = 1_000_000  # bytes; figures of one question are far smaller

P = ParamSpec("P")


def refusing(command: Callable[P, None]) -> Callable[P, None]:
    """Let a refusal be named on standard error (with --json also as JSON on standard output), and end with status 2."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except Refusal as refusal:
            if kwargs.get("as_json_"):
                say(as_json({"refusal": refusal.name, "message": refusal.text()}))
            say(with_name(refusal), err=True)
            raise SystemExit(2) from None

    return run


def say(text: str, *, err: bool = False) -> None:
    """Print in UTF-8 whatever the terminal is set to; text that is no Unicode is escaped."""
    click.echo(text.encode("utf-8", "backslashreplace"), err=err)


kept_option = click.option("--confirmed", is_flag=True, help="Count what counsel confirmed here (reads the database).")
json_option = click.option("--json", "as_json_", is_flag=True, help="Print JSON.")


@click.group("law")
def law() -> None:
    """What each jurisdiction demands, with its source."""


@law.command("list")
@json_option
@refusing
def list_profiles(as_json_: bool) -> None:
    """List the profiles."""
    all_profiles = profiles.all_profiles()
    if as_json_:
        say(as_json([_summary(profile) for profile in all_profiles]))
        return
    for kind, heading in (("governance", "Conversion and governance"), ("offering", "Offers")):
        say(f"{heading}\n")
        for profile in all_profiles:
            if profile.kind == kind:
                say(f"  {profile.id:<24}{profile.jurisdiction:<7}{profile.title}")
        say("")
    say(f"Tables of reference: {', '.join(profiles.reference_ids())}.")
    say("Not legal advice: every value needs counsel's check. `costake law show PROFILE` gives values and sources.")


@law.command()
@click.argument("profile_id", metavar="PROFILE")
@kept_option
@json_option
@refusing
def show(profile_id: str, confirmed: bool, as_json_: bool) -> None:
    """Show a profile or an own copy: each value with its source, whether it was read, and how far it binds."""
    known = profile_id in profiles.reference_ids()
    profile = (
        profiles.reference(profile_id) if known else _profile(profile_id, confirmed) or profiles.profile(profile_id)
    )
    if as_json_:
        say(as_json(showing.profile_data(profile)))
        return
    say(f"{profile.title}\n{profile.id}, version {profile.version} · {profile.jurisdiction} · {profile.zone}")
    for label, text in (("Route", profile.route), ("Overlays", ", ".join(profile.overlays))):
        if text:
            say(f"{label}: {text}")
    for approval in profile.approvals:
        say(f"Approval by {approval.who or approval.step.replace('_', ' ')} ({approval.step})")
    for value in profile.values.values():
        say(f"\n{value.title}  [{value.key}]")
        for line in showing.as_lines(value.data):
            _indented(line)
        for label, line in showing.foundation(value):
            _indented(line, f"  {label:<10}", " " * 10)
    for name, figures in showing.rules_of(profile).items():
        say(f"\n`costake law evaluate {name}` takes: {', '.join(figures)}")


@law.command()
@click.argument("profile_id", metavar="PROFILE")
@kept_option
@json_option
@refusing
def evaluate(profile_id: str, confirmed: bool, as_json_: bool) -> None:
    """Decide by a profile, own copy or rule: figures as one JSON object on standard input, the decision as JSON."""
    text = sys.stdin.buffer.read(INPUT_MAX + 1)
    if len(text) > INPUT_MAX:
        raise NotOneObject(why=TooLong(most=INPUT_MAX))
    own = _profile(profile_id, confirmed)
    say(as_json(decide(profile_id.partition("@")[0], read_object(text), own).as_data()))


@law.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@refusing
def lint(file: Path, as_json_: bool) -> None:
    """Find clauses of one's own rules (TOML or JSON) that can never be met, and deadlines that contradict each other.

    Ends with status 1 when something is found.
    """
    findings = findings_in(read_rules(file.read_bytes(), file.suffix))
    if as_json_:
        say(as_json({"findings": [finding.as_data() for finding in findings]}))
    else:
        for finding in findings:
            _indented(f"{finding.clause}: {finding.text()}", "- ", "  ")
        say(f"{len(findings)} found." if findings else "Nothing found.")
    if findings:
        raise SystemExit(1)


@law.command()
@click.argument("profile_id", metavar="PROFILE")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reason", required=True, help="Why, for the record: for example the article of the rules.")
@law_kept.by_option
@refusing
def adapt(profile_id: str, file: Path, reason: str, email: str) -> None:
    """Copy a profile with an organization's own, stricter rules (TOML or JSON: keys and what replaces their values)."""
    copy = law_kept.adapt(profile_id, file, reason, email)
    say(f"Kept as {copy.id}. See it with: costake law show {copy.id}")


@law.command()
@click.argument("profile_id", metavar="PROFILE")
@click.argument("key")
@click.option("--counsel", required=True, help="Who said so.")
@click.option("--note", default="", help="What exactly was said.")
@click.option("--deny", is_flag=True, help="Counsel does not confirm it, or no longer does.")
@law_kept.by_option
@refusing
def confirm(profile_id: str, key: str, counsel: str, note: str, deny: bool, email: str) -> None:
    """Record that counsel confirms a value, which then binds where --confirmed is asked for."""
    law_kept.confirm(profile_id, key, counsel, note, email, confirms=not deny)
    say(f"Recorded: {counsel} {'does not confirm' if deny else 'confirms'} {key} of {profile_id}.")


@law.command()
@json_option
@refusing
def own(as_json_: bool) -> None:
    """List the organization's own copies of profiles, with what they depart from and who decided."""
    law_kept.print_own_copies(as_json_)


def _profile(profile_id: str, confirmed: bool) -> Profile | None:
    """An own copy, or a profile with what counsel confirmed; None where the profile alone will do."""
    return law_kept.kept(profile_id) if confirmed or "@" in profile_id else None


def _summary(profile: Profile) -> dict[str, Any]:
    values = profile.values.values()
    return {
        "id": profile.id,
        "title": profile.title,
        "jurisdiction": profile.jurisdiction,
        "zone": profile.zone,
        "kind": profile.kind,
        "version": profile.version,
        "values": len(values),
        "enforced": sum(value.enforced for value in values),
        "rules": list(showing.rules_of(profile)),
    }


def _indented(text: str, first: str = " " * 4, rest: str = " " * 4) -> None:
    inner = " " * (len(text) - len(text.lstrip(" ")))
    say(textwrap.fill(text.strip(), 96, initial_indent=first + inner, subsequent_indent=rest + inner + "  "))


if __name__ == "__main__":
    law(prog_name="costake law")
