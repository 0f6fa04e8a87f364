"""Checks of the result: each item counted again from its groups, the hash of the facts, and the certificate; pure."""

import re
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from app.ballots.bundle.format import digest
from app.ballots.bundle.judging import Data, NotShown, Wrong, need, same
from app.ballots.bundle.votes import groups_of, questions_of, turnout_of
from app.ballots.result.deciding import Whole
from app.ballots.result.recounting import Frame, outcome_facts
from app.ballots.rules import rule_of
from app.ballots.stating import College

OF_RESULT = ("result-certificate", "minutes", "certified-resolution")
STATED = ("item", "position", "title", "version", "text_sha256", "question", "rule", "withdrawn")


def check_result(data: Data) -> str:
    """Each item, counted again, has the outcome that the result says."""
    facts, frame = data["result"]["facts"], _frame(data)
    groups = {each["item"]: groups_of(each) for each in data["counts"]}
    questions, said = questions_of(data), []
    for fact in facts["items"]:
        again = {name: fact[name] for name in STATED}
        if fact["withdrawn"] is not True:
            rule = rule_of(fact["rule"]) if fact["rule"] else None
            item = fact["item"]
            again |= outcome_facts(questions[item], rule, fact["position"], groups[item], frame)
        need(same(again, fact), f"item {fact['position']} counted again has another result")
        said.append(f"item {fact['position']} {_outcome(fact)}")
    return "counted again: " + ", ".join(said)


def check_hash(data: Data) -> str:
    """The frozen facts have the hash that was signed."""
    result = data["result"]
    need(digest(result["facts"]) == result["sha256"], "the facts of the result are not what its hash covers")
    return f"SHA-256 {result['sha256']}"


def check_certificate(data: Data) -> str:
    """Two tellers signed this very result."""
    certificate, certified = data["certificate"], data["ballot"]["state"] == "certified"
    if certificate is None:
        if certified:
            raise Wrong("the ballot is certified, but its certificate is missing")
        raise NotShown("two tellers have not signed yet")
    need(certified, "there is a certificate of a ballot that is not certified")
    need(certificate["sha256"] == data["result"]["sha256"], "the certificate names another result")
    tellers = [teller["person"] for teller in certificate["tellers"]]
    need(len(tellers) == len(set(tellers)) == 2, "the certificate has not two tellers")
    signed = datetime.fromisoformat(certificate["certified_at"])
    need(signed >= datetime.fromisoformat(data["result"]["counted_at"]), "it was signed before the count")
    need(signed <= datetime.fromisoformat(data["moves"][-1]["at"]), "it was signed after the ballot was certified")
    return f"signed by {' and '.join(teller['name'] for teller in certificate['tellers'])}"


def check_documents(data: Data) -> str:
    """The legal documents are named once each, by hashes; those about the result only of a certified one."""
    documents, certified = data["documents"], data["ballot"]["state"] == "certified"
    numbers = [each["number"] for each in documents]
    need(numbers == sorted(set(numbers)), "the documents are not in order, or one is there twice")
    for each in documents:
        where = f"document {each['number']}"
        for name in ("facts_sha256", "pdf_sha256"):
            need(bool(re.fullmatch("[0-9a-f]{64}", each[name])), f"{where} has no {name}")
        need(certified or each["kind"] not in OF_RESULT, f"{where} is about a result that nobody certified")
        datetime.fromisoformat(each["filed_at"])
    if not documents:
        raise NotShown("no document was filed yet; a bundle made later names them")
    return f"{len(documents)} documents are named by their hashes; compare them with the files"


def _frame(data: Data) -> Frame:
    ballot, facts = data["ballot"], data["result"]["facts"]
    colleges = tuple(
        College(each["name"], Fraction(each["weight"]), tuple(each["classes"])) for each in ballot["colleges"]
    )
    whole = Whole(**facts["electorate"]["whole"])
    return Frame(
        ballot["call"], turnout_of(data), whole, colleges, ballot["colleges_proportional"] is True, facts["seed"]
    )


def _outcome(fact: Mapping[str, Any]) -> str:
    if fact["withdrawn"] is True:
        return "withdrawn"
    if "carried" in fact:
        return "carried" if fact["carried"] is True else "not carried"
    return f"elects {', '.join(map(str, fact['count']['elected'])) or 'nobody'}" + (
        "" if fact["quorate"] is True else " without a quorum"
    )
