"""The certificate of a result (D15): who could vote and did, quorum, votes, majority, and how it was counted.

Counts of votes are whole numbers, or fractions as text. `electorate`: {group, members, votes_outstanding,
votes_entitled}. `represented`: {person, proxy, post}. `quorum`: {rule, needed, reached, met (flag)}. `choices`:
{choice, ballots, votes}. `invalid`: {reason, ballots}. `groups`: {group, votes_for, votes_against, abstain, carried}.
`majority`: {rule, denominator, needed, reached}. `challenges`: {challenge, decision}. `signatories`: {name, capacity,
signed_at, how}.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, MEETING, Field, Kind

KIND = Kind(
    name="result-certificate",
    title=N_("Certificate of result"),
    law="D15",
    signatories=(N_("inspector"),),
    fields=(
        *ISSUER,
        Field("zone"),
        *MEETING,
        Field("item_number"),
        Field("item_title"),
        Field("item_text"),
        Field("record_at", "moment"),
        Field("counted_at", "moment"),
        Field("electorate", "list"),
        Field("represented", "record"),
        Field("quorum", "record"),
        Field("choices", "list"),
        Field("ballots_cast", "whole"),
        Field("votes_cast"),
        Field("invalid", "list"),
        Field("broker_non_votes", mandatory=False),
        Field("groups", "list"),
        Field("majority", "record"),
        Field("challenges", "list"),
        Field("carried", "flag"),
        Field("method"),
        Field("software"),
        Field("log_sha256"),
        Field("oath"),
        Field("signatories", "list"),
    ),
)
