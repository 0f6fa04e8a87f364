"""The sections of a close: what is compared with what, and into which bucket each item falls; queries, told as data.

Each query gives items as (key, name, day, unit, cents, bucket), from the beginning up to `:until`. A bucket that
`remains` holds what nothing explains yet; every other one says what the item is.
"""

from dataclasses import dataclass

from app.core.errors import N_
from app.payments.cards.payouts.causes import BASELESS
from app.reconciliation.matching.judging import What


@dataclass(frozen=True)
class Bucket:
    """What items of a section can be."""

    name: str
    title: str
    remains: bool = False


@dataclass(frozen=True)
class Section:
    """A comparison: its title, its buckets in order, and the query that puts each item into one."""

    name: str
    title: str
    buckets: tuple[Bucket, ...]
    items: str

    def bucket(self, name: str) -> Bucket:
        """A bucket by its name."""
        return next(each for each in self.buckets if each.name == name)


_ATTEMPTS = """
    SELECT 'attempt:' || a.id AS key, a.id::text AS name, CAST(a.created_at AT TIME ZONE 'UTC' AS date) AS day,
        a.currency AS unit, a.amount_cents AS cents,
        CASE WHEN o.outcome = 'succeeded' AND EXISTS (
                SELECT FROM card_payment c WHERE c.attempt_id = a.id
                AND c.amount_cents = a.amount_cents AND c.currency = a.currency) THEN 'booked'
            WHEN o.outcome = 'succeeded' THEN 'unbooked'
            WHEN o.outcome IN ('declined', 'canceled', 'not charged') THEN 'not_charged'
            WHEN o.outcome IN ('waits for the person', 'on its way') THEN 'waiting'
            ELSE 'unanswered' END AS bucket
    FROM charge_attempt a LEFT JOIN LATERAL (
        SELECT outcome FROM charge_outcome WHERE attempt_id = a.id ORDER BY seq DESC LIMIT 1
    ) o ON true
    UNION ALL
    SELECT 'refund:' || r.id, r.id::text, CAST(r.asked_at AT TIME ZONE 'UTC' AS date), r.currency, -r.amount_cents,
        CASE WHEN m.status = 'succeeded' AND m.entry_id IS NULL AND NOT EXISTS (
                SELECT FROM processor_refund_move b WHERE b.processor_refund_id = r.id AND b.entry_id IS NOT NULL
            ) THEN 'unbooked'
            WHEN m.status = 'succeeded' THEN 'refunded'
            WHEN m.status IN ('refused', 'failed', 'canceled') THEN 'not_charged'
            WHEN m.status IN ('pending', 'requires action') THEN 'waiting'
            ELSE 'unanswered' END
    FROM processor_refund r LEFT JOIN LATERAL (
        SELECT status, entry_id FROM processor_refund_move WHERE processor_refund_id = r.id ORDER BY id DESC LIMIT 1
    ) m ON true
    UNION ALL
    SELECT 'parked:' || p.id, concat_ws(' ', p.kind, p.subject), CAST(p.at AT TIME ZONE 'UTC' AS date), '', 0,
        CASE WHEN EXISTS (SELECT FROM parked_done d WHERE d.parked_item_id = p.id) THEN 'settled' ELSE 'parked' END
    FROM parked_item p WHERE p.kind <> 'payout'
"""

_LINES = f"""
    WITH explained AS (
        SELECT DISTINCT ON (payout_id) payout_id, explained FROM processor_payout_check ORDER BY payout_id, id DESC
    ), moved AS (
        SELECT e.id, e.key, e.nature, e.reverses_id, e.effective_on, p.unit, sum(p.amount) AS cents
        FROM entry e JOIN posting p ON p.entry_id = e.id JOIN account a ON a.id = p.account_id
        WHERE a.kind = 'stripe_clearing' GROUP BY e.id, p.unit
    ), line AS (
        SELECT DISTINCT ON (entry_id) entry_id, payout_id FROM (
            SELECT c.entry_id, i.payout_id FROM card_payment c JOIN processor_payout_item i
                ON i.source = c.charge AND i.type IN ('charge', 'payment')
            UNION ALL
            SELECT f.entry_id, i.payout_id FROM processor_fee f
                JOIN processor_payout_item i ON i.balance_transaction = f.balance_transaction
            UNION ALL
            SELECT m.entry_id, i.payout_id FROM processor_refund_move m JOIN processor_payout_item i
                ON i.source = m.processor_id WHERE m.entry_id IS NOT NULL
            UNION ALL
            SELECT e.id, i.payout_id FROM entry e JOIN processor_payout_item i
                ON e.key = 'dispute:stripe:' || i.balance_transaction
            UNION ALL
            SELECT e.id, i.payout_id FROM entry e JOIN processor_payout_item i ON e.key IN (
                'adopted-refund:stripe:' || i.source, 'adopted-refund-failed:stripe:' || i.source)
        ) AS lines ORDER BY entry_id, payout_id
    )
    SELECT 'entry:' || m.id AS key, m.key AS name, m.effective_on AS day, m.unit, m.cents,
        CASE WHEN m.nature IN ('processor payout', 'reversal of processor payout') THEN 'payout'
            WHEN x.explained THEN 'paid_out'
            WHEN l.payout_id IS NOT NULL THEN 'unexplained'
            WHEN m.key LIKE 'charge:stripe:%' OR m.key LIKE 'fee:stripe:%' OR m.key LIKE 'refund:stripe:%'
                OR m.key LIKE 'dispute%:stripe:%' OR m.key LIKE 'adopted-refund%:stripe:%'
                OR m.reverses_id IS NOT NULL THEN 'held'
            ELSE 'other' END AS bucket
    FROM moved m LEFT JOIN line l ON l.entry_id = m.id LEFT JOIN explained x ON x.payout_id = l.payout_id
    UNION ALL
    SELECT 'line:' || b.balance_transaction, concat_ws(' ', b.type, b.source, b.balance_transaction), p.arrives_on,
        b.currency, b.net_cents, 'unbooked'
    FROM ({BASELESS}) b JOIN processor_payout p ON p.id = b.payout_id
"""

_PAYOUTS = """
    WITH transit AS (
        SELECT a.subject, sum(p.amount) AS cents FROM account a JOIN posting p ON p.account_id = a.id
        WHERE a.kind = 'payouts_in_transit' GROUP BY 1
    )
    SELECT 'payout:' || p.id AS key, p.processor_id AS name, CAST(p.seen_at AT TIME ZONE 'UTC' AS date) AS day,
        p.currency AS unit, p.amount_cents AS cents,
        CASE WHEN m.status IN ('failed', 'canceled') AND coalesce(t.cents, 0) = 0 THEN 'came_back'
            WHEN p.arrives_on > :until AND coalesce(t.cents, 0) <> 0 THEN 'on_its_way'
            WHEN coalesce(t.cents, 0) <> 0 THEN 'missing'
            WHEN c.explained IS NOT TRUE THEN 'unexplained'
            ELSE 'arrived' END AS bucket
    FROM processor_payout p LEFT JOIN transit t ON t.subject = 'processor-payout:' || p.processor_id
    LEFT JOIN LATERAL (
        SELECT status FROM processor_payout_move WHERE payout_id = p.id ORDER BY id DESC LIMIT 1
    ) m ON true
    LEFT JOIN LATERAL (
        SELECT explained FROM processor_payout_check WHERE payout_id = p.id ORDER BY id DESC LIMIT 1
    ) c ON true
"""

_BANK = """
    WITH standing AS NOT MATERIALIZED (
        SELECT * FROM bank_match m WHERE NOT EXISTS (SELECT FROM bank_match_end WHERE bank_match_id = m.id)
    )
    SELECT 'match:' || m.id AS key, concat_ws(' ', 'line', l.id, m.subject) AS name,
        CASE WHEN EXISTS (SELECT FROM period_closing c WHERE c.until >= l.booked_on AND c.until < e.effective_on)
            THEN e.effective_on ELSE l.booked_on END AS day,  -- booked once the bank's day was closed
        m.currency AS unit, m.amount_cents AS cents, m.cause AS bucket
    FROM standing m JOIN bank_line l ON l.id = m.bank_line_id JOIN entry e ON e.id = m.entry_id
    UNION ALL
    SELECT 'line:' || l.id, concat_ws(' ', 'line', l.id), l.booked_on, l.currency, l.amount_cents,
        CASE WHEN (SELECT n.parked FROM bank_line_note n WHERE n.bank_line_id = l.id ORDER BY n.id DESC LIMIT 1)
            THEN 'parked' ELSE 'open' END
    FROM bank_line l WHERE NOT EXISTS (SELECT FROM standing WHERE bank_line_id = l.id)
"""

_BOOKS = """
    WITH moved AS (
        SELECT e.id, e.key, e.effective_on, e.reverses_id, p.unit, sum(p.amount) AS cents
        FROM entry e JOIN posting p ON p.entry_id = e.id JOIN account a ON a.id = p.account_id
        WHERE a.kind = 'bank' GROUP BY e.id, p.unit
    ), shown AS (
        SELECT m.entry_id, l.booked_on FROM bank_match m JOIN bank_line l ON l.id = m.bank_line_id
        WHERE NOT EXISTS (SELECT FROM bank_match_end WHERE bank_match_id = m.id)
    ), pair AS (
        SELECT reverses_id AS id, id AS other_id FROM entry WHERE reverses_id IS NOT NULL
        UNION ALL SELECT id, reverses_id FROM entry WHERE reverses_id IS NOT NULL
    )
    SELECT 'entry:' || m.id AS key, m.key AS name, m.effective_on AS day, m.unit, m.cents,
        CASE WHEN EXISTS (SELECT FROM shown WHERE entry_id = m.id AND booked_on <= :until) THEN 'line'
            WHEN EXISTS (SELECT FROM shown WHERE entry_id = m.id) THEN 'line_later'
            WHEN EXISTS (SELECT FROM pair WHERE pair.id = m.id
                AND NOT EXISTS (SELECT FROM shown WHERE entry_id = pair.other_id)) THEN 'undone'
            ELSE 'by_hand' END AS bucket
    FROM moved m
    UNION ALL
    SELECT 'statement:' || s.id, concat_ws(' ', a.title, s.number), s.closed_on, s.currency, s.opening_cents,
        'before_statements'
    FROM bank_statement s JOIN bank_account a ON a.id = s.bank_account_id
    WHERE s.previous_id IS NULL AND s.opening_cents <> 0
    UNION ALL
    SELECT 'account:' || a.id, a.title, :until, a.currency, 0, 'no_statement'
    FROM bank_account a
    WHERE NOT EXISTS (SELECT FROM bank_statement s WHERE s.bank_account_id = a.id AND s.closed_on >= :until)
"""

SECTIONS = (
    Section(
        "attempts",
        N_("What was asked of the card processor, and what is recorded of it"),
        (
            Bucket("booked", N_("charged, and booked")),
            Bucket("refunded", N_("sent back, and booked")),
            Bucket("not_charged", N_("declined, canceled or not sent")),
            Bucket("waiting", N_("on its way, or waiting for the person")),
            Bucket("settled", N_("looked at by a person")),
            Bucket("unanswered", N_("no answer of the processor"), remains=True),
            Bucket("unbooked", N_("done at the processor, and not in the books"), remains=True),
            Bucket("parked", N_("waits for a person"), remains=True),
        ),
        _ATTEMPTS,
    ),
    Section(
        "lines",
        N_("Lines of the card processor’s balance, and the books"),
        (
            Bucket("paid_out", N_("in an explained payout")),
            Bucket("payout", N_("payouts")),
            Bucket("held", N_("still held by the processor")),
            Bucket("unexplained", N_("in a payout that is not explained"), remains=True),
            Bucket("unbooked", N_("in a payout, and not in the books"), remains=True),
            Bucket("other", N_("in the books, and no line of the processor"), remains=True),
        ),
        _LINES,
    ),
    Section(
        "payouts",
        N_("Payouts of the card processor, and the bank"),
        (
            Bucket("arrived", N_("seen on the bank statement")),
            Bucket("came_back", N_("sent back to the processor")),
            Bucket("on_its_way", N_("on its way, due after the period")),
            Bucket("missing", N_("due, and not seen on the bank statement"), remains=True),
            Bucket("unexplained", N_("arrived, and its lines do not explain it"), remains=True),
        ),
        _PAYOUTS,
    ),
    Section(
        "bank",
        N_("Bank lines, and their causes"),
        (
            *(Bucket(each.name.lower(), each.value) for each in What),
            Bucket("parked", N_("parked with a note"), remains=True),
            Bucket("open", N_("not matched"), remains=True),
        ),
        _BANK,
    ),
    Section(
        "books",
        N_("The bank account in the books, and the bank statements"),
        (
            Bucket("line", N_("with its bank line")),
            Bucket("line_later", N_("with its bank line, after the period")),
            Bucket("undone", N_("undone again")),
            Bucket("by_hand", N_("recorded by hand, and no bank line shows it"), remains=True),
            Bucket("before_statements", N_("on the account before the first statement"), remains=True),
            Bucket("no_statement", N_("no statement up to the end of the period"), remains=True),
        ),
        _BOOKS,
    ),
)


def section_named(name: str) -> Section | None:
    """A section by its name."""
    return next((each for each in SECTIONS if each.name == name), None)
