"""What is published, and what queues get of it."""

import base64
import json
import urllib.request

import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from conftest import code_and_message
from receiver import Receiver

STRING = {"DataType": "String", "StringValue": "v"}


@pytest.fixture
def topic(sns):
    return sns.create_topic(Name="topic")["TopicArn"]


@pytest.fixture
def queue(sns, sqs, account, topic):
    """Makes a queue with a subscription of its own."""
    def make(name="q", topic=topic, **attributes):
        fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
        url = sqs.create_queue(QueueName=name, Attributes=fifo)["QueueUrl"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{account}:{name}",
                      Attributes=attributes)
        return url
    return make


def receive(sqs, url):
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"])
    return answer.get("Messages", [])


def verify(message, algorithm):
    """Checks the signature of a notification as its receiver would."""
    pem = urllib.request.urlopen(message["SigningCertURL"]).read()
    members = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    if message["Type"] != "Notification":
        members = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    text = "".join(f"{name}\n{message[name]}\n" for name in members if name in message)
    x509.load_pem_x509_certificate(pem).public_key().verify(
        base64.b64decode(message["Signature"]), text.encode(), padding.PKCS1v15(), algorithm)


@pytest.mark.parametrize("version, algorithm", [("1", hashes.SHA1()), ("2", hashes.SHA256())])
def test_a_queue_gets_a_signed_envelope(sns, sqs, topic, queue, version, algorithm):
    url = queue()
    sns.set_topic_attributes(TopicArn=topic, AttributeName="SignatureVersion", AttributeValue=version)
    sent = sns.publish(TopicArn=topic, Message='say "hi" — ü', Subject="s", MessageAttributes={"a": STRING})
    message = receive(sqs, url)[0]
    assert "MessageAttributes" not in message
    body = json.loads(message["Body"])
    assert list(body) == ["Type", "MessageId", "TopicArn", "Subject", "Message", "Timestamp", "SignatureVersion", "Signature",
                          "SigningCertURL", "UnsubscribeURL", "MessageAttributes"]
    assert body["MessageId"] == sent["MessageId"] and body["Message"] == 'say "hi" — ü'
    assert body["SignatureVersion"] == version
    assert body["MessageAttributes"] == {"a": {"Type": "String", "Value": "v"}}
    assert message["Body"].startswith('{\n  "Type" : "Notification",\n  "MessageId" : "')
    verify(body, algorithm)


@pytest.mark.parametrize("version, algorithm", [("1", hashes.SHA1()), ("2", hashes.SHA256())])
def test_what_is_asked_of_a_web_server_is_signed(sns, version, algorithm):
    receiver = Receiver()
    topic = sns.create_topic(Name="signed", Attributes={"SignatureVersion": version})["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=receiver.url)
    receiver.wait(1)
    urllib.request.urlopen(receiver.messages()[0]["SubscribeURL"])
    sns.publish(TopicArn=topic, Message='line 1\n"2"', Subject="an 汉字 subject")
    receiver.wait(2)
    urllib.request.urlopen(receiver.messages()[1]["UnsubscribeURL"])
    receiver.wait(3)
    types = ["SubscriptionConfirmation", "Notification", "UnsubscribeConfirmation"]
    assert [(message["Type"], message["SignatureVersion"]) for message in receiver.messages()] == [
        (type, version) for type in types]
    for message in receiver.messages():
        verify(message, algorithm)
    receiver.stop()


def test_raw_delivery_gives_the_text_and_its_attributes(sns, sqs, topic, queue):
    url = queue(RawMessageDelivery="true")
    sns.publish(TopicArn=topic, Message="plain", Subject="lost", MessageGroupId="tenant",
                MessageAttributes={"a": STRING, "b": {"DataType": "Binary", "BinaryValue": b"\x00\x01"}})
    message = receive(sqs, url)[0]
    assert message["Body"] == "plain"
    assert message["MessageAttributes"] == {"a": STRING, "b": {"DataType": "Binary", "BinaryValue": b"\x00\x01"}}
    assert message["Attributes"]["MessageGroupId"] == "tenant"


def test_each_protocol_has_its_own_text(sns, sqs, topic, queue):
    url = queue(RawMessageDelivery="true")
    sns.publish(TopicArn=topic, MessageStructure="json", Message=json.dumps({"default": "d", "sqs": "for queues"}))
    sns.publish(TopicArn=topic, MessageStructure="json", Message=json.dumps({"default": 7}))
    assert sorted(message["Body"] for message in receive(sqs, url)) == ["7", "for queues"]


@pytest.mark.parametrize("arguments, code, message", [
    ({"Message": ""}, "InvalidParameter", "Invalid parameter: Empty message"),
    ({"Message": "x" * 262145}, "InvalidParameter", "Invalid parameter: Message too long"),
    ({"Message": "x", "Subject": ""}, "InvalidParameter", "Invalid parameter: Subject"),
    ({"Message": "x", "Subject": "a\nb"}, "InvalidParameter", "Invalid parameter: Subject"),
    ({"Message": "x", "Subject": "x" * 101}, "InvalidParameter", "Invalid parameter: Subject"),
    ({"Message": "x", "MessageStructure": "json"}, "InvalidParameter",
     "Invalid parameter: Message Structure - JSON message body failed to parse"),
    ({"Message": '{"sqs":"x"}', "MessageStructure": "json"}, "InvalidParameter",
     "Invalid parameter: Message Structure - No default entry in JSON message body"),
    ({"Message": "x", "MessageDeduplicationId": "d"}, "InvalidParameter",
     "Invalid parameter: MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not "
     "valid for this topic type"),
    ({"Message": "x", "MessageAttributes": {"a": {"DataType": "String", "StringValue": ""}}}, "ParameterValueInvalid",
     "The message attribute 'a' must contain non-empty message attribute value for message attribute type 'String'."),
    ({"Message": "x", "MessageAttributes": {"a": {"DataType": "String", "BinaryValue": b"x"}}}, "ParameterValueInvalid",
     "The message attribute 'a' with type 'String' must use field 'String'."),
    ({"Message": "x", "MessageAttributes": {"a": {"DataType": "Text", "StringValue": "x"}}}, "ParameterValueInvalid",
     "The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, "
     "and String."),
    ({"Message": "x", "MessageAttributes": {"a": {"DataType": "String.", "StringValue": "x"}}}, "ParameterValueInvalid",
     "The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, "
     "and String."),
    ({"Message": "x", "MessageAttributes": {"a^": STRING}}, "ParameterValueInvalid",
     "Invalid non-alphanumeric character '#x5E' was found in the message attribute name. Can only include alphanumeric "
     "characters, hyphens, underscores, or dots."),
    ({"Message": "x", "MessageAttributes": {"a..b": STRING}}, "ParameterValueInvalid",
     "Message attribute name can not have successive '.' character."),
    ({"Message": "x", "MessageAttributes": {"a": {"DataType": "Number", "StringValue": "x"}}}, "ParameterValueInvalid",
     "Could not cast message attribute 'a' value to number."),
])
def test_what_cannot_be_published_is_refused(sns, sqs, topic, queue, arguments, code, message):
    url = queue()
    with pytest.raises(ClientError) as raised:
        sns.publish(TopicArn=topic, **arguments)
    assert code_and_message(raised) == (code, message)
    assert receive(sqs, url) == []


@pytest.mark.parametrize("entries, code, message", [
    ([{"Id": str(i), "Message": "x"} for i in range(11)], "TooManyEntriesInBatchRequest",
     "The batch request contains more entries than permissible."),
    ([{"Id": "a", "Message": "x"}] * 2, "BatchEntryIdsNotDistinct",
     "Two or more batch entries in the request have the same Id."),
    ([{"Id": "a b", "Message": "x"}], "InvalidBatchEntryId",
     "The Id of a batch entry in the batch request contains an impermissible character: a b"),
    ([{"Id": "a", "Message": "x" * 131073}, {"Id": "b", "Message": "x" * 131072}], "BatchRequestTooLong",
     "The length of all the messages put together is more than the limit."),
    ([{"Id": "a", "Message": "x"}, {"Id": "b", "Message": "x", "MessageAttributes": {
        "a": {"DataType": "Number", "StringValue": "x"}}}], "ParameterValueInvalid",
     "Could not cast message attribute 'a' value to number."),
])
def test_a_batch_that_cannot_be_is_refused_whole(sns, sqs, topic, queue, entries, code, message):
    url = queue()
    with pytest.raises(ClientError) as raised:
        sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
    assert code_and_message(raised) == (code, message)
    assert receive(sqs, url) == []


def test_a_batch_is_published_entry_by_entry(sns, sqs, topic, queue):
    url = queue(RawMessageDelivery="true")
    answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[
        {"Id": "a", "Message": "1"}, {"Id": "b", "Message": "2"}])
    assert [entry["Id"] for entry in answer["Successful"]] == ["a", "b"] and answer["Failed"] == []
    assert sorted(message["Body"] for message in receive(sqs, url)) == ["1", "2"]


def test_an_entry_without_a_default_text_fails_alone(sns, sqs, topic, queue):
    url = queue(RawMessageDelivery="true")
    wrong = {"Id": "a", "Message": '{"sqs":"x"}', "MessageStructure": "json", "MessageGroupId": "g"}
    message = "Invalid parameter: Message Structure - No default entry in JSON message body"
    answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[wrong, {"Id": "b", "Message": "2"}])
    assert answer["Failed"] == [{"Id": "a", "Code": "InvalidParameter", "Message": message, "SenderFault": True}]
    assert [entry["Id"] for entry in answer["Successful"]] == ["b"]
    assert [message["Body"] for message in receive(sqs, url)] == ["2"]
    fifo = sns.create_topic(Name="t.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    with pytest.raises(ClientError) as raised:
        sns.publish_batch(TopicArn=fifo, PublishBatchRequestEntries=[wrong])
    assert code_and_message(raised) == ("InvalidParameter", message)


def test_an_entry_with_a_wrong_subject_fails_alone(sns, sqs, topic, queue):
    url = queue(RawMessageDelivery="true")
    answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[
        {"Id": "a", "Message": "1", "Subject": "two\nlines"}, {"Id": "b", "Message": "2"}])
    assert answer["Failed"] == [
        {"Id": "a", "Code": "InvalidParameter", "Message": "Invalid parameter: Subject", "SenderFault": True}]
    assert [entry["Id"] for entry in answer["Successful"]] == ["b"]
    assert [message["Body"] for message in receive(sqs, url)] == ["2"]


def test_a_fifo_topic_keeps_order_and_drops_duplicates(sns, sqs, queue):
    topic = sns.create_topic(Name="t.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    fifo, plain = queue("q.fifo", topic=topic), queue("plain", topic=topic)
    first = sns.publish(TopicArn=topic, Message="1", MessageGroupId="g", MessageDeduplicationId="a")
    again = sns.publish(TopicArn=topic, Message="1", MessageGroupId="g", MessageDeduplicationId="a")
    assert (first["MessageId"], first["SequenceNumber"]) == (again["MessageId"], again["SequenceNumber"])
    sns.publish(TopicArn=topic, Message="2", MessageGroupId="g", MessageDeduplicationId="b")
    messages = receive(sqs, fifo)
    bodies = [json.loads(message["Body"]) for message in messages]
    assert [body["Message"] for body in bodies] == ["1", "2"]
    assert bodies[0]["SequenceNumber"] == first["SequenceNumber"] and len(first["SequenceNumber"]) == 20
    assert not {"Signature", "SignatureVersion", "SigningCertURL"} & set(bodies[0])
    assert (messages[0]["Attributes"]["MessageGroupId"], messages[0]["Attributes"]["MessageDeduplicationId"]) == ("g", "a")
    assert all("MessageGroupId" not in message["Attributes"] for message in receive(sqs, plain))


@pytest.mark.parametrize("arguments, message", [
    ({"MessageDeduplicationId": "d"}, "Invalid parameter: The MessageGroupId parameter is required for FIFO topics"),
    ({"MessageGroupId": "g"}, "Invalid parameter: The topic should either have ContentBasedDeduplication enabled or "
     "MessageDeduplicationId provided explicitly"),
])
def test_a_fifo_message_needs_its_group_and_id(sns, arguments, message):
    topic = sns.create_topic(Name="t.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    with pytest.raises(ClientError) as raised:
        sns.publish(TopicArn=topic, Message="x", **arguments)
    assert code_and_message(raised) == ("InvalidParameter", message)


def test_an_archived_message_is_replayed(server, sns, sqs, account, queue):
    topic = sns.create_topic(Name="kept.fifo", Attributes={
        "FifoTopic": "true", "ContentBasedDeduplication": "true",
        "ArchivePolicy": '{"MessageRetentionPeriod":"30"}'})["TopicArn"]
    sns.publish(TopicArn=topic, Message="before", MessageGroupId="g")
    url = queue("late.fifo", topic=topic, RawMessageDelivery="true", ReplayPolicy=json.dumps(
        {"PointType": "Timestamp", "StartingPoint": "2020-01-01T00:00:00.000Z"}))
    subscription = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["SubscriptionArn"]
    server.json("POST", "/_windtunnel/settle")
    assert [message["Body"] for message in receive(sqs, url)] == ["before"]
    assert sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]["ReplayStatus"] == "Completed"
    # An envelope says that it comes once more.
    queue("wrapped.fifo", topic=topic, ReplayPolicy=json.dumps(
        {"PointType": "Timestamp", "StartingPoint": "2020-01-01T00:00:00.000Z"}))
    server.json("POST", "/_windtunnel/settle")
    assert json.loads(receive(sqs, "wrapped.fifo")[0]["Body"])["Replayed"] == "true"


def test_a_queue_of_another_region_and_account_gets_its_message(server, sns, topic):
    there = server.client("sqs", "666666666666", "eu-west-1")
    url = there.create_queue(QueueName="far")["QueueUrl"]
    endpoint = "arn:aws:sqs:eu-west-1:666666666666:far"
    assert sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=endpoint)["SubscriptionArn"] == "pending confirmation"
    confirmation = json.loads(there.receive_message(QueueUrl=url)["Messages"][0]["Body"])
    assert confirmation["Type"] == "SubscriptionConfirmation"
    sns.confirm_subscription(TopicArn=topic, Token=confirmation["Token"])
    sns.publish(TopicArn=topic, Message="hello")
    assert json.loads(there.receive_message(QueueUrl=url)["Messages"][0]["Body"])["Message"] == "hello"


def test_a_message_to_a_phone_is_kept_to_be_read(server, sns, account):
    sns.publish(PhoneNumber="+15551234567", Message="code 1")
    topic = sns.create_topic(Name="texts")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+15557654321")
    sns.publish(TopicArn=topic, Message="code 2")
    _, page = server.json("GET", f"/_aws/sns/sms-messages?accountId={account}")
    assert {number: [text["Message"] for text in texts] for number, texts in page["sms_messages"].items()} == {
        "+15551234567": ["code 1"], "+15557654321": ["code 2"]}
    with pytest.raises(ClientError) as raised:
        sns.publish(PhoneNumber="+1a234", Message="x")
    assert code_and_message(raised) == (
        "InvalidParameter", "Invalid parameter: PhoneNumber Reason: +1a234 is not valid to publish to")


def test_a_text_has_at_most_1600_characters(sns):
    assert sns.publish(PhoneNumber="+15551234567", Message="é" * 1600)["MessageId"]
    texts = json.dumps({"default": "x" * 1601, "sms": "short"})
    assert sns.publish(PhoneNumber="+15551234567", Message=texts, MessageStructure="json")["MessageId"]
    with pytest.raises(ClientError) as raised:
        sns.publish(PhoneNumber="+15551234567", Message="x" * 1601)
    assert code_and_message(raised) == ("InvalidParameter", "Invalid parameter: Message too long")


def test_a_message_to_a_device_is_kept_to_be_read(server, sns, account):
    application = sns.create_platform_application(
        Name="app", Platform="GCM", Attributes={"PlatformCredential": "secret"})["PlatformApplicationArn"]
    assert "secret" not in str(sns.get_platform_application_attributes(PlatformApplicationArn=application))
    endpoint = sns.create_platform_endpoint(PlatformApplicationArn=application, Token="t")["EndpointArn"]
    assert sns.create_platform_endpoint(PlatformApplicationArn=application, Token="t")["EndpointArn"] == endpoint
    # A text for its platform is enough for a device; a topic needs a default.
    sent = sns.publish(TargetArn=endpoint, MessageStructure="json", Message=json.dumps({"GCM": "for it"}), Subject="s",
                       MessageAttributes={"a": STRING})["MessageId"]
    topic = sns.create_topic(Name="pushes")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="application", Endpoint=endpoint)
    again = sns.publish(TopicArn=topic, MessageStructure="json", Message=json.dumps({"default": "d", "GCM": "for it"}))["MessageId"]
    page = f"/_aws/sns/platform-endpoint-messages?accountId={account}&endpointArn={endpoint}"
    assert server.json("GET", page)[1] == {"region": "us-east-1", "platform_endpoint_messages": {endpoint: [
        {"TargetArn": endpoint, "TopicArn": None, "Message": '"for it"', "MessageAttributes": {"a": STRING},
         "MessageStructure": "json", "Subject": "s", "MessageId": sent},
        {"TargetArn": endpoint, "TopicArn": topic, "Message": '"for it"', "MessageAttributes": {},
         "MessageStructure": "json", "Subject": None, "MessageId": again}]}}
    assert server.http("DELETE", page)[0] == 204
    assert server.json("GET", page)[1]["platform_endpoint_messages"] == {endpoint: []}
    sns.set_endpoint_attributes(EndpointArn=endpoint, Attributes={"Enabled": "False"})
    assert sns.get_endpoint_attributes(EndpointArn=endpoint)["Attributes"] == {"Enabled": "false", "Token": "t"}
    with pytest.raises(ClientError) as raised:
        sns.publish(TargetArn=endpoint, Message="x")
    assert code_and_message(raised) == ("EndpointDisabled", "Endpoint is disabled")


def test_the_name_of_a_device_is_checked(sns, account):
    application = sns.create_platform_application(
        Name="app", Platform="GCM", Attributes={"PlatformCredential": "c"})["PlatformApplicationArn"]
    endpoint = sns.create_platform_endpoint(PlatformApplicationArn=application, Token="t")["EndpointArn"]
    with pytest.raises(ClientError) as raised:
        sns.publish(TargetArn=endpoint + "x", Message="m")
    assert code_and_message(raised) == (
        "InvalidParameter", "Invalid parameter: TargetArn Reason: ARN specifies an invalid endpointId: UUID must be encoded "
        "in exactly 36 characters.")
    with pytest.raises(ClientError) as raised:
        sns.create_platform_endpoint(PlatformApplicationArn=application, Token="u", Attributes={"Token": ""})
    assert code_and_message(raised) == (
        "InvalidParameter", "Invalid parameter: Attributes Reason: Invalid value for attribute: Token: cannot be empty")


def test_an_application_is_made_again_only_as_it_is(sns):
    attributes = {"PlatformCredential": "c", "SuccessFeedbackSampleRate": "5"}
    first = sns.create_platform_application(Name="app", Platform="GCM", Attributes=attributes)
    again = sns.create_platform_application(Name="app", Platform="GCM", Attributes=attributes)
    assert again["PlatformApplicationArn"] == first["PlatformApplicationArn"]
    with pytest.raises(ClientError) as raised:
        sns.create_platform_application(
            Name="app", Platform="GCM", Attributes={**attributes, "SuccessFeedbackSampleRate": "6"})
    assert code_and_message(raised) == (
        "InvalidParameter",
        "Invalid parameter: Name Reason: An application with the same name but different properties already exists")
    shown = sns.get_platform_application_attributes(PlatformApplicationArn=first["PlatformApplicationArn"])["Attributes"]
    assert shown == {"Enabled": "true", "SuccessFeedbackSampleRate": "5"}


def test_who_answers_stop_gets_no_more_texts(server, sns, account):
    number, headers = "+15550001111", {"X-Account": account}
    topic = sns.create_topic(Name="texts")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint=number)
    server.json("POST", f"/_windtunnel/sms-opt-outs/{number}", headers=headers)
    assert sns.check_if_phone_number_is_opted_out(phoneNumber=number)["isOptedOut"] is True
    assert sns.list_phone_numbers_opted_out()["phoneNumbers"] == [number]
    # Who publishes does not learn of it.
    assert sns.publish(PhoneNumber=number, Message="unheard")["MessageId"]
    sns.publish(TopicArn=topic, Message="unheard")
    with pytest.raises(ClientError) as raised:
        sns.create_sms_sandbox_phone_number(PhoneNumber=number)
    assert raised.value.response["Error"]["Code"] == "OptedOut"
    sns.opt_in_phone_number(phoneNumber=number)
    sns.publish(PhoneNumber=number, Message=json.dumps({"default": "d", "sms": "short"}), MessageStructure="json")
    texts = server.json("GET", f"/_aws/sns/sms-messages?accountId={account}")[1]["sms_messages"]
    assert [text["Message"] for text in texts[number]] == ['"short"']


@pytest.mark.parametrize("platform, attributes, message", [
    ("AAA", {"PlatformCredential": "c"}, "Platform Reason: AAA is not supported"),
    ("APNS", {"PlatformPrincipal": "p"},
     "Attributes Reason: PlatformPrincipal attribute provided without PlatformCredential"),
    ("ADM", {"PlatformCredential": "c"},
     "Attributes Reason: PlatformCredential attribute provided without PlatformPrincipal"),
    ("GCM", {"PlatformCredential": "c", "Nope": "1"}, "Attributes Reason: Invalid attribute name: Nope"),
    ("GCM", {"PlatformCredential": "c", "SuccessFeedbackSampleRate": "101"},
     "Attributes Reason: Invalid value for attribute: SuccessFeedbackSampleRate: 101 value provided is not an integer "
     "between 0-100"),
])
def test_an_application_that_cannot_be_is_refused(sns, platform, attributes, message):
    with pytest.raises(ClientError) as raised:
        sns.create_platform_application(Name="app", Platform=platform, Attributes=attributes)
    assert code_and_message(raised) == ("InvalidParameter", "Invalid parameter: " + message)
    assert sns.list_platform_applications()["PlatformApplications"] == []


@pytest.mark.parametrize("name, value, message", [
    ("DefaultSendID", "Me", "DefaultSendID is not a valid attribute"), ("DefaultSMSType", "Urgent", "DefaultSMSType is invalid"),
    ("DefaultSenderID", "12345", "DefaultSenderID is invalid"), ("MonthlySpendLimit", "much", "MonthlySpendLimit is invalid"),
])
def test_a_setting_of_texts_must_make_sense(sns, name, value, message):
    with pytest.raises(ClientError) as raised:
        sns.set_sms_attributes(attributes={name: value})
    assert code_and_message(raised) == ("InvalidParameter", message)
    sns.set_sms_attributes(attributes={"DefaultSMSType": "Promotional", "DefaultSenderID": "Me1"})
    assert sns.get_sms_attributes()["attributes"] == {
        "DefaultSMSType": "Promotional", "DefaultSenderID": "Me1", "MonthlySpendLimit": "1"}
    assert sns.get_sms_attributes(attributes=["DefaultSenderID"])["attributes"] == {"DefaultSenderID": "Me1"}
