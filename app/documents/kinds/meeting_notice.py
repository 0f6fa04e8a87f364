"""The notice of a meeting (D11): when, where, on what, who may vote and how.

`agenda`, in order: {number, title, special (flag), text (empty without a vote), quorum, majority, denominator
(words)}. `deadlines`: {what, at}. `documents`: {title, where}. `statements`: what the law has said besides, such as
the right to a proxy.
"""

from app.core.errors import N_
from app.documents.kinds import ISSUER, Field, Kind

KIND = Kind(
    name="meeting-notice",
    title=N_("Notice of meeting"),
    law="D11",
    rests_on=(
        "notice_days",
        "short_notice",
        "notice",
        "notice_fields",
        "record_date",
        "postal_vote_deadline",
        "proxy",
        "proxies",
        "threshold",
        "thresholds",
        "threshold_AG",
        "threshold_GmbH",
        "quorum",
        "weight",
        "vote_weight",
        "abstention",
        "dissent",
    ),
    template_version=2,
    fields=(
        *ISSUER,
        Field("organization_capital_minor", "whole", mandatory=False),
        Field("organization_currency", mandatory=False),
        Field("zone"),
        Field("meeting_title"),
        Field("meeting_nature"),
        Field("meeting_at", "moment"),
        Field("meeting_place", mandatory=False),
        Field("meeting_link", mandatory=False),
        Field("agenda", "list"),
        Field("record_at", "moment"),
        Field("who_votes"),
        Field("how_to_vote"),
        Field("proxy_how"),
        Field("deadlines", "list"),
        Field("documents", "list"),
        Field("dissent", mandatory=False),
        Field("statements", "list", mandatory=False),
        Field("convener"),
        Field("convened_on", "day"),
    ),
    by_profile={
        "fr-sa-scic": (
            Field("organization_form"),
            Field("organization_register"),
            Field("organization_capital_minor", "whole"),
            Field("organization_currency"),
            Field("organization_seat"),
        ),
        "de-umwg-eg": (Field("dissent"),),
        "us-de-251": (Field("dissent"),),
    },
)
