"""Config: what recording costs, and how soon a verdict is known."""

import itertools
import json
import sqlite3
import statistics
import time

from benchmark import latency, run, servers
from benchmark.load import load, plain

# What an account has that goes by a book of rules: some about topics, most about what else there is.
ABOUT_TOPICS = ["SNS_ENCRYPTED_KMS", "SNS_TOPIC_NO_PUBLIC_ACCESS", "SNS_TOPIC_MESSAGE_DELIVERY_NOTIFICATION_ENABLED"]
OTHERS = ["SQS_QUEUE_DLQ_CHECK", "SQS_QUEUE_NO_PUBLIC_ACCESS", "INCOMING_SSH_DISABLED", "EC2_IMDSV2_CHECK",
          "EC2_INSTANCE_NO_PUBLIC_IP", "S3_BUCKET_VERSIONING_ENABLED", "RDS_STORAGE_ENCRYPTED", "ENCRYPTED_VOLUMES"]
GUARD = """rule named when resourceType == "AWS::SNS::Topic" { resourceName == /^t[0-9]+$/ <<The topic has no number.>> }"""
RULES = 50
TOPICS = 1000
# Each write changes one of the topics.
WRITE = """
wrk.method = "POST"
local number = 0
function setup(thread) number = number + 1; thread:set("first", number) end
local count = 0
function request()
  count = count + 1
  local topic = (count * 2 + first) % TOPICS
  return wrk.format("POST", "/sns/SetTopicAttributes", nil, '{"TopicArn":"arn:aws:sns:us-east-1:000000000000:t' .. topic ..
    '","AttributeName":"DisplayName","AttributeValue":"' .. count .. '"}')
end
""".replace("TOPICS", str(TOPICS))


def start_recorder(port):
    config = servers.aws(port, "config")
    config.put_configuration_recorder(ConfigurationRecorder={"roleARN": "arn:aws:iam::000000000000:role/config"})
    config.put_delivery_channel(DeliveryChannel={"s3BucketName": "bench"})
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    return config


def put_rules(config):
    """Of every five rules one is about topics."""
    others = itertools.cycle(OTHERS)
    mine = itertools.cycle([*ABOUT_TOPICS, None])
    for number in range(RULES):
        identifier = next(others) if number % 5 else next(mine)
        source = {"Owner": "AWS", "SourceIdentifier": identifier} if identifier else {
            "Owner": "CUSTOM_POLICY", "CustomPolicyDetails": {"PolicyRuntime": "guard-2.x.x", "PolicyText": GUARD},
            "SourceDetails": [{"EventSource": "aws.config", "MessageType": "ConfigurationItemChangeNotification"}]}
        config.put_config_rule(ConfigRule={"ConfigRuleName": f"rule-{number}", "Source": source})


def recording(folder):
    pairs = []
    for number in range(run.ROUNDS):
        rates = []
        for recorded in (True, False):
            server = servers.Windtunnel("--data", str(folder / f"recording-{number}-{recorded}"))
            if recorded:
                put_rules(start_recorder(server.port))
            for topic in range(TOPICS):
                plain(server.port, "/sns/CreateTopic", {"Name": f"t{topic}"})
            rates.append(load(server.port, folder, WRITE))
            server.stop()
        pairs.append(rates)
    ours, without = (statistics.median(side) for side in zip(*pairs))
    run.row(f"items recorded with {RULES} rules on, durable, 64 connections", f"{ours:,.0f}/s",
            f"the writes without Config {without:,.0f}/s", f"{statistics.median(b / a for a, b in pairs):.1f} × the cost", "≤ 3 ×")


def verdict_latency(folder):
    """From a change by way of its verdict and a rule to who waits for the event."""
    server = servers.Windtunnel("--data", str(folder / "latency-verdict"))
    queue = servers.queue(server.port, "latency", "events.amazonaws.com")
    start_recorder(server.port).put_config_rule(
        ConfigRule={"ConfigRuleName": "encrypted", "Source": {"Owner": "AWS", "SourceIdentifier": "SNS_ENCRYPTED_KMS"}})
    servers.rule(server.port, {"source": ["aws.config"], "detail-type": ["Config Rules Compliance Change"]}, queue)
    taken = latency.until_received(
        server.port, "latency", lambda number: plain(server.port, "/sns/CreateTopic", {"Name": f"t{number}"}))
    latency.row("CreateTopic to verdict to event to waiting receive, p50 / p99", taken, "–")
    server.stop()


ITEMS = 100_000
QUERY = ("SELECT configuration.volumeType, COUNT(*) WHERE resourceType = 'AWS::EC2::Volume' AND configuration.encrypted = false "
         "GROUP BY configuration.volumeType")
# The same by hand, over the rows that Windtunnel keeps.
SQL = """
SELECT document ->> '$.configuration.volumeType', count(*) AS number FROM config_current_item
WHERE account = '000000000000' AND region = 'us-east-1' AND type = 'AWS::EC2::Volume'
AND status IN ('OK', 'ResourceDiscovered') AND document ->> '$.configuration.encrypted' = 0
GROUP BY 1 ORDER BY number DESC
"""


def volume(number):
    return {"resourceType": "AWS::EC2::Volume", "resourceId": f"vol-{number:017x}", "configurationItemCaptureTime": 1700000000,
            "tags": {"team": f"team-{number % 20}"}, "configuration": {
                "volumeId": f"vol-{number:017x}", "size": number % 1000, "encrypted": number % 3 == 0, "iops": 3000,
                "volumeType": ("gp2", "gp3", "io2")[number % 7 % 3], "state": "in-use", "attachments": []}}


def milliseconds(body, count=5):
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        answer = body()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken), answer


def query(folder):
    data = folder / "query"
    server = servers.Windtunnel("--data", str(data))
    start_recorder(server.port)
    for first in range(0, ITEMS, 5000):
        plain(server.port, "/_windtunnel/config/items", [volume(first + number) for number in range(5000)])
    ours, answer = milliseconds(lambda: plain(server.port, "/config/SelectResourceConfig", {"Expression": QUERY}))
    server.stop()
    with sqlite3.connect(f"file:{data}/windtunnel.db?mode=ro", uri=True) as database:
        theirs, rows = milliseconds(lambda: database.execute(SQL).fetchall())
    counts = [(row["configuration"]["volumeType"], row["COUNT(*)"]) for row in map(json.loads, answer["Results"])]
    assert sorted(counts) == sorted(rows), (answer, rows)
    run.row(f"an advanced query over {ITEMS:,} items", f"{ours:.0f} ms", f"SQL by hand {theirs:.0f} ms", f"{ours / theirs:.1f} ×",
            "≤ 2 ×")
