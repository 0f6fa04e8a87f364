"""Who may have paid: people whose account or name a line names, of many lines by one question each."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import BigInteger, Select, case, cast, func, select, text
from sqlalchemy.orm import Session

from app.members.people.likeness import words
from app.members.people.models import PersonBankAccount
from app.payments.models import PaymentRequest, Receipt
from app.reconciliation.asking import ALIKE_MAX
from app.reconciliation.lines import standing_match
from app.reconciliation.models import BankLine, BankMatch


def people_of_accounts(session: Session, indexes: Collection[bytes]) -> dict[bytes, set[int]]:
    """Who gave accounts as theirs, or paid from them before, by the keyed hash of the account."""
    found: dict[bytes, set[int]] = defaultdict(set)
    if not indexes:
        return found
    own = select(PersonBankAccount.number_index, PersonBankAccount.person_id).where(
        PersonBankAccount.number_index.in_(indexes)
    )
    receipt_id = case(
        (BankMatch.subject.startswith("receipt:"), cast(func.split_part(BankMatch.subject, ":", 2), BigInteger))
    )
    before = (
        select(BankLine.payer_index, PaymentRequest.person_id)
        .join(BankMatch, BankMatch.bank_line_id == BankLine.id)
        .join(Receipt, Receipt.id == receipt_id)
        .join(PaymentRequest, PaymentRequest.id == Receipt.payment_request_id)
        .where(BankLine.payer_index.in_(indexes), standing_match())
    )
    wanted: tuple[Select[bytes | None, int], ...] = (own, before)
    for statement in wanted:
        for index, person_id in session.execute(statement):
            assert index is not None, "it is one of those that were asked for"
            found[bytes(index)].add(person_id)
    return found


# Each word of a name is looked up by itself; who has as many of them as the name has words bears all.
_NAMED = text("""
    WITH wanted AS (SELECT * FROM unnest(CAST(:names AS integer[]), CAST(:keys AS text[])) AS wanted (name, key)),
    sizes AS (SELECT name, count(*) AS size FROM wanted GROUP BY name)
    SELECT name, person_id FROM (
        SELECT w.name, k.person_id, row_number() OVER (PARTITION BY w.name ORDER BY k.person_id) AS place
        FROM wanted w JOIN person_key k ON k.key = w.key JOIN sizes s ON s.name = w.name
        GROUP BY w.name, k.person_id, s.size HAVING count(*) = s.size
    ) AS bearing WHERE place <= :most
""")


def people_of_names(session: Session, names: Collection[str]) -> dict[str, set[int]]:
    """Who bears all words of names, two at least, by the name; of many who do, a few."""
    tokens = {name: sorted({f"word:{word}" for word in words(name)}) for name in sorted(set(names))}
    asked = [(name, keys) for name, keys in tokens.items() if len(keys) >= 2]
    found: dict[str, set[int]] = defaultdict(set)
    if not asked:
        return found
    pairs = [(place, key) for place, (_, keys) in enumerate(asked) for key in keys]
    places = {"names": [place for place, _ in pairs], "keys": [key for _, key in pairs], "most": ALIKE_MAX}
    for place, person_id in session.execute(_NAMED, places):
        found[asked[place][0]].add(person_id)
    return found
