"""What the tests of archives and of replays have in common."""

import datetime
import json

import pytest

BUS = "arn:aws:events:us-east-1:000000000000:event-bus/"
ARCHIVE = "arn:aws:events:us-east-1:000000000000:archive/"
REPLAY = "arn:aws:events:us-east-1:000000000000:replay/"
UTC = datetime.timezone.utc
START = datetime.datetime(2030, 1, 1, tzinfo=UTC)
VALIDATION = "1 validation error detected: Value "


def at(seconds):
    return START + datetime.timedelta(seconds=seconds)


@pytest.fixture
def events(frozen):
    return frozen.client("events")


@pytest.fixture
def queue(frozen):
    """Gives a queue that gets what a rule matches, and how to empty it."""
    sqs = frozen.client("sqs")
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}]}
    events = frozen.client("events")

    def make(rule, pattern=None, bus="default"):
        url = sqs.create_queue(QueueName=rule, Attributes={"Policy": json.dumps(policy)})["QueueUrl"]
        arn = events.put_rule(Name=rule, EventBusName=bus,
                              EventPattern=json.dumps(pattern or {"source": ["shop"]}))["RuleArn"]
        events.put_targets(Rule=rule, EventBusName=bus,
                           Targets=[{"Id": "q", "Arn": f"arn:aws:sqs:us-east-1:000000000000:{rule}"}])

        def receive():
            found = []
            while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
                for message in messages:
                    found.append(json.loads(message["Body"]))
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            return found

        receive.arn = arn
        return receive

    return make


def put(events, *numbers, bus="default", time=None, **more):
    entries = [{"Source": "shop", "DetailType": "order", "Detail": json.dumps({"n": n}), "EventBusName": bus,
                **({"Time": time} if time else {}), **more} for n in numbers]
    for begin in range(0, len(entries), 10):
        assert events.put_events(Entries=entries[begin:begin + 10])["FailedEntryCount"] == 0


def start(events, name="r", archive="a", bus="default", begin=START, end=at(3600), **destination):
    return events.start_replay(ReplayName=name, EventSourceArn=ARCHIVE + archive, EventStartTime=begin,
                               EventEndTime=end, Destination={"Arn": BUS + bus, **destination})


def plain(answer):
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}
