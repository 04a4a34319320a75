"""Messages that were received too often, and their way back."""

import json

import pytest
from botocore.exceptions import ClientError

from conftest import code_and_message

ARN = "arn:aws:sqs:us-east-1:000000000000:"


@pytest.fixture
def sqs(frozen):
    return frozen.client("sqs")


def redrive(target="dlq", count=1):
    return json.dumps({"deadLetterTargetArn": ARN + target, "maxReceiveCount": count})


@pytest.fixture
def queues(sqs):
    dead = sqs.create_queue(QueueName="dlq")["QueueUrl"]
    source = sqs.create_queue(QueueName="source", Attributes={"RedrivePolicy": redrive(), "VisibilityTimeout": "10"})
    return source["QueueUrl"], dead


def die(frozen, sqs, source):
    """Receives what is there until it is moved."""
    sqs.receive_message(QueueUrl=source, MaxNumberOfMessages=10)
    frozen.advance("10s")
    assert "Messages" not in sqs.receive_message(QueueUrl=source, MaxNumberOfMessages=10)


def bodies(answer):
    return [message["Body"] for message in answer.get("Messages", [])]


def test_a_message_moves_with_its_past(frozen, sqs, queues):
    source, dead = queues
    sent = sqs.send_message(QueueUrl=source, MessageBody="x")
    frozen.advance("1s")
    die(frozen, sqs, source)
    message = sqs.receive_message(QueueUrl=dead, AttributeNames=["All"])["Messages"][0]
    assert (message["Body"], message["MessageId"]) == ("x", sent["MessageId"])
    assert message["Attributes"] == {
        "SenderId": "000000000000", "SentTimestamp": "1893456000000", "ApproximateReceiveCount": "2",
        "ApproximateFirstReceiveTimestamp": "1893456001000", "DeadLetterQueueSourceArn": ARN + "source"}
    moved = frozen.journal("messageMoved")[0]["detail"]
    assert moved["to"] == ARN + "dlq" and moved["reason"] == "received 1 times, and maxReceiveCount is 1"


def test_a_fifo_message_has_its_id_as_its_deduplication_id(frozen, sqs):
    dead = sqs.create_queue(QueueName="dlq.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    source = sqs.create_queue(QueueName="s.fifo", Attributes={
        "FifoQueue": "true", "RedrivePolicy": redrive("dlq.fifo"), "VisibilityTimeout": "10"})["QueueUrl"]
    sent = sqs.send_message(QueueUrl=source, MessageBody="x", MessageGroupId="g", MessageDeduplicationId="d")
    frozen.advance("1s")
    die(frozen, sqs, source)
    message = sqs.receive_message(QueueUrl=dead, AttributeNames=["All"])["Messages"][0]
    assert message["MessageId"] == sent["MessageId"]
    assert message["Attributes"].pop("SequenceNumber") > sent["SequenceNumber"]
    assert message["Attributes"] == {
        "SenderId": "000000000000", "SentTimestamp": "1893456000000", "ApproximateReceiveCount": "2",
        "ApproximateFirstReceiveTimestamp": "1893456001000", "DeadLetterQueueSourceArn": ARN + "s.fifo",
        "MessageGroupId": "g", "MessageDeduplicationId": sent["MessageId"]}


def test_a_queue_that_is_its_own_dead_letter_queue_gives_its_messages(sqs):
    queue = sqs.create_queue(QueueName="self")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"RedrivePolicy": redrive("self")})
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    for _ in range(3):
        assert bodies(sqs.receive_message(QueueUrl=queue, VisibilityTimeout=0)) == ["x"]


def test_a_receive_goes_on_behind_what_it_moves(sqs, queues):
    source, dead = queues
    for body in "ab":
        sqs.send_message(QueueUrl=source, MessageBody=body)
    assert bodies(sqs.receive_message(QueueUrl=source, VisibilityTimeout=0)) == ["a"]
    assert bodies(sqs.receive_message(QueueUrl=source, VisibilityTimeout=0)) == ["b"]
    assert bodies(sqs.receive_message(QueueUrl=dead)) == ["a"]


def test_a_dead_letter_queue_knows_its_sources(sqs, queues):
    source, dead = queues
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [source]
    assert sqs.list_dead_letter_source_queues(QueueUrl=source)["queueUrls"] == []


@pytest.mark.parametrize("policy, reason", [
    ("{}", "Redrive policy does not contain mandatory attribute: maxReceiveCount."),
    ('{"maxReceiveCount": 5}', "Redrive policy does not contain mandatory attribute: deadLetterTargetArn."),
    (json.dumps({"deadLetterTargetArn": ARN + "dlq"}), "Redrive policy does not contain mandatory attribute: maxReceiveCount."),
    (redrive(count=0), "Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000 both inclusive."),
    (redrive("missing"), "Dead letter target does not exist."),
    (redrive("dlq.fifo"), "Dead-letter queue must be same type of queue as the source.."),
    (json.dumps({"deadLetterTargetArn": ARN + "dlq", "maxReceiveCount": 1, "delay": 2}),
     "Only following attributes are supported: [maxReceiveCount, deadLetterTargetArn]."),
    (json.dumps({"deadLetterTargetArn": "arn:aws:sns:us-east-1:000000000000:t", "maxReceiveCount": 1}),
     "Only SQS queues are valid resources for deadLetterTargetArn"),
    (json.dumps({"deadLetterTargetArn": "dlq", "maxReceiveCount": 1}), "Invalid value for deadLetterTargetArn."),
    (json.dumps({"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:000000000000:dlq", "maxReceiveCount": 1}),
     "Dead-letter target must be in same region as the source."),
])
def test_a_redrive_policy_that_cannot_be_is_refused(sqs, queues, policy, reason):
    sqs.create_queue(QueueName="dlq.fifo", Attributes={"FifoQueue": "true"})
    with pytest.raises(ClientError) as raised:
        sqs.set_queue_attributes(QueueUrl=queues[0], Attributes={"RedrivePolicy": policy})
    assert code_and_message(raised) == (
        "InvalidParameterValue", f"Value {policy} for parameter RedrivePolicy is invalid. Reason: {reason}")


@pytest.mark.parametrize("text", ["x", "[]"])
def test_a_redrive_policy_is_an_object(sqs, queues, text):
    with pytest.raises(ClientError) as raised:
        sqs.set_queue_attributes(QueueUrl=queues[0], Attributes={"RedrivePolicy": text})
    assert code_and_message(raised) == (
        "InvalidAttributeValue",
        "Invalid value for the parameter RedrivePolicy. Reason: Redrive policy is not a valid JSON map.")


def test_a_count_in_quotes_becomes_a_number(sqs, queues):
    for count in ("5", 5):
        sqs.set_queue_attributes(QueueUrl=queues[0], Attributes={"RedrivePolicy": redrive(count=count)})
        policy = sqs.get_queue_attributes(QueueUrl=queues[0], AttributeNames=["RedrivePolicy"])["Attributes"]["RedrivePolicy"]
        assert json.loads(policy) == {"deadLetterTargetArn": ARN + "dlq", "maxReceiveCount": 5}
    assert policy == redrive(count=5)


def test_messages_go_back_to_where_they_came_from(frozen, sqs, queues):
    source, dead = queues
    for body in "ab":
        sqs.send_message(QueueUrl=source, MessageBody=body)
    die(frozen, sqs, source)
    handle = sqs.start_message_move_task(SourceArn=ARN + "dlq")["TaskHandle"]
    assert sorted(bodies(sqs.receive_message(QueueUrl=source, MaxNumberOfMessages=10))) == ["a", "b"]
    task = sqs.list_message_move_tasks(SourceArn=ARN + "dlq")["Results"][0]
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"], task["ApproximateNumberOfMessagesToMove"]) == (
        "COMPLETED", 2, 2)
    assert "TaskHandle" not in task and "DestinationArn" not in task
    with pytest.raises(ClientError) as raised:
        sqs.cancel_message_move_task(TaskHandle=handle)
    assert code_and_message(raised) == ("ResourceNotFoundException", "Task does not exist.")


def test_a_message_from_nowhere_stays_where_it_is(sqs, queues):
    source, dead = queues
    sqs.send_message(QueueUrl=dead, MessageBody="direct")
    sqs.start_message_move_task(SourceArn=ARN + "dlq")
    task = sqs.list_message_move_tasks(SourceArn=ARN + "dlq")["Results"][0]
    assert (task["Status"], task["FailureReason"], task["ApproximateNumberOfMessagesMoved"]) == (
        "FAILED", "CouldNotDetermineMessageSource", 0)
    assert bodies(sqs.receive_message(QueueUrl=dead)) == ["direct"]


def test_the_latest_tasks_come_first_and_end_with_their_queue(sqs, queues):
    source, dead = queues
    for rate in (1, 2, 3):
        sqs.send_message(QueueUrl=source, MessageBody="x")
        for _ in range(2):
            sqs.receive_message(QueueUrl=source, MaxNumberOfMessages=10, VisibilityTimeout=0)
        sqs.start_message_move_task(SourceArn=ARN + "dlq", MaxNumberOfMessagesPerSecond=rate)
    tasks = sqs.list_message_move_tasks(SourceArn=ARN + "dlq", MaxResults=10)["Results"]
    assert [(task["MaxNumberOfMessagesPerSecond"], task["Status"]) for task in tasks] == [
        (3, "COMPLETED"), (2, "COMPLETED"), (1, "COMPLETED")]
    sqs.delete_queue(QueueUrl=dead)
    sqs.create_queue(QueueName="dlq")
    assert sqs.list_message_move_tasks(SourceArn=ARN + "dlq")["Results"] == []


def test_messages_without_a_group_go_into_no_fifo_queue(sqs, queues):
    sqs.create_queue(QueueName="other.fifo", Attributes={"FifoQueue": "true"})
    with pytest.raises(ClientError) as raised:
        sqs.start_message_move_task(SourceArn=ARN + "dlq", DestinationArn=ARN + "other.fifo")
    assert code_and_message(raised)[0] == "InvalidParameterValue"


def test_a_task_moves_no_faster_than_it_may_and_can_be_cancelled(frozen, sqs, queues):
    source, dead = queues
    for body in "abc":
        sqs.send_message(QueueUrl=source, MessageBody=body)
    die(frozen, sqs, source)
    other = sqs.create_queue(QueueName="other")["QueueUrl"]
    handle = sqs.start_message_move_task(
        SourceArn=ARN + "dlq", DestinationArn=ARN + "other", MaxNumberOfMessagesPerSecond=1)["TaskHandle"]
    with pytest.raises(ClientError) as raised:
        sqs.start_message_move_task(SourceArn=ARN + "dlq")
    assert code_and_message(raised)[1].startswith("There is already a task running.")
    frozen.advance("1s")
    assert sqs.cancel_message_move_task(TaskHandle=handle)["ApproximateNumberOfMessagesMoved"] == 2
    frozen.advance("1h")
    assert len(bodies(sqs.receive_message(QueueUrl=other, MaxNumberOfMessages=10))) == 2
    assert sqs.list_message_move_tasks(SourceArn=ARN + "dlq")["Results"][0]["Status"] == "CANCELLED"


@pytest.mark.parametrize("source, code, status, message", [
    (ARN + "source", "InvalidParameterValue", 400, "Source queue must be configured as a Dead Letter Queue."),
    (ARN + "missing", "ResourceNotFoundException", 404,
     "The resource that you specified for the SourceArn parameter doesn't exist."),
    ("source", "InvalidParameterValue", 400,
     "You must use this format to specify the SourceArn: arn:<partition>:<service>:<region>:<account-id>:<resource-id>"),
])
def test_a_task_needs_a_dead_letter_queue(sqs, queues, source, code, status, message):
    with pytest.raises(ClientError) as raised:
        sqs.start_message_move_task(SourceArn=source)
    assert code_and_message(raised) == (code, message)
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
