"""Sends events to Farebox as an Arrow stream, and reads the answer as another.

    pip install pyarrow
    FAREBOX_URL=http://127.0.0.1:8080 FAREBOX_KEY=... python arrow_events.py acme 1000

The wallet must be there. Running it again changes nothing: every event is a duplicate then.
"""

import datetime
import os
import sys
import urllib.error
import urllib.request

import pyarrow as pa
import pyarrow.compute as pc

ARROW = "application/vnd.apache.arrow.stream"
# What repeats is sent once, and an index of one or two bytes in every row.
WORDS = pa.dictionary(pa.int8(), pa.string())
NAMES = pa.dictionary(pa.int32(), pa.string())

SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "type": WORDS,
        "wallet": NAMES,
        "channel": NAMES,
        "peer": pa.string(),
        "kind": WORDS,
        "text": pa.string(),
        "time": pa.timestamp("us", tz="UTC"),
        "campaign": NAMES,
        "tags": pa.map_(pa.string(), pa.string()),
    }
)


def messages(wallet: str, count: int) -> pa.Table:
    """So many messages of one campaign; a column that is null or not there is a field that is not there."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return pa.table(
        {
            "id": [f"arrow-{number}" for number in range(count)],
            "type": ["message.outbound"] * count,
            "wallet": [wallet] * count,
            "channel": ["+14155550100"] * count,
            "peer": [f"+1415555{number % 10_000:04}" for number in range(count)],
            "kind": ["sms" if number % 10 else "mms" for number in range(count)],
            "text": [f"Your table for {2 + number % 6} is booked." if number % 10 else None for number in range(count)],
            "time": [now] * count,
            "campaign": ["spring"] * count,
            "tags": [{"shop": str(number % 3)} for number in range(count)],
        },
        schema=SCHEMA,
    )


def send(table: pa.Table, url: str, key: str) -> pa.Table:
    """What became of each row. A request is taken whole or not at all."""
    body = pa.BufferOutputStream()
    # Every dictionary once, before the first rows: chunks of a table may have grown their own.
    with pa.ipc.new_stream(body, table.schema) as writer:
        writer.write_table(table.unify_dictionaries(), max_chunksize=10_000)
    request = urllib.request.Request(
        f"{url}/v1/events",
        data=body.getvalue().to_pybytes(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": ARROW, "Accept": ARROW},
    )
    with urllib.request.urlopen(request) as answer:
        return pa.ipc.open_stream(answer.read()).read_all()


def main() -> None:
    wallet, count = sys.argv[1], int(sys.argv[2])
    url, key = os.environ["FAREBOX_URL"], os.environ["FAREBOX_KEY"]
    try:
        results = send(messages(wallet, count), url, key)
    except urllib.error.HTTPError as refused:
        # A problem document: JSON, whatever was asked for.
        sys.exit(f"{refused.code}: {refused.read().decode()}")
    counters = {word.decode(): int(number) for word, number in results.schema.metadata.items()}
    print("accepted", counters["accepted"], "of", count)
    outcomes = pa.table({"outcome": results["outcome"].cast(pa.string()), "amount": results["amount"]})
    for row in outcomes.group_by("outcome").aggregate([("amount", "sum"), ([], "count_all")]).to_pylist():
        print(row["outcome"], row["count_all"], row["amount_sum"])
    for row in results.filter(pc.is_valid(results["detail"])).to_pylist():
        print(f"line {row['line']}: {row['code']} {row['field']}: {row['detail']}")


if __name__ == "__main__":
    main()
