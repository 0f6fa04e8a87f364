"""The twenty-five kinds: each says what the law lists, in two languages, as a file that archives and reads aloud."""

import io
import json
from collections.abc import Iterator

import pikepdf
import pytest
from outloud import check

from app.core.language import LANGUAGES
from app.documents.checking import FactsMissing, check_facts, unsure
from app.documents.kinds import all_kinds, kind_of
from app.documents.rendering import canonical
from app.law.documents import all_documents
from app.law.profiles import profile, profile_ids, reference
from tests.documents import catalogue, samples
from tests.documents.demanded import FRAME, MET, OF_PROFILES

pytestmark = pytest.mark.long
KINDS = list(all_kinds())
HOW = "Read the difference; if it is meant, write the texts anew: scripts/catalogue golden"


@pytest.fixture(scope="module")
def files() -> dict[tuple[str, str], bytes]:
    return catalogue.all_files()


def test_each_document_of_the_law_has_its_kind():
    assert sorted(kind.law for kind in all_kinds().values() if kind.law) == sorted(all_documents())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_it_said(files, kind, language):
    assert catalogue.text_of(files[kind, language]) == catalogue.golden(kind, language).read_text("utf-8"), HOW


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind_of(kind).law])
def test_every_line_of_the_law_s_lists_is_met(kind):
    declared = kind_of(kind)
    known = {each.name for each in declared.fields_in(None)} | {*FRAME, "seal"}
    for further in declared.by_profile.values():
        known |= {each.name for each in further}
    lines = [line for line in all_documents()[declared.law].fields.data if not line.startswith("see ")]
    for name in OF_PROFILES.get(declared.law, []):
        of, _, key = name.partition("/")
        table = profile(of) if of in profile_ids() else reference(of)
        lines += table.values[key].data
    met, said = MET[declared.law], " ".join(catalogue.golden(kind, "en").read_text("utf-8").split())
    assert set(lines) == set(met)
    for line, by in met.items():
        if isinstance(by, str):
            assert by.removeprefix("says: ") in said, line
        else:
            assert set(by) <= known, line


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_it_is_archival(files, kind, language):
    with pikepdf.open(io.BytesIO(files[kind, language])) as opened:
        with opened.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"]
        [intent] = opened.Root.OutputIntents
        assert intent.S == "/GTS_PDFA1" and len(intent.DestOutputProfile.read_bytes()) > 100
        assert str(opened.Root.Lang) == language
        assert len(opened.trailer.ID) == 2
        assert all(any(name in each for name in ("/FontFile2", "/FontFile3")) for each in descriptors(opened))
        assert all(glyph != 0 for page in opened.pages for glyph in glyphs(page)), "a sign that no font has"
        [specification] = opened.Root.AF
        assert specification.AFRelationship == "/Data"
        attached = opened.attachments["record.json"].get_file().read_bytes()
        assert attached == canonical(samples.sample(kind, document_language=language))


def descriptors(opened: pikepdf.Pdf) -> list[pikepdf.Object]:
    found = [each for each in opened.objects if isinstance(each, pikepdf.Dictionary) and "/FontDescriptor" in each]
    assert found
    return [each.FontDescriptor for each in found]


def glyphs(page: pikepdf.Page) -> Iterator[int]:
    """The number of every glyph that a page shows; fonts have two bytes a glyph."""
    for operands, operator in pikepdf.parse_content_stream(page, "Tj TJ"):
        for part in operands[0] if str(operator) == "TJ" else operands:
            if isinstance(part, pikepdf.String):
                shown = bytes(part)
                yield from (int.from_bytes(shown[at : at + 2]) for at in range(0, len(shown), 2))


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_can_be_read_aloud(files, language, tmp_path):
    for kind in KINDS:
        path = tmp_path / f"{kind}.pdf"
        path.write_bytes(files[kind, language])
        found = check(str(path))
        assert not found.error
        assert [each.message for each in found.findings if each.severity == "error"] == [], kind


@pytest.mark.falsified
def test_what_cannot_be_read_aloud_is_found(files, tmp_path):
    with pikepdf.open(io.BytesIO(files["receipt", "en"])) as opened:
        del opened.Root.Lang
        opened.save(tmp_path / "mute.pdf")
    assert check(str(tmp_path / "mute.pdf")).errors


@pytest.mark.parametrize("kind", KINDS)
def test_its_sample_is_what_filing_takes(kind):
    facts = samples.ISSUER | samples.FACTS[kind]
    check_facts(kind_of(kind), facts, None)
    mandatory = [each for each in kind_of(kind).fields if each.mandatory]
    for each in mandatory:
        with pytest.raises(FactsMissing) as refused:
            check_facts(kind_of(kind), {**facts, each.name: None}, None)
        assert each.name in refused.value.facts["missing"]


def test_a_law_demands_more_by_name():
    facts = samples.ISSUER | samples.FACTS["conversion-resolution"]
    check_facts(kind_of("conversion-resolution"), facts, "uk-company-to-society")
    with pytest.raises(FactsMissing) as refused:
        check_facts(kind_of("conversion-resolution"), facts, "de-umwg-eg")
    assert refused.value.facts["missing"] == "participation, shares_text, special_rights, compensation, employees"


AWKWARD = "<b>x</b> & {{ 7*7 }} %(name)s محمد بن عبد الله יעל כהן 陈伟 김민수 Ольга Ιωάννου Đặng " + "W" * 220


@pytest.mark.parametrize("kind", KINDS)
def test_what_people_type_is_shown_as_typed_and_lists_may_be_empty(kind):
    lists = {each.name: [] for each in kind_of(kind).fields if each.type == "list"}
    texts = [each.name for each in kind_of(kind).fields if each.name in ("legal_name", "organization", "item_title")]
    content = samples.rendered(kind, "en", **lists, **dict.fromkeys(texts, AWKWARD))
    said = "".join(catalogue.text_of(content).split())
    for part in ("<b>x</b>&{{7*7}}%(name)s", "陈伟김민수ОльгаΙωάννουĐặng"):
        assert part in said
    assert said.count("W") >= 220
    assert json.dumps(AWKWARD, ensure_ascii=False) in canonical(samples.sample(kind, organization=AWKWARD)).decode()


def test_what_a_law_profile_is_not_sure_of_is_named_by_its_titles():
    assert unsure(kind_of("transaction-confirmation"), profile("us-regcf")) == []
    assert unsure(kind_of("minutes"), profile("eu-sce"))
    said = unsure(kind_of("meeting-notice"), profile("us-de-266"))
    assert profile("us-de-266").value("approvals.holders.notice_days").title in said
    assert profile("us-de-266").value("approvals.holders.record_date").title not in said
    keys = {key.rpartition(".")[2] for id_ in profile_ids() for key in profile(id_).values}
    for kind in all_kinds().values():
        assert set(kind.rests_on) <= keys, kind.name
    content = samples.rendered("minutes", "fr", unsure={"law": "SCE", "titles": ["Minutes"]})
    text = " ".join(catalogue.text_of(content).split())
    assert "Projet à faire valider" in text and "ce que dit SCE de : Procès-verbal" in text


def test_what_counsel_must_confirm_stands_above_the_text():
    said = catalogue.text_of(samples.rendered("minutes", "en", counsel=["Contents of the minutes"]))
    assert "Draft for counsel Not to be relied on until a lawyer has confirmed: Contents of the minutes." in said
    assert "Draft for counsel" not in catalogue.golden("minutes", "en").read_text("utf-8")
