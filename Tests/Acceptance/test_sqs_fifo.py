"""FIFO queues: order, groups and duplicates."""

import pytest
from botocore.exceptions import ClientError

from conftest import code_and_message


@pytest.fixture
def sqs(frozen):
    return frozen.client("sqs")


def fifo(sqs, **attributes):
    return sqs.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true", **attributes})["QueueUrl"]


def send(sqs, queue, body, group="g", **more):
    return sqs.send_message(QueueUrl=queue, MessageBody=body, MessageGroupId=group, **more)


def receive(sqs, queue, count=10, **more):
    return sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=count, **more).get("Messages", [])


def bodies(messages):
    return [message["Body"] for message in messages]


def test_a_group_comes_in_order_and_waits_for_what_is_in_flight(sqs):
    queue = fifo(sqs, ContentBasedDeduplication="true")
    for body in ("1", "2", "3"):
        send(sqs, queue, body)
    send(sqs, queue, "other", "h")
    first = receive(sqs, queue, 2)
    assert bodies(first) == ["1", "2"]
    assert bodies(receive(sqs, queue)) == ["other"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=first[0]["ReceiptHandle"])
    assert bodies(receive(sqs, queue)) == []
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=first[1]["ReceiptHandle"])
    assert bodies(receive(sqs, queue)) == ["3"]


def test_a_message_made_visible_again_comes_alone_while_its_followers_are_hidden(sqs):
    queue = fifo(sqs, ContentBasedDeduplication="true")
    for body in ("foo", "bar", "baz"):
        send(sqs, queue, body)
    messages = receive(sqs, queue)
    sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=messages[0]["ReceiptHandle"], VisibilityTimeout=0)
    assert bodies(receive(sqs, queue)) == ["foo"]


def test_a_duplicate_is_accepted_and_not_delivered_for_five_minutes(frozen, sqs):
    queue = fifo(sqs)
    sent = send(sqs, queue, "a", MessageDeduplicationId="d")
    again = send(sqs, queue, "b", MessageDeduplicationId="d")
    assert (again["MessageId"], again["SequenceNumber"]) == (sent["MessageId"], sent["SequenceNumber"])
    message = receive(sqs, queue)[0]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    frozen.advance("299s")
    send(sqs, queue, "c", MessageDeduplicationId="d")
    assert bodies(receive(sqs, queue)) == []
    frozen.advance("1s")
    send(sqs, queue, "e", MessageDeduplicationId="d")
    assert bodies(receive(sqs, queue)) == ["e"]


def test_content_deduplicates_by_the_sha256_of_the_body(sqs):
    queue = fifo(sqs, ContentBasedDeduplication="true")
    send(sqs, queue, "hello")
    send(sqs, queue, "hello", MessageAttributes={"a": {"DataType": "String", "StringValue": "v"}})
    messages = receive(sqs, queue, AttributeNames=["MessageDeduplicationId", "MessageGroupId", "SequenceNumber"])
    assert len(messages) == 1
    attributes = messages[0]["Attributes"]
    assert attributes["MessageDeduplicationId"] == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert attributes["MessageGroupId"] == "g" and len(attributes["SequenceNumber"]) == 20


def test_the_scope_may_be_the_group(sqs):
    queue = fifo(sqs, DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId")
    for group in ("g", "h", "g"):
        send(sqs, queue, group, group, MessageDeduplicationId="d")
    assert sorted(bodies(receive(sqs, queue))) == ["g", "h"]


@pytest.mark.parametrize("arguments, code, message", [
    ({}, "MissingParameter", "The request must contain the parameter MessageGroupId."),
    ({"MessageGroupId": "g"}, "InvalidParameterValue",
     "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"),
    ({"MessageGroupId": "g", "MessageDeduplicationId": "d", "DelaySeconds": 1}, "InvalidParameterValue",
     "Value 1 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue "
     "type."),
])
def test_a_fifo_message_needs_its_group_and_id(sqs, arguments, code, message):
    queue = fifo(sqs)
    with pytest.raises(ClientError) as raised:
        sqs.send_message(QueueUrl=queue, MessageBody="x", **arguments)
    assert code_and_message(raised) == (code, message)


def test_a_missing_group_fails_a_whole_batch_by_another_name(sqs):
    queue = fifo(sqs, ContentBasedDeduplication="true")
    with pytest.raises(ClientError) as raised:
        sqs.send_message_batch(QueueUrl=queue, Entries=[
            {"Id": "1", "MessageBody": "x", "MessageGroupId": "g"}, {"Id": "2", "MessageBody": "y"}])
    assert code_and_message(raised) == ("InvalidParameterValue", "The request must contain the parameter MessageGroupId.")
    assert bodies(receive(sqs, queue)) == []


def test_a_handle_ends_with_its_time(frozen, sqs):
    queue = fifo(sqs, ContentBasedDeduplication="true")
    send(sqs, queue, "x")
    handle = receive(sqs, queue, VisibilityTimeout=10)[0]["ReceiptHandle"]
    frozen.advance("10s")
    with pytest.raises(ClientError) as raised:
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=handle)
    assert code_and_message(raised) == (
        "InvalidParameterValue", f"Value {handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.")


def test_a_repeated_receive_attempt_gives_the_same_messages(frozen, sqs):
    queue = fifo(sqs, ContentBasedDeduplication="true")
    send(sqs, queue, "x")
    first = receive(sqs, queue, ReceiveRequestAttemptId="attempt")
    frozen.advance("5s")
    again = receive(sqs, queue, ReceiveRequestAttemptId="attempt")
    assert bodies(again) == ["x"] and again[0]["ReceiptHandle"] == first[0]["ReceiptHandle"]
    assert bodies(receive(sqs, queue, ReceiveRequestAttemptId="another")) == []
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=first[0]["ReceiptHandle"])
    assert bodies(receive(sqs, queue, ReceiveRequestAttemptId="attempt")) == []


def test_a_receive_attempt_has_an_id_like_all_ids(sqs):
    queue = sqs.create_queue(QueueName="attempts.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    with pytest.raises(ClientError) as raised:
        sqs.receive_message(QueueUrl=queue, ReceiveRequestAttemptId="a b")
    assert code_and_message(raised) == (
        "InvalidParameterValue", "Value a b for parameter ReceiveRequestAttemptId is invalid. Reason: ReceiveRequestAttemptId "
        "can only include alphanumeric and punctuation characters. 1 to 128 in length.")


def test_a_delay_of_the_queue_holds_messages_that_are_there(frozen, sqs):
    queue = fifo(sqs, ContentBasedDeduplication="true")
    send(sqs, queue, "x", DelaySeconds=0)
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"DelaySeconds": "30"})
    assert bodies(receive(sqs, queue)) == []
    frozen.advance("30s")
    assert bodies(receive(sqs, queue)) == ["x"]


def test_a_group_does_not_wait_for_a_message_that_is_too_old(frozen, sqs):
    queue = fifo(sqs, ContentBasedDeduplication="true", MessageRetentionPeriod="60")
    send(sqs, queue, "old")
    assert bodies(receive(sqs, queue, VisibilityTimeout=600)) == ["old"]
    frozen.advance("30s")
    send(sqs, queue, "young")
    assert bodies(receive(sqs, queue)) == []
    frozen.advance("30s")
    assert bodies(receive(sqs, queue, 1)) == ["young"]


def test_a_longer_retention_keeps_the_group_waiting(frozen, sqs):
    queue = fifo(sqs, ContentBasedDeduplication="true", MessageRetentionPeriod="60")
    send(sqs, queue, "first")
    receive(sqs, queue, VisibilityTimeout=600)
    send(sqs, queue, "second")
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"MessageRetentionPeriod": "3600"})
    frozen.advance("60s")
    assert bodies(receive(sqs, queue)) == []
    frozen.advance("540s")
    assert bodies(receive(sqs, queue)) == ["first", "second"]
