"""Stripe's own library at the other side of a signature: one JSON document in, one out."""

import json
import sys
import time

import stripe

asked = json.load(sys.stdin)
verdicts = []
for case in asked["cases"]:
    try:
        event = stripe.Webhook.construct_event(case["body"].encode(), case["header"], case["secret"])
        verdicts.append(event["id"])
    except stripe.SignatureVerificationError:
        verdicts.append("refused")
now = int(time.time())
signed = f"{now}.{asked['sign']['body']}"
signature = stripe.WebhookSignature._compute_signature(signed, asked["sign"]["secret"])
json.dump({"verdicts": verdicts, "header": f"t={now},v1={signature}"}, sys.stdout)
