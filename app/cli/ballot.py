"""`costake ballot`: count files of ballots without a database; audit bundles of ballots."""

import json
from pathlib import Path

import click

from app.ballots.counting.blt import read_blt
from app.ballots.counting.elections import Election
from app.ballots.counting.methods import METHODS
from app.ballots.counting.methods import count as count_ballots
from app.ballots.counting.rounds import Count, Round, written
from app.cli.balloting import certify, close, list_, open_, show
from app.cli.bundling import bundle, verify

SEED = "costake"


@click.group("ballot")
def ballot() -> None:
    """Ballots: how they stand, a teller's steps, counts of files of ranked ballots, audit bundles and their checks."""


for _command in (list_, show, open_, close, certify, bundle, verify):
    ballot.add_command(_command)


@ballot.command("count")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--method", required=True, type=click.Choice(list(METHODS)), help="The rule to count by.")
@click.option("--seats", type=click.IntRange(1), help="Fill this many seats; otherwise as many as the file says.")
@click.option("--seed", default=SEED, show_default=True, help="The public seed that lots are drawn from.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole count as one JSON object.")
def count_file(file: Path, method: str, seats: int | None, seed: str, as_json: bool) -> None:
    """Count a .blt file.

    scottish-stv is the single transferable vote of the Scottish Local Government Elections Order 2007. irv and
    schulze elect one; for several seats irv counts again without those elected, and schulze takes the first of its
    order. Equal places and the rest of that ballot back nobody under scottish-stv and irv. Lots are drawn by the
    seed: candidates in the order of SHA-256("SEED/NUMBER"). Exits 2 with a reason when the file cannot be read.
    """
    election = read_blt(file.read_bytes())
    counted = count_ballots(election, method, seats, seed)
    if as_json:
        click.echo(json.dumps(counted.as_data() | {"title": election.title, "candidates": list(election.names)}))
    else:
        click.echo("\n".join(report(election, counted)))


def report(election: Election, counted: Count) -> list[str]:
    """The count for a person: what was counted, each stage, who is elected."""
    names = {number: f"{number} {name}" for number, name in enumerate(election.names, start=1)}
    quota = "" if counted.quota is None else f", quota {counted.quota}"
    lines = [election.title] if election.title else []
    lines.append(
        f"{counted.method}: {counted.seats} of {len(election.standing)} to be elected; "
        f"{counted.valid} valid, {counted.blank} blank, {counted.spoilt} spoilt{quota}"
    )
    for each in counted.rounds:
        lines += ["", *_stage(each, counted, names)]
    lines += ["", "Elected, in order:"]
    lines += [f"  {place}. {names[number]}" for place, number in enumerate(counted.elected, start=1)]
    if any(tie.stage is None for each in counted.rounds for tie in each.ties):
        lines += ["", f"Lots were drawn by the seed {counted.seed!r}: {', '.join(map(str, counted.lots))}."]
    return lines


def _stage(each: Round, counted: Count, names: dict[int, str]) -> list[str]:
    """One stage: a line for each candidate, what left the count, who is elected and how ties were resolved."""
    of = f" of {names[each.candidate]}" if each.candidate else ""
    seat = f" (seat {each.seat})" if each.seat else ""
    lines = [f"Stage {each.stage}: {each.action.replace('_', ' ')}{of}{seat}"]
    if each.action == "place" and each.candidate:
        before = "; preferred to" if each.votes else ""
        lines = [f"Place {each.stage}: {names[each.candidate]}{'  elected' if each.elected else ''}{before}"]
    wide = max((len(names[number]) for number in each.votes), default=0)
    for number, votes in sorted(each.votes.items(), key=lambda item: (-item[1], item[0])):
        more = each.transfers.get(number)
        gained = f"  +{written(more.votes, counted.places)}" if more else ""
        mark = "  elected" if number in each.elected else ""
        lines.append(f"  {names[number]:<{wide}}  {written(votes, counted.places):>14}{gained}{mark}")
    if each.exhausted or each.fractions:
        lost = f"{written(each.exhausted, counted.places)} exhausted"
        lines.append(f"  not transferable: {lost}, {written(each.fractions, counted.places)} in fractions")
    for tie in each.ties:
        how = "by lot" if tie.stage is None else f"by the votes of stage {tie.stage}"
        tied = ", ".join(names[number] for number in tie.candidates)
        lines.append(f"  tie ({tie.purpose}) of {tied}: {names[tie.chosen]} {how}")
    return lines
