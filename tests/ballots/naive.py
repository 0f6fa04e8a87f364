"""The Scottish rule a second time, as plainly as can be: every paper by itself, every value a fraction, slow and short.

It shares no line with what it checks. Papers are lists; a value is cut after five places by writing it in
hundred-thousandths and dropping the rest.
"""

from fractions import Fraction


def cut(value: Fraction) -> Fraction:
    return Fraction(value * 100_000 // 1, 100_000)


def scottish(candidates, seats, ballots, lots):  # noqa: C901  # one page that reads from top to bottom
    """Elected in order, and the votes of everybody at the end of each stage."""
    papers = [[list(order), Fraction(1)] for order, times in ballots for _ in range(times)]
    quota = len(papers) // (seats + 1) + 1
    piles = {one: [paper for paper in papers if paper[0][0] == one] for one in candidates}
    votes = {one: Fraction(len(piles[one])) for one in candidates}
    hopeful, elected, waiting, stages = set(candidates), [], [], []

    def before(one, other, now):
        """Whether `one` stands before `other`: by now, else by the last stage where they differ, else by lot."""
        for table in [now, *reversed(stages)]:
            if table[one] != table[other]:
                return table[one] > table[other]
        return lots.index(one) < lots.index(other)

    def first(some, now):
        return next(one for one in some if all(before(one, other, now) for other in some if other != one))

    def last(some, now):
        return next(one for one in some if all(before(other, one, now) for other in some if other != one))

    def move(giver, factor):
        for order, value in piles.pop(giver):
            after = order[order.index(giver) + 1 :]
            taker = next((one for one in after if one in hopeful), None)
            if taker is not None:
                worth = factor(value)
                piles[taker].append([order, worth])
                votes[taker] += worth

    def close():
        reached = [one for one in hopeful if votes[one] >= quota]
        while reached:
            one = first(reached, votes)
            reached.remove(one)
            hopeful.remove(one)
            elected.append(one)
            if votes[one] > quota:
                waiting.append(one)
        if len(hopeful) <= seats - len(elected):
            while hopeful:
                one = first(hopeful, votes)
                hopeful.remove(one)
                elected.append(one)
        stages.append(dict(votes))

    close()
    while len(elected) < seats and hopeful:
        if waiting:
            giver = first(waiting, votes)
            waiting.remove(giver)
            total, surplus = votes[giver], votes[giver] - quota
            move(giver, lambda value, total=total, surplus=surplus: cut(surplus * value / total))
            votes[giver] = Fraction(quota)
        else:
            out = last(hopeful, votes)
            hopeful.remove(out)
            if len(hopeful) > seats - len(elected):
                move(out, lambda value: value)
                votes[out] = Fraction(0)
        close()
    return elected, stages
