"""Asks pref_voting and votekit to count the elections of tests/ballots/profiles.py; run by scripts/second-opinions.

An answer that hangs on a lot is left out (null): each library draws lots in its own way.
"""

import importlib.util
import json
import sys
import warnings
from importlib.metadata import version
from pathlib import Path
from random import Random

warnings.simplefilter("ignore")

from pref_voting.iterative_methods import instant_runoff_tb  # noqa: E402
from pref_voting.margin_based_methods import beat_path  # noqa: E402
from pref_voting.profiles_with_ties import ProfileWithTies  # noqa: E402
from pref_voting.proportional_methods import stv_scottish  # noqa: E402
from votekit.ballot import RankBallot  # noqa: E402
from votekit.elections import IRV, STV  # noqa: E402
from votekit.pref_profile import RankProfile  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]


def profiles():
    spec = importlib.util.spec_from_file_location("profiles", ROOT / "tests/ballots/profiles.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def agreed(answers):
    """The answer when it is always the same, else None."""
    said = [sorted(int(number) for number in answer) for answer in answers]
    return said[0] if all(answer == said[0] for answer in said) else None


def of_pref_voting(candidates, seats, ballots):
    numbers = list(range(1, candidates + 1))
    asked = ProfileWithTies(
        [{number: place for place, number in enumerate(order, start=1)} for order in ballots],
        list(ballots.values()),
        candidates=numbers,
    )
    asked.use_extended_strict_preference()
    votes = {one: {other: asked.support(one, other) for other in numbers if other != one} for one in numbers}
    return {
        "scottish-stv": agreed(stv_scottish(asked, num_seats=seats, rng=Random(draw)) for draw in range(4)),
        "irv": agreed(instant_runoff_tb(asked, tie_breaker=order) for order in (numbers, numbers[::-1])),
        "schulze": agreed([beat_path(asked, strength_function=lambda one, other: votes[one].get(other, 0))]),
    }


def of_votekit(candidates, seats, ballots):
    asked = RankProfile(
        ballots=[
            RankBallot(ranking=[{str(number)} for number in order], weight=times) for order, times in ballots.items()
        ],
        candidates=[str(number) for number in range(1, candidates + 1)],
    )
    answers = {}
    for name, ask in {
        "scottish-stv": lambda: STV(asked, n_seats=seats, simultaneous=False),
        "irv": lambda: IRV(asked),
    }.items():
        try:
            counted = ask()
        except ValueError:  # a tie that it was not told how to break
            answers[name] = None
            continue
        tied = any(state.tiebreaks for state in counted.election_states)
        answers[name] = None if tied else sorted(int(number) for each in counted.get_elected() for number in each)
    return answers


def main() -> None:
    made = profiles()
    kinds = {kind: int(sys.argv[1]) for kind in made.KINDS} if len(sys.argv) > 1 else made.KINDS
    by = {name: version(name) for name in ("pref_voting", "votekit")}
    blocks = [f'{{"by": {json.dumps(by)}']
    for kind, number in kinds.items():
        rows = (json.dumps(row(*made.profile(kind, seed)), separators=(",", ":")) for seed in range(number))
        blocks.append(f'"{kind}": [\n' + ",\n".join(rows) + "\n]")
    (ROOT / "tests/ballots/opinions.json").write_text(",\n".join(blocks) + "}\n")


def row(*asked):
    """What each library says: pref_voting by Scottish STV, IRV, Schulze; votekit by STV (its own rule) and IRV."""
    of_pref, of_kit = of_pref_voting(*asked), of_votekit(*asked)
    return [of_pref[name] for name in ("scottish-stv", "irv", "schulze")] + [
        of_kit[name] for name in ("scottish-stv", "irv")
    ]


if __name__ == "__main__":
    main()
