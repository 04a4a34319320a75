"""Subscriptions: who agrees to them, what they filter, how they end."""

import json
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError

from conftest import code_and_message
from receiver import Receiver


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def topic(sns):
    return sns.create_topic(Name="topic")["TopicArn"]


def queue_arn(account, name="q"):
    return f"arn:aws:sqs:us-east-1:{account}:{name}"


def test_a_queue_of_ones_own_is_subscribed_at_once(sns, topic, account):
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn(account))["SubscriptionArn"]
    assert subscription.startswith(topic + ":")
    assert sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn(account))["SubscriptionArn"] == subscription
    attributes = sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]
    assert attributes == {
        "SubscriptionArn": subscription, "TopicArn": topic, "Owner": account, "Protocol": "sqs",
        "Endpoint": queue_arn(account), "ConfirmationWasAuthenticated": "true", "PendingConfirmation": "false",
        "RawMessageDelivery": "false", "SubscriptionPrincipal": f"arn:aws:iam::{account}:root"}
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == [{
        "SubscriptionArn": subscription, "Owner": account, "Protocol": "sqs", "Endpoint": queue_arn(account),
        "TopicArn": topic}]


def test_subscribing_again_with_what_holds_anyway_is_no_difference(sns, topic, account):
    def subscribe(**attributes):
        return sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn(account), Attributes=attributes)["SubscriptionArn"]

    subscription = subscribe(RawMessageDelivery="TrUe", FilterPolicy="")
    attributes = sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]
    assert attributes["RawMessageDelivery"] == "true" and "FilterPolicy" not in attributes
    assert subscribe(RawMessageDelivery="true", FilterPolicyScope="MessageAttributes") == subscription
    assert subscribe(FilterPolicyScope="MessageAttributes") == subscribe() == subscription
    with pytest.raises(ClientError) as raised:
        subscribe(RawMessageDelivery="false")
    assert code_and_message(raised) == (
        "InvalidParameter", "Invalid parameter: Attributes Reason: Subscription already exists with different attributes")


@pytest.mark.parametrize("number, fits", [
    ("+1234567890", True), ("+12/34-567.890", True), ("+1 (555) 123-4567", True), ("+15--551234567", False),
    ("+15551234567.", False), ("/+15551234567", False), ("NAA+15551234567", False),
])
def test_a_phone_number_may_be_written_in_several_ways(sns, topic, number, fits):
    if fits:
        assert sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint=number)["SubscriptionArn"].startswith(topic)
        return
    with pytest.raises(ClientError) as raised:
        sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint=number)
    assert code_and_message(raised) == ("InvalidParameter", f"Invalid SMS endpoint: {number}")


def test_only_a_device_that_is_there_can_subscribe(sns, topic):
    application = sns.create_platform_application(
        Name="app", Platform="GCM", Attributes={"PlatformCredential": "secret"})["PlatformApplicationArn"]
    endpoint = sns.create_platform_endpoint(PlatformApplicationArn=application, Token="t")["EndpointArn"]
    sns.subscribe(TopicArn=topic, Protocol="application", Endpoint=endpoint)
    sns.delete_endpoint(EndpointArn=endpoint)
    with pytest.raises(ClientError) as raised:
        sns.subscribe(TopicArn=topic, Protocol="application", Endpoint=endpoint)
    assert code_and_message(raised) == (
        "InvalidParameter", f"Invalid parameter: Endpoint Reason: Endpoint does not exist for endpoint arn{endpoint}")


@pytest.mark.parametrize("protocol, endpoint, message", [
    ("carrier", "x", "Amazon SNS does not support this protocol string: carrier"),
    ("sqs", "http://x/q", "SQS endpoint ARN"), ("lambda", "f", "Lambda endpoint ARN"),
    ("firehose", "f", "Firehose endpoint ARN"), ("application", "a", "Application endpoint arn invalid:a"),
    ("email", "nobody", "Email address"), ("https", "http://x", "Endpoint must match the specified protocol"),
    ("sqs", "arn:aws:sqs:us-east-1:000000000000:q.fifo",
     "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics"),
    ("firehose", "arn:aws:firehose:us-east-1:000000000000:deliverystream/x",
     "Delivery protocol firehose can only be subscribed with subscription role arn"),
])
def test_an_endpoint_must_fit_its_protocol(sns, topic, protocol, endpoint, message):
    with pytest.raises(ClientError) as raised:
        sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
    assert code_and_message(raised) == ("InvalidParameter", "Invalid parameter: " + message)


@pytest.mark.parametrize("name, value, message", [
    ("RawMessageDelivery", "yes", "RawMessageDelivery: Invalid value [yes]. Must be true or false."),
    ("RedrivePolicy", "{}x", None),
    ("RedrivePolicy", "{invalid}", "RedrivePolicy: failed to parse JSON. Unexpected character ('i' (code 105)): was expecting "
     "double-quote to start field name"),
    ("FilterPolicy", "{invalid}", "FilterPolicy: failed to parse JSON. Unexpected character ('i' (code 105)): was expecting "
     "double-quote to start field name"),
    ("FilterPolicy", "invalid", "FilterPolicy: failed to parse JSON. Unrecognized token 'invalid': was expecting (JSON String, "
     "Number, Array, Object or token 'null', 'true' or 'false')"),
    ("FilterPolicy", '{"a":{"prefix":"b"}}', 'FilterPolicy: "prefix" must be an object or an array'),
    ("RedrivePolicy", '{"a":1}', "RedrivePolicy: Missing deadLetterTargetArn attribute"),
    ("RedrivePolicy", '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:q","maxReceiveCount":5}',
     "RedrivePolicy: invalid JSON. Attribute maxReceiveCount is unknown."),
    ("RedrivePolicy", '{"deadLetterTargetArn":"x"}', "RedrivePolicy: deadLetterTargetArn is an invalid arn"),
    ("RedrivePolicy", '{"deadLetterTargetArn":"arn:aws:sns:us-east-1:1:t"}',
     "RedrivePolicy: deadLetterTargetArn must be a SQS queue"),
    ("RedrivePolicy", '{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:1:t"}',
     "RedrivePolicy: deadLetterTargetArn must be in the same region as the subscription"),
    ("FilterPolicyScope", "Both", "FilterPolicyScope: Invalid value [Both]. Please use either MessageBody or MessageAttributes"),
    ("FilterPolicy", '{"a":{"b":["c"]}}', "Filter policy scope MessageAttributes does not support nested filter policy"),
    ("FilterPolicy", '{"a":"b"}', 'FilterPolicy: "a" must be an object or an array'),
    ("FilterPolicy", '{"a":[{"suffixx":"b"}]}', "FilterPolicy: Unrecognized match type suffixx"),
    ("FilterPolicy", json.dumps({str(i): ["x"] for i in range(6)}), "FilterPolicy: Filter policy can not have more than 5 keys"),
    ("FilterPolicy", json.dumps({"a": list("abcdefghijklm"), "b": list("abcdefghijkl")}),
     "FilterPolicy: Filter policy is too complex"),
])
def test_attributes_are_refused_alike_when_subscribing_and_later(sns, topic, account, name, value, message):
    with pytest.raises(ClientError) as raised:
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn(account), Attributes={name: value})
    code, text = code_and_message(raised)
    assert code == "InvalidParameter" and (
        message is None or text.split("\n")[0] == f"Invalid parameter: Attributes Reason: {message}")
    assert sns.list_subscriptions()["Subscriptions"] == []
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn(account))["SubscriptionArn"]
    with pytest.raises(ClientError) as raised:
        sns.set_subscription_attributes(SubscriptionArn=subscription, AttributeName=name, AttributeValue=value)
    assert message is None or code_and_message(raised)[1].split("\n")[0] == f"Invalid parameter: {message}"


def test_a_web_server_agrees_by_visiting_its_link(server, sns, topic, account, receiver):
    answer = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=receiver.url)["SubscriptionArn"]
    assert answer == "pending confirmation"
    assert sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["SubscriptionArn"] == "PendingConfirmation"
    sns.publish(TopicArn=topic, Message="too early")
    headers, _ = receiver.wait(1)[0]
    assert (headers["x-amz-sns-message-type"], headers["x-amz-sns-topic-arn"]) == ("SubscriptionConfirmation", topic)
    confirmation = receiver.messages()[0]
    assert confirmation["Message"] == (
        f"You have chosen to subscribe to the topic {topic}.\nTo confirm the subscription, visit the SubscribeURL included in "
        "this message.")
    assert b"<SubscriptionArn>" + topic.encode() in urllib.request.urlopen(confirmation["SubscribeURL"]).read()
    sns.publish(TopicArn=topic, Message="now", Subject="s")
    headers, body = receiver.wait(2)[1]
    assert json.loads(body)["Message"] == "now"
    subscription = sns.list_subscriptions()["Subscriptions"][0]["SubscriptionArn"]
    del headers["Host"], headers["Content-Length"]
    assert headers == {
        "x-amz-sns-message-type": "Notification", "x-amz-sns-message-id": json.loads(body)["MessageId"],
        "x-amz-sns-topic-arn": topic, "x-amz-sns-subscription-arn": subscription,
        "Content-Type": "text/plain; charset=UTF-8", "User-Agent": "Amazon Simple Notification Service Agent",
        "Accept-Encoding": "gzip,deflate", "Connection": "Keep-Alive"}


def test_raw_delivery_over_http_is_the_text_alone(sns, topic, receiver):
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=receiver.url, Attributes={
        "RawMessageDelivery": "true", "DeliveryPolicy": json.dumps({"requestPolicy": {"headerContentType": "text/csv"}})})
    receiver.wait(1)
    sns.confirm_subscription(TopicArn=topic, Token=receiver.messages()[0]["Token"])
    sns.publish(TopicArn=topic, Message="a,b")
    headers, body = receiver.wait(2)[1]
    assert (body, headers["x-amz-sns-rawdelivery"], headers["Content-Type"]) == ("a,b", "true", "text/csv")


def test_who_follows_the_link_at_the_end_is_asked_whether_to_come_back(sns, topic, receiver):
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=receiver.url)
    receiver.wait(1)
    urllib.request.urlopen(receiver.messages()[0]["SubscribeURL"])
    sns.publish(TopicArn=topic, Message="m")
    receiver.wait(2)
    urllib.request.urlopen(receiver.messages()[1]["UnsubscribeURL"])
    receiver.wait(3)
    farewell = receiver.messages()[2]
    assert farewell["Type"] == "UnsubscribeConfirmation"
    sns.publish(TopicArn=topic, Message="nobody hears it")
    urllib.request.urlopen(farewell["SubscribeURL"])
    sns.publish(TopicArn=topic, Message="back")
    receiver.wait(4)
    assert [message["Message"] for message in receiver.messages()[3:]] == ["back"]


def test_an_authenticated_subscription_is_ended_by_its_owner_only(sns, topic, receiver):
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=receiver.url)
    receiver.wait(1)
    subscription = sns.confirm_subscription(TopicArn=topic, Token=receiver.messages()[0]["Token"],
                                            AuthenticateOnUnsubscribe="true")["SubscriptionArn"]
    sns.publish(TopicArn=topic, Message="m")
    receiver.wait(2)
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(receiver.messages()[1]["UnsubscribeURL"])
    assert raised.value.code == 403
    sns.unsubscribe(SubscriptionArn=subscription)
    sns.unsubscribe(SubscriptionArn=subscription)
    assert sns.list_subscriptions()["Subscriptions"] == []


def test_a_token_that_is_none_confirms_nothing(sns, topic):
    for token, message in (("x", "Invalid token"), ("abc12", "Invalid token"), ("abc123", "Invalid parameter: Token"),
                           ("2336412f37" + "0" * 160, "Invalid parameter: Token")):
        with pytest.raises(ClientError) as raised:
            sns.confirm_subscription(TopicArn=topic, Token=token)
        assert code_and_message(raised) == ("InvalidParameter", message)


def test_tokens_are_valid_for_two_days_and_outlive_their_subscription(frozen, receiver):
    sns = frozen.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    for count in (1, 2):
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=receiver.url)
        receiver.wait(count)
    first, second = (message["Token"] for message in receiver.messages())
    frozen.advance("47h")
    subscription = sns.confirm_subscription(TopicArn=topic, Token=first)["SubscriptionArn"]
    assert sns.confirm_subscription(TopicArn=topic, Token=second)["SubscriptionArn"] == subscription
    sns.unsubscribe(SubscriptionArn=subscription)
    for expected in (("NotFound", "Subscription does not exist"), ("InvalidParameter", "Invalid parameter: Token")):
        with pytest.raises(ClientError) as raised:
            sns.confirm_subscription(TopicArn=topic, Token=first)
        assert code_and_message(raised) == expected
        frozen.advance("2h")


def test_what_nobody_confirms_is_forgotten(frozen):
    sns = frozen.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="jo@example.com")
    frozen.advance("71h")
    assert len(sns.list_subscriptions()["Subscriptions"]) == 1
    frozen.advance("1h")
    assert sns.list_subscriptions()["Subscriptions"] == []


def test_a_link_is_believed_for_its_token_and_region_alone(server, sns, topic, receiver):
    def visit(topic):
        status, _, body = server.http("GET", f"/?Action=ConfirmSubscription&TopicArn={topic}&Token={token}")
        return status, body.decode()

    subscription = sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=receiver.url, ReturnSubscriptionArn=True)["SubscriptionArn"]
    receiver.wait(1)
    token = receiver.messages()[0]["Token"]
    for wrong in ("not-an-arn", topic.replace("us-east-1", "eu-central-1")):
        status, body = visit(wrong)
        assert status == 400 and "<Message>Invalid parameter: Topic</Message>" in body
    status, body = visit(topic + "x")
    assert status == 200 and subscription in body
    assert sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]["PendingConfirmation"] == "false"


@pytest.mark.parametrize("arn, message", [
    ("", "SubscriptionArn Reason: no value for required parameter"),
    ("pending confirmation", "SubscriptionArn Reason: An ARN must have at least 6 elements, not 1"),
    ("arn:aws:sns:us-east-1:111111111111:random", "SubscriptionId"),
])
def test_what_is_unsubscribed_must_be_a_subscription(sns, arn, message):
    with pytest.raises(ClientError) as raised:
        sns.unsubscribe(SubscriptionArn=arn)
    assert code_and_message(raised) == ("InvalidParameter", "Invalid parameter: " + message)


def test_nothing_is_told_of_the_subscriptions_to_topics_of_others(sns):
    arn = "arn:aws:sns:us-east-1:111111111111:theirs:45f03920-f890-4a2f-bd77-32f9689b8013"
    with pytest.raises(ClientError) as raised:
        sns.unsubscribe(SubscriptionArn=arn)
    code, message = code_and_message(raised)
    assert code == "AuthorizationError" and f"is not authorized to perform: SNS:Unsubscribe on resource: {arn}" in message


def test_the_token_is_shown_to_scripts(server, sns, topic):
    subscription = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="jo@example.com",
                                 ReturnSubscriptionArn=True)["SubscriptionArn"]
    _, page = server.json("GET", f"/_aws/sns/subscription-tokens/{subscription}")
    sns.confirm_subscription(TopicArn=topic, Token=page["subscription_token"])
    assert sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]["PendingConfirmation"] == "false"
    for wrong, status, reason in (("x", 400, "invalid"), (subscription.replace("us-east-1", "eu-west-1"), 404, "not found")):
        assert server.json("GET", f"/_aws/sns/subscription-tokens/{wrong}") == (
            status, {"error": f"The provided SubscriptionARN is {reason}", "subscription_arn": wrong})


def test_a_mail_can_be_opened_and_its_link_works(server, sns, topic, account):
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="jo@example.com")
    headers = {"X-Account": account}
    mail = server.json("GET", "/_windtunnel/mail", headers=headers)[1]["mails"][0]
    assert (mail["to"], mail["subject"]) == ("jo@example.com", "AWS Notification - Subscription Confirmation")
    assert mail["link"].encode() in urllib.request.urlopen(
        urllib.request.Request(mail["mail"], headers=headers)).read().replace(b"&amp;", b"&")
    urllib.request.urlopen(mail["link"])
    sns.publish(TopicArn=topic, Message="m", Subject="News")
    sns.publish(TopicArn=topic, Message="m")
    mails = server.json("GET", "/_windtunnel/mail", headers=headers)[1]["mails"][1:]
    assert [mail["subject"] for mail in mails] == ["News", "AWS Notification Message"]
    assert [mail["text"].splitlines()[0] for mail in mails] == ["m", "m"]


def test_a_mail_for_machines_is_the_envelope(server, sns, topic, account):
    sns.subscribe(TopicArn=topic, Protocol="email-json", Endpoint="jo@example.com")
    headers = {"X-Account": account}
    mail = server.json("GET", "/_windtunnel/mail", headers=headers)[1]["mails"][0]
    assert mail["subject"] == "AWS Notification - Subscription Confirmation"
    urllib.request.urlopen(mail["link"])
    sns.publish(TopicArn=topic, Message="<m>")
    mail = server.json("GET", "/_windtunnel/mail", headers=headers)[1]["mails"][1]
    assert mail["subject"] == "AWS Notification Message" and "Action=Unsubscribe" in mail["link"]
    page = server.http("GET", mail["mail"].removeprefix(server.url), headers=headers)[2]
    assert b"&lt;m&gt;" in page and b"<m>" not in page


def test_a_filter_policy_too_many_is_refused(sns, topic, account):
    for number in range(200):
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn(account, f"q{number}"), Attributes={
            "FilterPolicy": '{"a":["b"]}'})
    last = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn(account, "last"))["SubscriptionArn"]
    with pytest.raises(ClientError) as raised:
        sns.set_subscription_attributes(SubscriptionArn=last, AttributeName="FilterPolicy", AttributeValue='{"a":["b"]}')
    assert raised.value.response["Error"]["Code"] == "FilterPolicyLimitExceeded"
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_password_in_a_url_is_shown_to_nobody(sns, topic, receiver):
    url = receiver.url.replace("//", "//jo:secret@")
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=url)
    assert sns.list_subscriptions()["Subscriptions"][0]["Endpoint"] == receiver.url.replace("//", "//jo:****@")


@pytest.mark.parametrize("policy, attributes, passes", [
    ({"a": ["x", "y"]}, {"a": "y"}, True), ({"a": ["x"]}, {"b": "x"}, False),
    ({"a": [{"prefix": "ne"}]}, {"a": "new"}, True), ({"a": [{"suffix": "w"}]}, {"a": "new"}, True),
    ({"a": [{"anything-but": ["x", "y"]}]}, {"a": "y"}, False), ({"a": [{"anything-but": ["x"]}]}, {"b": "z"}, False),
    ({"a": [{"anything-but": {"prefix": "n"}}]}, {"a": "new"}, False),
    ({"a": [{"exists": False}]}, {"b": "z"}, True), ({"a": [{"exists": True}]}, {}, False),
    ({"a": [{"equals-ignore-case": "NEW"}]}, {"a": "new"}, True), ({"a": [{"cidr": "10.0.0.0/24"}]}, {"a": "10.0.0.7"}, True),
    ({"a": [{"numeric": [">", 5, "<=", 10]}]}, {"a": 10}, True), ({"a": [{"numeric": [">", 5]}]}, {"a": "10"}, False),
    ({"a": [5]}, {"a": 5.0}, True), ({"a": ["x"]}, {"a": ["w", "x"]}, True), ({"a": ["x"]}, {"a": ["w"]}, False),
    ({"a": [100]}, {"a": ("String.Array", "100")}, True), ({"a": ["x"]}, {"a": ("String.Array", "x y")}, False),
    ({"$or": [{"a": ["x"]}, {"b": ["y"]}]}, {"b": "y"}, True), ({"a": ["x"], "b": ["y"]}, {"a": "x"}, False),
])
def test_a_filter_lets_through_what_it_says(sns, sqs, account, topic, policy, attributes, passes):
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn(account), Attributes={"FilterPolicy": json.dumps(policy)})

    def attribute(value):
        if isinstance(value, tuple):
            return {"DataType": value[0], "StringValue": value[1]}
        if isinstance(value, list):
            return {"DataType": "String.Array", "StringValue": json.dumps(value)}
        return {"DataType": "String" if isinstance(value, str) else "Number", "StringValue": str(value)}

    sns.publish(TopicArn=topic, Message="m", MessageAttributes={name: attribute(value) for name, value in attributes.items()})
    assert ("Messages" in sqs.receive_message(QueueUrl=queue)) == passes


@pytest.mark.parametrize("policy, body, passes", [
    ({"a": {"b": ["c"]}}, {"a": {"b": "c"}}, True), ({"a": {"b": ["c"]}}, {"a": {"b": "d"}}, False),
    ({"a": [None]}, {"a": None}, True), ({"a": {"b": [1], "c": [2]}}, {"a": [{"b": 1}, {"c": 2}]}, False),
    ({"a": ["x"]}, "x", False),
])
def test_a_filter_may_look_at_the_body(sns, sqs, account, topic, policy, body, passes):
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn(account), Attributes={
        "FilterPolicy": json.dumps(policy), "FilterPolicyScope": "MessageBody"})
    sns.publish(TopicArn=topic, Message=json.dumps(body))
    assert ("Messages" in sqs.receive_message(QueueUrl=queue)) == passes
