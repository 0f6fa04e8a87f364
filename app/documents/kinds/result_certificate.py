"""The certificate of a result (D15): who could vote and did, quorum, votes, majority, and how it was counted.

Of an election `elected` are the names in order, `stages` {stage, what, votes}, `lots` the order that the seed drew.
`carried` of a group is none where the rule asks nothing of the group by itself, `ballots` of a choice where it is not
told. `roll_sha256` and `notice_sha256` are the hashes published before the vote, `log_sha256` that of the count.
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
    version=2,
    template_version=2,
    signatories=(N_("inspector"),),
    rests_on=(
        "threshold",
        "thresholds",
        "threshold_AG",
        "threshold_GmbH",
        "quorum",
        "weight",
        "vote_weight",
        "abstention",
    ),
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
        Field("roll_sha256", mandatory=False),
        Field("notice_sha256", mandatory=False),
        Field("elected", "list", mandatory=False),
        Field("stages", "list", mandatory=False),
        Field("lots", mandatory=False),
        Field("seed", mandatory=False),
        Field("oath"),
        Field("signatories", "list"),
    ),
)
