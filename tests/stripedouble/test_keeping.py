"""What the double is as a whole: whole shapes, many lists, a process that can be killed, a file that keeps."""

import stripe
from hypothesis import given
from hypothesis import strategies as st

from app.stripedouble import books, operations, running_process
from app.stripedouble.packing import Packer
from app.stripedouble.params import fields, parse
from app.stripedouble.shapes import KINDS, annotations, rendered
from tests.stripedouble.conftest import client_of

PAID = {"amount": 5000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}


def test_every_field_of_the_package_is_answered(client, double, key):
    customer = client.v1.customers.create({"email": "a@example.org"}).id
    mandate = {"customer_acceptance": {"type": "online", "online": {"ip_address": "127.0.0.1", "user_agent": "x"}}}
    bank = {"payment_method": "pm_usBankAccount_success", "mandate_data": mandate, "confirm": True}
    setup = client.v1.setup_intents.create({"customer": customer} | bank)
    paid = client.v1.payment_intents.create(PAID | {"payment_method": "pm_card_createDispute"})
    refunded = client.v1.payment_intents.create(PAID)
    refund = client.v1.refunds.create({"payment_intent": refunded.id})
    asked = {"mode": "setup", "currency": "usd", "success_url": "http://127.0.0.1/"}
    session = client.v1.checkout.sessions.create(asked)
    hook = client.v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/", "enabled_events": ["payout.paid"]})
    check = client.v1.identity.verification_sessions.create({"type": "document"})
    double.advance(days=4)
    charge = client.v1.charges.retrieve(paid.latest_charge, {"expand": ["balance_transaction"]})
    made = [setup, paid, refund, session, hook, check, charge, charge.balance_transaction]
    made += [client.v1.customers.retrieve(customer), client.v1.mandates.retrieve(setup.mandate)]
    made += [client.v1.payment_methods.retrieve(setup.payment_method), client.v1.disputes.list().data[0]]
    made += [client.v1.events.list().data[0]]
    for each in made:
        answered = each.to_dict()
        left_out = annotations(answered["object"]).keys() - answered.keys()
        assert left_out <= {"customer_account"}, (answered["object"], left_out)


def test_every_operation_names_parameters_of_the_package():
    for each in operations.endpoints():
        checks, required = fields(each.params_class())
        assert required <= checks.keys(), each.path


def test_a_process_can_be_killed_and_keeps_its_file(tmp_path):
    kept = str(tmp_path / "double.json")
    with running_process(0, "--state", kept, "--forward-to", "http://127.0.0.1:9/", "--secret", "whsec_x") as control:
        client = client_of(control, "sk_test_kept0001")
        assert [each.url for each in client.v1.webhook_endpoints.list().data] == ["http://127.0.0.1:9/"]
        paid = client.v1.payment_intents.create(PAID | {"metadata": {"due": "1"}})
        control.advance(days=1)
    with running_process(0, "--state", kept) as control:
        client = client_of(control, "sk_test_kept0001")
        assert client.v1.payment_intents.retrieve(paid.id).status == "succeeded"
        assert control.totals("due") == {"1": (1, 5000)}
        assert client.v1.events.list({"type": "payment_intent.succeeded"}).data[0].data.object["id"] == paid.id
        control.advance(days=6)
        assert client.v1.payouts.list().data[0].status == "paid"
        control.process.kill()
        control.process.wait()


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=60), st.integers(1, 9))
def test_pages_hold_everything_once(rows, limit):
    held = books.Books("acct_x", books.Clock(), lambda: "")
    for email, deleted in rows:
        held.new("customer", email=email, deleted=deleted)

    def present(row):
        return not row["deleted"]

    wanted = [row["id"] for row in held.tables["customer"].all() if row["email"] == "a" and present(row)][::-1]
    for cursor, step, order in (("starting_after", -1, 1), ("ending_before", 0, -1)):
        found, page = [], {"limit": limit}
        while True:
            answer = operations.listed(held, "customer", page, "/", {"email": "a"}, present)
            if cursor == "ending_before" and "ending_before" not in page:
                if not wanted:
                    break
                page["ending_before"], found = wanted[-1], [wanted[-1]]
                continue
            ids = [row["id"] for row in answer["data"]]
            found = found + ids if order == 1 else ids + found
            if not answer["has_more"]:
                break
            page[cursor] = ids[step]
        assert found == wanted


@given(st.lists(st.binary(max_size=4000), max_size=8))
def test_what_is_packed_comes_out_again(texts):
    packer = Packer()
    assert [packer.unpack("x", packed) for packed in [packer.pack("x", text) for text in texts]] == texts


nested = st.recursive(
    st.text("xyz 1%&=äß", min_size=1, max_size=5),
    lambda inner: st.dictionaries(st.text("abc_1", min_size=1, max_size=4), inner, min_size=1, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abc_", min_size=1, max_size=4), nested, max_size=4))
def test_forms_come_out_as_the_client_put_them_in(params):
    from urllib.parse import urlencode

    from stripe._encode import _api_encode

    assert parse(urlencode(list(_api_encode(params)))) == params


def test_templates_are_never_shared():
    for kind in KINDS:
        first = rendered({"id": "x", "object": kind, "fee": 0, "currency": "usd"})
        first["id"] = "changed"
        assert rendered({"id": "x", "object": kind, "fee": 0, "currency": "usd"})["id"] == "x"


def test_the_client_of_the_package_is_the_one_that_is_locked():
    assert stripe.VERSION.startswith("16.")
