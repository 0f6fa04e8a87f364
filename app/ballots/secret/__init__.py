"""Secret ballots: who took part is one list, what was voted another, and no value leads from one to the other.

`README.md` beside it says how, and against whom that holds.
"""
