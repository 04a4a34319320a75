"""What pipes move: filters, templates, every target, batches, failures and the queue's own dead letters."""

import json

import pytest

ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/pipe"
NOW = 1_893_456_001_000  # when the pipe has begun to run


def arn(service, name):
    return f"arn:aws:{service}:us-east-1:{ACCOUNT}:{name}"


class World:
    """A queue, pipes from it, and where they lead."""

    def __init__(self, server):
        self.server, self.sqs, self.pipes = server, server.client("sqs"), server.client("pipes")

    def queue(self, name, **attributes):
        if name.endswith(".fifo"):
            attributes["FifoQueue"] = "true"
        return self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def pipe(self, target=arn("sqs", "out"), name="p", source="in", filters=(), queue=None, template=None,
             target_parameters=None, **more):
        source_parameters = {"FilterCriteria": {"Filters": [{"Pattern": json.dumps(pattern)} for pattern in filters]},
                             **({"SqsQueueParameters": queue} if queue else {})}
        parameters = {**(target_parameters or {}), **({"InputTemplate": template} if template else {})}
        made = self.pipes.create_pipe(Name=name, Source=arn("sqs", source), Target=target, RoleArn=ROLE,
                                      SourceParameters=source_parameters, TargetParameters=parameters, **more)
        self.server.advance("1s")
        assert self.pipes.describe_pipe(Name=name)["CurrentState"] == "RUNNING"
        return made["Arn"]

    def send(self, body, queue="in", **more):
        return self.sqs.send_message(QueueUrl=self.url(queue), MessageBody=body if isinstance(body, str)
                                     else json.dumps(body), **more)["MessageId"]

    def url(self, queue):
        return self.sqs.get_queue_url(QueueName=queue)["QueueUrl"]

    def settle(self):
        assert self.server.json("POST", "/_windtunnel/settle", {"seconds": 20})[1]["settled"]

    def messages(self, queue="out"):
        """Takes them out."""
        self.settle()
        taken = []
        while found := self.sqs.receive_message(QueueUrl=self.url(queue), MaxNumberOfMessages=10,
                                                AttributeNames=["All"]).get("Messages"):
            for message in found:
                self.sqs.delete_message(QueueUrl=self.url(queue), ReceiptHandle=message["ReceiptHandle"])
            taken += found
        return taken

    def bodies(self, queue="out"):
        return [message["Body"] for message in self.messages(queue)]

    def left(self, queue="in"):
        """How many messages the queue has, seen and unseen."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=self.url(queue), AttributeNames=names)["Attributes"]
        return [int(found[name]) for name in names]

    def explain(self, message):
        return self.server.json("GET", f"/_windtunnel/explain?messageId={message}")[1]


@pytest.fixture
def world(frozen):
    world = World(frozen)
    world.queue("in")
    world.queue("out")
    return world


def test_a_record_is_what_the_documentation_shows(world):
    world.pipe()
    message = world.send("hello", MessageAttributes={"a": {"DataType": "Number", "StringValue": "7"}})
    record = json.loads(world.bodies()[0])
    assert record.pop("receiptHandle") and record["attributes"].pop("SenderId") and record.pop("md5OfMessageAttributes")
    assert record == {
        "messageId": message, "body": "hello", "md5OfBody": "5d41402abc4b2a76b9719d911017c592",
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": str(NOW),
                       "ApproximateFirstReceiveTimestamp": str(NOW)},
        "messageAttributes": {"a": {"stringValue": "7", "stringListValues": [], "binaryListValues": [],
                                    "dataType": "Number"}},
        "eventSource": "aws:sqs", "eventSourceARN": arn("sqs", "in"), "awsRegion": "us-east-1"}
    assert world.left() == [0, 0]


def test_what_was_sent_before_the_pipe_runs_is_moved_too(world):
    for number in range(25):
        world.send(str(number))
    world.pipe(template="<$.body>")
    assert sorted(map(int, world.bodies())) == list(range(25))


def test_a_template_makes_what_the_target_gets(world):
    pipe = world.pipe(template='{"id":<$.body.id>,"text":"order <$.body.id>","pipe":<aws.pipes.pipe-arn>,'
                               '"from":<$.attributes.SentTimestamp>}')
    world.send({"id": 7})
    assert json.loads(world.bodies()[0]) == {"id": 7, "text": "order 7", "pipe": pipe, "from": str(NOW)}


# Filters

def test_filters_look_into_the_body_and_say_why_nothing_arrived(world):
    pipe = world.pipe(filters=[{"body": {"kind": ["order"], "price": [{"numeric":[">",10]}]}}, {"body": ["plain"]}],
                      template="<$.body>")
    kept = world.send({"kind": "order", "price": 11})
    world.send("plain")
    cheap = world.send({"kind": "order", "price": 9})
    world.send("other")
    assert sorted(world.bodies()) == ["plain", "{kind:order,price:11}"]
    assert world.left() == [0, 0]
    assert [row["got"] for row in world.explain(kept)["subscriptions"]] == [True]
    [verdict] = world.explain(cheap)["subscriptions"]
    assert verdict["got"] is False and verdict["endpoint"] == arn("sqs", "out")
    assert verdict["failures"][0] == {
        "path": "body.price", "clause": '[{"numeric":[">",10]}]', "found": [9], "text": verdict["failures"][0]["text"]}
    rows = [row for row in world.server.journal("pipeFiltered") if row["detail"]["messageId"] == cheap]
    assert len(rows) == 1 and rows[0]["subject"] == pipe and "body.price is 9" in rows[0]["detail"]["reason"]


def test_filters_see_attributes_but_not_what_polling_adds(world):
    world.pipe(filters=[{"messageAttributes": {"a": {"stringValue": ["x"]}}}, {"awsRegion": ["us-east-1"]}],
               template="<$.body>")
    world.send("1", MessageAttributes={"a": {"DataType": "String", "StringValue": "x"}})
    world.send("2")
    assert world.bodies() == ["1"]


# Time

def test_delays_are_kept(world):
    world.pipe(template="<$.body>")
    world.send("late", DelaySeconds=60)
    world.server.advance("59s")
    assert world.bodies() == []
    world.server.advance("1s")
    assert world.bodies() == ["late"]


def test_a_stopped_pipe_moves_nothing_and_one_that_is_started_again_goes_on(world):
    world.pipe(template="<$.body>")
    world.pipes.stop_pipe(Name="p")
    world.send("a")
    world.server.advance("10s")
    assert world.bodies() == [] and world.left() == [1, 0]
    world.pipes.start_pipe(Name="p")
    world.server.advance("1s")
    assert world.bodies() == ["a"]


def test_an_update_is_in_force_for_what_comes_then(world):
    world.pipe(template="old")
    world.pipes.update_pipe(Name="p", RoleArn=ROLE, TargetParameters={"InputTemplate": "new"})
    world.send("a")
    world.server.advance("1s")
    assert world.bodies() == ["new"]


def test_a_batching_window_gathers_until_it_closes_or_the_batch_is_full(world):
    world.pipe(template="<$.body>", queue={"BatchSize": 3, "MaximumBatchingWindowInSeconds": 20})
    world.send("1")
    world.server.advance("10s")
    world.send("2")
    assert world.bodies() == [] and world.left() == [0, 2]
    world.server.advance("9s")
    assert world.bodies() == []
    world.server.advance("1s")
    assert world.bodies() == ["1", "2"]
    for number in range(4):
        world.send(str(number))
    assert sorted(world.bodies()) == ["0", "1", "2"]
    world.server.advance("20s")
    assert world.bodies() == ["3"]
    assert world.left() == [0, 0]


def test_a_message_that_comes_back_within_a_window_is_moved_once(world):
    world.sqs.set_queue_attributes(QueueUrl=world.url("in"), Attributes={"VisibilityTimeout": "5"})
    world.pipe(template="<$.body>", queue={"BatchSize": 10, "MaximumBatchingWindowInSeconds": 20})
    world.send("1")
    world.server.advance("20s")
    assert world.bodies() == ["1"] and world.left() == [0, 0]


def test_the_clock_moves_a_running_server_too(start):
    """No clock is moved here: the pipe picks up a message by itself."""
    world = World(start())
    world.queue("in")
    world.queue("out")
    world.pipe(template="<$.body>")
    world.send("a")
    [message] = world.sqs.receive_message(QueueUrl=world.url("out"), WaitTimeSeconds=10)["Messages"]
    assert message["Body"] == "a"


# Targets

def test_a_fifo_queue_gets_group_and_deduplication_id_from_the_event(world):
    world.queue("out.fifo")
    world.pipe(arn("sqs", "out.fifo"), template="<$.body.n>", target_parameters={"SqsQueueParameters": {
        "MessageGroupId": "$.body.group", "MessageDeduplicationId": "$.body.id"}})
    for number, group, id in [(1, "a", "x"), (2, "a", "x"), (3, "b", "y")]:
        world.send({"n": number, "group": group, "id": id})
    found = [(message["Body"], message["Attributes"]["MessageGroupId"], message["Attributes"]["MessageDeduplicationId"])
             for message in world.messages("out.fifo")]
    assert sorted(found) == [("1", "a", "x"), ("3", "b", "y")]


def test_a_fifo_source_keeps_its_order(world):
    world.queue("in.fifo", ContentBasedDeduplication="true")
    world.queue("out.fifo", ContentBasedDeduplication="true")
    world.pipe(arn("sqs", "out.fifo"), source="in.fifo", template="<$.body>",
               target_parameters={"SqsQueueParameters": {"MessageGroupId": "$.attributes.MessageGroupId"}})
    for number in range(12):
        world.send(str(number), "in.fifo", MessageGroupId="g")
    assert world.bodies("out.fifo") == [str(number) for number in range(12)]


def test_a_topic(world):
    sns = world.server.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn("sqs", "out"), Attributes={"RawMessageDelivery": "true"})
    world.pipe(topic, template="got <$.body.x>")
    world.send({"x": "y"})
    assert world.bodies() == ["got y"]


def test_an_event_bus(world):
    events = world.server.client("events")
    events.create_event_bus(Name="b")
    events.put_rule(Name="r", EventBusName="b", EventPattern='{"account":["000000000000"]}')
    events.put_targets(Rule="r", EventBusName="b", Targets=[{"Id": "1", "Arn": arn("sqs", "out")}])
    bus = arn("events", "event-bus/b")
    world.pipe(bus, template='{"a":<$.body.a>}')
    world.send({"a": 1})
    event = json.loads(world.bodies()[0])
    assert (event["source"], event["detail-type"], event["detail"], event["resources"]) == (
        "Pipe p", "Event from aws:sqs", {"a": 1}, [])
    world.pipes.update_pipe(Name="p", RoleArn=ROLE, TargetParameters={"EventBridgeEventBusParameters": {
        "Source": "$.body.app", "DetailType": "Order", "Resources": ["$.body.arn"], "Time": "$.body.time"}})
    world.server.advance("1s")
    world.send({"a": 2, "app": "shop", "arn": "arn:aws:s3:::b", "time": "2001-02-03T04:05:06Z"})
    event = json.loads(world.bodies()[0])
    assert (event["source"], event["detail-type"], event["detail"], event["resources"], event["time"]) == (
        "shop", "Order", {"a": 2}, ["arn:aws:s3:::b"], "2001-02-03T04:05:06Z")


def test_a_log_group(world):
    world.pipe(arn("logs", "log-group:/pipes/p"), template='{"message":<$.body.m>}',
               target_parameters={"CloudWatchLogsParameters": {"Timestamp": "$.body.at"}},
               queue={"BatchSize": 500, "MaximumBatchingWindowInSeconds": 1})
    for number in range(120):
        world.send({"m": number, "at": "1700000000000"})
    world.server.advance("1s")
    world.settle()
    lines = world.server.json("GET", "/_windtunnel/logs?group=/pipes/p")[1]["events"]
    assert len(lines) == 120
    assert {line["time"] for line in lines} == {"2023-11-14T22:13:20.000Z"}
    assert sorted(json.loads(line["message"])["message"] for line in lines) == list(range(120))
