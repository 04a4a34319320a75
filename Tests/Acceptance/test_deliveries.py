"""Deliveries: retries by the clock, dead letters, permissions, and the story of each message."""

import json
import socket
import threading

import pytest

from receiver import Receiver

ARN = "arn:aws:sqs:us-east-1:000000000000:"


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def sns(frozen):
    return frozen.client("sns")


@pytest.fixture
def sqs(frozen):
    return frozen.client("sqs")


@pytest.fixture
def topic(sns):
    return sns.create_topic(Name="t")["TopicArn"]


@pytest.fixture
def dead(sqs):
    return sqs.create_queue(QueueName="dlq")["QueueUrl"]


REDRIVE = json.dumps({"deadLetterTargetArn": ARN + "dlq"})


def bodies(sqs, queue):
    return [m["Body"] for m in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])]


def subscribe(frozen, sns, topic, receiver, **attributes):
    """A confirmed subscription of the receiver."""
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=receiver.url, Attributes=attributes)
    receiver.wait(1)
    arn = sns.confirm_subscription(TopicArn=topic, Token=receiver.messages()[0]["Token"])["SubscriptionArn"]
    settle(frozen)
    receiver.requests.clear()
    return arn


def settle(server):
    return server.json("POST", "/_windtunnel/settle")[1]


def test_a_failing_web_server_is_tried_four_times_and_then_the_message_is_dead(frozen, sns, sqs, topic, dead, receiver):
    subscribe(frozen, sns, topic, receiver, RedrivePolicy=REDRIVE)
    receiver.statuses = [500, 429, 503, 500]
    message = sns.publish(TopicArn=topic, Message="m")["MessageId"]
    for attempt in range(1, 5):
        settle(frozen)
        assert len(receiver.requests) == attempt
        frozen.advance("19s")
        assert len(receiver.requests) == attempt
        frozen.advance("1s")
    assert len(receiver.requests) == 4
    assert {json.loads(body)["MessageId"] for _, body in receiver.requests} == {message}
    found = sqs.receive_message(QueueUrl=dead, MessageAttributeNames=["All"])["Messages"][0]
    assert json.loads(found["Body"])["MessageId"] == message and "MessageAttributes" not in found


@pytest.mark.parametrize("status", [200, 204, 302, 400, 404])
def test_every_other_answer_counts_as_delivered(frozen, sns, sqs, topic, dead, receiver, status):
    subscribe(frozen, sns, topic, receiver, RedrivePolicy=REDRIVE)
    receiver.statuses = [status]
    sns.publish(TopicArn=topic, Message="m")
    assert settle(frozen) == {"settled": True, "now": "2030-01-01T00:00:00.000Z", "left": {}}
    frozen.advance("2h")
    assert len(receiver.requests) == 1 and bodies(sqs, dead) == []


def test_a_delivery_policy_sets_number_and_times(frozen, sns, topic, receiver):
    retries = {"minDelayTarget": 10, "maxDelayTarget": 30, "numRetries": 5, "numNoDelayRetries": 1, "numMinDelayRetries": 1,
               "numMaxDelayRetries": 1, "backoffFunction": "linear"}
    subscribe(frozen, sns, topic, receiver, DeliveryPolicy=json.dumps({"healthyRetryPolicy": retries}))
    receiver.statuses = [500] * 6
    sns.publish(TopicArn=topic, Message="m")
    settle(frozen)
    times = {0: len(receiver.requests)}
    for second in range(10, 91, 10):
        frozen.advance("10s")
        times[second] = len(receiver.requests)
    # One at once, one after the least delay, two in between, one after the greatest.
    assert times == {0: 2, 10: 3, 20: 4, 30: 4, 40: 4, 50: 5, 60: 5, 70: 5, 80: 6, 90: 6}


def test_a_throttle_spreads_requests_over_seconds(frozen, sns, topic, receiver):
    subscribe(frozen, sns, topic, receiver, DeliveryPolicy=json.dumps({"throttlePolicy": {"maxReceivesPerSecond": 2}}))
    frozen.advance("5s")
    for number in range(5):
        sns.publish(TopicArn=topic, Message=str(number))
    for expected in (2, 4, 5):
        settle(frozen)
        assert len(receiver.requests) == expected
        frozen.advance("1s")


def test_an_early_close_and_a_refused_connection_are_tried_again(frozen, sns, sqs, topic, dead):
    closing = socket.create_server(("127.0.0.1", 0))

    def close_at_once():
        while True:
            try:
                closing.accept()[0].close()
            except OSError:
                return

    threading.Thread(target=close_at_once, daemon=True).start()
    free = socket.create_server(("127.0.0.1", 0))
    ports = [closing.getsockname()[1], free.getsockname()[1]]
    free.close()
    for port in ports:
        arn = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=f"http://127.0.0.1:{port}/", ReturnSubscriptionArn=True,
                            Attributes={"RedrivePolicy": REDRIVE})["SubscriptionArn"]
        token = frozen.json("GET", f"/_aws/sns/subscription-tokens/{arn}")[1]["subscription_token"]
        sns.confirm_subscription(TopicArn=topic, Token=token)
    sns.publish(TopicArn=topic, Message="m")
    frozen.advance("59s")
    assert bodies(sqs, dead) == []
    frozen.advance("2m")
    closing.close()
    # The confirmations failed as well, and go to no dead-letter queue.
    assert len(bodies(sqs, dead)) == 2


def test_web_servers_that_never_answer_hold_up_nobody_else(frozen, sns, topic, receiver):
    silent = [socket.create_server(("127.0.0.1", 0), backlog=100) for _ in range(8)]
    for server in silent:
        arn = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=f"http://127.0.0.1:{server.getsockname()[1]}/",
                            ReturnSubscriptionArn=True)["SubscriptionArn"]
        token = frozen.json("GET", f"/_aws/sns/subscription-tokens/{arn}")[1]["subscription_token"]
        sns.confirm_subscription(TopicArn=topic, Token=token)
    for number in range(8):
        sns.publish(TopicArn=topic, Message=str(number))
    other = sns.create_topic(Name="other")["TopicArn"]
    sns.subscribe(TopicArn=other, Protocol="http", Endpoint=receiver.url)
    receiver.wait(1)
    sns.confirm_subscription(TopicArn=other, Token=receiver.messages()[0]["Token"])
    sns.publish(TopicArn=other, Message="m")
    assert json.loads(receiver.wait(2)[1][1])["Message"] == "m"
    for server in silent:
        server.close()


def test_a_missing_queue_is_final_for_every_message(frozen, sns, sqs, topic, dead):
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=ARN + "missing", Attributes={
        "RedrivePolicy": REDRIVE, "RawMessageDelivery": "true"})
    for number in range(100):
        sns.publish(TopicArn=topic, Message=str(number),
                    MessageAttributes={"a": {"DataType": "String", "StringValue": "v"}})
    found = []
    for _ in range(10):
        found += sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10, MessageAttributeNames=["All"])["Messages"]
    assert sorted(int(message["Body"]) for message in found) == list(range(100))
    assert found[99]["MessageAttributes"] == {"a": {"DataType": "String", "StringValue": "v"}}


@pytest.mark.parametrize("protocol, endpoint, more", [
    ("lambda", "arn:aws:lambda:us-east-1:000000000000:function:f", {}),
    ("firehose", "arn:aws:firehose:us-east-1:000000000000:deliverystream/s",
     {"SubscriptionRoleArn": "arn:aws:iam::000000000000:role/r"}),
])
def test_what_is_not_served_fails_as_if_it_were_missing(frozen, sns, sqs, topic, dead, protocol, endpoint, more):
    sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint, Attributes={"RedrivePolicy": REDRIVE, **more})
    sns.publish(TopicArn=topic, Message="m")
    assert json.loads(bodies(sqs, dead)[0])["Message"] == "m"


def test_a_raw_message_with_too_many_attributes_dies_in_its_envelope(frozen, sns, sqs, topic, dead):
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=ARN + "q", Attributes={
        "RedrivePolicy": REDRIVE, "RawMessageDelivery": "true"})
    for count in (10, 11):
        sns.publish(TopicArn=topic, Message=str(count), MessageAttributes={
            f"a{number}": {"DataType": "String", "StringValue": "v"} for number in range(count)})
    assert bodies(sqs, queue) == ["10"]
    letter = json.loads(bodies(sqs, dead)[0])
    assert letter["Message"] == "11" and len(letter["MessageAttributes"]) == 11


def test_without_a_dead_letter_queue_a_message_is_dropped_for_a_reason(frozen, sns, topic):
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=ARN + "missing")
    sns.publish(TopicArn=topic, Message="m")
    attempt = frozen.journal("delivery")[0]["detail"]
    assert (attempt["state"], attempt["error"]) == ("dropped", "AWS.SimpleQueueService.NonExistentQueue")
    assert attempt["then"] == "dropped: there is no dead-letter queue"


def test_the_story_of_a_dead_letter_can_be_read(frozen, sns, topic, dead, receiver):
    arn = subscribe(frozen, sns, topic, receiver, RedrivePolicy=REDRIVE)
    receiver.statuses = [503] * 4
    message = sns.publish(TopicArn=topic, Message="m")["MessageId"]
    frozen.advance("1h")
    delivery = frozen.json("GET", f"/_windtunnel/deliveries?topic={topic}&state=deadLettered")[1]["deliveries"][0]
    story = frozen.json("GET", f"/_windtunnel/deliveries/{delivery['delivery']}")[1]["story"]
    assert story == [
        f"2030-01-01T00:00:00.000Z message {message} was published to {topic}.",
        f"2030-01-01T00:00:00.000Z It was to go to {receiver.url} for {arn}.",
        "2030-01-01T00:00:00.000Z attempt 1: failed. The endpoint answered 503: seen. "
        "It is tried again at 2030-01-01T00:00:20.000Z.",
        "2030-01-01T00:00:20.000Z attempt 2: failed. The endpoint answered 503: seen. "
        "It is tried again at 2030-01-01T00:00:40.000Z.",
        "2030-01-01T00:00:40.000Z attempt 3: failed. The endpoint answered 503: seen. "
        "It is tried again at 2030-01-01T00:01:00.000Z.",
        "2030-01-01T00:01:00.000Z attempt 4: failed. The endpoint answered 503: seen",
        f"2030-01-01T00:01:00.000Z It was put into the dead-letter queue {ARN}dlq."]
    published = [entry for entry in frozen.journal("published")][0]
    assert {entry["cause"] for entry in frozen.journal("delivery")[1:]} == {published["sequence"]}


def test_a_filter_explains_itself_as_it_was_then(frozen, sns, sqs, topic):
    sqs.create_queue(QueueName="q")
    arn = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=ARN + "q", Attributes={
        "FilterPolicy": '{"kind":["new"]}'})["SubscriptionArn"]
    frozen.advance("1s")
    message = sns.publish(TopicArn=topic, Message="m", MessageAttributes={
        "kind": {"DataType": "String", "StringValue": "old"}})["MessageId"]
    frozen.advance("1s")
    sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue='{"kind":["old"]}')
    answer = frozen.json("GET", f"/_windtunnel/explain?messageId={message}")[1]["subscriptions"]
    assert answer == [{
        "subscription": arn, "endpoint": ARN + "q", "got": False, "text": 'kind is "old", and the pattern asks for ["new"].',
        "failures": [{"path": "kind", "clause": '["new"]', "found": ["old"],
                      "text": 'kind is "old", and the pattern asks for ["new"].'}]}]


@pytest.mark.parametrize("level, delivered, warned", [("off", True, False), ("warn", True, True), ("enforce", False, False)])
def test_a_queue_without_a_policy_is_treated_as_the_level_says(start, level, delivered, warned):
    server = start("--permissions", level)
    sns, sqs = server.client("sns"), server.client("sqs")
    topic = sns.create_topic(Name="t")["TopicArn"]
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=ARN + "q")
    for _ in range(3):
        sns.publish(TopicArn=topic, Message="m")
    assert bool(bodies(sqs, queue)) == delivered
    warnings = server.journal("notEnforced")
    assert len(warnings) == (1 if warned else 0)
    if warned:
        statement = warnings[0]["detail"]["missingStatement"]
        assert statement["Principal"] == {"Service": "sns.amazonaws.com"} and statement["Action"] == "sqs:SendMessage"


def test_the_statement_that_is_printed_is_the_one_that_was_missing(start):
    server = start("--permissions", "warn")
    sns, sqs = server.client("sns"), server.client("sqs")
    topic = sns.create_topic(Name="t")["TopicArn"]
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=ARN + "q")
    sns.publish(TopicArn=topic, Message="m")
    statement = server.journal("notEnforced")[0]["detail"]["missingStatement"]
    strict = start("--permissions", "enforce")
    sns, sqs = strict.client("sns"), strict.client("sqs")
    sns.create_topic(Name="t")
    sqs.create_queue(QueueName="q", Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=ARN + "q")
    sns.publish(TopicArn=topic, Message="m")
    assert len(bodies(sqs, "q")) == 1


def test_what_was_in_flight_is_delivered_after_a_kill(start, tmp_path):
    silent = socket.create_server(("127.0.0.1", 0))
    port = silent.getsockname()[1]
    server = start("--data", str(tmp_path / "state"))
    sns = server.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    arn = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=f"http://127.0.0.1:{port}/hook",
                        ReturnSubscriptionArn=True)["SubscriptionArn"]
    token = server.json("GET", f"/_aws/sns/subscription-tokens/{arn}")[1]["subscription_token"]
    sns.confirm_subscription(TopicArn=topic, Token=token)
    sent = sns.publish(TopicArn=topic, Message="m")["MessageId"]
    server.stop(9)
    server = start("--data", str(tmp_path / "state"))
    # Both connections of the first server are in the backlog; the second server makes its own.
    seen = []
    while sent not in seen:
        connection, _ = silent.accept()
        connection.settimeout(1)
        try:
            request = connection.recv(65536).decode()
        except TimeoutError:
            request = ""
        seen += [line.split(": ")[1] for line in request.split("\r\n") if line.startswith("x-amz-sns-message-id")]
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") if request else None
        connection.close()
    silent.close()
