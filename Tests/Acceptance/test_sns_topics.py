"""SNS topics: attributes, permissions, tags."""

import json

import pytest
from botocore.exceptions import ClientError

from conftest import code_and_message


def arn(account, name):
    return f"arn:aws:sns:us-east-1:{account}:{name}"


def test_a_new_topic_has_the_attributes_of_aws(sns, account):
    topic = sns.create_topic(Name="plain")["TopicArn"]
    assert topic == arn(account, "plain")
    attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    policy, delivery = json.loads(attributes.pop("Policy")), json.loads(attributes.pop("EffectiveDeliveryPolicy"))
    assert attributes == {"TopicArn": topic, "Owner": account, "DisplayName": "", "SubscriptionsConfirmed": "0",
                          "SubscriptionsPending": "0", "SubscriptionsDeleted": "0"}
    assert policy == {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [{
        "Sid": "__default_statement_ID", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": [
            "SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission", "SNS:RemovePermission",
            "SNS:DeleteTopic", "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish"],
        "Resource": topic, "Condition": {"StringEquals": {"AWS:SourceOwner": account}}}]}
    assert delivery == {"http": {
        "defaultHealthyRetryPolicy": {
            "minDelayTarget": 20, "maxDelayTarget": 20, "numRetries": 3, "numMaxDelayRetries": 0, "numNoDelayRetries": 0,
            "numMinDelayRetries": 0, "backoffFunction": "linear"},
        "disableSubscriptionOverrides": False,
        "defaultRequestPolicy": {"headerContentType": "text/plain; charset=UTF-8"}}}


def test_a_topic_is_made_again_with_what_it_has_only(sns):
    topic = sns.create_topic(Name="again", Attributes={"DisplayName": "d"}, Tags=[{"Key": "a", "Value": "1"}])["TopicArn"]
    assert sns.create_topic(Name="again")["TopicArn"] == topic
    assert sns.create_topic(Name="again", Attributes={"DisplayName": "d"})["TopicArn"] == topic
    with pytest.raises(ClientError) as raised:
        sns.create_topic(Name="again", Attributes={"DisplayName": "e"})
    assert code_and_message(raised) == (
        "InvalidParameter", "Invalid parameter: Attributes Reason: Topic already exists with different attributes")
    sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "b", "Value": "2"}])
    assert sns.create_topic(Name="again", Tags=[{"Key": "b", "Value": "2"}])["TopicArn"] == topic
    with pytest.raises(ClientError) as raised:
        sns.create_topic(Name="again", Tags=[{"Key": "a", "Value": "2"}])
    assert code_and_message(raised) == (
        "InvalidParameter", "Invalid parameter: Tags Reason: Topic already exists with different tags")


def topic_policy(*actions):
    return json.dumps({"Version": "2008-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": actions, "Resource": "*"}]})


def test_true_and_false_may_be_written_as_python_does(sns):
    topic = sns.create_topic(
        Name="t.fifo", Attributes={"FifoTopic": str(True), "ContentBasedDeduplication": str(False)})["TopicArn"]
    attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert attributes["FifoTopic"] == "true" and attributes["ContentBasedDeduplication"] == "false"
    sns.set_topic_attributes(TopicArn=topic, AttributeName="ContentBasedDeduplication", AttributeValue=str(True))
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["ContentBasedDeduplication"] == "true"
    assert sns.publish(TopicArn=topic, Message="x", MessageGroupId="g")["SequenceNumber"]


@pytest.mark.parametrize("name, attributes, message", [
    ("a b", {}, "Invalid parameter: Topic Name"), ("x" * 257, {}, "Invalid parameter: Topic Name"),
    ("x.fifo", {}, "Invalid parameter: Topic Name"), ("x", {"FifoTopic": "true"}, "Invalid parameter: Topic Name"),
    ("x", {"Nope": "1"}, "Invalid parameter: Attributes Reason: Unknown attribute Nope"),
    ("x", {"ContentBasedDeduplication": "true"},
     "Invalid parameter: Attributes Reason: Unknown attribute ContentBasedDeduplication"),
    ("x", {"DisplayName": "x" * 101}, "Invalid parameter: Attributes Reason: DisplayName"),
    ("x", {"SignatureVersion": "3"},
     "Invalid parameter: Attributes Reason: SignatureVersion: Invalid value. Must be 1 or 2."),
    ("x", {"TracingConfig": "On"}, "Invalid parameter: Attributes Reason: Invalid tracing config value: On"),
    ("x", {"SQSSuccessFeedbackSampleRate": "500"}, "Invalid parameter: Attributes Reason: SQSSuccessFeedbackSampleRate: 500 "
     "value provided is not an integer between 0-100"),
    ("x", {"LambdaSuccessFeedbackSampleRate": ""}, "Invalid parameter: Attributes Reason: LambdaSuccessFeedbackSampleRate: "
     " value provided is not an integer between 0-100"),
    ("x", {"DeliveryPolicy": '{"http":{"defaultHealthyRetryPolicy":{"numRetries":300}}}'},
     "Invalid parameter: Attributes Reason: DeliveryPolicy: http.defaultHealthyRetryPolicy.numRetries must be less than or "
     "equal to 100"),
    ("x", {"Policy": topic_policy("SNS:Publish", "SNS:Publishx")},
     "Invalid parameter: Attributes Reason: Policy statement action out of service scope!"),
])
def test_what_cannot_be_is_refused_in_the_words_of_aws(sns, name, attributes, message):
    with pytest.raises(ClientError) as raised:
        sns.create_topic(Name=name, Attributes=attributes)
    assert code_and_message(raised) == ("InvalidParameter", message)
    assert sns.list_topics()["Topics"] == []


@pytest.mark.parametrize("topic, code, message", [
    ("x", "InvalidParameter", "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1"),
    ("arn:aws:sns:eu-west-1:{account}:t", "InvalidParameter", "Invalid parameter: TopicArn"),
    ("arn:aws:sns:us-east-1:{account}:t", "NotFound", "Topic does not exist"),
])
def test_a_topic_must_be_there(sns, account, topic, code, message):
    with pytest.raises(ClientError) as raised:
        sns.get_topic_attributes(TopicArn=topic.format(account=account))
    assert code_and_message(raised) == (code, message)


def test_deleting_what_is_gone_is_no_error(sns, account):
    sns.delete_topic(TopicArn=arn(account, "never"))


def test_topics_are_listed_a_hundred_at_a_time(sns):
    for number in range(101):
        sns.create_topic(Name=f"t{number:03}")
    first = sns.list_topics()
    assert len(first["Topics"]) == 100
    assert len(sns.list_topics(NextToken=first["NextToken"])["Topics"]) == 1


def test_permissions_become_statements_beside_the_default_one(sns, account):
    topic = sns.create_topic(Name="permitted")["TopicArn"]
    sns.add_permission(TopicArn=topic, Label="l", AWSAccountId=["111111111111"], ActionName=["Publish"])
    statements = json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])["Statement"]
    assert len(statements) == 2 and statements[1] == {
        "Sid": "l", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"}, "Action": "SNS:Publish",
        "Resource": topic}
    for label, action, message in (("l", "Publish", "Invalid parameter: Statement already exists"),
                                   ("m", "CreateTopic",
                                    "Invalid parameter: Policy statement action out of service scope!")):
        with pytest.raises(ClientError) as raised:
            sns.add_permission(TopicArn=topic, Label=label, AWSAccountId=["111111111111"], ActionName=[action])
        assert code_and_message(raised) == ("InvalidParameter", message)
    with pytest.raises(ClientError) as raised:
        sns.add_permission(TopicArn=topic, Label="m", AWSAccountId=["me"], ActionName=["Publish"])
    assert code_and_message(raised) == ("InvalidParameter", "Invalid parameter: A provided account ID is not valid")
    sns.remove_permission(TopicArn=topic, Label="l")
    assert len(json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])["Statement"]) == 1


def test_every_documented_action_can_be_permitted(sns):
    topic = sns.create_topic(Name="permitted")["TopicArn"]
    actions = ["AddPermission", "DeleteTopic", "GetDataProtectionPolicy", "GetTopicAttributes", "ListSubscriptionsByTopic",
               "ListTagsForResource", "Publish", "PutDataProtectionPolicy", "Receive", "RemovePermission",
               "SetTopicAttributes", "Subscribe"]
    sns.add_permission(TopicArn=topic, Label="all", AWSAccountId=["111111111111"], ActionName=actions)
    policy = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    assert json.loads(policy)["Statement"][1]["Action"] == [f"SNS:{action}" for action in actions]
    for written in (policy, topic_policy("sns:publish", "SNS:Get*"), topic_policy("*")):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=written)


def test_another_account_publishes_where_it_may(server, sns):
    topic = sns.create_topic(Name="open")["TopicArn"]
    friend = server.client("sns", "777777777777")
    with pytest.raises(ClientError) as raised:
        friend.publish(TopicArn=topic, Message="m")
    assert raised.value.response["Error"]["Code"] == "AuthorizationError"
    sns.add_permission(TopicArn=topic, Label="l", AWSAccountId=["777777777777"], ActionName=["Publish"])
    assert friend.publish(TopicArn=topic, Message="m")["MessageId"]


def test_tags_come_and_go(sns, account):
    topic = sns.create_topic(Name="tagged", Tags=[{"Key": "a", "Value": "1"}])["TopicArn"]
    sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "3"}])
    sns.untag_resource(ResourceArn=topic, TagKeys=["b"])
    assert sns.list_tags_for_resource(ResourceArn=topic)["Tags"] == [{"Key": "a", "Value": "2"}]
    with pytest.raises(ClientError) as raised:
        sns.list_tags_for_resource(ResourceArn=arn(account, "none"))
    assert code_and_message(raised) == ("ResourceNotFound", "Resource does not exist")


def test_a_partial_delivery_policy_is_kept_and_filled_where_it_counts(sns):
    topic = sns.create_topic(Name="policy")["TopicArn"]
    given = {"http": {"defaultHealthyRetryPolicy": {"minDelayTarget": 5, "maxDelayTarget": 6, "numRetries": 1}}}
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DeliveryPolicy", AttributeValue=json.dumps(given))
    attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert json.loads(attributes["DeliveryPolicy"]) == {"http": {
        **given["http"], "disableSubscriptionOverrides": False}}
    effective = json.loads(attributes["EffectiveDeliveryPolicy"])["http"]["defaultHealthyRetryPolicy"]
    assert (effective["minDelayTarget"], effective["numRetries"], effective["backoffFunction"]) == (5, 1, "linear")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DeliveryPolicy", AttributeValue="")
    assert "DeliveryPolicy" not in sns.get_topic_attributes(TopicArn=topic)["Attributes"]


def test_a_delivery_policy_is_shown_in_the_order_of_aws(sns):
    def shown(given):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="DeliveryPolicy", AttributeValue=json.dumps(given))
        return sns.get_topic_attributes(TopicArn=topic)["Attributes"].get("DeliveryPolicy")

    topic = sns.create_topic(Name="order")["TopicArn"]
    assert shown({"http": {"defaultRequestPolicy": {"headerContentType": "application/json"}}}) == (
        '{"http":{"disableSubscriptionOverrides":false,"defaultRequestPolicy":{"headerContentType":"application/json"}}}')
    assert shown({"http": {"defaultHealthyRetryPolicy": None}}) == '{"http":{"disableSubscriptionOverrides":false}}'
    assert sns.create_topic(Name="order", Attributes={"DeliveryPolicy": '{"http": {}}'})["TopicArn"] == topic
    assert shown({}) is None


@pytest.mark.parametrize("name, value, message", [
    ("DisplayName", "x" * 101, "DisplayName"), ("TracingConfig", "On", "Invalid tracing config value: On"),
    ("SignatureVersion", "3", "SignatureVersion: Invalid value. Must be 1 or 2."), ("FifoTopic", "true", "AttributeName"),
    ("HTTPSuccessFeedbackSampleRate", "1.5",
     "HTTPSuccessFeedbackSampleRate: 1.5 value provided is not an integer between 0-100"),
    ("DeliveryPolicy", '{"http":{"defaultHealthyRetryPolicy":{"numRetries":300}}}',
     "DeliveryPolicy: http.defaultHealthyRetryPolicy.numRetries must be less than or equal to 100"),
    ("Policy", topic_policy("sns:CreateTopic"), "Policy statement action out of service scope!"),
])
def test_a_single_attribute_is_refused_by_its_name(sns, name, value, message):
    topic = sns.create_topic(Name="single")["TopicArn"]
    with pytest.raises(ClientError) as raised:
        sns.set_topic_attributes(TopicArn=topic, AttributeName=name, AttributeValue=value)
    assert code_and_message(raised) == ("InvalidParameter", "Invalid parameter: " + message)


def test_a_topic_with_an_archive_is_not_deleted(server, sns, sqs, account):
    policy = {"FifoTopic": "true", "ArchivePolicy": '{"MessageRetentionPeriod":"30"}'}
    topic = sns.create_topic(Name="kept.fifo", Attributes=policy)["TopicArn"]
    sns.publish(TopicArn=topic, Message="m", MessageGroupId="g", MessageDeduplicationId="d")
    with pytest.raises(ClientError) as raised:
        sns.delete_topic(TopicArn=topic)
    assert code_and_message(raised) == ("InvalidState", "Invalid state: Cannot delete a topic with an ArchivePolicy")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="ArchivePolicy", AttributeValue="{}")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="ArchivePolicy", AttributeValue=policy["ArchivePolicy"])
    # What was archived is gone with the first policy.
    url = sqs.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{account}:q.fifo", Attributes={
        "ReplayPolicy": '{"PointType":"Timestamp","StartingPoint":"2020-01-01T00:00:00.000Z"}'})
    server.json("POST", "/_windtunnel/settle")
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    sns.set_topic_attributes(TopicArn=topic, AttributeName="ArchivePolicy", AttributeValue="{}")
    sns.delete_topic(TopicArn=topic)


def policy(operation, direction="Inbound"):
    return json.dumps({"Name": "p", "Version": "2021-06-01", "Statement": [{
        "Sid": "s", "DataDirection": direction, "Principal": ["*"], "Operation": operation,
        "DataIdentifier": ["arn:aws:dataprotection::aws:data-identifier/EmailAddress"]}]})


MASK = {"Deidentify": {"MaskConfig": {"MaskWithCharacter": "#"}}}


def test_a_data_protection_policy_hides_and_denies(sns, sqs, account):
    topic = sns.create_topic(Name="private")["TopicArn"]
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{account}:q",
                  Attributes={"RawMessageDelivery": "true"})
    mask = policy(MASK)
    sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy=mask)
    assert sns.get_data_protection_policy(ResourceArn=topic)["DataProtectionPolicy"] == mask
    sns.publish(TopicArn=topic, Message="Write to jo@example.com.")
    assert sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"] == "Write to ##############."
    sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy=policy({"Deny": {}}))
    with pytest.raises(ClientError) as raised:
        sns.publish(TopicArn=topic, Message="Write to jo@example.com.")
    assert raised.value.response["Error"]["Code"] == "AuthorizationError"
    with pytest.raises(ClientError):
        sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy=mask.replace("EmailAddress", "Name"))
    with pytest.raises(ClientError) as raised:
        sns.put_data_protection_policy(ResourceArn=topic, DataProtectionPolicy=policy(MASK, "Inside"))
    assert code_and_message(raised) == (
        "InvalidParameter",
        "Invalid parameter: DataProtectionPolicy Reason: Statement DataDirection must be either Inbound or Outbound")


@pytest.mark.parametrize("operation, direction, published, bodies", [
    (MASK, "Outbound", True, ["to ##############"]), ({"Deidentify": {"RedactConfig": {}}}, "Inbound", True, ["to "]),
    ({"Deny": {}}, "Outbound", True, []), ({"Deny": {}}, "Inbound", False, []),
    ({"Audit": {"SampleRate": "99", "FindingsDestination": {}}}, "Inbound", True, ["to jo@example.com"]),
])
def test_a_data_protection_policy_looks_at_the_text_of_each_protocol(
        server, sns, sqs, account, operation, direction, published, bodies):
    topic = sns.create_topic(Name="guarded", DataProtectionPolicy=policy(operation, direction))["TopicArn"]
    queue = sqs.create_queue(QueueName="q")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{account}:q",
                  Attributes={"RawMessageDelivery": "true"})
    text = json.dumps({"default": "clean", "sqs": "to jo@example.com"})
    if published:
        message = sns.publish(TopicArn=topic, Message=text, MessageStructure="json")["MessageId"]
    else:
        with pytest.raises(ClientError) as raised:
            sns.publish(TopicArn=topic, Message=text, MessageStructure="json")
        assert raised.value.response["Error"]["Code"] == "AuthorizationError"
    assert [message["Body"] for message in sqs.receive_message(QueueUrl=queue).get("Messages", [])] == bodies
    if published and not bodies:
        reason = server.json("GET", f"/_windtunnel/explain?messageId={message}")[1]["subscriptions"][0]["text"]
        assert reason == "The statement s of the topic's data protection policy denies messages with EmailAddress."


@pytest.mark.parametrize("policy", [
    {"http": {"retry": {}}}, {"throttlePolicy": {"maxReceivesPerSecond": 1}},
    {"http": {"defaultHealthyRetryPolicy": {"retries": 3}}},
])
def test_a_delivery_policy_has_known_members_only(sns, policy):
    with pytest.raises(ClientError) as raised:
        sns.create_topic(Name="typo", Attributes={"DeliveryPolicy": json.dumps(policy)})
    assert code_and_message(raised)[0] == "InvalidParameter"
    assert code_and_message(raised)[1].startswith(
        "Invalid parameter: Attributes Reason: DeliveryPolicy: Unexpected JSON member: ")
