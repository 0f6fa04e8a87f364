"""The points for counsel that each route and answer brings up; the law's own words and sources are in the profiles."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.errors import N_


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a route (None: of any), told where all of `when` was answered, with a `value` of a `profile`."""

    route: str | None
    text: str
    profile: str
    value: str
    when: Mapping[str, str] = field(default_factory=dict)


_US, _LISTED = ("us-de-266", "us-de-251"), {"listed": "yes"}
POINTS: tuple[Point, ...] = (
    *(
        Point(
            each,
            N_("The vote is measured by all outstanding shares: who stays away counts as a no."),
            each,
            "approvals.holders.threshold",
        )
        for each in _US
    ),
    *(
        Point(
            each,
            N_("A group that holds a part of the votes may wait years for a merger unless the board agreed first."),
            "us-de-203",
            "trigger",
            _LISTED,
        )
        for each in _US
    ),
    *(
        Point(
            each,
            N_("Holders who act together report it to the market’s supervisor."),
            "us-federal-group-rules",
            "schedule_13d",
            _LISTED,
        )
        for each in _US
    ),
    Point("us-de-266", N_("Whoever disagrees may have the value of their shares appraised."), "us-de-266", "dissent"),
    *(
        Point(
            each,
            N_("With investor members each decision needs a majority of the patrons too."),
            "us-co-lca",
            "voting",
            {"investors": "yes"},
        )
        for each in _US
    ),
    Point(
        "uk-company-to-society",
        N_("A special resolution: exactly three quarters of the votes cast are enough."),
        "uk-company-to-society",
        "approvals.members.threshold",
    ),
    Point(
        "uk-company-to-society",
        N_("Holdings above the limit of withdrawable shares are changed before the conversion."),
        "uk-company-to-society",
        "checks",
        {"large": "yes"},
    ),
    Point(
        "uk-company-to-society",
        N_("Members vote by head, investors too."),
        "uk-society",
        "vote_weight",
        {"investors": "yes"},
    ),
    Point("uk-company-to-society", N_("The way back is hard."), "uk-society", "demutualise"),
    Point(
        "fr-sa-scic",
        N_("Two thirds of the votes cast, with a quorum that is lower at the second call."),
        "fr-sa-scic",
        "approvals.egm.quorum",
    ),
    Point(
        "fr-sa-scic",
        N_("Three categories of members at least, users and employees among them."),
        "fr-sa-scic",
        "scic_conditions",
    ),
    Point(
        "fr-sa-scic",
        N_("More than the shares can be asked of a member only with that member’s consent."),
        "fr-sa-scic",
        "unanimity_traps",
        {"calls": "yes"},
    ),
    Point(
        "fr-sa-scic", N_("The votes of investors are limited."), "fr-scic", "investor_vote_cap", {"investors": "yes"}
    ),
    Point(
        "de-umwg-eg", N_("Three quarters, in a meeting only, before a notary."), "de-umwg-eg", "approvals.holders.form"
    ),
    Point(
        "de-umwg-eg",
        N_("If members owe further calls, everybody must agree, those who are absent too."),
        "de-umwg-eg",
        "approvals.holders.if_member_liability",
        {"calls": "yes"},
    ),
    Point("de-umwg-eg", N_("Whoever objects is offered cash, and has time to accept it."), "de-umwg-eg", "dissent"),
    Point("de-umwg-eg", N_("Delegates may meet in place of all members."), "de-eg", "delegates", {"many": "yes"}),
    Point(
        "de-umwg-eg",
        N_("Investor members may neither outvote nor block the others."),
        "de-eg",
        "investor_members",
        {"investors": "yes"},
    ),
    Point("de-umwg-eg", N_("Membership of an auditing association, and its opinion, come first."), "de-eg", "audit"),
    Point("eu-sce", N_("Two years in another member state come first."), "eu-sce", "precondition"),
    Point(
        None,
        N_("As a later stage a national co-operative may become a European one."),
        "eu-sce",
        "precondition",
        {"europe": "yes"},
    ),
)
