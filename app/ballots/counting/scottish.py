"""The single transferable vote by the Scottish Local Government Elections Order 2007 (SSI 2007/42), rules 45 to 52.

Votes are whole numbers of hundred-thousandths, as the Order counts to five decimal places and ignores the rest.
"""

from collections.abc import Callable

from app.ballots.counting.elections import Election, NoValidBallot, Papers, strict
from app.ballots.counting.lots import Tie, choose, draw, ranked
from app.ballots.counting.rounds import Count, Round, Transfer

METHOD = "scottish-stv"
PLACES = 5
ONE = 10**PLACES

Held = tuple[int, int]  # a group of identical papers by its index, and the position of the preference it now backs


def count(election: Election, seats: int, seed: str) -> Count:
    """Elect `seats` candidates; refuses when no ballot is valid."""
    standing = election.standing
    papers = strict(election, standing)
    if not papers.valid:
        raise NoValidBallot
    counting = _Counting(papers, standing, seats, draw(seed, standing))
    counting.run()
    return Count(
        METHOD,
        seats,
        counting.quota,
        tuple(counting.elected),
        tuple(counting.rounds),
        papers.valid,
        papers.blank,
        papers.spoilt,
        seed,
        counting.lots,
        PLACES,
    )


class _Counting:
    """A count under way: who holds which papers, by the value at which they were received."""

    def __init__(self, papers: Papers, standing: tuple[int, ...], seats: int, lots: tuple[int, ...]) -> None:
        self.orders = list(papers.counts)
        self.copies = list(papers.counts.values())
        self.seats, self.lots = seats, lots
        self.quota = papers.valid // (seats + 1) + 1  # rule 46
        self.continuing = set(standing)
        self.held: dict[int, dict[int, list[Held]]] = {number: {} for number in standing}
        self.votes = dict.fromkeys(standing, 0)
        self.history: list[dict[int, int]] = []
        self.elected: list[int] = []
        self.over: set[int] = set()  # elected with a surplus that is still to be transferred
        self.rounds: list[Round] = []

    @property
    def vacancies(self) -> int:
        return self.seats - len(self.elected)

    def run(self) -> None:
        """Stage after stage until every vacancy is filled, or nobody is left."""
        self.first_preferences()
        while self.vacancies and self.continuing:
            if self.over:
                self.transfer_surplus()
            else:
                self.exclude_lowest()

    def first_preferences(self) -> None:
        """Rule 45: each paper is one vote for its first preference."""
        for index, order in enumerate(self.orders):
            self.held[order[0]].setdefault(ONE, []).append((index, 0))
            self.votes[order[0]] += self.copies[index] * ONE
        self.close("first_preferences", None)

    def transfer_surplus(self) -> None:
        """Rules 48 and 49: the highest surplus goes first, each paper at its value times surplus by votes."""
        highest = max(self.votes[number] for number in self.over)
        tied = (number for number in self.over if self.votes[number] == highest)
        giver, tie = choose("surplus", tied, self.history, self.lots)
        self.over.remove(giver)
        total, surplus = highest, highest - self.quota * ONE
        transfers, exhausted = self.pass_on(giver, lambda value: value * surplus // total)
        self.votes[giver] -= surplus
        given = sum(each.votes for each in transfers.values())
        ties = (tie,) if tie else ()
        self.close("surplus", giver, transfers, exhausted, surplus - given - exhausted, ties)

    def exclude_lowest(self) -> None:
        """Rules 50 and 51: the lowest is excluded; papers go on at the value at which they were received."""
        lowest = min(self.votes[number] for number in self.continuing)
        tied = (number for number in self.continuing if self.votes[number] == lowest)
        out, tie = choose("exclusion", tied, self.history, self.lots, lowest=True)
        self.continuing.remove(out)
        ties = (tie,) if tie else ()
        if len(self.continuing) <= self.vacancies:  # rule 52(2): then no further transfer is made
            self.close("exclusion", out, ties=ties)
            return
        transfers, exhausted = self.pass_on(out, lambda value: value)
        del self.votes[out]
        self.close("exclusion", out, transfers, exhausted, ties=ties)

    def pass_on(self, giver: int, worth: Callable[[int], int]) -> tuple[dict[int, Transfer], int]:
        """Hand each paper to its next continuing preference at its new worth; the votes of the others are exhausted."""
        papers: dict[int, int] = {}
        votes: dict[int, int] = {}
        exhausted = 0
        for received, parcel in sorted(self.held.pop(giver).items()):
            value = worth(received)
            for index, position in parcel:
                copies = self.copies[index]
                step = self.next_preference(index, position)
                if step is None:
                    exhausted += copies * value
                    continue
                taker = self.orders[index][step]
                self.held[taker].setdefault(value, []).append((index, step))
                papers[taker] = papers.get(taker, 0) + copies
                votes[taker] = votes.get(taker, 0) + copies * value
        for taker, more in votes.items():
            self.votes[taker] += more
        return {taker: Transfer(papers[taker], votes[taker]) for taker in papers}, exhausted

    def next_preference(self, index: int, position: int) -> int | None:
        """The position of the next preference for a continuing candidate."""
        order = self.orders[index]
        for step in range(position + 1, len(order)):
            if order[step] in self.continuing:
                return step
        return None

    def close(
        self,
        action: str,
        candidate: int | None,
        transfers: dict[int, Transfer] | None = None,
        exhausted: int = 0,
        fractions: int = 0,
        ties: tuple[Tie, ...] = (),
    ) -> None:
        """End a stage: who has the quota is elected (rule 47), and the last vacancies are filled (rule 52)."""
        self.history.append(dict.fromkeys(self.lots, 0) | self.votes)
        reached = [number for number in self.continuing if self.votes[number] >= self.quota * ONE]
        elected, more = self.elect(reached)
        self.over |= {number for number in elected if self.votes[number] > self.quota * ONE}
        deemed: tuple[int, ...] = ()
        if self.continuing and len(self.continuing) <= self.vacancies:
            deemed, last = self.elect([*self.continuing])
            more += last
        self.rounds.append(
            Round(
                stage=len(self.history),
                action=action,
                candidate=candidate,
                votes=dict(self.votes),
                transfers=transfers or {},
                exhausted=exhausted,
                fractions=fractions,
                elected=elected + deemed,
                deemed=deemed,
                ties=ties + more,
            )
        )

    def elect(self, candidates: list[int]) -> tuple[tuple[int, ...], tuple[Tie, ...]]:
        """Elect them, those with more votes first."""
        order, ties = ranked("order", candidates, self.history, self.lots)
        self.elected += order
        self.continuing -= set(order)
        return order, ties
