"""SQS messages on their way through a standard queue."""

import concurrent.futures
import hashlib
import socket
import time

import pytest
from botocore.exceptions import ClientError

from conftest import code_and_message


@pytest.fixture
def queue(sqs):
    return sqs.create_queue(QueueName="q")["QueueUrl"]


def bodies(answer):
    return [message["Body"] for message in answer.get("Messages", [])]


def test_a_message_comes_back_with_its_digests(sqs, queue):
    sent = sqs.send_message(QueueUrl=queue, MessageBody="hello",
                            MessageAttributes={"Hello": {"DataType": "String", "StringValue": "There"}})
    assert sent["MD5OfMessageBody"] == hashlib.md5(b"hello").hexdigest()
    assert sent["MD5OfMessageAttributes"] == "a311262e065454b75da111d535b8dacd"
    assert "SequenceNumber" not in sent
    message = sqs.receive_message(QueueUrl=queue, MessageAttributeNames=["All"])["Messages"][0]
    assert (message["Body"], message["MessageId"]) == ("hello", sent["MessageId"])
    assert message["MD5OfBody"] == "5d41402abc4b2a76b9719d911017c592"
    assert message["MD5OfMessageAttributes"] == "a311262e065454b75da111d535b8dacd"
    assert message["MessageAttributes"] == {"Hello": {"DataType": "String", "StringValue": "There"}}
    assert "Attributes" not in message


@pytest.mark.parametrize("attributes, digest", [
    ({"MyAttribute": {"DataType": "String", "StringValue": "foobar"}}, "adb59cd4678ea5a855436b949cd07ab6"),
    ({"timestamp": {"DataType": "Number", "StringValue": "1493147359900"}}, "235c5c510d26fb653d073faed50ae77c"),
    ({"attr1": {"DataType": "Binary",
                "BinaryValue": b"traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01"}},
     "8cbe4db156db8a94db8b801b7addb984"),
])
def test_attributes_have_the_digest_of_aws(sqs, queue, attributes, digest):
    assert sqs.send_message(QueueUrl=queue, MessageBody="b", MessageAttributes=attributes)["MD5OfMessageAttributes"] == digest


@pytest.mark.parametrize("names, shown", [
    (["All"], {"ab", "ac", "b"}), ([".*"], {"ab", "ac", "b"}), (["*"], {"ab", "ac", "b"}), (["a.*"], {"ab", "ac"}),
    (["b", "nope"], {"b"}), ([], set()),
])
def test_a_receive_picks_attributes_by_name(sqs, queue, names, shown):
    sqs.send_message(QueueUrl=queue, MessageBody="x", MessageAttributes={
        name: {"DataType": "String", "StringValue": "v"} for name in ("ab", "ac", "b")})
    message = sqs.receive_message(QueueUrl=queue, MessageAttributeNames=names)["Messages"][0]
    assert set(message.get("MessageAttributes", {})) == shown
    assert ("MD5OfMessageAttributes" in message) == bool(shown)


@pytest.mark.parametrize("name", ["attr.1øßä", "SOME_Valid.attribute-Name", "L" * 256])
def test_attributes_have_names_of_any_script(sqs, queue, name):
    attributes = {name: {"DataType": "String", "StringValue": "v"}}
    sqs.send_message(QueueUrl=queue, MessageBody="x", MessageAttributes=attributes)
    message = sqs.receive_message(QueueUrl=queue, MessageAttributeNames=["All"])["Messages"][0]
    assert message["MessageAttributes"] == attributes


def test_numbers_lose_the_zeros_that_say_nothing(sqs, queue):
    sent = {"0012.3400": "12.34", "100": "100", "+.50": "0.5", "-0.0": "0", "1e3": "1e3"}
    for number in sent:
        digest = sqs.send_message(QueueUrl=queue, MessageBody=number, MessageAttributes={
            "n": {"DataType": "Number", "StringValue": number}})["MD5OfMessageAttributes"]
        message = sqs.receive_message(QueueUrl=queue, MessageAttributeNames=["n"])["Messages"][0]
        assert message["MessageAttributes"] == {"n": {"DataType": "Number", "StringValue": sent[number]}}
        # Each digest is of what went over the wire with it.
        assert (message["MD5OfMessageAttributes"] == digest) == (sent[number] == number)


def test_an_attribute_keeps_nothing_but_its_value(server, account, sqs, queue):
    sent = {"DataType": "Binary", "BinaryValue": "YQ==", "StringValue": "b", "StringListValues": [], "Other": 1}
    status, _ = server.json("POST", "/sqs/SendMessage", {"QueueUrl": queue, "MessageBody": "x", "MessageAttributes": {
        "n": sent}}, {"X-Account": account})
    message = sqs.receive_message(QueueUrl=queue, MessageAttributeNames=["All"])["Messages"][0]
    assert status == 200 and message["MessageAttributes"] == {"n": {"DataType": "Binary", "BinaryValue": b"a"}}


def test_a_request_in_a_trace_hands_it_on(server, account, sqs, queue):
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"
    _, sent = server.json("POST", "/sqs/SendMessage", {"QueueUrl": queue, "MessageBody": "x"}, {
        "X-Account": account, "X-Amzn-Trace-Id": trace})
    assert "MD5OfMessageSystemAttributes" not in sent
    message = sqs.receive_message(QueueUrl=queue, MessageSystemAttributeNames=["AWSTraceHeader"])["Messages"][0]
    assert message["Attributes"] == {"AWSTraceHeader": trace}


def test_system_attributes_are_shown_on_request(frozen):
    sqs = frozen.client("sqs")
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="x", MessageGroupId="tenant", MessageSystemAttributes={
        "AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-5759e988-bd862e3fe1be46a994272793"}})
    frozen.advance("5s")
    message = sqs.receive_message(QueueUrl=queue, AttributeNames=["All"])["Messages"][0]
    assert message["Attributes"] == {
        "SenderId": "000000000000", "SentTimestamp": "1893456000000", "ApproximateReceiveCount": "1",
        "ApproximateFirstReceiveTimestamp": "1893456005000", "MessageGroupId": "tenant",
        "AWSTraceHeader": "Root=1-5759e988-bd862e3fe1be46a994272793"}


@pytest.mark.parametrize("arguments, code, message", [
    ({"MessageBody": ""}, "MissingParameter", "The request must contain the parameter MessageBody."),
    ({"MessageBody": "\x01"}, "InvalidMessageContents",
     "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 "
     "to #x10FFFF"),
    ({"MessageBody": "x", "DelaySeconds": 901}, "InvalidParameterValue",
     "Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900."),
    ({"MessageBody": "x", "MessageDeduplicationId": "d"}, "InvalidParameterValue",
     "Value d for parameter MessageDeduplicationId is invalid. Reason: The request include parameter that is not valid for "
     "this queue type."),
    ({"MessageBody": "x", "MessageGroupId": "a b"}, "InvalidParameterValue",
     "Value a b for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation "
     "characters. 1 to 128 in length."),
    ({"MessageBody": "x", "MessageAttributes": {"n": {"DataType": "String", "StringValue": ""}}}, "InvalidParameterValue",
     "Message (user) attribute 'n' must contain a non-empty value of type 'String'."),
    ({"MessageBody": "x", "MessageAttributes": {"n": {"DataType": "String", "StringValue": "\x08"}}}, "InvalidParameterValue",
     "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 "
     "to #x10FFFF"),
    ({"MessageBody": "x", "MessageAttributes": {"n§": {"DataType": "String", "StringValue": "x"}}}, "InvalidParameterValue",
     "Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens and "
     "underscores. "),
    ({"MessageBody": "x", "MessageAttributes": {"n": {"DataType": "Number", "StringValue": "x"}}}, "InvalidParameterValue",
     "Can't cast the value of message (user) attribute 'n' to a number."),
    ({"MessageBody": "x", "MessageAttributes": {"n": {"DataType": "Text", "StringValue": "x"}}}, "InvalidParameterValue",
     "The type of message (user) attribute 'n' is invalid. You must use only the following supported type prefixes: Binary, "
     "Number, String."),
    ({"MessageBody": "x", "MessageAttributes": {
        f"n{i}": {"DataType": "String", "StringValue": "x"} for i in range(11)}}, "InvalidParameterValue",
     "Number of message attributes [11] exceeds the allowed maximum [10]."),
])
def test_what_cannot_be_sent_is_refused(sqs, queue, arguments, code, message):
    with pytest.raises(ClientError) as raised:
        sqs.send_message(QueueUrl=queue, **arguments)
    assert code_and_message(raised) == (code, message)
    assert sqs.receive_message(QueueUrl=queue).get("Messages") is None


def test_the_size_of_a_message_counts_its_attributes(sqs):
    queue = sqs.create_queue(QueueName="small", Attributes={"MaximumMessageSize": "1024"})["QueueUrl"]
    attributes = {"n": {"DataType": "String", "StringValue": "v"}}
    sqs.send_message(QueueUrl=queue, MessageBody="x" * 1016, MessageAttributes=attributes)
    with pytest.raises(ClientError) as raised:
        sqs.send_message(QueueUrl=queue, MessageBody="x" * 1017, MessageAttributes=attributes)
    assert code_and_message(raised) == (
        "InvalidParameterValue", "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.")
    batch = sqs.send_message_batch(QueueUrl=queue, Entries=[
        {"Id": "ok", "MessageBody": "x"}, {"Id": "long", "MessageBody": "x" * 1025}])
    assert [entry["Id"] for entry in batch["Successful"]] == ["ok"]
    assert batch["Failed"] == [{
        "Id": "long", "SenderFault": True, "Code": "InvalidParameterValue",
        "Message": "One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes."}]


def test_an_empty_body_fails_alone_in_a_batch(sqs, queue):
    batch = sqs.send_message_batch(QueueUrl=queue, Entries=[
        {"Id": "full", "MessageBody": "x"}, {"Id": "empty", "MessageBody": ""}])
    assert [entry["Id"] for entry in batch["Successful"]] == ["full"]
    assert batch["Failed"] == [{
        "Id": "empty", "SenderFault": True, "Code": "EmptyValue",
        "Message": "The request must contain the parameter MessageBody."}]


@pytest.mark.parametrize("entries, code, message", [
    ([], "AWS.SimpleQueueService.EmptyBatchRequest",
     "There should be at least one SendMessageBatchRequestEntry in the request."),
    ([{"Id": str(i), "MessageBody": "x"} for i in range(11)], "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
     "Maximum number of entries per request are 10. You have sent 11."),
    ([{"Id": "a", "MessageBody": "x"}] * 2, "AWS.SimpleQueueService.BatchEntryIdsNotDistinct", "Id a repeated."),
    ([{"Id": "a b", "MessageBody": "x"}], "AWS.SimpleQueueService.InvalidBatchEntryId",
     "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long."),
    ([{"Id": "a", "MessageBody": "x" * 524289}, {"Id": "b", "MessageBody": "x" * 524288}],
     "AWS.SimpleQueueService.BatchRequestTooLong",
     "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes."),
])
def test_a_batch_that_cannot_be_is_refused_whole(sqs, queue, entries, code, message):
    with pytest.raises(ClientError) as raised:
        sqs.send_message_batch(QueueUrl=queue, Entries=entries)
    assert code_and_message(raised) == (code, message)


def test_a_received_message_is_out_of_sight_until_its_time_is_up(frozen):
    sqs = frozen.client("sqs")
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    handle = sqs.receive_message(QueueUrl=queue, VisibilityTimeout=30)["Messages"][0]["ReceiptHandle"]
    assert bodies(sqs.receive_message(QueueUrl=queue)) == []
    frozen.advance("29s")
    sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=handle, VisibilityTimeout=30)
    frozen.advance("29s")
    assert bodies(sqs.receive_message(QueueUrl=queue)) == []
    frozen.advance("1s")
    again = sqs.receive_message(QueueUrl=queue, AttributeNames=["ApproximateReceiveCount"])["Messages"][0]
    assert again["Attributes"] == {"ApproximateReceiveCount": "2"}
    assert again["ReceiptHandle"] != handle
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=handle)
    frozen.advance("1h")
    assert bodies(sqs.receive_message(QueueUrl=queue)) == []


def test_a_delayed_message_comes_after_its_delay(frozen):
    sqs = frozen.client("sqs")
    queue = sqs.create_queue(QueueName="q", Attributes={"DelaySeconds": "10"})["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="by the queue")
    sqs.send_message(QueueUrl=queue, MessageBody="by itself", DelaySeconds=5)
    frozen.advance("5s")
    assert bodies(sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)) == ["by itself"]
    frozen.advance("5s")
    assert bodies(sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)) == ["by the queue"]


def test_an_old_message_vanishes_though_it_is_in_flight(frozen):
    sqs = frozen.client("sqs")
    queue = sqs.create_queue(QueueName="q", Attributes={"MessageRetentionPeriod": "60"})["QueueUrl"]
    for body in "ab":
        sqs.send_message(QueueUrl=queue, MessageBody=body)
    sqs.receive_message(QueueUrl=queue, VisibilityTimeout=120)
    frozen.advance("60s")
    counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert [counts[f"ApproximateNumberOfMessages{kind}"] for kind in ("", "NotVisible")] == ["0", "0"]
    assert bodies(sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)) == []


@pytest.mark.parametrize("arguments, message", [
    ({"MaxNumberOfMessages": 11},
     "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."),
    ({"WaitTimeSeconds": 21}, "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided."),
    ({"VisibilityTimeout": 43201},
     "Value 43201 for parameter VisibilityTimeout is invalid. Reason: Must be >= 0 and <= 43200, if provided."),
])
def test_a_receive_has_its_limits(sqs, queue, arguments, message):
    with pytest.raises(ClientError) as raised:
        sqs.receive_message(QueueUrl=queue, **arguments)
    assert code_and_message(raised) == ("InvalidParameterValue", message)


def test_made_up_handles_are_invalid(sqs, queue):
    with pytest.raises(ClientError) as raised:
        sqs.delete_message(QueueUrl=queue, ReceiptHandle="garbage")
    assert code_and_message(raised) == (
        "ReceiptHandleIsInvalid", 'The input receipt handle "garbage" is not a valid receipt handle.')
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    batch = sqs.delete_message_batch(QueueUrl=queue, Entries=[{"Id": "g", "ReceiptHandle": "garbage"}])
    assert batch["Failed"][0]["Code"] == "ReceiptHandleIsInvalid" and batch["Failed"][0]["SenderFault"]


def test_a_handle_is_good_for_whoever_may_delete(server, account, sqs, queue):
    sqs.add_permission(QueueUrl=queue, Label="l", AWSAccountIds=["888888888888"], Actions=["*"])
    friend, elsewhere = server.client("sqs", "888888888888"), server.client("sqs", account, "eu-west-1")
    url = f"http://x/queue/us-east-1/{account}/q"
    for client in (friend, elsewhere):
        sqs.send_message(QueueUrl=queue, MessageBody="x")
        handle = sqs.receive_message(QueueUrl=queue)["Messages"][0]["ReceiptHandle"]
        client.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=60)
        client.delete_message(QueueUrl=url, ReceiptHandle=handle)
    counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert counts["ApproximateNumberOfMessagesNotVisible"] == "0"


def test_a_deleted_message_cannot_be_hidden_but_can_be_deleted_again(sqs, queue):
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    handle = sqs.receive_message(QueueUrl=queue)["Messages"][0]["ReceiptHandle"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=handle)
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=handle)
    with pytest.raises(ClientError) as raised:
        sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=handle, VisibilityTimeout=5)
    assert code_and_message(raised) == (
        "InvalidParameterValue", f"Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is "
        "not available for visibility timeout change.")


def test_a_long_poll_wakes_when_a_message_comes(sqs, queue):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        waiting = pool.submit(sqs.receive_message, QueueUrl=queue, WaitTimeSeconds=20)
        with pytest.raises(concurrent.futures.TimeoutError):
            waiting.result(timeout=0.3)
        began = time.monotonic()
        sqs.send_message(QueueUrl=queue, MessageBody="at last")
        assert bodies(waiting.result(timeout=5)) == ["at last"]
        assert time.monotonic() - began < 2


def test_a_long_poll_wakes_when_a_delay_ends(frozen):
    sqs = frozen.client("sqs")
    queue = sqs.create_queue(QueueName="q", Attributes={"ReceiveMessageWaitTimeSeconds": "20"})["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="x", DelaySeconds=10)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        waiting = pool.submit(sqs.receive_message, QueueUrl=queue)
        with pytest.raises(concurrent.futures.TimeoutError):
            waiting.result(timeout=0.3)
        frozen.advance("10s")
        assert bodies(waiting.result(timeout=5)) == ["x"]


def test_a_long_poll_wakes_by_itself_when_a_delay_ends(start):
    server = start()
    server.json("POST", "/_windtunnel/clock", {"factor": 50})
    sqs = server.client("sqs")
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="x", DelaySeconds=10)
    began = time.monotonic()
    assert bodies(sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)) == ["x"]
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("operation", ["purge_queue", "delete_queue"])
def test_all_long_polls_learn_of_the_end_of_what_they_wait_for(server, account, sqs, queue, operation):
    clients = [server.client("sqs", account) for _ in range(3)]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        waiting = [pool.submit(client.receive_message, QueueUrl=queue, WaitTimeSeconds=20) for client in clients]
        for one in waiting:
            with pytest.raises(concurrent.futures.TimeoutError):
                one.result(timeout=0.3)
        getattr(sqs, operation)(QueueUrl=queue)
        if operation == "purge_queue":
            for body in "abc":
                sqs.send_message(QueueUrl=queue, MessageBody=body)
            assert sorted(bodies(one.result(timeout=5))[0] for one in waiting) == ["a", "b", "c"]
        else:
            assert all(isinstance(one.exception(timeout=5), sqs.exceptions.QueueDoesNotExist) for one in waiting)


def test_a_long_poll_ends_empty_when_its_time_is_up(frozen):
    sqs = frozen.client("sqs")
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        waiting = pool.submit(sqs.receive_message, QueueUrl=queue, WaitTimeSeconds=20)
        with pytest.raises(concurrent.futures.TimeoutError):
            waiting.result(timeout=0.3)
        frozen.advance("20s")
        assert "Messages" not in waiting.result(timeout=5)


def test_a_client_that_hung_up_takes_no_message(server, sqs, queue):
    body = f'{{"QueueUrl":"{queue}","WaitTimeSeconds":20}}'.encode()
    account = queue.split("/")[-2]
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"POST /sqs/ReceiveMessage HTTP/1.1\r\nHost: x\r\nX-Account: %b\r\nContent-Length: %d\r\n\r\n%b" % (
            account.encode(), len(body), body))
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)
    # What the server hears of later than of the end of that connection.
    server.http("GET", "/_windtunnel/health")
    sqs.send_message(QueueUrl=queue, MessageBody="for the next")
    assert bodies(sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5)) == ["for the next"]


def test_twelve_hours_out_of_sight_count_from_each_receive(frozen):
    sqs = frozen.client("sqs")
    queue = sqs.create_queue(QueueName="q", Attributes={"VisibilityTimeout": "3600"})["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="m")
    for _ in range(2):
        handle = sqs.receive_message(QueueUrl=queue)["Messages"][0]["ReceiptHandle"]
        frozen.advance("30m")
        with pytest.raises(ClientError) as raised:
            sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=handle, VisibilityTimeout=43200 - 1799)
        assert code_and_message(raised) == (
            "InvalidParameterValue", "Value 41401 for parameter VisibilityTimeout is invalid. Reason: Total "
            "VisibilityTimeout for the message is beyond the limit [43200 seconds].")
        sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=handle, VisibilityTimeout=43200 - 1800)
        frozen.advance("11h")
        frozen.advance("30m")


def test_messages_survive_a_restart(start, tmp_path):
    server = start("--data", str(tmp_path / "state"))
    sqs = server.client("sqs")
    queue = sqs.create_queue(QueueName="kept")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="seen")
    sqs.receive_message(QueueUrl=queue, VisibilityTimeout=43200)
    sqs.send_message(QueueUrl=queue, MessageBody="unseen")
    server.stop(9)
    sqs = start("--data", str(tmp_path / "state")).client("sqs")
    assert bodies(sqs.receive_message(QueueUrl="kept", MaxNumberOfMessages=10)) == ["unseen"]


def test_a_quiet_tenant_does_not_wait_behind_a_flood(sqs, queue):
    for batch in range(8):
        sqs.send_message_batch(QueueUrl=queue, Entries=[
            {"Id": str(i), "MessageBody": "flood", "MessageGroupId": "loud"} for i in range(10)])
    sqs.send_message(QueueUrl=queue, MessageBody="quiet", MessageGroupId="quiet")
    for _ in range(3):
        assert bodies(sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)) == ["flood"] * 10
    assert "quiet" in bodies(sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10))
