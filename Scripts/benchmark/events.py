"""EventBridge, from PutEvents to a queue."""

import json

from benchmark import run, servers, sqlite
from benchmark.load import load

ENTRIES = 10
DETAIL = json.dumps({"order": "A-4711", "state": "paid", "amount": 129.9})
BODY = json.dumps({"Entries": [{"Source": "shop", "DetailType": "Order", "Detail": DETAIL}] * ENTRIES})
PUT = f"""
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-amz-json-1.1"
wrk.headers["X-Amz-Target"] = "AWSEvents.PutEvents"
wrk.body = [[{BODY}]]
"""


def events(folder):
    pairs = []
    for number in range(run.ROUNDS):
        server = servers.Windtunnel("--data", str(folder / f"events-{number}"))
        servers.rule(server.port, {"source": ["shop"]}, servers.queue(server.port, "bench", "events.amazonaws.com"))
        pairs.append((load(server.port, folder, PUT) * ENTRIES, sqlite.rate(folder, "events")))
        server.stop()
    run.rates("PutEvents to rule to queue, durable, ten a request, 64 connections: events", pairs, "SQLite in C", "≥ 40 %")
