"""The facts of a conversion's papers: from its plan, ballot and exchange, and from what the organization answered.

Money is whole minor units, days are ISO 8601. What nobody answered is empty, so that filing refuses and names it.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.ballots.drafting import items_of
from app.ballots.result.certifying import result_of
from app.conversion.answers.answering import answers_of
from app.conversion.drafts import has_draft, language_of_form, rules_draft
from app.conversion.exchange.models import ExchangeTerms
from app.conversion.exchange.reckoning import latest_reckoning
from app.conversion.plan.meeting import standings
from app.conversion.plan.models import Conversion
from app.conversion.plan.relying import ballot_of, exchange_of
from app.core.errors import N_
from app.core.language import fill, translator
from app.documents.issuing import issuer
from app.law.plans import plan_of
from app.law.profiles import profile

PLAN, RESOLUTION, STATEMENT = "conversion-plan", "conversion-resolution", "conversion-statement"
_CHAIR, _SECRETARY, _AUTHORISED = N_("chair"), N_("secretary"), N_("authorised person")
_BECOMES = N_("{new} of {code} for {old}; a fraction is {fractions}")
_SPECIAL, _QUALIFIED = N_("special resolution"), N_("resolution with the majority that the law asks for")
_ALL, _PATRONS = N_("all votes"), N_("patron members")
_APPROVAL = N_("The conversion was approved as the law asks for ({law}): ballot {ballot}, result {sha256}.")
_SERVICE = N_("Process may be served on the Secretary of State, who forwards it to the address below.")
_RULES_PENDING = N_("the rules or statutes, which are a draft")
_FORM_PENDING = N_("every field, against the registrar’s own form")


class Known:
    """What is known of a conversion when a paper of it is drawn up; `language` is that of the new form's papers."""

    def __init__(self, session: Session, conversion: Conversion) -> None:
        """Read it once for every paper."""
        self.session, self.conversion = session, conversion
        self.answers: Mapping[str, str] = answers_of(session, conversion)
        self.law, self.target = profile(conversion.law), plan_of(conversion.law).target
        self.language = language_of_form(self.target)
        self.exchange = exchange_of(session, conversion)

    def said(self, key: str) -> str:
        """An answer, empty where there is none."""
        return self.answers.get(key, "")

    def listed(self, key: str) -> list[str]:
        """An answer of several lines."""
        return [line.strip() for line in self.said(key).splitlines() if line.strip()]

    @property
    def rules(self) -> str:
        """The rules as counsel settled them, else the draft."""
        if self.said("rules") or not has_draft(self.target):
            return self.said("rules")
        names = {"entity_name": self.conversion.entity_name, "resulting_name": self.conversion.resulting_name}
        return rules_draft(str(self.target), {**self.answers, **names})

    @property
    def pending(self) -> list[str]:
        """What counsel still has to look at."""
        return [] if self.said("rules") else [_RULES_PENDING]

    @property
    def resulting(self) -> dict[str, str]:
        """The new form."""
        form, seat = self.said("resulting_form"), self.said("resulting_office")
        return {"name": self.conversion.resulting_name, "form": form, "seat": seat, "register": ""}

    @property
    def effective_on(self) -> str | None:
        """The effective date, None while no exchange says it."""
        return self.exchange.effective_on.isoformat() if self.exchange else None

    def signatory(self, key: str, capacity: str) -> list[dict[str, str]]:
        """Somebody who signs, where their name is known."""
        return [{"name": self.said(key), "capacity": capacity}] if self.said(key) else []


def plan_facts(known: Known) -> dict[str, Any]:
    """Of the plan and report (D18)."""
    conversion, said = known.conversion, known.said
    money = [(N_("Assets"), said("assets"), 1), (N_("Debts and provisions"), said("debts"), -1)]
    sums = [sign * int(amount) for _, amount, sign in money if amount]
    say = translator(known.language)
    return issuer() | {
        "organization": conversion.entity_name,
        "counsel": known.pending,
        "law": known.law.title,
        "entity": {
            "name": conversion.entity_name,
            "form": said("entity_form"),
            "seat": said("entity_office"),
            "register": said("entity_register"),
        },
        "resulting": known.resulting,
        "rules": known.rules,
        "exchange": _exchange(known),
        **{key: said(key) for key in ("special_rights", "employees", "taxes", "compensation", "conditions")},
        "timetable": [
            {"on": each.day.isoformat(), "what": say(each.step.kind.title.value)}
            for each in sorted(standings(known.session, conversion).values(), key=lambda each: str(each.day))
            if each.day
        ],
        "effective_on": known.effective_on,
        "opinions": [_opinion(line) for line in known.listed("opinions")],
        "net_assets_on": said("net_assets_on") or None,
        "net_assets": [
            {"what": say(title), "amount_minor": sign * int(amount)} for title, amount, sign in money if amount
        ],
        "net_assets_minor": sum(sums) if len(sums) == len(money) else None,
        "currency": said("currency"),
        "signatories": known.signatory("chair", _CHAIR),
    }


def resolution_facts(known: Known) -> dict[str, Any]:
    """Of the resolution (D19); empty where no ballot has carried it."""
    ballot, said, language = ballot_of(known.session, known.conversion), known.said, known.language
    if ballot is None:
        return issuer() | {"organization": known.conversion.entity_name}
    texts = [each.text for each in items_of(known.session, ballot, withdrawn=False)]
    terms = ballot.meeting.terms if ballot.meeting else None
    titles = terms.title if terms else ballot.terms.title
    special = known.law.id == "uk-company-to-society"
    return issuer() | {
        "organization": known.conversion.entity_name,
        "counsel": known.pending,
        "zone": known.conversion.zone,
        "meeting_title": _in(titles, language),
        "meeting_at": (terms.starts_at if terms else ballot.terms.closes_at).isoformat(),
        "meeting_place": terms.place if terms else "",
        "law": known.law.title,
        "resolution_kind": _SPECIAL if special else _QUALIFIED,
        "resulting": known.resulting,
        "resolution_text": "\n\n".join(_in(each.text, language) for each in texts),
        "approvals": _approvals(known, ballot),
        "rules": known.rules,
        "compensation": said("compensation"),
        "special_rights": said("special_rights"),
        "employees": said("employees"),
        "participation": said("participation"),
        "shares_text": said("shares_text"),
        "alterations": said("alterations"),
        "appointed": known.listed("appointed"),
        "signatories": [*known.signatory("chair", _CHAIR), *known.signatory("secretary", _SECRETARY)],
    }


def statement_facts(known: Known) -> dict[str, Any]:
    """Of the statement for the registrar (D20), with the steps and enclosures that the law's profile lists."""
    conversion, said, law = known.conversion, known.said, known.law
    ballot = ballot_of(known.session, conversion)
    target = profile(known.target) if known.target else law
    approval = ""
    if ballot is not None:
        facts = {"law": law.title, "ballot": ballot.slug, "sha256": result_of(known.session, ballot).sha256}
        approval = fill(_APPROVAL, facts, known.language)
    steps = law.values["steps"].data if "steps" in law.values else ()
    filing = law.values["filing"].data if "filing" in law.values else ()
    return issuer() | {
        "organization": conversion.entity_name,
        "counsel": [*known.pending, _FORM_PENDING],
        "registrar": said("registrar"),
        "entity": {
            "name": conversion.entity_name,
            "original_name": said("entity_original"),
            "form": said("entity_form"),
            "jurisdiction": law.jurisdiction,
            "register": said("entity_register"),
            "incorporated_on": said("incorporated_on"),
            "office": said("entity_office"),
            "mailing": "",
        },
        "resulting": {
            "name": conversion.resulting_name,
            "form": said("resulting_form"),
            "jurisdiction": target.jurisdiction,
            "office": said("resulting_office"),
            "purposes": said("purposes"),
            "agent": said("agent"),
            "agent_address": said("agent_address"),
        },
        "approval": approval,
        "effective_on": known.effective_on,
        "service_consent": translator(known.language)(_SERVICE) if said("service_address") else "",
        "service_address": said("service_address"),
        "delivered_by": said("delivered_by"),
        "delivered_address": said("delivered_address"),
        "enclosures": [str(each) for each in filing] if isinstance(filing, tuple) else [],
        "steps": [str(each) for each in steps],
        "signatories": known.signatory("delivered_by", _AUTHORISED),
    }


FACTS = {PLAN: plan_facts, RESOLUTION: resolution_facts, STATEMENT: statement_facts}
"""The papers of the organization by their kind."""


def _exchange(known: Known) -> list[dict[str, Any]]:
    if known.exchange is None:
        return []
    reckoning = latest_reckoning(known.session, known.exchange.id)
    totals = reckoning.totals if reckoning else []
    return [
        {
            "share_class": each.old_class.name,
            "shares": sum(total["shares"] for total in totals if total["old_class"] == each.old_class.code),
            "becomes": _becomes(each, known.language),
            "cash_minor": None,
        }
        for each in known.exchange.terms
    ]


def _becomes(terms: ExchangeTerms, language: str) -> str:
    fractions = translator(language)(terms.said.fractions.value)
    facts = {"new": terms.new_shares, "code": terms.new_class.name, "old": terms.old_shares, "fractions": fractions}
    return fill(_BECOMES, facts, language)


def _approvals(known: Known, ballot: Any) -> list[dict[str, Any]]:
    """A line for each level of each motion: all votes, patrons, colleges."""
    lines = []
    for item in result_of(known.session, ballot).facts["items"]:
        if item["withdrawn"] or "counts" not in item:
            continue
        counts = item["counts"]
        levels = {_ALL: counts["all"]} | ({_PATRONS: counts["patrons"]} if any(counts["patrons"].values()) else {})
        for group, votes in (levels | counts["colleges"]).items():
            lines.append(
                {
                    "group": group,
                    "votes_for": votes.get("for", 0),
                    "votes_against": votes.get("against", 0),
                    "abstain": votes.get("abstain", 0),
                    "majority": "; ".join(item["comparisons"]),
                    "carried": item["carried"],
                }
            )
    return lines


def _opinion(line: str) -> dict[str, str]:
    author, _, text = line.partition(":")
    return {"author": author.strip(), "text": text.strip()} if text else {"author": "", "text": author.strip()}


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or next(iter(texts.values()), "")
