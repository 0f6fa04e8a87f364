"""The rules of the books that the database itself enforces, as statements for the migration that opens them."""

# An entry is complete when its transaction commits: at least two postings, zero in every unit.
_ENTRY_BALANCES = """
CREATE FUNCTION entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT unit, sum(amount) AS rest INTO wrong FROM posting WHERE entry_id = NEW.id
        GROUP BY unit HAVING sum(amount) <> 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'entry % does not balance: % of % remain', NEW.id, wrong.rest, wrong.unit
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_balances';
    END IF;
    IF NOT EXISTS (SELECT FROM posting WHERE entry_id = NEW.id) THEN
        RAISE EXCEPTION 'entry % has no postings', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_balances';
    END IF;
    RETURN NULL;
END $$
"""

# Postings join an entry only in the transaction that wrote it, so the deferred check above sees them all. The same
# trigger keeps the balances of guarded accounts: it locks them in one order, then refuses a balance on the wrong
# side. An upsert would test its CHECK on the inserted amount instead of the sum, hence insert-nothing, then update.
_POSTINGS_ARRIVE = """
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
    IF NOT EXISTS (SELECT FROM arrived JOIN account ON account.id = arrived.account_id WHERE account.guarded) THEN
        RETURN NULL;
    END IF;
    INSERT INTO balance (account_id, unit, amount)
        SELECT DISTINCT account_id, unit, 0 FROM arrived JOIN account ON account.id = arrived.account_id
        WHERE account.guarded ORDER BY account_id, unit
        ON CONFLICT DO NOTHING;
    PERFORM FROM balance JOIN arrived USING (account_id, unit) ORDER BY balance.account_id, balance.unit
        FOR UPDATE OF balance;
    UPDATE balance SET amount = balance.amount + change.amount
        FROM (SELECT account_id, unit, sum(amount) AS amount FROM arrived GROUP BY account_id, unit) AS change
        WHERE balance.account_id = change.account_id AND balance.unit = change.unit;
    SELECT account.kind, account.subject, balance.unit, balance.amount INTO wrong
        FROM balance JOIN account ON account.id = balance.account_id
        WHERE (balance.account_id, balance.unit) IN (SELECT account_id, unit FROM arrived)
          AND balance.amount * account.side < 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% % would be overdrawn: % of %', wrong.kind, wrong.subject, wrong.amount, wrong.unit
            USING ERRCODE = 'check_violation', CONSTRAINT = 'never_overdrawn';
    END IF;
    RETURN NULL;
END $$
"""

TRIGGERS = {
    "entry_balances": "CREATE CONSTRAINT TRIGGER entry_balances AFTER INSERT ON entry "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION entry_balances()",
    "postings_arrive": "CREATE TRIGGER postings_arrive AFTER INSERT ON posting REFERENCING NEW TABLE AS arrived "
    "FOR EACH STATEMENT EXECUTE FUNCTION postings_arrive()",
}

STATEMENTS = [
    _ENTRY_BALANCES,
    _POSTINGS_ARRIVE,
    *TRIGGERS.values(),
    "ALTER TABLE entry ENABLE ALWAYS TRIGGER entry_balances",
    "ALTER TABLE posting ENABLE ALWAYS TRIGGER postings_arrive",
]
