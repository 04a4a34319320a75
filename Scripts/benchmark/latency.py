"""How long who waits for a message waits for it."""

import http.client
import json
import time

from benchmark import run, servers
from benchmark.load import plain


def row(what, taken, goal):
    taken = sorted(taken)
    run.row(what, f"{taken[len(taken) // 2]:.2f} / {taken[len(taken) * 99 // 100]:.2f} ms", "–", "–", goal)


def until_received(port, queue, cause, count=500):
    """Milliseconds from a call to the end of the long poll that waits for the message which the call leads to."""
    waiting = http.client.HTTPConnection("127.0.0.1", port)
    taken = []
    for number in range(count):
        waiting.request("POST", "/sqs/ReceiveMessage", json.dumps({"QueueUrl": queue, "WaitTimeSeconds": 20}))
        time.sleep(0.002)
        began = time.perf_counter()
        cause(number)
        message = json.loads(waiting.getresponse().read())["Messages"][0]
        taken.append((time.perf_counter() - began) * 1000)
        plain(port, "/sqs/DeleteMessage", {"QueueUrl": queue, "ReceiptHandle": message["ReceiptHandle"]})
    return taken


def send(folder):
    server = servers.Windtunnel("--data", str(folder / "latency-send"))
    plain(server.port, "/sqs/CreateQueue", {"QueueName": "latency"})
    taken = until_received(server.port, "latency", lambda _: plain(
        server.port, "/sqs/SendMessage", {"QueueUrl": "latency", "MessageBody": "m"}))
    row("send to waiting receive, p50 / p99", taken, "p50 < 1 ms")
    server.stop()


def parameter_change(folder):
    """From PutParameter by way of a rule and a topic."""
    server = servers.Windtunnel("--data", str(folder / "latency-change"))
    queue, topic = servers.queue(server.port, "latency", "sns.amazonaws.com"), servers.topic(server.port, "latency")
    servers.aws(server.port, "sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    servers.rule(server.port, {"source": ["aws.ssm"]}, topic)
    taken = until_received(server.port, "latency", lambda number: plain(
        server.port, "/ssm/PutParameter", {"Name": f"/latency/{number}", "Value": "v", "Type": "String"}))
    row("PutParameter to rule to topic to waiting receive, p50 / p99", taken, "p50 < 2 ms")
    server.stop()
