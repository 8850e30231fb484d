-- What a careful user of PostgreSQL would build: one row a wallet, one row an event, two functions.
CREATE TABLE wallet (
    id text COLLATE "C" PRIMARY KEY,
    balance bigint NOT NULL CHECK (balance >= 0)
) WITH (fillfactor = 50);

CREATE TABLE event (
    wallet text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    id text COLLATE "C" NOT NULL,
    unit_price bigint NOT NULL,
    carrier_fee bigint NOT NULL,
    balance_after bigint NOT NULL,
    PRIMARY KEY (wallet, source, id)
);

-- One event: 0 charged, 1 duplicate, 2 refused. It pays first, as nearly every event is new and covered.
CREATE FUNCTION debit(wallet_id text, source_name text, event_id text, price bigint, fee bigint) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    rest bigint;
BEGIN
    UPDATE wallet SET balance = balance - (price + fee) WHERE id = wallet_id AND balance >= price + fee
        RETURNING balance INTO rest;
    IF NOT FOUND THEN
        PERFORM FROM event WHERE (wallet, source, id) = (wallet_id, source_name, event_id);
        RETURN CASE WHEN FOUND THEN 1 ELSE 2 END;
    END IF;
    INSERT INTO event VALUES (wallet_id, source_name, event_id, price, fee, rest) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        RETURN 0;
    END IF;
    UPDATE wallet SET balance = balance + price + fee WHERE id = wallet_id;
    RETURN 1;
END $$;

-- A batch, in the order of its lines: the lines (from 1) that are duplicates, and those that are refused.
CREATE FUNCTION debit_batch(
    wallets text[], sources text[], ids text[], prices bigint[], fees bigint[],
    OUT duplicates integer[], OUT refused integer[]
) LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    held text[];
    balances bigint[];
    short text[];
    at integer;
BEGIN
    -- In one order in every transaction, so that two of them cannot wait for each other.
    SELECT array_agg(locked.id), array_agg(locked.balance) INTO held, balances FROM (
        SELECT w.id, w.balance FROM wallet w WHERE w.id = ANY (wallets) ORDER BY w.id FOR NO KEY UPDATE
    ) AS locked;
    -- As if nothing were a repeat: whoever can pay for that can pay for less. Amounts are above zero, so that a wallet's
    -- running balances name its lines.
    WITH running AS MATERIALIZED (
        SELECT i.*, h.balance - sum(i.price + i.fee) OVER (PARTITION BY i.wallet ORDER BY i.line) AS rest
        FROM unnest(wallets, sources, ids, prices, fees) WITH ORDINALITY AS i(wallet, source, id, price, fee, line)
        JOIN unnest(held, balances) AS h(wallet, balance) USING (wallet)
    ), ends AS MATERIALIZED (
        SELECT wallet, min(rest) AS lowest FROM running GROUP BY wallet
    ), posted AS (
        INSERT INTO event
        SELECT wallet, source, id, price, fee, rest FROM running JOIN ends USING (wallet)
        WHERE lowest >= 0 ORDER BY wallet, source, id, line
        ON CONFLICT DO NOTHING
        RETURNING wallet, unit_price + carrier_fee AS amount, balance_after
    ), paid AS (
        UPDATE wallet w SET balance = w.balance - p.amount
        FROM (SELECT wallet, sum(amount) AS amount FROM posted GROUP BY wallet) AS p WHERE w.id = p.wallet
    )
    SELECT
        (SELECT array_agg(wallet) FROM ends WHERE lowest < 0),
        (SELECT array_agg(r.line) FROM running r JOIN ends e USING (wallet)
         LEFT JOIN posted p ON (p.wallet, p.balance_after) = (r.wallet, r.rest)
         WHERE e.lowest >= 0 AND p.wallet IS NULL)
    INTO short, duplicates;
    -- What came behind a repeat was posted with a balance too low by the repeat's amount.
    IF duplicates IS NOT NULL THEN
        UPDATE event e SET balance_after = e.balance_after + behind.amount FROM (
            SELECT later.wallet, later.line, sum(prices[d.line] + fees[d.line]) AS amount
            FROM unnest(duplicates) AS d(line)
            JOIN unnest(wallets) WITH ORDINALITY AS later(wallet, line)
                ON later.wallet = wallets[d.line] AND later.line > d.line
            WHERE later.line <> ALL (duplicates) GROUP BY later.wallet, later.line
        ) AS behind
        WHERE (e.wallet, e.source, e.id) = (behind.wallet, sources[behind.line], ids[behind.line]);
    END IF;
    -- Who cannot pay for all of it: event by event.
    IF short IS NOT NULL THEN
        FOR at IN
            SELECT i.line FROM unnest(wallets) WITH ORDINALITY AS i(wallet, line) WHERE i.wallet = ANY (short) ORDER BY i.line
        LOOP
            CASE debit(wallets[at], sources[at], ids[at], prices[at], fees[at])
                WHEN 1 THEN duplicates := duplicates || at;
                WHEN 2 THEN refused := refused || at;
                ELSE NULL;
            END CASE;
        END LOOP;
    END IF;
END $$;
