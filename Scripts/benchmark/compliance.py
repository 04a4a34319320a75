"""Config: what recording costs, and how soon a verdict is known."""

import itertools
import statistics

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
