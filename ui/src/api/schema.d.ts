// Made by `make types` from /openapi.json.
export interface paths {
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The process answers
         * @description Says nothing about whether requests are taken; for that ask `/readyz`.
         */
        get: operations["livez"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The figures of the server, for Prometheus */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This description */
        get: operations["get_description"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Requests are taken */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who did what, the newest first
         * @description Everything that the holder of a key has changed or exported: wallets, settings, adjustments, numbers, holds, top-ups,
         *     webhooks, keys, tariffs. Traffic is not among it, nor what the engine does by itself. With a key that is bound to a
         *     wallet, what concerns that wallet.
         */
        get: operations["list_acts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who did what as a file of CSV, the newest first
         * @description The same as the list, whole: a line each. A cell that a spreadsheet would run as a formula stands behind an
         *     apostrophe. The export is an act itself and is the first of its lines, where it is among what is wanted. An answer
         *     that is cut off in its middle is not complete.
         */
        get: operations["export_acts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/corrections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Price messages anew by another version of a tariff
         * @description A dry run (the default) tells who would pay how much more or less. With `dry_run: false` one linked entry is posted for
         *     each message that changes, with the reason and the key that asked. The run is known by its `Idempotency-Key`. Called
         *     again, after a crash or a lost connection too, it posts what is still missing and nothing twice.
         */
        post: operations["post_correction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send events
         * @description A request is taken whole or not at all; once taken, each event has an outcome of its own, in order, with
         *     its line's number. Sending the same again changes nothing: what was taken is a `duplicate`. An Arrow stream has a row
         *     for each event and a column for each field.
         */
        post: operations["post_events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The keys that the caller may manage, revoked ones too, by when they were made */
        get: operations["list_keys"];
        put?: never;
        /**
         * Make a key
         * @description With a key that is bound to a wallet, for that wallet only.
         */
        post: operations["post_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a key */
        delete: operations["delete_key"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/payments/stripe/webhook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a webhook of the payment provider
         * @description Set its address at Stripe as an endpoint for the types of checkout sessions, payment intents, refunds and disputes.
         *     It may come any number of times and in any order. Needs no key: it is signed.
         */
        post: operations["post_stripe_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/segments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Count the segments of a text */
        post: operations["post_segments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is calling, and what for */
        get: operations["get_session"];
        put?: never;
        /**
         * Sign in to the page
         * @description For a cookie that scripts cannot read and that ends with its key. Calls that come with it and change something need
         *     the header `Farebox-Page`, as this one does.
         */
        post: operations["post_session"];
        /** Sign out */
        delete: operations["delete_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tariffs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All tariffs with their versions */
        get: operations["list_tariffs"];
        put?: never;
        /**
         * Add a version of a tariff
         * @description The body is a tariff file, its tables inside. Versions never change: the same file sent again changes
         *     nothing, and another one for the same time is a conflict.
         */
        post: operations["post_tariff"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/tariffs/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A tariff with the rows of one version */
        get: operations["get_tariff"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/test-clock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the test clock stands */
        get: operations["get_test_clock"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/test-clock/advance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Move the test clock
         * @description Everything that falls due on the way happens in order, each at its own time, and what is to be done outside
         *     (payments, webhooks) is finished at each instant before the clock goes on. To now: finishes what is due.
         */
        post: operations["post_advance"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All wallets that the key sees, by their ids */
        get: operations["list_wallets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A wallet with its balance */
        get: operations["get_wallet"];
        /** Create a wallet or change its terms */
        put: operations["put_wallet"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/adjustments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change a balance by hand
         * @description Under one idempotency key it is posted once; sent again, the answer is the first entry, with the
         *     header `Idempotency-Replayed: true`.
         */
        post: operations["post_adjustment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/alert-settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The balances at which a wallet warns */
        get: operations["get_alert_settings"];
        /**
         * Set the balances at which a wallet warns
         * @description All of them at once. One that the balance is at or below already warns when it is crossed the next time.
         */
        put: operations["put_alert_settings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The alerts of a wallet, in the order in which they were raised */
        get: operations["list_alerts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/auto-top-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Automatic top-up, and how it stands */
        get: operations["get_auto_top_up"];
        /**
         * Set automatic top-up
         * @description Switched on anew, or set while it is stopped, it begins afresh: what stopped it no longer counts. It is looked at
         *     at once, and fires if what is available is at or below the minimum.
         */
        put: operations["put_auto_top_up"];
        post?: never;
        /**
         * Switch automatic top-up off
         * @description No new attempt is made; one under way still credits.
         */
        delete: operations["delete_auto_top_up"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The entries of a wallet, in the order in which they were posted or the other way round */
        get: operations["list_entries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/entries.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The entries of a range as CSV
         * @description One row for each entry, in the order in which they were posted. The columns: `seq`, `day` (the local day on the axis
         *     that is asked for), `occurred_at`, `posted_at`, `channel`, `type` (of the entry), `message_id` and `source` (of the
         *     message that it is for or belongs to, or of a carrier's own charge), `direction`, `kind`, `status` (the final one of
         *     the message, where it has one), `peer`, `country`, `carrier`, `encoding`, `units`, `unit_price`, `message_cost`
         *     (without the carrier fee), `carrier_fee`, `other_fee` (what else was charged; negative where it was returned or paid
         *     in), `other_fee_description`, `total` (the sum of the three), `amount` (the change of the balance: the opposite),
         *     `currency`, `tariff`, `tariff_version`, `campaign`, `tags`, `balance_after`. What does not apply is empty.
         *
         *     RFC 4180 in UTF-8 with a header; amounts are plain decimals. A text that a spreadsheet would run as a formula (it
         *     begins with `=`, `+`, `-`, `@`, a tab or a line break, or the full-width form of one of the four) has an apostrophe in
         *     front, and so has one that begins with an apostrophe: taking one apostrophe away from the front of a text gives what it
         *     was. Numbers, days and instants are never changed, E.164 numbers only with `cells=spreadsheet`.
         *
         *     The rows are checked against the table of usage of the same state. A file that cannot be finished ends in a broken
         *     connection, never in a short file. `Accept-Encoding: gzip` or `zstd` makes it smaller on its way; saved as it comes
         *     it is a `.csv.gz` or `.csv.zst`. At most 4 exports are under way at once.
         */
        get: operations["get_entries_csv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/entries.parquet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The entries of a range as Parquet
         * @description The rows and columns of `entries.csv`, typed: whole numbers, dates, instants in nanoseconds of UTC, amounts as
         *     decimals of 38 digits with 9 places, texts. What does not apply is null, and nothing is changed for spreadsheets.
         *     Packed with Snappy.
         */
        get: operations["get_entries_parquet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/entries/{seq}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Why an entry has its amount */
        get: operations["get_explanation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens to a wallet, as it happens
         * @description A stream of server-sent events. `wallet` has the wallet with `seq`, its last entry, and `now`; it comes first, and
         *     again whenever something has changed. `top_up` has a top-up that was opened or changed. `time` has `now` and comes
         *     when nothing else does, every 15 seconds at the latest. `end` comes before the stream ends because the key or session
         *     has. With `Last-Event-ID` nothing is told anew that has not changed since.
         */
        get: operations["get_live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The holds of a wallet, in the order in which they were made */
        get: operations["list_holds"];
        put?: never;
        /**
         * Set aside what messages may cost at most
         * @description At the worst case: for the most segments, and for the dearest of the carriers that may apply where none is
         *     named; of recipients that are told by their prefix, for the dearest number that begins so. Under one idempotency
         *     key it is made once.
         */
        post: operations["post_hold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/holds/{hold}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A hold and what is left of it */
        get: operations["get_hold"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/holds/{hold}/settle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Charge a part of a hold
         * @description What exceeds the hold is charged all the same, as it has been sent. What is left stays set aside until the last
         *     part, a void or the hold's expiry.
         */
        post: operations["settle_hold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/holds/{hold}/void": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Free what is left of a hold */
        post: operations["void_hold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/messages/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of an event
         * @description Of events whose ids are remembered: those that were charged or recorded, 35 days long. A refused event
         *     is not: sent again, it is decided afresh.
         */
        get: operations["get_message"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/numbers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The rentals of a wallet, in the order in which they began
         * @description Released ones too: a number rented again is another rental.
         */
        get: operations["list_numbers"];
        put?: never;
        /**
         * Rent a number
         * @description The first monthly fee is charged now, in full from what is available, or nothing is rented. Under one
         *     idempotency key it is rented once.
         */
        post: operations["post_number"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/numbers/{number}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A number, by its last rental */
        get: operations["get_number"];
        put?: never;
        post?: never;
        /**
         * Give a number back
         * @description No further fee falls due; what is owed for it stays owed. One that is released already stays as it is.
         */
        delete: operations["delete_number"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/numbers/{number}/quote": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What renting a number would cost
         * @description Nothing is set aside and nothing is promised: fees and balances change.
         */
        get: operations["get_number_quote"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/pace": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How long what is available lasts */
        get: operations["get_pace"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/quotes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What messages would cost
         * @description Nothing is set aside and nothing is promised: prices and balances change.
         */
        post: operations["post_quote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/reconciliations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hold a provider's usage file against the wallet's messages
         * @description The body is the file as CSV, packed or not. A row and a message belong together by the id and source of the message's
         *     event. Nothing is posted: differences come with adjustments that a person may pick and post. With `Accept: text/csv` all
         *     differences come as CSV.
         */
        post: operations["post_reconciliation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/reconciliations/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Post adjustments that a reconciliation has proposed
         * @description Each is posted once under the call's key. Called again under the same key, after a crash too, what is missing is posted
         *     and nothing twice. Where a message has come to something else since, nothing is posted: reconcile again.
         */
        post: operations["apply_reconciliation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/statements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The months that have a statement
         * @description From the month of the first entry to the current one, the newest first.
         */
        get: operations["list_statements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/statements/{month}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The statement of a month
         * @description On the axis of posting and from one state, so that it agrees with the balance to the last unit.
         */
        get: operations["get_statement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/top-ups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The top-ups of a wallet, by hand and automatic, in the order in which they were opened */
        get: operations["list_top_ups"];
        put?: never;
        /**
         * Open a page to pay on
         * @description The answer waits up to 20 seconds for the payment provider; `checkout_url` is null where it has not answered
         *     by then. The credit is posted once the provider says that it was paid, not before. Under one idempotency key one
         *     page is opened.
         */
        post: operations["post_top_up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/top-ups/{top_up}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A top-up and what became of it */
        get: operations["get_top_up"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where a wallet's credit went
         * @description Everything that was acknowledged before the call is in the answer. At most 50,000 rows: more are refused, never cut.
         */
        get: operations["get_usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/wallets/{wallet}/usage.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The table of usage as CSV
         * @description The rows of `GET .../usage` with the same parameters: first what it is grouped by, then `messages`, `units`,
         *     `delivered`, `failed` and `other` of all messages and of each kind and direction (`sms_outbound_messages` and so on),
         *     `message_cost`, `carrier_fees`, `failure_fees`, `refunds`, `number_fees`, `other_charges`, `total` and `currency`.
         *     Cells are written as in `entries.csv`. At most 50,000 rows.
         */
        get: operations["get_usage_csv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The webhooks that the caller may manage, in the order in which they were added */
        get: operations["list_webhooks"];
        put?: never;
        /**
         * Add a webhook
         * @description With a key that is bound to a wallet, for that wallet only.
         */
        post: operations["post_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a webhook
         * @description Nothing more is sent to it, what is on its way included.
         */
        delete: operations["delete_webhook"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The messages of a webhook and what became of them
         * @description By wallet and, of each, in the order in which they were raised.
         */
        get: operations["list_deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an alert again
         * @description It begins its way anew, whatever became of it, also where the webhook was not to hear of it when it was raised.
         */
        post: operations["replay_alert"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a new secret
         * @description For 24 hours the former one signs as well, so that messages can be checked by either.
         */
        post: operations["rotate_secret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test message now
         * @description Of the type `webhook.test`, signed as any other, once. Nothing is kept of it.
         */
        post: operations["test_webhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A change of the balance by hand. */
        Adjustment: {
            /**
             * @description Of either sign, not zero: a decimal in a string.
             * @example 100
             */
            amount: string;
            /**
             * @description Why, in 1 to 512 bytes; kept with the entry.
             * @example opening credit
             */
            reason: string;
        };
        /** @description Where the test clock is to stand. */
        Advance: {
            /**
             * @description RFC 3339, not before now.
             * @example 2026-08-15T00:00:00Z
             */
            to: string;
        };
        /** @description Something that was worth telling. */
        Alert: {
            /** @example al_7 */
            alert: string;
            /**
             * @description Such as `wallet.low_balance`.
             * @example wallet.low_balance
             */
            type: string;
            occurred_at: components["schemas"]["Instant"];
            posted_at: components["schemas"]["Instant"];
            /**
             * @description What it is about, by its type: `level` and `balance`; `balance`; `top_up`, `amount` and `code`; `reason`;
             *     `minimum_balance`; `number` with `amount` and `due_at`, `release_at`, or `released_at` and `reason`.
             */
            data: Record<string, never>;
        };
        /** @description The balances at which a wallet is to warn. */
        AlertOrder: {
            /**
             * @description Up to 10, none of them below zero; empty: it warns at none.
             * @example [
             *       "100",
             *       "20"
             *     ]
             */
            low_balance: string[];
        };
        /** @description The balances at which a wallet warns. */
        AlertSettings: {
            /** @description Highest first. Each warns once when the balance comes down to it, and again once it has risen above it. */
            low_balance: components["schemas"]["Amount"][];
        };
        /**
         * @description An amount of money: a plain decimal with up to 9 places, in a string.
         * @example 12.5
         */
        Amount: string;
        /** @description What a person has picked. */
        Applied: {
            /** @description 1 to 1,000, each of another message. */
            proposals: components["schemas"]["ReconciliationProposal"][];
        };
        /** @description The entries that stand. */
        AppliedEntries: {
            /** @description One for each proposal, in their order. */
            entries: components["schemas"]["Entry"][];
        };
        /** @description Which messages a row applies to. */
        Applies: {
            /**
             * @description Its place in the table, from 0.
             * @example 12
             */
            row: number;
            /**
             * Format: int32
             * @description Of the tariff's file, from 1.
             * @example 20
             */
            line: number;
            /** @example outbound */
            direction: string;
            /** @example sms */
            kind: string;
            /**
             * @description Leading digits of the peer (outbound) or of the channel (inbound); `*`: any.
             * @example 852
             */
            prefix: string;
            /** @description Null: any. */
            sender_type: string | null;
            /** @description MCC and MNC; null: any, and unknown. */
            carrier: string | null;
        };
        /** @description A monthly fee that was due and is unpaid. */
        Arrear: {
            /**
             * Format: int32
             * @example 2
             */
            cycle: number;
            due_at: components["schemas"]["Instant"];
            amount: components["schemas"]["Amount"];
        };
        /** @description Something that somebody did. */
        AuditedAct: {
            at: components["schemas"]["Instant"];
            /**
             * @description The id of the key that asked for it; `serve` for what a start does, `endpoint` for a webhook that is gone.
             * @example key_0123456789abcdef
             */
            actor: string;
            /**
             * @description A stable word, such as `wallet.opened`, `adjustment.posted`, `hold.made`, `key.revoked` or `tariff.added`.
             * @example number.bought
             */
            action: string;
            /**
             * @description Null where it concerns no wallet, or all of them.
             * @example acme
             */
            wallet: string | null;
            /**
             * @description What it was done to, for people.
             * @example +14155550100 local
             */
            about: string;
            /** @description Of an adjustment. */
            reason: string | null;
        };
        /** @description Automatic top-up, and how it stands. */
        AutoTopUp: {
            enabled: boolean;
            minimum_balance: components["schemas"]["Amount"];
            amount: components["schemas"]["Amount"];
            limits: components["schemas"]["TopUpLimits"];
            /**
             * @description `off`, `stopped` (until the cause is gone or it is switched on anew), `no_method` (nothing to charge is saved:
             *     the next checkout saves it), `under_way`, `waiting` (after a decline), `limited` (a limit is reached) or `ready`.
             * @example ready
             */
            status: string;
            /**
             * @description Why it is stopped: `declined`, `authentication_required`, `still_below` or `disputed`.
             * @example declined
             */
            reason: string | null;
            retry_at: components["schemas"]["Instant"] | null;
            /** Format: int32 */
            declines_in_a_row: number;
            payment_method: components["schemas"]["PaymentMethod"] | null;
        };
        /** @description The settings of automatic top-up. */
        AutoTopUpOrder: {
            /** @description False switches it off and leaves the rest as it was. */
            enabled: boolean;
            /**
             * @description At or below so much available it fires; needed to switch it on.
             * @example 20
             */
            minimum_balance?: string | null;
            /**
             * @description What it adds each time, in whole minor units of the wallet's currency; needed to switch it on.
             * @example 50
             */
            amount?: string | null;
            limits?: components["schemas"]["LimitsOrder"] | null;
        };
        /** @description A row that could not be read. */
        BadRow: {
            /** Format: int64 */
            line: number;
            why: string;
        };
        /** @description What a carrier charges on top. */
        CarrierFee: components["schemas"]["Applies"] & {
            /** @description Of a segment of an SMS; of a whole MMS. */
            fee: components["schemas"]["Amount"];
        };
        /** @description How many there are of a class, and what they come to on either side. */
        ClassSums: {
            /**
             * @description `matched`, `missing_here`, `missing_there`, `other_segments`, `other_price`, `other_status`, `adjusted`,
             *     `refused_here`, `other_source`, `repeated`, `outside`, `no_message` or `unreadable`; `all` for the totals.
             * @example other_segments
             */
            class: string;
            /**
             * Format: int64
             * @description Of the file.
             */
            rows: number;
            /**
             * Format: int64
             * @description Of ours.
             */
            messages: number;
            /** @description By the file. */
            theirs: components["schemas"]["Sum"];
            /** @description By the messages' own entries, before refunds and corrections. */
            ours: components["schemas"]["Sum"];
        };
        /** @description A CloudEvent; extension attributes are ignored. */
        CloudEvent: {
            /** @example 1.0 */
            specversion: string;
            /** @example m-1 */
            id: string;
            /** @example /sms-gateway */
            source: string;
            /**
             * @description `message.outbound`, `message.inbound`, `message.status` or `carrier.fee`.
             * @example message.outbound
             */
            type: string;
            /**
             * @description The wallet.
             * @example acme
             */
            subject: string;
            /**
             * Format: date-time
             * @example 2026-11-22T10:00:00Z
             */
            time?: string | null;
            data: components["schemas"]["EventData"];
        };
        /** @description Which messages, and by what they are priced anew. */
        Correction: {
            /**
             * @description The wallets concerned, at most 1,000; left out: all, which needs a key that is bound to all wallets.
             * @example [
             *       "acme"
             *     ]
             */
            wallets?: string[] | null;
            /**
             * @description The first local day of the messages, in each wallet's own time zone.
             * @example 2026-07-01
             */
            from: string;
            /**
             * @description The last, included; at most 366 days in all.
             * @example 2026-07-31
             */
            to: string;
            /** @description `occurred` (default) or `posted`. */
            axis?: string | null;
            /**
             * @description The tariff that is to price them. Wallets in another currency are an error.
             * @example standard
             */
            tariff: string;
            /**
             * @description The label of its version, whatever it says of when it is in effect.
             * @example 2026-02
             */
            version: string;
            /**
             * @description Only messages that this version of the same tariff has priced.
             * @example 2026-01
             */
            priced_by?: string | null;
            /** @description Why, in 1 to 512 bytes; kept with every entry. A dry run needs none. */
            reason?: string | null;
            /** @description True (default): only tells what would change. */
            dry_run?: boolean;
        };
        /** @description What is changed, or would be. */
        CorrectionReport: {
            dry_run: boolean;
            /** @example standard */
            tariff: string;
            /** @example 2026-02 */
            version: string;
            /** @description Those whose messages would cost something else, by their ids; at most 1,000 are told. */
            wallets: components["schemas"]["WalletCorrection"][];
            /**
             * Format: int64
             * @description How many more there are.
             */
            further_wallets: number;
            totals: components["schemas"]["CorrectionTally"];
        };
        /** @description Messages and amounts. */
        CorrectionTally: {
            /**
             * Format: int64
             * @description Messages that should have cost something else.
             * @example 120
             */
            changed: number;
            /**
             * Format: int64
             * @description Those that would have cost the same.
             */
            unchanged: number;
            /**
             * Format: int64
             * @description Left alone: their charge stands returned.
             */
            returned: number;
            /**
             * Format: int64
             * @description Left alone: the version has no rate for them.
             */
            no_rate: number;
            /** @description What the changed ones cost until now, carrier fees included. */
            before: components["schemas"]["Sum"];
            /** @description What they should have cost. */
            after: components["schemas"]["Sum"];
            /** @description What the wallet pays more (negative: gets back): `after - before`. */
            difference: components["schemas"]["Sum"];
            /**
             * Format: int64
             * @description Entries posted. Fewer than `changed` where something happened to a message meanwhile: call again.
             */
            posted: number;
        };
        /** @description An alert and what became of telling it to a webhook. */
        Delivery: {
            /** @example acme */
            wallet: string;
            /** @example al_7 */
            alert: string;
            /**
             * @description Of the alert.
             * @example wallet.low_balance
             */
            type: string;
            /**
             * @description `pending`, `delivered`, `failed` (given up after a day) or `dropped` (the webhook was removed or is disabled).
             * @example delivered
             */
            status: string;
            /**
             * Format: int32
             * @description How often it was tried.
             * @example 1
             */
            attempts: number;
            /** @description When it was put on its way, by hand the last time. */
            first_at: components["schemas"]["Instant"];
            last_at: components["schemas"]["Instant"];
            next_at: components["schemas"]["Instant"] | null;
            /**
             * Format: int32
             * @description What the endpoint answered last; null where it did not.
             * @example 200
             */
            http_status: number | null;
        };
        /** @description Messages of one kind. */
        Directions: {
            outbound: components["schemas"]["UsageTraffic"];
            inbound: components["schemas"]["UsageTraffic"];
        };
        /** @description One posted change of a wallet's balance. What does not apply to it is null. */
        Entry: {
            /**
             * Format: int64
             * @description Counts the wallet's entries from 1 without a gap.
             * @example 2
             */
            seq: number;
            /**
             * @description `charge`, `carrier_fee`, `adjustment`, `number_fee`, `top_up`, `payment_refund`, `dispute`, `dispute_reinstated`,
             *     `hold_settlement`, `refund`, `failure_fee`, `recharge`, `failure_fee_return` or `correction`.
             * @example charge
             */
            type: string;
            /**
             * @description What was added to the balance; negative for a charge: `-(price + carrier_fee)`; of a correction what the message
             *     cost before, less what it should have cost.
             */
            amount: components["schemas"]["Amount"];
            balance_after: components["schemas"]["Amount"];
            occurred_at: components["schemas"]["Instant"];
            posted_at: components["schemas"]["Instant"];
            /**
             * @description Of the event.
             * @example m-1
             */
            id: string | null;
            source: string | null;
            /** @example message.outbound */
            event_type: string | null;
            /**
             * @description `admit` or `report`.
             * @example admit
             */
            mode: string | null;
            /** @example +14155550100 */
            channel: string | null;
            /** @example +85291234567 */
            peer: string | null;
            /**
             * @description `outbound` or `inbound`.
             * @example outbound
             */
            direction: string | null;
            /**
             * @description `sms` or `mms`.
             * @example sms
             */
            kind: string | null;
            /**
             * @description `GSM-7` or `UCS-2`.
             * @example GSM-7
             */
            encoding: string | null;
            /**
             * Format: int32
             * @description What was billed.
             * @example 1
             */
            units: number | null;
            /**
             * Format: int32
             * @description What was counted from the text, where it was sent.
             * @example 1
             */
            units_counted: number | null;
            /** @example local */
            sender_type: string | null;
            /**
             * @description MCC and MNC.
             * @example 310260
             */
            carrier: string | null;
            /**
             * @description ISO 3166, where the rate says.
             * @example HK
             */
            country: string | null;
            /** @example standard */
            tariff: string | null;
            /** @example 2026-01 */
            tariff_version: string | null;
            /**
             * Format: int32
             * @description The row of that version's rates, from 0.
             * @example 12
             */
            rate_row: number | null;
            /**
             * Format: int32
             * @description The row of that version's carrier fees, from 0.
             */
            fee_row: number | null;
            unit_price: components["schemas"]["Amount"] | null;
            price: components["schemas"]["Amount"] | null;
            carrier_fee: components["schemas"]["Amount"] | null;
            campaign: string | null;
            tags: {
                [key: string]: string;
            };
            reason: string | null;
            /** @description The id of the key by which an adjustment or a correction was made. */
            actor: string | null;
            /**
             * @description The hold that a message was paid from, or that was settled.
             * @example h_1
             */
            hold: string | null;
            /**
             * @description The top-up that was credited, refunded or disputed.
             * @example tu_1
             */
            top_up: string | null;
            /**
             * Format: int64
             * @description The entry of the message that was refunded, charged again or corrected, or that an adjustment sets right.
             */
            of_seq: number | null;
            /** @description The run of corrections that it was posted by. */
            run: string | null;
            /**
             * @description The rented number that a fee is for.
             * @example +14155550100
             */
            number: string | null;
            /**
             * Format: int32
             * @description Which of the number's fees it is: 0 is the purchase.
             */
            cycle: number | null;
            due_at: components["schemas"]["Instant"] | null;
        };
        /** @description The class of an error code, which the failure policy may name. */
        ErrorClass: {
            /**
             * @description Its place in the table, from 0.
             * @example 0
             */
            row: number;
            /**
             * Format: int32
             * @description Of the tariff's file, from 1.
             * @example 330
             */
            line: number;
            /** @example 30007 */
            error_code: string;
            /** @example blocked */
            class: string;
        };
        /** @description What an event says beside its envelope. */
        EventData: {
            /**
             * @description What a message is sent from or received on; needed for messages.
             * @example +14155550100
             */
            channel?: string | null;
            /**
             * @description The other side; needed for messages.
             * @example +85291234567
             */
            peer?: string | null;
            /**
             * @description `sms` or `mms`; needed for messages.
             * @example sms
             */
            kind?: string | null;
            /**
             * @description Of an SMS, where `segments` and `encoding` are not given. Counted, never kept.
             * @example hi
             */
            text?: string | null;
            /**
             * Format: int32
             * @description Of an SMS, as counted by the provider; it wins over our own count.
             */
            segments?: number | null;
            /** @description With `segments`: `GSM-7` or `UCS-2`. */
            encoding?: string | null;
            /** @description `local`, `mobile`, `toll_free`, `short_code` or `alphanumeric`; by default told from the channel. */
            sender_type?: string | null;
            /** @description MCC and MNC, 5 or 6 digits. */
            carrier?: string | null;
            /**
             * @description `admit` (not yet sent, may be refused; the default for messages) or `report` (it has happened; what
             *     statuses and carrier fees always are).
             */
            mode?: string | null;
            /** @description At most 128 bytes. */
            campaign?: string | null;
            tags?: {
                [key: string]: string;
            } | null;
            /** @description Of a carrier's fee: a decimal in a string, above zero. */
            amount?: string | null;
            /** @description Of a carrier's fee. */
            reason?: string | null;
            /**
             * @description Of a message: the hold it is paid from.
             * @example h_1
             */
            hold?: string | null;
            /**
             * @description Of a status: the id of the message's own event; needed for statuses.
             * @example m-1
             */
            message?: string | null;
            /** @description Of a status: who gave that id; by default the source of the status itself. */
            message_source?: string | null;
            /**
             * @description How the message ended: `delivered`, `undelivered` or `failed`; needed for statuses.
             * @example delivered
             */
            status?: string | null;
            /**
             * @description Of a status: the carrier's or the provider's code, at most 64 bytes.
             * @example 30007
             */
            error_code?: string | null;
        };
        /** @description One event as a line of NDJSON. */
        EventLine: components["schemas"]["EventData"] & {
            /**
             * @description 1 to 128 bytes; with `source` and `wallet` it makes the event count once.
             * @example m-1
             */
            id: string;
            /** @description Who gave the id; empty by default. */
            source?: string | null;
            /**
             * @description `message.outbound`, `message.inbound`, `message.status` or `carrier.fee`.
             * @example message.outbound
             */
            type: string;
            /** @example acme */
            wallet: string;
            /**
             * Format: date-time
             * @description When it happened, RFC 3339; by default when it was received.
             * @example 2026-11-22T10:00:00Z
             */
            time?: string | null;
        };
        /** @description What became of one event. */
        EventResult: {
            /**
             * Format: int32
             * @description Of the body, from 1; of a batch of CloudEvents the event's place.
             * @example 1
             */
            line: number;
            /**
             * @description Null where none could be read.
             * @example m-1
             */
            id: string | null;
            /**
             * @description `charged`, `recorded`, `refused`, `duplicate`, `conflict`, `invalid` or `unavailable`.
             * @example charged
             */
            outcome: string;
            /** @description Why, in a stable word: `suspended`, `insufficient_balance`, `bad_field`, `no_rate`, ... */
            code: string | null;
            /**
             * @description What was charged; left out of an invalid event.
             * @example 0.0079
             */
            amount?: string | null;
            /**
             * Format: int64
             * @description The entry, where one was posted; left out of an invalid event.
             * @example 2
             */
            seq?: number | null;
            /** @description Of an invalid event: the field concerned. */
            field?: string | null;
            /** @description Of an invalid event: what is wrong, for a person. */
            detail?: string | null;
        };
        /** @description What became of the events of a request. */
        EventsAnswer: {
            /**
             * Format: int64
             * @description Charged, recorded and duplicate together: what need not be sent again.
             * @example 2
             */
            accepted: number;
            /**
             * Format: int64
             * @example 1
             */
            charged: number;
            /** Format: int64 */
            recorded: number;
            /** Format: int64 */
            refused: number;
            /**
             * Format: int64
             * @example 1
             */
            duplicate: number;
            /** Format: int64 */
            conflict: number;
            /** Format: int64 */
            invalid: number;
            /** Format: int64 */
            unavailable: number;
            /** @description One for each event, in order. */
            results: components["schemas"]["EventResult"][];
        };
        /** @description Money that the payer's bank has taken back. */
        ExplainedDispute: {
            /**
             * @description The payment provider's id of it.
             * @example dp_1
             */
            id: string;
            amount: components["schemas"]["Amount"];
            /**
             * @description `withdrawn`, or `reinstated` once it was given back.
             * @example withdrawn
             */
            status: string;
        };
        /** @description The hold behind a settlement, as it stands now. */
        ExplainedHold: {
            /** @example h_1 */
            hold: string;
            /** @example settled */
            status: string;
            /** @description What was set aside at first. */
            amount: components["schemas"]["Amount"];
            settled: components["schemas"]["Amount"];
            made_at: components["schemas"]["Instant"];
            closed_at: components["schemas"]["Instant"] | null;
            campaign: string | null;
        };
        /** @description A message as it stands now. */
        ExplainedMessage: {
            /**
             * Format: int64
             * @description The entry that charged it.
             * @example 12
             */
            seq: number;
            /** @example m-1 */
            id: string;
            source: string | null;
            /** @example outbound */
            direction: string;
            /** @example sms */
            kind: string;
            channel: string;
            peer: string;
            occurred_at: components["schemas"]["Instant"];
            amount: components["schemas"]["Amount"];
            units: components["schemas"]["ExplainedUnits"];
            /**
             * @description `delivered`, `undelivered` or `failed`, as it is counted; null while nothing final is known.
             * @example failed
             */
            status: string | null;
            /** @description The statuses that counted, in order. Null once the message's id is no longer remembered. */
            statuses: components["schemas"]["ExplainedStatus"][] | null;
            failure_policy: components["schemas"]["ExplainedPolicy"] | null;
        };
        /** @description The rental and cycle behind a fee. */
        ExplainedNumberFee: {
            /** @example +14155550100 */
            number: string;
            /** @example local */
            type: string;
            /**
             * Format: int64
             * @description Which of the wallet's rentals it is.
             * @example 1
             */
            rental: number;
            bought_at: components["schemas"]["Instant"];
            /**
             * Format: int32
             * @description 0 is the purchase.
             * @example 1
             */
            cycle: number;
            due_at: components["schemas"]["Instant"];
            /**
             * @description Whether it was paid after it was due.
             * @example false
             */
            late: boolean;
            /** @example standard */
            tariff: string | null;
            /** @example 2026-01 */
            tariff_version: string | null;
            /**
             * Format: int32
             * @description Of that version's number fees, from 0. Null, as the tariff, where none made it: a late fee is what was owed since,
             *     and where a tariff has no row any more the last fee stands.
             * @example 0
             */
            row: number | null;
        };
        /** @description What stays charged of a message that was not delivered. */
        ExplainedPolicy: {
            /**
             * @description The status that it answers.
             * @example failed
             */
            status: string;
            /**
             * @description `full`, `nothing` or `fee`.
             * @example fee
             */
            charge: string;
            fee: components["schemas"]["Amount"] | null;
            /**
             * Format: int32
             * @description Of the tariff version's failures, from 0; null: no row says so, and the default applies.
             * @example 1
             */
            row: number | null;
        };
        /** @description A status that counted. */
        ExplainedStatus: {
            /** @example failed */
            status: string;
            /** @example 30007 */
            error_code: string | null;
        };
        /** @description The rows of the tariff version that priced a message. */
        ExplainedTariff: {
            /** @example standard */
            name: string;
            /** @example 2026-01 */
            version: string;
            effective_from: components["schemas"]["Instant"];
            rate: components["schemas"]["Rate"];
            carrier_fee: components["schemas"]["CarrierFee"] | null;
        };
        /** @description The payment behind a credit, refund or dispute, as it stands now. */
        ExplainedTopUp: {
            /** @example tu_1 */
            top_up: string;
            /**
             * @description `checkout` or `auto`.
             * @example checkout
             */
            kind: string;
            /** @example succeeded */
            status: string;
            amount: components["schemas"]["Amount"];
            /**
             * @description The payment provider's id of it.
             * @example pi_1
             */
            payment: string | null;
            credited: components["schemas"]["Amount"];
            refunded: components["schemas"]["Amount"];
            disputes: components["schemas"]["ExplainedDispute"][];
        };
        /** @description How the billed units of a message came about. */
        ExplainedUnits: {
            /**
             * Format: int32
             * @example 2
             */
            billed: number;
            /**
             * Format: int32
             * @description By us, from the text; null where no text was sent.
             * @example 2
             */
            counted: number | null;
            /**
             * @description `event`: the count that came with the event is billed; `text`: ours of the text; null for an MMS, which is one unit.
             * @example text
             */
            by: string | null;
            /**
             * @description Null for an MMS, as are the lengths.
             * @example GSM-7
             */
            encoding: string | null;
            /**
             * @description Most septets (GSM-7) or 16-bit code units (UCS-2) of a message that is one segment.
             * @example 160
             */
            length_max_alone: number | null;
            /**
             * @description The same of each part of a longer one.
             * @example 153
             */
            length_max_in_parts: number | null;
        };
        /** @description Why an entry has its amount, back to where it comes from. All of it is read from one state. */
        Explanation: {
            /** @example acme */
            wallet: string;
            /** @example USD */
            currency: string;
            /**
             * @description The whole story in a few sentences. Its words may change; what is to be relied on is in the other fields.
             * @example On 15 July 2026, 10:00 (Europe/Berlin), an outbound SMS of 2 segments (GSM-7) from +14155550100 to +85291234567 was charged 0.0218 USD: ...
             */
            text: string;
            balance_before: components["schemas"]["Amount"];
            balance_after: components["schemas"]["Amount"];
            /**
             * @description How the amount came about, in one line.
             * @example 2 segments x 0.0079 + carrier fee 0.006 = 0.0218 USD
             */
            arithmetic: string;
            tariff: components["schemas"]["ExplainedTariff"] | null;
            corrected_tariff: components["schemas"]["ExplainedTariff"] | null;
            message: components["schemas"]["ExplainedMessage"] | null;
            top_up: components["schemas"]["ExplainedTopUp"] | null;
            number_fee: components["schemas"]["ExplainedNumberFee"] | null;
            hold: components["schemas"]["ExplainedHold"] | null;
            /**
             * @description The entries that belong to the same message, payment or hold, in order, at most 1000: of a message its refund and
             *     what followed, and of those the message's own entry.
             */
            related: components["schemas"]["RelatedEntry"][];
            /** @description The entry, with the event it was posted for. */
            entry: components["schemas"]["Entry"];
        };
        /** @description What stays charged of messages that were not delivered. The most specific row applies. */
        Failure: {
            /**
             * @description Its place in the table, from 0.
             * @example 1
             */
            row: number;
            /**
             * Format: int32
             * @description Of the tariff's file, from 1.
             * @example 320
             */
            line: number;
            /** @description Null: any. */
            direction: string | null;
            /** @description Null: any. */
            kind: string | null;
            /**
             * @description `failed` or `undelivered`.
             * @example failed
             */
            status: string;
            /**
             * @description Null: any, and none.
             * @example blocked
             */
            error_class: string | null;
            /**
             * @description `full` (all stays charged), `nothing` (all is returned) or `fee` (all is returned, and a fee is charged).
             * @example nothing
             */
            charge: string;
            fee: components["schemas"]["Amount"] | null;
        };
        /** @description Messages and amounts. `total` is the sum of the six amounts before it. */
        Figures: {
            /**
             * Format: int64
             * @example 3
             */
            messages: number;
            /**
             * Format: int64
             * @description What was billed: segments of SMS, one of an MMS.
             * @example 5
             */
            units: number;
            /**
             * Format: int64
             * @example 2
             */
            delivered: number;
            /**
             * Format: int64
             * @description Failed and undelivered.
             * @example 0
             */
            failed: number;
            /**
             * Format: int64
             * @description Without a final status.
             * @example 1
             */
            other: number;
            sms: components["schemas"]["Directions"];
            mms: components["schemas"]["Directions"];
            /** @description Of messages, without carrier fees. */
            message_cost: components["schemas"]["Sum"];
            /** @description Of messages, and those that carriers charged by themselves. */
            carrier_fees: components["schemas"]["Sum"];
            failure_fees: components["schemas"]["Sum"];
            /** @description Negative: charges of failed messages that were returned, less those charged again. */
            refunds: components["schemas"]["Sum"];
            number_fees: components["schemas"]["Sum"];
            /** @description Settled holds and corrections. */
            other_charges: components["schemas"]["Sum"];
            total: components["schemas"]["Sum"];
        };
        /** @description An amount set aside. */
        Hold: {
            /** @example h_1 */
            hold: string;
            /**
             * @description `open`, `settled`, `voided` or `expired`.
             * @example open
             */
            status: string;
            /** @description What was set aside at first. */
            amount: components["schemas"]["Amount"];
            /** @description What is set aside still. */
            remaining: components["schemas"]["Amount"];
            /** @description What was charged against it, what exceeded it included. */
            settled: components["schemas"]["Amount"];
            /** @example spring */
            campaign: string | null;
            made_at: components["schemas"]["Instant"];
            expires_at: components["schemas"]["Instant"];
            closed_at: components["schemas"]["Instant"] | null;
        };
        /**
         * Format: date-time
         * @description An instant as RFC 3339 in UTC.
         * @example 2026-11-22T10:00:00Z
         */
        Instant: string;
        /** @description A key, without its secret. */
        Key: {
            /** @example key_0123456789abcdef */
            id: string;
            /** @example ingest */
            role: string;
            /**
             * @description Null: all wallets.
             * @example acme
             */
            wallet: string | null;
            /** @example SMS gateway */
            name: string;
            made_at: components["schemas"]["Instant"];
            revoked_at: components["schemas"]["Instant"] | null;
        };
        /** @description A key to be made. */
        KeyOrder: {
            /**
             * @description `ingest`, `viewer`, `billing` or `operator`.
             * @example ingest
             */
            role: string;
            /**
             * @description The wallet it is bound to; null or left out: all wallets.
             * @example acme
             */
            wallet?: string | null;
            /**
             * @description What people call it, at most 200 bytes.
             * @example SMS gateway
             */
            name?: string;
        };
        /** @description What may be tried in a day and a month of the wallet. */
        LimitsOrder: {
            /**
             * Format: int32
             * @description 5 where it is left out.
             * @example 5
             */
            attempts_per_day?: number | null;
            /**
             * Format: int32
             * @description No limit where it is left out, as below.
             * @example 20
             */
            attempts_per_month?: number | null;
            /** @example 150 */
            amount_per_day?: string | null;
            /** @example 1000 */
            amount_per_month?: string | null;
        };
        /** @description A wallet that has changed, as `event: wallet` tells it. */
        LiveWallet: components["schemas"]["Wallet"] & {
            /**
             * Format: int64
             * @description The number of its last entry.
             * @example 12
             */
            seq: number;
            /** @description What the engine's clock shows. */
            now: components["schemas"]["Instant"];
        };
        /** @description What became of an event. */
        Message: {
            /** @example m-1 */
            id: string;
            source: string | null;
            /**
             * @description `charged` or `recorded`.
             * @example charged
             */
            outcome: string;
            /** @description Why it was recorded only: `suspended` or `insufficient_balance`. */
            code: string | null;
            /** @description What was charged. */
            amount: components["schemas"]["Amount"];
            /**
             * Format: int64
             * @description The entry, where one was posted.
             * @example 12
             */
            seq: number | null;
        };
        /** @description A key just made. */
        NewKey: components["schemas"]["Key"] & {
            /**
             * @description What is sent as `Authorization: Bearer ...`. It is shown this once and is not kept.
             * @example fbx_...
             */
            key: string;
        };
        /** @description A webhook with a new secret. */
        NewWebhook: components["schemas"]["Webhook"] & {
            /**
             * @description What messages are signed with (Standard Webhooks). It is shown this once.
             * @example whsec_...
             */
            secret: string;
        };
        /** @description One rental of a number. */
        Number: {
            /** @example +14155550100 */
            number: string;
            /** @example local */
            type: string;
            /**
             * @description `active`, `past_due` (a fee is unpaid), `release_scheduled` or `released`.
             * @example active
             */
            status: string;
            /** @description That of the last cycle. */
            monthly_fee: components["schemas"]["Amount"];
            bought_at: components["schemas"]["Instant"];
            next_due_at: components["schemas"]["Instant"] | null;
            /**
             * Format: int32
             * @description The last one that fell due; 0 is the purchase.
             * @example 3
             */
            cycle: number;
            /** @description Fees that were due and are unpaid, oldest first. */
            arrears: components["schemas"]["Arrear"][];
            arrears_total: components["schemas"]["Amount"];
            release_at: components["schemas"]["Instant"] | null;
            released_at: components["schemas"]["Instant"] | null;
            /**
             * @description `unpaid` or `by_hand`.
             * @example unpaid
             */
            release_reason: string | null;
            release_confirmed_at: components["schemas"]["Instant"] | null;
        };
        /** @description What a rented number costs. */
        NumberFee: {
            /**
             * @description Its place in the table, from 0.
             * @example 3
             */
            row: number;
            /**
             * Format: int32
             * @description Of the tariff's file, from 1.
             * @example 300
             */
            line: number;
            /**
             * @description Leading digits of the number; `*`: any, and short codes.
             * @example 1
             */
            prefix: string;
            /**
             * @description `local`, `mobile`, `toll_free` or `short_code`; null: any.
             * @example local
             */
            type: string | null;
            /** @description Of a month. */
            fee: components["schemas"]["Amount"];
        };
        /** @description A number to be rented. */
        NumberOrder: {
            /**
             * @description An E.164 number or a short code.
             * @example +14155550100
             */
            number: string;
            /**
             * @description `local`, `mobile`, `toll_free` or `short_code`; told from the number where it is left out.
             * @example local
             */
            type?: string | null;
        };
        /** @description What renting a number would cost. */
        NumberQuote: {
            /** @example +14155550100 */
            number: string;
            /** @example local */
            type: string;
            /** @description Charged at once, and with each cycle after it at what the tariff says then. */
            monthly_fee: components["schemas"]["Amount"];
            /** @example USD */
            currency: string;
            /** @description When the second fee would fall due. */
            next_due_at: components["schemas"]["Instant"];
            /** @description What may be spent now. */
            available: components["schemas"]["Amount"];
            /** @description Whether what is available covers the first fee. */
            covered: boolean;
        };
        /** @description How much a wallet spends a day of late. */
        Pace: {
            /** @description What the wallet was charged a day: in the last 7 days, or in its last 10,000 entries where those are more. */
            per_day: components["schemas"]["Amount"];
            lasts_until: components["schemas"]["Instant"] | null;
        };
        /** @description A page of a list. */
        Page_Alert: {
            data: {
                /** @example al_7 */
                alert: string;
                /**
                 * @description Such as `wallet.low_balance`.
                 * @example wallet.low_balance
                 */
                type: string;
                occurred_at: components["schemas"]["Instant"];
                posted_at: components["schemas"]["Instant"];
                /**
                 * @description What it is about, by its type: `level` and `balance`; `balance`; `top_up`, `amount` and `code`; `reason`;
                 *     `minimum_balance`; `number` with `amount` and `due_at`, `release_at`, or `released_at` and `reason`.
                 */
                data: Record<string, never>;
            }[];
            /** @description For the page after this; null on the last. */
            next_cursor: string | null;
        };
        /** @description A page of a list. */
        Page_AuditedAct: {
            data: {
                at: components["schemas"]["Instant"];
                /**
                 * @description The id of the key that asked for it; `serve` for what a start does, `endpoint` for a webhook that is gone.
                 * @example key_0123456789abcdef
                 */
                actor: string;
                /**
                 * @description A stable word, such as `wallet.opened`, `adjustment.posted`, `hold.made`, `key.revoked` or `tariff.added`.
                 * @example number.bought
                 */
                action: string;
                /**
                 * @description Null where it concerns no wallet, or all of them.
                 * @example acme
                 */
                wallet: string | null;
                /**
                 * @description What it was done to, for people.
                 * @example +14155550100 local
                 */
                about: string;
                /** @description Of an adjustment. */
                reason: string | null;
            }[];
            /** @description For the page after this; null on the last. */
            next_cursor: string | null;
        };
        /** @description A page of a list. */
        Page_Delivery: {
            data: {
                /** @example acme */
                wallet: string;
                /** @example al_7 */
                alert: string;
                /**
                 * @description Of the alert.
                 * @example wallet.low_balance
                 */
                type: string;
                /**
                 * @description `pending`, `delivered`, `failed` (given up after a day) or `dropped` (the webhook was removed or is disabled).
                 * @example delivered
                 */
                status: string;
                /**
                 * Format: int32
                 * @description How often it was tried.
                 * @example 1
                 */
                attempts: number;
                /** @description When it was put on its way, by hand the last time. */
                first_at: components["schemas"]["Instant"];
                last_at: components["schemas"]["Instant"];
                next_at: components["schemas"]["Instant"] | null;
                /**
                 * Format: int32
                 * @description What the endpoint answered last; null where it did not.
                 * @example 200
                 */
                http_status: number | null;
            }[];
            /** @description For the page after this; null on the last. */
            next_cursor: string | null;
        };
        /** @description A page of a list. */
        Page_Entry: {
            data: {
                /**
                 * Format: int64
                 * @description Counts the wallet's entries from 1 without a gap.
                 * @example 2
                 */
                seq: number;
                /**
                 * @description `charge`, `carrier_fee`, `adjustment`, `number_fee`, `top_up`, `payment_refund`, `dispute`, `dispute_reinstated`,
                 *     `hold_settlement`, `refund`, `failure_fee`, `recharge`, `failure_fee_return` or `correction`.
                 * @example charge
                 */
                type: string;
                /**
                 * @description What was added to the balance; negative for a charge: `-(price + carrier_fee)`; of a correction what the message
                 *     cost before, less what it should have cost.
                 */
                amount: components["schemas"]["Amount"];
                balance_after: components["schemas"]["Amount"];
                occurred_at: components["schemas"]["Instant"];
                posted_at: components["schemas"]["Instant"];
                /**
                 * @description Of the event.
                 * @example m-1
                 */
                id: string | null;
                source: string | null;
                /** @example message.outbound */
                event_type: string | null;
                /**
                 * @description `admit` or `report`.
                 * @example admit
                 */
                mode: string | null;
                /** @example +14155550100 */
                channel: string | null;
                /** @example +85291234567 */
                peer: string | null;
                /**
                 * @description `outbound` or `inbound`.
                 * @example outbound
                 */
                direction: string | null;
                /**
                 * @description `sms` or `mms`.
                 * @example sms
                 */
                kind: string | null;
                /**
                 * @description `GSM-7` or `UCS-2`.
                 * @example GSM-7
                 */
                encoding: string | null;
                /**
                 * Format: int32
                 * @description What was billed.
                 * @example 1
                 */
                units: number | null;
                /**
                 * Format: int32
                 * @description What was counted from the text, where it was sent.
                 * @example 1
                 */
                units_counted: number | null;
                /** @example local */
                sender_type: string | null;
                /**
                 * @description MCC and MNC.
                 * @example 310260
                 */
                carrier: string | null;
                /**
                 * @description ISO 3166, where the rate says.
                 * @example HK
                 */
                country: string | null;
                /** @example standard */
                tariff: string | null;
                /** @example 2026-01 */
                tariff_version: string | null;
                /**
                 * Format: int32
                 * @description The row of that version's rates, from 0.
                 * @example 12
                 */
                rate_row: number | null;
                /**
                 * Format: int32
                 * @description The row of that version's carrier fees, from 0.
                 */
                fee_row: number | null;
                unit_price: components["schemas"]["Amount"] | null;
                price: components["schemas"]["Amount"] | null;
                carrier_fee: components["schemas"]["Amount"] | null;
                campaign: string | null;
                tags: {
                    [key: string]: string;
                };
                reason: string | null;
                /** @description The id of the key by which an adjustment or a correction was made. */
                actor: string | null;
                /**
                 * @description The hold that a message was paid from, or that was settled.
                 * @example h_1
                 */
                hold: string | null;
                /**
                 * @description The top-up that was credited, refunded or disputed.
                 * @example tu_1
                 */
                top_up: string | null;
                /**
                 * Format: int64
                 * @description The entry of the message that was refunded, charged again or corrected, or that an adjustment sets right.
                 */
                of_seq: number | null;
                /** @description The run of corrections that it was posted by. */
                run: string | null;
                /**
                 * @description The rented number that a fee is for.
                 * @example +14155550100
                 */
                number: string | null;
                /**
                 * Format: int32
                 * @description Which of the number's fees it is: 0 is the purchase.
                 */
                cycle: number | null;
                due_at: components["schemas"]["Instant"] | null;
            }[];
            /** @description For the page after this; null on the last. */
            next_cursor: string | null;
        };
        /** @description A page of a list. */
        Page_Hold: {
            data: {
                /** @example h_1 */
                hold: string;
                /**
                 * @description `open`, `settled`, `voided` or `expired`.
                 * @example open
                 */
                status: string;
                /** @description What was set aside at first. */
                amount: components["schemas"]["Amount"];
                /** @description What is set aside still. */
                remaining: components["schemas"]["Amount"];
                /** @description What was charged against it, what exceeded it included. */
                settled: components["schemas"]["Amount"];
                /** @example spring */
                campaign: string | null;
                made_at: components["schemas"]["Instant"];
                expires_at: components["schemas"]["Instant"];
                closed_at: components["schemas"]["Instant"] | null;
            }[];
            /** @description For the page after this; null on the last. */
            next_cursor: string | null;
        };
        /** @description A page of a list. */
        Page_Key: {
            data: {
                /** @example key_0123456789abcdef */
                id: string;
                /** @example ingest */
                role: string;
                /**
                 * @description Null: all wallets.
                 * @example acme
                 */
                wallet: string | null;
                /** @example SMS gateway */
                name: string;
                made_at: components["schemas"]["Instant"];
                revoked_at: components["schemas"]["Instant"] | null;
            }[];
            /** @description For the page after this; null on the last. */
            next_cursor: string | null;
        };
        /** @description A page of a list. */
        Page_Number: {
            data: {
                /** @example +14155550100 */
                number: string;
                /** @example local */
                type: string;
                /**
                 * @description `active`, `past_due` (a fee is unpaid), `release_scheduled` or `released`.
                 * @example active
                 */
                status: string;
                /** @description That of the last cycle. */
                monthly_fee: components["schemas"]["Amount"];
                bought_at: components["schemas"]["Instant"];
                next_due_at: components["schemas"]["Instant"] | null;
                /**
                 * Format: int32
                 * @description The last one that fell due; 0 is the purchase.
                 * @example 3
                 */
                cycle: number;
                /** @description Fees that were due and are unpaid, oldest first. */
                arrears: components["schemas"]["Arrear"][];
                arrears_total: components["schemas"]["Amount"];
                release_at: components["schemas"]["Instant"] | null;
                released_at: components["schemas"]["Instant"] | null;
                /**
                 * @description `unpaid` or `by_hand`.
                 * @example unpaid
                 */
                release_reason: string | null;
                release_confirmed_at: components["schemas"]["Instant"] | null;
            }[];
            /** @description For the page after this; null on the last. */
            next_cursor: string | null;
        };
        /** @description A page of a list. */
        Page_StatementMonth: {
            data: {
                /** @example 2026-07 */
                month: string;
                complete: boolean;
                opening_balance: components["schemas"]["Amount"];
                closing_balance: components["schemas"]["Amount"];
            }[];
            /** @description For the page after this; null on the last. */
            next_cursor: string | null;
        };
        /** @description A page of a list. */
        Page_Tariff: {
            data: {
                /** @example standard */
                name: string;
                /** @example USD */
                currency: string;
                /** @description In the order in which they come into effect. */
                versions: components["schemas"]["TariffVersion"][];
            }[];
            /** @description For the page after this; null on the last. */
            next_cursor: string | null;
        };
        /** @description A page of a list. */
        Page_TopUp: {
            data: {
                /** @example tu_1 */
                top_up: string;
                /**
                 * @description `checkout` (somebody pays on a page) or `auto` (a saved method is charged).
                 * @example checkout
                 */
                kind: string;
                /**
                 * @description `opening` (the payment provider has not answered yet), `open` (not decided yet), `unknown` (its answer was not
                 *     clear: it is asked again), `succeeded`, `failed` or `expired`.
                 * @example open
                 */
                status: string;
                amount: components["schemas"]["Amount"];
                /** @example USD */
                currency: string;
                /**
                 * @description Where it is paid; null where there is no such page, or not yet.
                 * @example https://checkout.stripe.com/c/pay/cs_1
                 */
                checkout_url: string | null;
                /**
                 * @description Why it failed, in the payment provider's word.
                 * @example card_declined
                 */
                code: string | null;
                credited: components["schemas"]["Amount"];
                /** @description What was given back in all. */
                refunded: components["schemas"]["Amount"];
                /** @description What the payer's bank keeps back now. */
                disputed: components["schemas"]["Amount"];
                /**
                 * Format: int64
                 * @description The entry that credits it.
                 * @example 12
                 */
                seq: number | null;
                opened_at: components["schemas"]["Instant"];
                closed_at: components["schemas"]["Instant"] | null;
            }[];
            /** @description For the page after this; null on the last. */
            next_cursor: string | null;
        };
        /** @description A page of a list. */
        Page_Wallet: {
            data: {
                /** @example acme */
                wallet: string;
                /**
                 * @description What people call it.
                 * @example Acme
                 */
                name: string;
                /**
                 * @description ISO 4217; fixed from the first entry on.
                 * @example USD
                 */
                currency: string;
                /**
                 * @description IANA; fixed from the first entry on.
                 * @example Europe/Berlin
                 */
                time_zone: string;
                /** @example standard */
                tariff: string;
                /**
                 * @description Suspended while the balance is zero or below.
                 * @example active
                 */
                status: string;
                balance: components["schemas"]["Amount"];
                /** @description What is set aside. */
                held: components["schemas"]["Amount"];
                /** @description What may be spent: balance less held. */
                available: components["schemas"]["Amount"];
                /** @description Unpaid fees of numbers. */
                arrears: components["schemas"]["Amount"];
                /** @description When the wallet last changed. */
                as_of: components["schemas"]["Instant"];
            }[];
            /** @description For the page after this; null on the last. */
            next_cursor: string | null;
        };
        /** @description A page of a list. */
        Page_Webhook: {
            data: {
                /** @example wh_1 */
                id: string;
                /** @example https://app.example/hooks */
                url: string;
                /**
                 * @description Null: all wallets.
                 * @example acme
                 */
                wallet: string | null;
                /**
                 * @description Null: all types.
                 * @example [
                 *       "wallet.low_balance"
                 *     ]
                 */
                types: string[] | null;
                /**
                 * @description `active`, or `disabled` since it answered that it is gone (410).
                 * @example active
                 */
                status: string;
                made_at: components["schemas"]["Instant"];
            }[];
            /** @description For the page after this; null on the last. */
            next_cursor: string | null;
        };
        /** @description One part of a text. */
        Part: {
            /** @example hi */
            text: string;
            /**
             * Format: int32
             * @description Septets or code units.
             * @example 2
             */
            length: number;
        };
        /** @description A saved means of payment. */
        PaymentMethod: {
            /** @example visa */
            brand: string | null;
            /** @example 4242 */
            last4: string | null;
        };
        /** @description What is going to be sent: `messages` one by one, or so many alike by the prefixes of their `recipients`. */
        Plan: {
            /** @description Each that is going to be sent; up to 100,000. No other field of what is sent stands beside it. */
            messages?: components["schemas"]["PlannedMessage"][] | null;
            /**
             * @description What all of them are sent from; or `sender_type`.
             * @example +14155550100
             */
            channel?: string | null;
            /**
             * @description `local`, `mobile`, `toll_free`, `short_code` or `alphanumeric`; by default as what the channel is rented, else told from it.
             * @example local
             */
            sender_type?: string | null;
            /**
             * @description `sms` or `mms`.
             * @example sms
             */
            kind?: string | null;
            /**
             * Format: int32
             * @description Of each SMS, 1 to 255; an MMS is one unit.
             * @example 2
             */
            segments?: number | null;
            /**
             * @description How many go to numbers that begin so, 1 to 10,000,000 of each prefix.
             * @example {
             *       "+1": 1000,
             *       "+44": 20
             *     }
             */
            recipients?: {
                [key: string]: number;
            } | null;
            /**
             * @description What it is for, at most 128 bytes. Says nothing to a quote.
             * @example spring
             */
            campaign?: string | null;
            /**
             * Format: int32
             * @description When what is left of the hold is free again, up to 90 days; 72 hours by default. Says nothing to a quote.
             * @example 3600
             */
            expires_in_seconds?: number | null;
        };
        /** @description A message that is going to be sent. */
        PlannedMessage: {
            /**
             * @description What it is sent from.
             * @example +14155550100
             */
            channel: string;
            /**
             * @description An E.164 number.
             * @example +85291234567
             */
            peer: string;
            /**
             * @description `sms` or `mms`.
             * @example sms
             */
            kind: string;
            /**
             * @description Of an SMS, where `segments` are not given. Counted, never kept; where both are given, the larger count is set
             *     aside.
             * @example hi
             */
            text?: string | null;
            /**
             * Format: int32
             * @description Of an SMS, 1 to 255.
             */
            segments?: number | null;
            /** @description With `segments`: `GSM-7` or `UCS-2`. */
            encoding?: string | null;
            /** @description By default as what the channel is rented, else told from it. */
            sender_type?: string | null;
            /** @description MCC and MNC, 5 or 6 digits. Where it is not known, each that the tariff names is reckoned with. */
            carrier?: string | null;
        };
        /** @description An error answer as it is sent. */
        Problem: {
            /**
             * @description A URI of the kind of problem; `about:blank`: `code` says it all.
             * @example about:blank
             */
            type: string;
            /**
             * @description What the code means.
             * @example A field or parameter is not what it must be
             */
            title: string;
            /**
             * Format: int32
             * @description The HTTP status.
             * @example 400
             */
            status: number;
            /**
             * @description What was wrong this time, for a person.
             * @example not a decimal number such as 12.5
             */
            detail: string;
            /**
             * @description The stable word to decide by.
             * @example bad_field
             */
            code: string;
            /**
             * @description The field, parameter or header concerned, where there is one.
             * @example amount
             */
            field?: string | null;
        };
        /** @description What something would cost that is going to be sent. */
        Quote: {
            /**
             * Format: int64
             * @description How many there are.
             * @example 1020
             */
            messages: number;
            /**
             * Format: int64
             * @description Of all of them together; an MMS counts as one.
             * @example 2040
             */
            segments: number;
            /** @description With the cheapest carriers and, of recipients by their prefix, the cheapest numbers. */
            low: components["schemas"]["Amount"];
            /** @description With the dearest: what a hold sets aside. */
            high: components["schemas"]["Amount"];
            /** @example USD */
            currency: string;
            /** @description What may be spent now. */
            available: components["schemas"]["Amount"];
            /** @description What is missing for the dearest; 0 where nothing is. */
            shortfall: components["schemas"]["Amount"];
            /** @description Whether what is available covers the dearest. */
            covered: boolean;
            /** @description Whether automatic top-up is ready and may still add today what is missing. */
            auto_top_up_covers: boolean;
            /**
             * @description What the wallet was charged a day of late: in the last 7 days, or in its last 10,000 entries where those are
             *     more.
             */
            pace_per_day: components["schemas"]["Amount"];
            lasts_until: components["schemas"]["Instant"] | null;
        };
        /** @description What a message costs. */
        Rate: components["schemas"]["Applies"] & {
            /** @description Of a segment of an SMS; of a whole MMS. */
            price: components["schemas"]["Amount"];
            /**
             * @description ISO 3166, where the prefix belongs to one country.
             * @example HK
             */
            country: string | null;
        };
        /** @description Whether requests are taken, and if not, why. */
        Readiness: {
            ready: boolean;
            /** @description Empty when ready. */
            reasons: string[];
            /** @description What somebody should look at although requests are taken. */
            warnings: string[];
        };
        /** @description What became of a webhook. */
        Received: {
            /**
             * @description `applied`, `known`, `ignored` or `unknown_attempt`.
             * @example applied
             */
            outcome: string;
        };
        /** @description What was found. Nothing was posted. */
        Reconciliation: {
            /** @example acme */
            wallet: string;
            /** @example 2026-07-01 */
            from: string;
            /** @example 2026-07-31 */
            to: string;
            /** @example USD */
            currency: string;
            /** @description The state that the wallet's side was read from. */
            as_of: string;
            mapping: components["schemas"]["UsedMapping"];
            /** @description Of the file's prices, as file or mapping say; null where neither does: then it is taken to be the wallet's. */
            file_currency: string | null;
            /**
             * @description The first and the last local day that the file has rows of.
             * @example 2026-07-01
             */
            file_from: string | null;
            /** @example 2026-07-31 */
            file_to: string | null;
            /**
             * Format: int64
             * @description Rows of the file, its headings left out: the sum over all classes.
             */
            rows: number;
            /**
             * Format: int64
             * @description Messages of the range. With `messages_beyond` the sum over all classes.
             */
            messages: number;
            /**
             * Format: int64
             * @description Messages of other days, or that the filters leave out, which rows of the file are about.
             */
            messages_beyond: number;
            /** @description Every row and every message of the range is in exactly one class. */
            classes: components["schemas"]["ClassSums"][];
            totals: components["schemas"]["ClassSums"];
            /**
             * Format: int64
             * @description Messages of a file with prices that have none yet.
             */
            rows_without_price: number;
            /** @description Statuses that the mapping does not know, taken as not final; at most 20. */
            unknown_statuses: components["schemas"]["UnknownStatus"][];
            /**
             * Format: int64
             * @description Rows with still others.
             */
            further_unknown_statuses: number;
            /** @description Rows that could not be read, at most 100. */
            bad_rows: components["schemas"]["BadRow"][];
            /** Format: int64 */
            further_bad_rows: number;
            /** @description At most 1,000; `Accept: text/csv` gets all of them. */
            differences: components["schemas"]["ReconciliationDifference"][];
            /** Format: int64 */
            further_differences: number;
        };
        /** @description A difference, and what would set it right. */
        ReconciliationDifference: {
            class: string;
            message_id: string;
            /** @description The `source` of its event; null where it has none. */
            source: string | null;
            /**
             * Format: int64
             * @description The line of the file in which the row begins.
             */
            line: number | null;
            /**
             * Format: int64
             * @description Our entry.
             */
            seq: number | null;
            /** Format: int32 */
            their_segments: number | null;
            /** Format: int32 */
            our_segments: number | null;
            their_price: components["schemas"]["Amount"] | null;
            our_price: components["schemas"]["Amount"] | null;
            comes_to: components["schemas"]["Sum"] | null;
            their_status: string | null;
            our_status: string | null;
            proposed_amount: components["schemas"]["Amount"] | null;
            /** @description Why, for a person and for the adjustment. */
            reason: string;
        };
        /** @description One adjustment. */
        ReconciliationProposal: {
            /**
             * Format: int64
             * @description The message's entry; left out for a message that was never charged.
             */
            seq?: number | null;
            /** @example m-1 */
            message_id: string;
            /** @description The `source` of its event; left out where it has none. */
            source?: string | null;
            /**
             * @description What the message had come to, as the reconciliation told.
             * @example 0.026
             */
            comes_to: string;
            /**
             * @description Positive gives money back.
             * @example -0.013
             */
            amount: string;
            /** @example 2 segments were charged, they count 3 */
            reason: string;
        };
        /** @description An entry that belongs to the same. */
        RelatedEntry: {
            /**
             * Format: int64
             * @example 17
             */
            seq: number;
            /** @example refund */
            type: string;
            amount: components["schemas"]["Amount"];
            occurred_at: components["schemas"]["Instant"];
            posted_at: components["schemas"]["Instant"];
        };
        /** @description An alert to be sent again. */
        Replay: {
            /** @example acme */
            wallet: string;
            /** @example al_7 */
            alert: string;
        };
        /** @description What a text comes to. */
        Segments: {
            /**
             * @description `GSM-7` or `UCS-2`.
             * @example GSM-7
             */
            encoding: string;
            /**
             * Format: int32
             * @description What is billed: as many as there are segments.
             * @example 1
             */
            units: number;
            /**
             * Format: int32
             * @description How many segments: what an event may give as its `segments`.
             * @example 1
             */
            segments: number;
            /**
             * Format: int32
             * @description Septets in GSM-7, 16-bit code units in UCS-2.
             * @example 2
             */
            length: number;
            /** @description Where the text is cut. */
            parts: components["schemas"]["Part"][];
        };
        /** @description A text to be counted. The channel or its type matters for toll-free senders only. */
        SegmentsRequest: {
            /** @example hi */
            text: string;
            /** @example +14155550100 */
            channel?: string | null;
            /** @example +85291234567 */
            peer?: string | null;
            /** @description `local`, `mobile`, `toll_free`, `short_code` or `alphanumeric`; by default told from the channel. */
            sender_type?: string | null;
        };
        /** @description Who is signed in, and what for. */
        SessionInfo: {
            /**
             * @description The id of the key, or `token:` with the name of the key that signed it and whom it names.
             * @example key_0123456789abcdef
             */
            actor: string;
            /** @example billing */
            role: string;
            /**
             * @description Null: all wallets.
             * @example acme
             */
            wallet: string | null;
            /**
             * @description What the role and its reach allow, in words such as `top_up`.
             * @example [
             *       "see_wallet",
             *       "export",
             *       "top_up"
             *     ]
             */
            may: string[];
            expires_at: components["schemas"]["Instant"] | null;
            /** @description What the engine's clock shows. */
            now: components["schemas"]["Instant"];
            /** @description Whether that clock is a test clock, which stands until it is moved. */
            test_clock: boolean;
            /** @description Whether payments are made in the sandbox, which moves no money. */
            sandbox: boolean;
            /**
             * Format: int32
             * @description The least and the most of one top-up, in units of the wallet's currency.
             */
            top_up_min: number;
            /** Format: int32 */
            top_up_max: number;
        };
        /** @description A part of a hold that is charged. */
        Settlement: {
            /**
             * @description What was sent came to; may be 0 and may exceed the hold: a decimal in a string.
             * @example 12.5
             */
            amount: string;
            /** @description Whether it is the last part: then the rest is free again. */
            final: boolean;
        };
        /** @description What somebody signs in with: a key or a token. */
        SignIn: {
            /** @example fbx_... */
            key?: string | null;
            /**
             * @description A JWT (HS256 or EdDSA) of a host product, with `kid`, `aud`, `exp`, `wallet` and `role`; `sub` names for the
             *     audit whom it lets in.
             */
            token?: string | null;
            /**
             * @description Whether the page stands in a frame of another site, with a token: the cookie is then sent there too, and
             *     nowhere else.
             */
            framed?: boolean;
        };
        /** @description A month of a wallet, by when things changed its balance. opening + added - used = closing. */
        Statement: {
            /** @example acme */
            wallet: string;
            name: string;
            /** @example USD */
            currency: string;
            /**
             * @description Days and months are those of this zone.
             * @example Europe/Berlin
             */
            time_zone: string;
            /** @example 2026-07 */
            month: string;
            from: string;
            /** @description Included. */
            to: string;
            /** @description Whether the month is over. */
            complete: boolean;
            as_of: string;
            complete_until: components["schemas"]["Instant"];
            opening_balance: components["schemas"]["Amount"];
            credit_added: components["schemas"]["Sum"];
            credit_used: components["schemas"]["Sum"];
            closing_balance: components["schemas"]["Amount"];
            /** @description Messages by kind and direction, and what else was used under each. */
            by_kind: components["schemas"]["UsageRow"][];
            /** @description In the order of the channels, at most 1,000: those that used the most. */
            by_channel: components["schemas"]["UsageRow"][];
            /**
             * @description How many channels there are in all.
             * @example 3
             */
            channels: number;
            other_channels: components["schemas"]["Figures"] | null;
            totals: components["schemas"]["Figures"];
            /**
             * @description Entries that are no messages, by their types: `top_up`, `payment_refund`, `dispute`, `dispute_reinstated`,
             *     `adjustment`, `number_fee`, `hold_settlement` and `correction`.
             */
            entries: {
                [key: string]: components["schemas"]["StatementEntries"];
            };
        };
        /** @description Entries of one type. */
        StatementEntries: {
            /**
             * Format: int64
             * @description Of all of them.
             */
            count: number;
            /** @description What they changed the balance by. */
            total: components["schemas"]["Sum"];
            /** @description The first 1,000. */
            entries: components["schemas"]["Entry"][];
        };
        /** @description A month that has a statement. */
        StatementMonth: {
            /** @example 2026-07 */
            month: string;
            complete: boolean;
            opening_balance: components["schemas"]["Amount"];
            closing_balance: components["schemas"]["Amount"];
        };
        /**
         * @description A sum of amounts, written as one.
         * @example 12.5
         */
        Sum: string;
        /** @description Credit used and, on the axis of posting and without filters, what it was paid from. */
        Summary: {
            /**
             * @description By type of entry, with their sum as `total`; negative where they gave back.
             * @example {
             *       "charge": "0.0436",
             *       "number_fee": "1",
             *       "total": "1.0436"
             *     }
             */
            credit_used: {
                [key: string]: string;
            };
            /**
             * @description By type of entry, with their sum as `total`: top-ups and adjustments, less what was taken back. Null on the axis
             *     of occurrence and with a filter, as are the balances.
             */
            credit_added: {
                [key: string]: string;
            } | null;
            opening_balance: components["schemas"]["Amount"] | null;
            closing_balance: components["schemas"]["Amount"] | null;
        };
        /** @description A named price list. */
        Tariff: {
            /** @example standard */
            name: string;
            /** @example USD */
            currency: string;
            /** @description In the order in which they come into effect. */
            versions: components["schemas"]["TariffVersion"][];
        };
        /** @description A tariff with the rows of one of its versions. */
        TariffDetail: components["schemas"]["Tariff"] & {
            /**
             * @description Whose rows these are.
             * @example 2026-01
             */
            version: string;
            rates: components["schemas"]["Rate"][];
            carrier_fees: components["schemas"]["CarrierFee"][];
            number_fees: components["schemas"]["NumberFee"][];
            failures: components["schemas"]["Failure"][];
            error_classes: components["schemas"]["ErrorClass"][];
        };
        /** @description What a version says about itself. */
        TariffVersion: {
            /** @example 2026-01 */
            version: string;
            effective_from: components["schemas"]["Instant"];
            effective_until: components["schemas"]["Instant"] | null;
            /**
             * @description How many rates it has.
             * @example 240
             */
            rates: number;
            /**
             * @description How many rows of carrier fees it has.
             * @example 40
             */
            carrier_fees: number;
            /**
             * @description How many rows of number fees it has.
             * @example 30
             */
            number_fees: number;
            /**
             * @description How many rows its failure policy has.
             * @example 2
             */
            failures: number;
            /**
             * @description How many error codes it puts into classes.
             * @example 12
             */
            error_classes: number;
            /** @description What a failed message costs where no row of the failure policy applies. */
            failure_fee: components["schemas"]["Amount"];
        };
        /** @description The terms of a wallet. What is left out keeps its value; of a new wallet it gets the default. */
        Terms: {
            /**
             * @description ISO 4217; USD by default.
             * @example USD
             */
            currency?: string | null;
            /**
             * @description IANA; UTC by default.
             * @example Europe/Berlin
             */
            time_zone?: string | null;
            /**
             * @description What people call it, at most 200 bytes; empty by default.
             * @example Acme
             */
            name?: string | null;
            /**
             * @description A tariff in the same currency; `standard` by default.
             * @example standard
             */
            tariff?: string | null;
        };
        /** @description Where the test clock stands. */
        TestClock: {
            now: components["schemas"]["Instant"];
        };
        /** @description One try at taking a payment. */
        TopUp: {
            /** @example tu_1 */
            top_up: string;
            /**
             * @description `checkout` (somebody pays on a page) or `auto` (a saved method is charged).
             * @example checkout
             */
            kind: string;
            /**
             * @description `opening` (the payment provider has not answered yet), `open` (not decided yet), `unknown` (its answer was not
             *     clear: it is asked again), `succeeded`, `failed` or `expired`.
             * @example open
             */
            status: string;
            amount: components["schemas"]["Amount"];
            /** @example USD */
            currency: string;
            /**
             * @description Where it is paid; null where there is no such page, or not yet.
             * @example https://checkout.stripe.com/c/pay/cs_1
             */
            checkout_url: string | null;
            /**
             * @description Why it failed, in the payment provider's word.
             * @example card_declined
             */
            code: string | null;
            credited: components["schemas"]["Amount"];
            /** @description What was given back in all. */
            refunded: components["schemas"]["Amount"];
            /** @description What the payer's bank keeps back now. */
            disputed: components["schemas"]["Amount"];
            /**
             * Format: int64
             * @description The entry that credits it.
             * @example 12
             */
            seq: number | null;
            opened_at: components["schemas"]["Instant"];
            closed_at: components["schemas"]["Instant"] | null;
        };
        /** @description What may be tried in a day and a month of the wallet; null is no limit. */
        TopUpLimits: {
            /**
             * Format: int32
             * @example 5
             */
            attempts_per_day: number | null;
            /** Format: int32 */
            attempts_per_month: number | null;
            amount_per_day: components["schemas"]["Amount"] | null;
            amount_per_month: components["schemas"]["Amount"] | null;
        };
        /** @description What is going to be paid in. */
        TopUpOrder: {
            /**
             * @description In whole minor units of the wallet's currency: a decimal in a string.
             * @example 50
             */
            amount: string;
            /**
             * @description Where the payer is sent afterwards: http or https.
             * @example https://app.example/billing
             */
            return_url: string;
        };
        /** @description A status that the mapping does not know. */
        UnknownStatus: {
            /** @example expired */
            status: string;
            /** Format: int64 */
            rows: number;
        };
        /** @description Where a wallet's credit went. Table and summaries are read from one state of the views: they agree to the last unit. */
        Usage: {
            /** @example acme */
            wallet: string;
            /** @example USD */
            currency: string;
            /**
             * @description Days are days of this zone.
             * @example Europe/Berlin
             */
            time_zone: string;
            /**
             * @description `occurred`: by when things happened; `posted`: by when they changed the balance.
             * @example occurred
             */
            axis: string;
            /** @example 2026-07-01 */
            from: string;
            /**
             * @description Included.
             * @example 2026-07-31
             */
            to: string;
            /**
             * @example [
             *       "day"
             *     ]
             */
            group_by: string[];
            /**
             * @description Asks for this very state again, in this call or an export; means nothing else. Good for 10 minutes, then 410.
             * @example bYx0Jk3u2V7wQmTz
             */
            as_of: string;
            /** @description Everything acknowledged before is in it. */
            complete_until: components["schemas"]["Instant"];
            /** @description In the order of what it is grouped by. What came to nothing has no row. */
            table: components["schemas"]["UsageRow"][];
            /** @description Of the whole table. */
            totals: components["schemas"]["Figures"];
            summary: components["schemas"]["Summary"];
        };
        /** @description One row: what it stands for (only what the table is grouped by; null where it does not apply), and its figures. */
        UsageRow: components["schemas"]["Figures"] & {
            /** @example 2026-07-15 */
            day?: string | null;
            /** @example 2026-07 */
            month?: string | null;
            /** @example +14155550100 */
            channel?: string | null;
            campaign?: string | null;
            /** @example HK */
            country?: string | null;
            /** @example sms */
            kind?: string | null;
            /** @example outbound */
            direction?: string | null;
        };
        /** @description Messages of one kind and direction. */
        UsageTraffic: {
            /** Format: int64 */
            messages: number;
            /** Format: int64 */
            units: number;
            /** Format: int64 */
            delivered: number;
            /** Format: int64 */
            failed: number;
            /** Format: int64 */
            other: number;
        };
        /** @description What the file was read by. */
        UsedMapping: {
            /** @example twilio */
            name: string;
            /** @description The page that it was made from. */
            documentation: string;
            /** @description Whether it has ever read a real file of that provider. */
            checked_against_a_sample: boolean;
        };
        /** @description A prepaid balance and its terms. */
        Wallet: {
            /** @example acme */
            wallet: string;
            /**
             * @description What people call it.
             * @example Acme
             */
            name: string;
            /**
             * @description ISO 4217; fixed from the first entry on.
             * @example USD
             */
            currency: string;
            /**
             * @description IANA; fixed from the first entry on.
             * @example Europe/Berlin
             */
            time_zone: string;
            /** @example standard */
            tariff: string;
            /**
             * @description Suspended while the balance is zero or below.
             * @example active
             */
            status: string;
            balance: components["schemas"]["Amount"];
            /** @description What is set aside. */
            held: components["schemas"]["Amount"];
            /** @description What may be spent: balance less held. */
            available: components["schemas"]["Amount"];
            /** @description Unpaid fees of numbers. */
            arrears: components["schemas"]["Amount"];
            /** @description When the wallet last changed. */
            as_of: components["schemas"]["Instant"];
        };
        /** @description What is changed of one wallet. */
        WalletCorrection: components["schemas"]["CorrectionTally"] & {
            /** @example acme */
            wallet: string;
        };
        /** @description A webhook, without its secret. */
        Webhook: {
            /** @example wh_1 */
            id: string;
            /** @example https://app.example/hooks */
            url: string;
            /**
             * @description Null: all wallets.
             * @example acme
             */
            wallet: string | null;
            /**
             * @description Null: all types.
             * @example [
             *       "wallet.low_balance"
             *     ]
             */
            types: string[] | null;
            /**
             * @description `active`, or `disabled` since it answered that it is gone (410).
             * @example active
             */
            status: string;
            made_at: components["schemas"]["Instant"];
        };
        /** @description A webhook to be added. */
        WebhookOrder: {
            /**
             * @description http or https, with a public host unless the settings allow others.
             * @example https://app.example/hooks
             */
            url: string;
            /**
             * @description The one wallet to tell of; null or left out: all wallets.
             * @example acme
             */
            wallet?: string | null;
            /**
             * @description The types of alerts to tell of; null or left out: all types.
             * @example [
             *       "wallet.low_balance",
             *       "number.released"
             *     ]
             */
            types?: string[] | null;
        };
        /** @description What became of a test message. */
        WebhookTest: {
            delivered: boolean;
            /**
             * Format: int32
             * @description What the endpoint answered; null where it did not.
             * @example 200
             */
            status: number | null;
            /** @description Why it was not delivered, for a person. */
            why: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    livez: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It answers */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example ok */
                    "text/plain": string;
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In the text format */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    get_description: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The interface in OpenAPI 3.1 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ready */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description Not ready; the reasons say why */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    list_acts: {
        parameters: {
            query?: {
                /** @description Only those that concern this wallet. */
                wallet?: string;
                /** @description Only those of this key, by its id. */
                actor?: string;
                /** @description Only those of this kind. */
                action?: string;
                /** @description From this instant on, RFC 3339. */
                from?: string;
                /** @description Before this instant, RFC 3339. */
                to?: string;
                /**
                 * @description How many items at most, 1 to 1000; 100 where it is left out. A page may have fewer although the list goes on: where
                 *     a million acts of others were passed over for it.
                 */
                limit?: number;
                /** @description `next_cursor` of the page before; left out for the first page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_AuditedAct"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown_wallet`: no wallet of this id, or none that this key reaches */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export_acts: {
        parameters: {
            query?: {
                /** @description Only those that concern this wallet. */
                wallet?: string;
                /** @description Only those of this key, by its id. */
                actor?: string;
                /** @description Only those of this kind. */
                action?: string;
                /** @description From this instant on, RFC 3339. */
                from?: string;
                /** @description Before this instant, RFC 3339. */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The columns `at`, `actor`, `action`, `wallet`, `about`, `reason` */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unknown_wallet`: no wallet of this id, or none that this key reaches */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_correction: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description 1 to 128 visible ASCII characters; a dry run needs none
                 * @example rerate-7
                 */
                "Idempotency-Key"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Correction"];
            };
        };
        responses: {
            /** @description What changes, or was changed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CorrectionReport"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused`: another run was made under it */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_events: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description `application/vnd.apache.arrow.stream` for an answer as an Arrow stream: the results as rows, the counters in the metadata of its schema
                 * @example application/json
                 */
                Accept?: string | null;
                /**
                 * @description `identity`, `gzip` or `zstd`
                 * @example gzip
                 */
                "Content-Encoding"?: string | null;
                /** @description What the request goes by in the log: 1 to 64 of A-Z a-z 0-9 . _ -, at least one a letter; the answer has it again, or one that was made */
                "X-Request-Id"?: string | null;
                /** @description In binary mode: `1.0` */
                "ce-specversion"?: string | null;
                /** @description In binary mode: the event's id */
                "ce-id"?: string | null;
                /** @description In binary mode: the event's source */
                "ce-source"?: string | null;
                /** @description In binary mode: the event's type */
                "ce-type"?: string | null;
                /** @description In binary mode: the wallet */
                "ce-subject"?: string | null;
                /** @description In binary mode: when it happened */
                "ce-time"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        /** @description One event or many */
        requestBody: {
            content: {
                "application/cloudevents+json": components["schemas"]["CloudEvent"];
                "application/cloudevents-batch+json": components["schemas"]["CloudEvent"][];
                "application/json": components["schemas"]["EventData"];
                "application/vnd.apache.arrow.stream": number[];
                /** @example {"id":"m-1","type":"message.outbound","wallet":"acme","channel":"+14155550100","peer":"+85291234567","kind":"sms","text":"hi"} */
                "application/x-ndjson": components["schemas"]["EventLine"];
            };
        };
        responses: {
            /** @description Every event has an outcome */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventsAnswer"];
                    "application/vnd.apache.arrow.stream": number[];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_keys: {
        parameters: {
            query?: {
                /** @description How many items at most, 1 to 1000; 100 where it is left out. */
                limit?: number;
                /** @description `next_cursor` of the page before; left out for the first page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Key"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyOrder"];
            };
        };
        responses: {
            /** @description The key, shown this once */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewKey"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the event, key or webhook */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is revoked */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_stripe_webhook: {
        parameters: {
            query?: never;
            header: {
                /** @description As Stripe signs the raw body */
                "Stripe-Signature": string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description A Stripe event */
        requestBody: {
            content: {
                "application/json": string;
            };
        };
        responses: {
            /** @description It was taken */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Received"];
                };
            };
            /** @description `bad_signature`: not signed by a secret of ours, or more than 300 seconds ago */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `payment_mismatch`: amount, currency, customer or mode is not that of the attempt */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_segments: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SegmentsRequest"];
            };
        };
        responses: {
            /** @description What it comes to */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Segments"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionInfo"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_session: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description Anything: no other site can have it sent
                 * @example 1
                 */
                "Farebox-Page": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            /** @description Signed in */
            200: {
                headers: {
                    /** @description `farebox_session` */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionInfo"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: no such key, or a token that lets nobody in */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: asked by another site, or with a key that sees no wallet */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session has ended */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_tariffs: {
        parameters: {
            query?: {
                /** @description How many items at most, 1 to 1000; 100 where it is left out. */
                limit?: number;
                /** @description `next_cursor` of the page before; left out for the first page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Tariff"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_tariff: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A tariff file of at most 16 MiB */
        requestBody: {
            content: {
                "application/toml": string;
            };
        };
        responses: {
            /** @description It was there */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tariff"];
                };
            };
            /** @description It was added */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tariff"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: it does not follow the versions that are there */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_tariff: {
        parameters: {
            query?: {
                /** @description By default the one in effect now, or else the last. */
                version?: string;
            };
            header?: never;
            path: {
                /** @description The tariff's name */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The tariff */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TariffDetail"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_test_clock: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestClock"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_test_clock`: the engine runs on the machine's clock */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_advance: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Advance"];
            };
        };
        responses: {
            /** @description The clock stands there */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestClock"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `no_test_clock`: the engine runs on the machine's clock */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_wallets: {
        parameters: {
            query?: {
                /** @description Only those with this text in their id or name, at most 128 bytes; capital letters count as small ones. */
                search?: string;
                /** @description Only those that are `active` or `suspended`. */
                status?: string;
                /** @description How many items at most, 1 to 1000; 100 where it is left out. A page may have fewer although the list goes on. */
                limit?: number;
                /** @description `next_cursor` of the page before; left out for the first page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Wallet"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_wallet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The wallet */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Wallet"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_wallet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Terms"];
            };
        };
        responses: {
            /** @description The wallet was there; its terms are now these */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Wallet"];
                };
            };
            /** @description The wallet is new */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Wallet"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `wallet_terms_fixed`: currency and time zone are fixed from the first entry on */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_adjustment: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description 1 to 128 visible ASCII characters
                 * @example order-1
                 */
                "Idempotency-Key": string;
            };
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Adjustment"];
            };
        };
        responses: {
            /** @description It was posted before */
            200: {
                headers: {
                    /** @description `true` */
                    "Idempotency-Replayed"?: boolean;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Entry"];
                };
            };
            /** @description Posted */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Entry"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused`: it was used with another amount or reason */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_alert_settings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The settings */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertSettings"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_alert_settings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AlertOrder"];
            };
        };
        responses: {
            /** @description They are set */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AlertSettings"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_alerts: {
        parameters: {
            query?: {
                /** @description How many items at most, 1 to 1000; 100 where it is left out. */
                limit?: number;
                /** @description `next_cursor` of the page before; left out for the first page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Alert"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_auto_top_up: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The settings */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AutoTopUp"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_auto_top_up: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AutoTopUpOrder"];
            };
        };
        responses: {
            /** @description It is set */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AutoTopUp"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_auto_top_up: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is off */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AutoTopUp"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_entries: {
        parameters: {
            query?: {
                /** @description `oldest` first (default) or `newest` first. */
                order?: string;
                /** @description Only those of this type, such as `charge`. */
                type?: string;
                /**
                 * @description Only those with this text in what names them: the id of the event, channel, peer, campaign, reason, number, hold,
                 *     top-up or who made them. At most 128 bytes; capital letters count as small ones.
                 */
                search?: string;
                /** @description How many items at most, 1 to 1000; 100 where it is left out. A page may have fewer although the list goes on. */
                limit?: number;
                /** @description `next_cursor` of the page before; left out for the first page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Entry"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_entries_csv: {
        parameters: {
            query?: {
                /**
                 * @description The first local day; by default the first of the month of `to`.
                 * @example 2026-07-01
                 */
                from?: string;
                /**
                 * @description The last local day, included; by default the last of the current month. At most 366 days in all.
                 * @example 2026-07-31
                 */
                to?: string;
                /** @description `occurred` (default) or `posted`. */
                axis?: string;
                /** @description Only of this channel, one that the wallet has entries of or rents; several times for several. */
                channel?: string[];
                /** @description Only of this campaign; several times for several. Empty: of none. */
                campaign?: string[];
                /** @description `outbound` or `inbound`. */
                direction?: string;
                /** @description `sms` or `mms`. */
                kind?: string;
                /**
                 * @description ISO 3166, as the rate says.
                 * @example HK
                 */
                country?: string;
                /**
                 * @description What the rows of a table are: `day` (default), `month`, `channel`, `campaign`, `country`, `kind` or `direction`;
                 *     several times for rows by several.
                 */
                group_by?: string[];
                /** @description `as_of` of an answer of the last 10 minutes: the same state again. */
                as_of?: string;
                /**
                 * @description `plain` (default) or `spreadsheet`: then cells that are E.164 numbers have an apostrophe in front too, so that a
                 *     spreadsheet keeps their plus and all their digits.
                 */
                cells?: string;
            };
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file */
            200: {
                headers: {
                    /** @description A name for the file, of wallet and range */
                    "Content-Disposition"?: string;
                    /** @description Asks for the same state again, as `as_of` */
                    "Farebox-As-Of"?: string;
                    /** @description How many rows are to come, the header not counted */
                    "Farebox-Rows"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `as_of_expired`: that state is no longer held */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: as many exports are under way as may be */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_entries_parquet: {
        parameters: {
            query?: {
                /**
                 * @description The first local day; by default the first of the month of `to`.
                 * @example 2026-07-01
                 */
                from?: string;
                /**
                 * @description The last local day, included; by default the last of the current month. At most 366 days in all.
                 * @example 2026-07-31
                 */
                to?: string;
                /** @description `occurred` (default) or `posted`. */
                axis?: string;
                /** @description Only of this channel, one that the wallet has entries of or rents; several times for several. */
                channel?: string[];
                /** @description Only of this campaign; several times for several. Empty: of none. */
                campaign?: string[];
                /** @description `outbound` or `inbound`. */
                direction?: string;
                /** @description `sms` or `mms`. */
                kind?: string;
                /**
                 * @description ISO 3166, as the rate says.
                 * @example HK
                 */
                country?: string;
                /**
                 * @description What the rows of a table are: `day` (default), `month`, `channel`, `campaign`, `country`, `kind` or `direction`;
                 *     several times for rows by several.
                 */
                group_by?: string[];
                /** @description `as_of` of an answer of the last 10 minutes: the same state again. */
                as_of?: string;
            };
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file */
            200: {
                headers: {
                    /** @description A name for the file, of wallet and range */
                    "Content-Disposition"?: string;
                    /** @description Asks for the same state again, as `as_of` */
                    "Farebox-As-Of"?: string;
                    /** @description How many rows are to come */
                    "Farebox-Rows"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.apache.parquet": number[];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `as_of_expired`: that state is no longer held */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: as many exports are under way as may be */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_explanation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
                /** @description The entry's number */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The explanation */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_live: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `id` of the last event that came */
                "Last-Event-ID"?: string | null;
            };
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The stream; `wallet` looks like this */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["LiveWallet"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: as many streams are open as may be */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_holds: {
        parameters: {
            query?: {
                /** @description Only those of this status. */
                status?: string;
                /** @description How many items at most, 1 to 1000; 100 where it is left out. A page may have fewer although the list goes on. */
                limit?: number;
                /** @description `next_cursor` of the page before; left out for the first page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Hold"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_hold: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description 1 to 128 visible ASCII characters
                 * @example order-1
                 */
                "Idempotency-Key": string;
            };
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Plan"];
            };
        };
        responses: {
            /** @description It was made before */
            200: {
                headers: {
                    /** @description `true` */
                    "Idempotency-Replayed"?: boolean;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hold"];
                };
            };
            /** @description It is made */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hold"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient_balance`: what is available does not cover it; `suspended` */
            402: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: the wallet has as many open holds as it may have */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused`: it was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_hold: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
                /** @description The hold's id, such as h_1 */
                hold: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The hold */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hold"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    settle_hold: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description 1 to 128 visible ASCII characters
                 * @example order-1
                 */
                "Idempotency-Key": string;
            };
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
                /** @description The hold's id, such as h_1 */
                hold: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Settlement"];
            };
        };
        responses: {
            /** @description It is charged, now or before: then with the header */
            200: {
                headers: {
                    /** @description `true` where it was carried out before */
                    "Idempotency-Replayed"?: boolean;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hold"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `hold_closed`: it was settled, voided or has expired */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused`: it was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    void_hold: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description 1 to 128 visible ASCII characters
                 * @example order-1
                 */
                "Idempotency-Key": string;
            };
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
                /** @description The hold's id, such as h_1 */
                hold: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is free, now or before: then with the header */
            200: {
                headers: {
                    /** @description `true` where it was carried out before */
                    "Idempotency-Replayed"?: boolean;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hold"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `hold_closed`: it was settled, voided or has expired */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused`: it was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_message: {
        parameters: {
            query?: {
                /** @description The event's `source`; left out where it had none. */
                source?: string;
            };
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
                /** @description The id of the event, key or webhook */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What became of it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_numbers: {
        parameters: {
            query?: {
                /** @description Only those of this status. */
                status?: string;
                /** @description How many items at most, 1 to 1000; 100 where it is left out. A page may have fewer although the list goes on. */
                limit?: number;
                /** @description `next_cursor` of the page before; left out for the first page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Number"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_number: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description 1 to 128 visible ASCII characters
                 * @example order-1
                 */
                "Idempotency-Key": string;
            };
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NumberOrder"];
            };
        };
        responses: {
            /** @description It was rented before, under the same key */
            200: {
                headers: {
                    /** @description `true` */
                    "Idempotency-Replayed"?: boolean;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Number"];
                };
            };
            /** @description It is rented */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Number"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `insufficient_balance`: what is available does not cover the first fee */
            402: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `number_rented`: the wallet rents it already; `conflict`: it has as many numbers as it may have */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused`: it was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_number: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
                /** @description The number: E.164 with its plus, or a short code */
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The number */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Number"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_number: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
                /** @description The number: E.164 with its plus, or a short code */
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is released */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Number"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_number_quote: {
        parameters: {
            query?: {
                /** @description `local`, `mobile`, `toll_free` or `short_code`; told from the number where it is left out. */
                type?: string;
            };
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
                /** @description The number: E.164 with its plus, or a short code */
                number: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it would cost */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NumberQuote"];
                };
            };
            /** @description `no_rate`: the wallet's tariff rents no such number */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_pace: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The pace */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Pace"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_quote: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Plan"];
            };
        };
        responses: {
            /** @description What they would cost */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Quote"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_reconciliation: {
        parameters: {
            query?: {
                /**
                 * @description `twilio`, `telnyx`, `plivo` or `farebox`.
                 * @example twilio
                 */
                mapping?: string;
                /** @description A mapping of one's own, in TOML: see docs/reconcile.md. */
                mapping_toml?: string;
                /** @description Rows of other accounts of the provider are `outside`; the mapping has to name the column. */
                account?: string;
                /**
                 * @description The first local day; by default the first of the month of `to`.
                 * @example 2026-07-01
                 */
                from?: string;
                /**
                 * @description The last local day, included; by default the last of the current month. At most 366 days in all.
                 * @example 2026-07-31
                 */
                to?: string;
                /** @description `occurred` (default) or `posted`. */
                axis?: string;
                /** @description Only of this channel, one that the wallet has entries of or rents; several times for several. */
                channel?: string[];
                /** @description Only of this campaign; several times for several. Empty: of none. */
                campaign?: string[];
                /** @description `outbound` or `inbound`. */
                direction?: string;
                /** @description `sms` or `mms`. */
                kind?: string;
                /**
                 * @description ISO 3166, as the rate says.
                 * @example HK
                 */
                country?: string;
                /**
                 * @description What the rows of a table are: `day` (default), `month`, `channel`, `campaign`, `country`, `kind` or `direction`;
                 *     several times for rows by several.
                 */
                group_by?: string[];
                /** @description `as_of` of an answer of the last 10 minutes: the same state again. */
                as_of?: string;
            };
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            /** @description What was found */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reconciliation"];
                };
            };
            /** @description `currency_mismatch`: the file's prices are in another currency than the wallet */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    apply_reconciliation: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description 1 to 90 visible ASCII characters
                 * @example july-1
                 */
                "Idempotency-Key": string;
            };
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Applied"];
            };
        };
        responses: {
            /** @description All of them stand */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppliedEntries"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: a message has come to something else meanwhile; nothing was posted */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused`: it was used with other proposals */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_statements: {
        parameters: {
            query?: {
                /** @description How many items at most, 1 to 1000; 100 where it is left out. */
                limit?: number;
                /** @description `next_cursor` of the page before; left out for the first page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_StatementMonth"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_statement: {
        parameters: {
            query?: {
                /** @description `json` (default) or `html`: a page made for printing, as `Accept: text/html` asks for too. */
                format?: string;
                /** @description `as_of` of an answer of the last 10 minutes: the same state again. */
                as_of?: string;
            };
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
                /** @description The month in the wallet's zone, such as 2026-07 */
                month: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The statement */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statement"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `as_of_expired`: that state is no longer held */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_top_ups: {
        parameters: {
            query?: {
                /** @description How many items at most, 1 to 1000; 100 where it is left out. */
                limit?: number;
                /** @description `next_cursor` of the page before; left out for the first page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_TopUp"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_top_up: {
        parameters: {
            query?: never;
            header: {
                /**
                 * @description 1 to 128 visible ASCII characters
                 * @example order-1
                 */
                "Idempotency-Key": string;
            };
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TopUpOrder"];
            };
        };
        responses: {
            /** @description It was opened before */
            200: {
                headers: {
                    /** @description `true` */
                    "Idempotency-Replayed"?: boolean;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TopUp"];
                };
            };
            /** @description It is opened */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TopUp"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `in_flight`: the first request under this key waits for the payment provider; `conflict`: as many are open as may be */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `idempotency_key_reused`: it was used for another request */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_top_up: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
                /** @description The top-up's id, such as tu_1 */
                top_up: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The top-up */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TopUp"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_usage: {
        parameters: {
            query?: {
                /**
                 * @description The first local day; by default the first of the month of `to`.
                 * @example 2026-07-01
                 */
                from?: string;
                /**
                 * @description The last local day, included; by default the last of the current month. At most 366 days in all.
                 * @example 2026-07-31
                 */
                to?: string;
                /** @description `occurred` (default) or `posted`. */
                axis?: string;
                /** @description Only of this channel, one that the wallet has entries of or rents; several times for several. */
                channel?: string[];
                /** @description Only of this campaign; several times for several. Empty: of none. */
                campaign?: string[];
                /** @description `outbound` or `inbound`. */
                direction?: string;
                /** @description `sms` or `mms`. */
                kind?: string;
                /**
                 * @description ISO 3166, as the rate says.
                 * @example HK
                 */
                country?: string;
                /**
                 * @description What the rows of a table are: `day` (default), `month`, `channel`, `campaign`, `country`, `kind` or `direction`;
                 *     several times for rows by several.
                 */
                group_by?: string[];
                /** @description `as_of` of an answer of the last 10 minutes: the same state again. */
                as_of?: string;
            };
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Table and summaries */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Usage"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `as_of_expired`: that state is no longer held */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_usage_csv: {
        parameters: {
            query?: {
                /**
                 * @description The first local day; by default the first of the month of `to`.
                 * @example 2026-07-01
                 */
                from?: string;
                /**
                 * @description The last local day, included; by default the last of the current month. At most 366 days in all.
                 * @example 2026-07-31
                 */
                to?: string;
                /** @description `occurred` (default) or `posted`. */
                axis?: string;
                /** @description Only of this channel, one that the wallet has entries of or rents; several times for several. */
                channel?: string[];
                /** @description Only of this campaign; several times for several. Empty: of none. */
                campaign?: string[];
                /** @description `outbound` or `inbound`. */
                direction?: string;
                /** @description `sms` or `mms`. */
                kind?: string;
                /**
                 * @description ISO 3166, as the rate says.
                 * @example HK
                 */
                country?: string;
                /**
                 * @description What the rows of a table are: `day` (default), `month`, `channel`, `campaign`, `country`, `kind` or `direction`;
                 *     several times for rows by several.
                 */
                group_by?: string[];
                /** @description `as_of` of an answer of the last 10 minutes: the same state again. */
                as_of?: string;
                /**
                 * @description `plain` (default) or `spreadsheet`: then cells that are E.164 numbers have an apostrophe in front too, so that a
                 *     spreadsheet keeps their plus and all their digits.
                 */
                cells?: string;
            };
            header?: never;
            path: {
                /** @description The wallet's id: 1 to 64 of A-Z a-z 0-9 . _ : - */
                wallet: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file */
            200: {
                headers: {
                    /** @description A name for the file, of wallet and range */
                    "Content-Disposition"?: string;
                    /** @description Asks for the same state again, as `as_of` */
                    "Farebox-As-Of"?: string;
                    /** @description How many rows are to come, the header not counted */
                    "Farebox-Rows"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `as_of_expired`: that state is no longer held */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: as many exports are under way as may be */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_webhooks: {
        parameters: {
            query?: {
                /** @description How many items at most, 1 to 1000; 100 where it is left out. */
                limit?: number;
                /** @description `next_cursor` of the page before; left out for the first page. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Webhook"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookOrder"];
            };
        };
        responses: {
            /** @description The webhook with its secret, shown this once */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhook"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: there are as many as there may be */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the event, key or webhook */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is removed */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_deliveries: {
        parameters: {
            query?: {
                /** @description How many items at most, 1 to 1000; 100 where it is left out. */
                limit?: number;
                /** @description `next_cursor` of the page before; left out for the first page. */
                cursor?: string;
            };
            header?: never;
            path: {
                /** @description The id of the event, key or webhook */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Delivery"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    replay_alert: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the event, key or webhook */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Replay"];
            };
        };
        responses: {
            /** @description It is on its way */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `request_timeout`: The body did not arrive in time */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: the webhook is disabled, or too much is on its way */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `body_too_large`: The body is too large; `too_many_events`: The request has too many events */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unsupported_media_type`: The content type is not supported; `unsupported_encoding`: The content encoding is not supported */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rotate_secret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the event, key or webhook */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The webhook with its new secret, shown this once */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhook"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `conflict`: it was done too often in 24 hours */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    test_webhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id of the event, key or webhook */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What became of it */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookTest"];
                };
            };
            /** @description `bad_request`: The request cannot be read; `bad_field`: A field or parameter is not what it must be; `idempotency_key_required`: The Idempotency-Key header is missing or malformed; `invalid_tariff`: The tariff file has faults; `unknown_tariff`: There is no such tariff; `currency_mismatch`: It is in another currency; `bad_signature`: The signature is not good; `bad_range`: The range of days cannot be answered; `unknown_channel`: The wallet has no such channel; `no_rate`: The tariff has no price for it */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unauthorized`: A valid key is needed */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `forbidden`: The key may not do this */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `not_found`: Not found; `unknown_wallet`: There is no such wallet; `unknown_message`: There is no such message; `unknown_number`: There is no such number; `unknown_hold`: There is no such hold; `unknown_top_up`: There is no such top-up */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `too_busy`: Too much is under way */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `internal`: Something is wrong inside */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description `unavailable`: Not available at the moment */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
