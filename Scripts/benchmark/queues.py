"""SQS and SNS."""

import statistics
import subprocess

from benchmark import run, servers, sqlite
from benchmark.load import load, plain

# AWS's own requests, so that the peers understand them too.
SEND = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-amz-json-1.0"
wrk.headers["X-Amz-Target"] = "AmazonSQS.SendMessage"
wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0"
wrk.body = '{"QueueUrl":"QUEUE","MessageBody":"message"}'
"""
PUBLISH = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sns/aws4_request, SignedHeaders=host, Signature=0"
wrk.body = "Action=Publish&Version=2010-03-31&TopicArn=TOPIC&Message=message"
"""
QUEUES = 10


def receive(port, folder, queue, at_a_time, seconds=run.SECONDS - 1):
    """Messages received and deleted a second, over 64 connections."""
    shown = subprocess.run([sqlite.build(folder, "queue_load"), str(port), str(seconds), "64", str(at_a_time), queue],
                           capture_output=True, text=True, check=True).stdout
    return float(shown)


def fan_out(port, folder, seconds=run.SECONDS):
    """Messages a second that a topic delivers to ten queues."""
    topic = servers.aws(port, "sns").create_topic(Name="bench")["TopicArn"]
    for number in range(QUEUES):
        queue = servers.aws(port, "sqs").create_queue(QueueName=f"q{number}")["QueueUrl"]
        arn = servers.aws(port, "sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        servers.aws(port, "sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return load(port, folder, PUBLISH.replace("TOPIC", topic), seconds=seconds) * QUEUES


def queues(folder):
    pairs = {"send": [], "receive": [], "receive10": []}
    for number in range(run.ROUNDS):
        server = servers.Windtunnel("--data", str(folder / f"messages-{number}"))
        plain(server.port, "/sqs/CreateQueue", {"QueueName": "bench"})
        pairs["send"].append((load(server.port, folder, SEND.replace("QUEUE", "bench")), sqlite.rate(folder, "send")))
        for name, at_a_time in (("receive", 1), ("receive10", 10)):
            pairs[name].append((receive(server.port, folder, "bench", at_a_time, 2), sqlite.rate(folder, name)))
        server.stop()
    for what, name in (("SendMessage, durable, 64 connections", "send"),
                       ("ReceiveMessage + DeleteMessage, durable, 64 connections", "receive"),
                       ("the same with ten messages a request, messages", "receive10")):
        run.rates(what, pairs[name], "SQLite in C", "≥ 40 %")
    server = servers.Windtunnel("--data", str(folder / "fan-out"))
    spread = fan_out(server.port, folder)
    run.row(f"SNS to {QUEUES} queues, durable: messages delivered", f"{spread:,.0f}/s", "–", "–", "–")
    server.stop()
    against_peers(folder, {"SendMessage": statistics.median(rate for rate, _ in pairs["send"]),
                           "ReceiveMessage + DeleteMessage": statistics.median(rate for rate, _ in pairs["receive"]),
                           "SNS to queues": spread})


def against_peers(folder, ours):
    for name, port, process in servers.peers():
        queue = servers.aws(port, "sqs").create_queue(QueueName="bench")["QueueUrl"]
        theirs = {"SendMessage": load(port, folder, SEND.replace("QUEUE", queue)),
                  "ReceiveMessage + DeleteMessage": receive(port, folder, queue, 1), "SNS to queues": fan_out(port, folder)}
        for what, rate in theirs.items():
            if rate:  # A peer that finishes nothing in the time has no ratio.
                run.row(f"{what} against {name}", f"{ours[what]:,.0f}/s", f"{name} {rate:,.0f}/s",
                        f"{ours[what] / rate:,.0f} ×", "–")
        process.terminate()
        process.wait()
