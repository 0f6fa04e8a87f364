"""The rules of the books that the database itself enforces, as statements for the migration that opens them."""

# An entry is complete when its transaction commits: at least two postings, zero in every unit.
ENTRY_BALANCES = """
CREATE FUNCTION entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found record;
BEGIN
    SELECT count(*) AS units, max(unit) FILTER (WHERE rest <> 0) AS wrong INTO found
        FROM (SELECT unit, sum(amount) AS rest FROM posting WHERE entry_id = NEW.id GROUP BY unit) AS sums;
    IF found.wrong IS NOT NULL THEN
        RAISE EXCEPTION 'entry % does not balance in %', NEW.id, found.wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_balances';
    ELSIF found.units = 0 THEN
        RAISE EXCEPTION 'entry % has no postings', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_balances';
    END IF;
    RETURN NULL;
END $$
"""

# Postings join an entry only in the transaction that wrote it, so the deferred check above sees them all. The same
# trigger keeps the balances of guarded accounts: it locks them in one order, then refuses a balance on the wrong
# side. An upsert would test its CHECK on the inserted amount instead of the sum, hence insert-nothing, then update.
POSTINGS_ARRIVE = """
CREATE FUNCTION postings_arrive() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    IF EXISTS (
        SELECT FROM arrived JOIN entry ON entry.id = arrived.entry_id WHERE entry.xact <> pg_current_xact_id()
    ) THEN
        RAISE EXCEPTION 'the entry is closed: postings arrive with it, never later'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_is_closed';
    END IF;
    INSERT INTO balance (account_id, unit, amount)
        SELECT DISTINCT account_id, unit, 0 FROM arrived JOIN account ON account.id = account_id
        WHERE guarded AND NOT EXISTS (
            SELECT FROM balance WHERE (balance.account_id, balance.unit) = (arrived.account_id, arrived.unit)
        ) ORDER BY account_id, unit
        ON CONFLICT DO NOTHING;
    PERFORM FROM balance WHERE (account_id, unit) IN (SELECT account_id, unit FROM arrived)
        ORDER BY account_id, unit FOR UPDATE;
    WITH changed AS (
        UPDATE balance SET amount = balance.amount + change.amount
            FROM (SELECT account_id, unit, sum(amount) AS amount FROM arrived GROUP BY account_id, unit) AS change
            WHERE balance.account_id = change.account_id AND balance.unit = change.unit
            RETURNING balance.account_id, balance.unit, balance.amount
    )
    SELECT kind, subject, unit, amount INTO wrong
        FROM changed JOIN account ON account.id = account_id WHERE amount * side < 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% % would be overdrawn: % of %', wrong.kind, wrong.subject, wrong.amount, wrong.unit
            USING ERRCODE = 'check_violation', CONSTRAINT = 'never_overdrawn';
    END IF;
    RETURN NULL;
END $$
"""

# A closed period takes no entries, whoever writes them. Closing waits for entries that are being written (see
# `close_period`), and what this function reads is newer than they are.
PERIOD_IS_OPEN = """
CREATE FUNCTION period_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    closed date := (SELECT max(until) FROM period_closing);
    earliest date;
BEGIN
    IF closed IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT min(effective_on) INTO earliest FROM arrived;
    IF earliest <= closed THEN
        RAISE EXCEPTION 'the books are closed up to %; nothing can take effect on %',
            to_char(closed, 'YYYY-MM-DD'), to_char(earliest, 'YYYY-MM-DD')
            USING ERRCODE = 'check_violation', CONSTRAINT = 'period_is_open';
    END IF;
    RETURN NULL;
END $$
"""
PERIOD_TRIGGER = (
    "CREATE TRIGGER period_is_open AFTER INSERT ON entry REFERENCING NEW TABLE AS arrived "
    "FOR EACH STATEMENT EXECUTE FUNCTION period_is_open()"
)

TRIGGERS = {
    "entry_balances": "CREATE CONSTRAINT TRIGGER entry_balances AFTER INSERT ON entry "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_balances()",
    "postings_arrive": "CREATE TRIGGER postings_arrive AFTER INSERT ON posting REFERENCING NEW TABLE AS arrived "
    "FOR EACH STATEMENT EXECUTE FUNCTION postings_arrive()",
}

STATEMENTS = [
    ENTRY_BALANCES,
    POSTINGS_ARRIVE,
    *TRIGGERS.values(),
    "ALTER TABLE entry ENABLE ALWAYS TRIGGER entry_balances",
    "ALTER TABLE posting ENABLE ALWAYS TRIGGER postings_arrive",
]
CLOSED_PERIODS = [PERIOD_IS_OPEN, PERIOD_TRIGGER, "ALTER TABLE entry ENABLE ALWAYS TRIGGER period_is_open"]
