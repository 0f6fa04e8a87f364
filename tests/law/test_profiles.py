"""The profiles load, typed and checked, and nothing of the law was lost on the way."""

import copy
import tomllib
from decimal import Decimal
from importlib.resources import files

import pytest

from app.law import profiles
from app.law.documents import all_documents
from app.law.profiles import BrokenProfile, UnknownProfile, UnknownValue

VALUES = {
    "us-de-266": 14,
    "us-de-251": 9,
    "us-de-203": 4,
    "us-federal-group-rules": 5,
    "us-sec-14a8": 8,
    "us-co-lca": 8,
    "uk-company-to-society": 15,
    "uk-society": 6,
    "fr-sa-scic": 15,
    "fr-scic": 7,
    "fr-scop": 3,
    "eu-sce": 11,
    "de-umwg-eg": 12,
    "de-eg": 16,
    "us-regcf": 11,
    "us-ttw": 3,
    "us-rega-t2": 4,
    "us-contingency": 1,
    "us-coop-shares": 2,
    "uk-community-shares": 6,
    "eu-ecsp": 6,
    "eu-prospectus": 1,
    "fr-coop-offer": 1,
    "aml": 3,
}


def test_all_24_profiles_carry_every_value():
    assert {one.id: len(one.values) for one in profiles.all_profiles()} == VALUES
    assert [one.kind for one in profiles.all_profiles()] == ["governance"] * 14 + ["offering"] * 10


def test_212_values_in_all_with_those_of_documents_and_reference_tables():
    tables = sum(len(profiles.reference(id_).values) for id_ in profiles.reference_ids())
    documents = all_documents()
    assert list(documents) == [f"D{number:02}" for number in range(1, 26)]
    assert sum(VALUES.values()) + tables + len(documents) == 212
    assert all(document.fields.data and document.fields.sources for document in documents.values())
    assert documents["D04"].by_jurisdiction["DE"][3] == "UNCONDITIONAL"
    assert documents["D01"].fields.sources == ("US23", "UK13")


def test_a_value_carries_its_source_and_how_sure_it_is():
    majority = profiles.profile("us-de-266").value("approvals.holders.threshold")
    assert majority.sources == ("US1",)
    assert majority.read
    assert majority.confidence == Decimal("0.93")
    assert majority.period() == "2022-08-01/.."
    assert not majority.enforced


@pytest.mark.parametrize(
    ("profile_id", "key", "enforced"),
    [
        ("uk-company-to-society", "approvals.members.threshold", True),
        ("de-umwg-eg", "approvals.holders.threshold_AG", True),  # exactly 0.95
        ("us-de-266", "approvals.holders.threshold", False),  # read, but 0.93
        ("eu-ecsp", "warn_threshold", False),  # 0.96, but not read
    ],
)
def test_only_what_was_read_and_is_sure_is_enforced(profile_id, key, enforced):
    assert profiles.profile(profile_id).value(key).enforced is enforced


def test_an_unknown_profile_is_refused_by_name():
    with pytest.raises(UnknownProfile) as refused:
        profiles.profile("us-de-267")
    assert "us-de-267" in str(refused.value)
    with pytest.raises(UnknownProfile):
        profiles.profile("../sources")


def test_a_profile_without_a_conversion_majority_says_so():
    with pytest.raises(UnknownValue):
        profiles.profile("aml").threshold()


def test_values_cannot_be_changed():
    notice = profiles.profile("us-de-266").value("approvals.holders.notice_days")
    with pytest.raises(TypeError):
        notice.data["min"] = 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda table: table.update(colour="blue"),
        lambda table: table.update(zone="Europe/Nowhere"),
        lambda table: table.update(kind="other"),
        lambda table: table.pop("title"),
        lambda table: table["values"]["threshold"].update(sources=["XX1"]),
        lambda table: table["values"]["threshold"].update(confidence="1.5"),
        lambda table: table["values"]["threshold"].update(confidence=Decimal("0.9")),
        lambda table: table["values"]["threshold"].update(read=False),
        lambda table: table["values"]["threshold"].update(valid_from="2020-01-01"),
        lambda table: table["values"]["threshold"].pop("value"),
        lambda table: table["values"]["threshold"]["value"].update(operator="≥"),
        lambda table: table["values"]["threshold"]["value"].update(fraction="4/3"),
        lambda table: table["values"]["threshold"]["value"].pop("denominator"),
    ],
)
def test_a_spoilt_file_is_found_when_loaded(spoil):
    text = (files("app.law") / "profiles" / "eu-sce.toml").read_text(encoding="utf-8")
    table = copy.deepcopy(tomllib.loads(text, parse_float=Decimal))
    table["values"]["threshold"].pop("note")
    profiles.read_profile(table, "profiles/eu-sce.toml")
    spoil(table)
    with pytest.raises(BrokenProfile, match="eu-sce"):
        profiles.read_profile(table, "profiles/eu-sce.toml")
