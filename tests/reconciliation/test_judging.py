"""Judging: certain is only what must be so; every reading sums to its line; order changes nothing."""

from hypothesis import given
from hypothesis import strategies as st

from app.payments.references import new_reference
from app.reconciliation.matching.judging import Batch, Candidates, Facts, Open, Part, What, Why, judge
from app.reconciliation.matching.keys import keys_of

A, B, C = (new_reference() for _ in range(3))


def request(reference: str, cents: int, number: int = 1, **changed) -> Open:
    return Open(What.RECEIPT, f"request:{number}", reference, cents, "Ada Lovelace", **changed)


def facts(cents: int, text: str = "", **said) -> Facts:
    return Facts(cents, keys_of([text]), text=text.upper(), **said)


def known(*items: Open, **others) -> Candidates:
    return Candidates(by_reference={item.reference: item for item in items}, **others)


def test_a_reference_pays_what_is_open_or_less_and_more_is_asked_about():
    for cents, certain in ((100, True), (40, True), (150, False)):
        verdict = judge(facts(cents, A), known(request(A, 100)))
        assert bool(verdict.certain) is certain
        reading = verdict.certain or verdict.perhaps[0]
        assert [(part.subject, part.cents) for part in reading.parts] == [("request:1", cents)]
    assert judge(facts(150, A), known(request(A, 100))).perhaps[0].facts["beyond"] == 50
    assert judge(facts(100, A), known(request(A, 0, ended=True))).perhaps[0].why is Why.ENDED


def test_a_code_without_check_digits_is_certain_for_the_whole_amount_only():
    assert judge(facts(100, A[4:]), known(request(A, 100))).certain
    assert judge(facts(60, A[4:]), known(request(A, 100))).certain is None


def test_one_transfer_for_several_is_split_when_the_sums_agree():
    items = known(request(A, 100), request(B, 200, 2))
    assert [part.cents for part in judge(facts(300, f"{A} {B}"), items).certain.parts] == [100, 200]
    verdict = judge(facts(250, f"{A} {B}"), items)
    assert verdict.certain is None
    assert [part.cents for part in verdict.perhaps[0].parts] == [100, 150]


def test_what_no_reference_says_is_only_suggested_with_its_reason():
    item = request(A, 100)
    by_account = judge(facts(100), Candidates(of_account=[item], of_name=[item]))
    assert (by_account.certain, [each.why for each in by_account.perhaps]) == (None, [Why.ACCOUNT])
    slip = A[:-1] + str((int(A[-1]) + 1) % 10)
    assert judge(facts(100, slip), known(item)).perhaps[0].facts["reference"] == A
    assert judge(facts(100, A[:11]), known(item)).perhaps[0].facts["reference"] == A
    assert judge(facts(100, "rent"), Candidates()).perhaps == ()


def test_orders_are_known_by_their_ids_and_batches_by_their_sums():
    one, two = (Open(What.PAYOUT, f"payout:{n}", f"PO000000000{n}", 100 * n) for n in (1, 2))
    assert judge(facts(-100, "SCT PO0000000001"), Candidates(orders=[one])).certain.parts == (
        Part(What.PAYOUT, "payout:1", -100),
    )
    assert judge(facts(-90, "SCT PO0000000001"), Candidates(orders=[one])).certain is None
    batch = Batch("COSTAKE-000007", (one, two))
    assert len(judge(facts(-300, "SALARY COSTAKE-000007"), Candidates(batches=[batch])).certain.parts) == 2
    assert judge(facts(-300), Candidates(batches=[batch])).perhaps[0].why is Why.BATCH
    back = [Open(What.CAME_BACK, f"order:{n}", f"PO000000000{n}", 100 * n, told=True) for n in (1, 2)]
    assert judge(facts(100, A), known(request(A, 100), sent=back)).certain, "a reference says more than an amount"
    assert judge(facts(300), Candidates(sent=back)).perhaps[0].why is Why.SENT_TOGETHER
    assert judge(facts(200), Candidates(sent=back)).perhaps[0].parts[0].subject == "order:2"


def test_payouts_refunds_fees_and_returns_have_their_own_readings():
    payout = Open(What.CARDS, "cards:po_1", "po_1", 900)
    assert judge(facts(900, "STRIPE PAYOUT po_1"), Candidates(cards=[payout])).certain.parts[0].subject == "cards:po_1"
    assert judge(facts(900, "something"), Candidates(cards=[payout])).certain is None
    refund = Open(What.REFUND, "refund:4", A, 70, "Ada")
    assert judge(facts(-70, A), Candidates(owed=[refund])).certain.parts[0].cents == -70
    assert judge(facts(-70, "no words"), Candidates(owed=[refund])).certain is None
    assert judge(facts(-5, code="PMNT-CCRD-CHRG"), Candidates()).perhaps[0].why is Why.FEE
    assert judge(facts(100, A, returned="AC04"), known(request(A, 100))).certain is None
    by_hand = Open(What.RECORDED, "receipt:9", A, 100)
    assert judge(facts(100, A), known(request(A, 0), by_hand=[by_hand])).certain.why is Why.BY_HAND


ITEMS = st.lists(
    st.builds(
        Open,
        st.just(What.RECEIPT),
        st.integers(1, 6).map("request:{}".format),
        st.sampled_from([A, B, C]),
        st.sampled_from([0, 100, 200, 300]),
        st.just("Ada"),
        st.booleans(),
    ),
    max_size=5,
)


@given(
    st.sampled_from([100, 200, 300, 500, -100, -300]),
    st.permutations([A, B, C, "STRIPE po_1"]).flatmap(lambda all_: st.integers(0, 4).map(lambda n: " ".join(all_[:n]))),
    ITEMS,
    ITEMS,
    st.randoms(),
)
def test_readings_sum_to_the_line_and_no_order_matters(cents, text, references, people, random):
    line = facts(cents, text)
    cards = [Open(What.CARDS, f"cards:po_{n}", f"po_{n}", 300) for n in (1, 2)]
    owed = [Open(What.REFUND, f"refund:{n}", reference, 100, "Ada") for n, reference in enumerate((A, B), 1)]
    by_reference = {item.reference: item for item in references}

    def all_of(shuffled: bool) -> Candidates:
        lists = [list(each) for each in (people, cards, owed)]
        keys = list(by_reference)
        if shuffled:
            for each in (*lists, keys):
                random.shuffle(each)
        return Candidates({key: by_reference[key] for key in keys}, lists[0], lists[0], lists[1], lists[2])

    verdict = judge(line, all_of(False))
    assert verdict == judge(line, all_of(True))
    for reading in (*verdict.perhaps, *([verdict.certain] if verdict.certain else [])):
        assert sum(part.cents for part in reading.parts) == cents
        assert all(part.cents * cents > 0 for part in reading.parts)
        subjects = [part.subject for part in reading.parts]
        assert len(subjects) == len(set(subjects)), "nothing is paid twice by one line"
