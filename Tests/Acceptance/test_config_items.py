"""Configuration items of AWS Config with boto3: written with the change, told to a topic and the default bus, and read."""

import datetime
import json

import pytest
from botocore.exceptions import ClientError

from config_client import (configuration, history, put_recorder, received, start_recorder, statuses, topic_with_queue)
from conftest import code_and_message

QUEUE, TOPIC, RULE = "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Events::Rule"


@pytest.fixture
def config(server, account):
    return server.client("config", account)


@pytest.fixture
def sqs(server, account):
    return server.client("sqs", account)


def refusal(call, **arguments):
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    return code_and_message(raised)


# Life of a resource

def test_a_queue_is_recorded_from_its_discovery_to_its_end(config, sqs, account):
    url = sqs.create_queue(QueueName="q", tags={"env": "dev"})["QueueUrl"]
    start_recorder(config, account)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "60"})
    sqs.delete_queue(QueueUrl=url)
    deleted, changed, discovered = history(config, QUEUE, url)
    arn = f"arn:aws:sqs:us-east-1:{account}:q"
    captured = discovered.pop("configurationItemCaptureTime")
    created = discovered.pop("resourceCreationTime")
    assert created <= captured
    assert discovered.pop("configurationStateId") == str(round(captured.timestamp() * 1000))
    settings = configuration(discovered)
    del discovered["configuration"]
    assert discovered == {
        "version": "1.3", "accountId": account, "configurationItemStatus": "ResourceDiscovered",
        "configurationItemMD5Hash": "", "arn": arn, "resourceType": QUEUE, "resourceId": url, "resourceName": "q",
        "awsRegion": "us-east-1", "availabilityZone": "Not Applicable", "tags": {"env": "dev"}, "relatedEvents": [],
        "relationships": [], "supplementaryConfiguration": {"Tags": '{"env":"dev"}'}}
    assert settings["VisibilityTimeout"] == "30" and settings["QueueArn"] == arn
    assert not [name for name in settings if name.startswith("Approximate")]
    assert changed["configurationItemStatus"] == "OK"
    assert configuration(changed)["VisibilityTimeout"] == "60"
    assert deleted["configurationItemStatus"] == "ResourceDeleted"
    assert (deleted["configuration"], deleted["supplementaryConfiguration"], deleted["tags"]) == ("null", {}, {})
    assert (deleted["resourceName"], deleted["arn"]) == (url, arn)
    assert "availabilityZone" not in deleted and "resourceCreationTime" not in deleted


def test_a_resource_that_is_made_again_is_discovered_again(config, sqs, account):
    start_recorder(config, account)
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.delete_queue(QueueUrl=url)
    sqs.create_queue(QueueName="q")
    assert statuses(config, QUEUE, url) == ["ResourceDiscovered", "ResourceDeleted", "ResourceDiscovered"]


def test_a_queue_is_known_by_whatever_name_the_server_has(config, server, sqs, account):
    names = [f"q{number:03}" for number in range(150)]
    urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in names]
    start_recorder(config, account, recordingGroup={"resourceTypes": [QUEUE]})
    server.json("POST", "/_windtunnel/settle", {})
    listed, token = [], {}
    while True:
        page = config.list_discovered_resources(resourceType=QUEUE, **token)
        listed += [one["resourceId"] for one in page["resourceIdentifiers"]]
        if "nextToken" not in page:
            break
        token = {"nextToken": page["nextToken"]}
    # Those that were found by due work, too.
    assert listed == urls
    assert statuses(config, QUEUE, urls[0].replace("127.0.0.1", "localhost")) == ["ResourceDiscovered"]


def test_without_a_running_recorder_nothing_is_recorded(config, sqs, account):
    put_recorder(config, account)
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    assert refusal(config.get_resource_config_history, resourceType=QUEUE, resourceId=url) == (
        "ResourceNotDiscoveredException", f"Resource {url} of resourceType:{QUEUE} is unknown or has not been discovered")
    start_recorder(config, account)
    config.stop_configuration_recorder(ConfigurationRecorderName="default")
    sqs.tag_queue(QueueUrl=url, Tags={"a": "b"})
    assert statuses(config, QUEUE, url) == ["ResourceDiscovered"]
    other = sqs.create_queue(QueueName="other")["QueueUrl"]
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    # What happened in between is caught up with.
    assert statuses(config, QUEUE, url) == ["ResourceDiscovered", "OK"]
    assert statuses(config, QUEUE, other) == ["ResourceDiscovered"]
    config.stop_configuration_recorder(ConfigurationRecorderName="default")
    sqs.delete_queue(QueueUrl=other)
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    assert statuses(config, QUEUE, other) == ["ResourceDiscovered", "ResourceDeleted"]


def test_a_call_that_fails_leaves_no_item(config, sqs, account):
    start_recorder(config, account)
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    with pytest.raises(ClientError):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1000000"})
    assert statuses(config, QUEUE, url) == ["ResourceDiscovered"]


def test_messages_are_no_changes(config, server, sqs, account):
    start_recorder(config, account)
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sns = server.client("sns", account)
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.publish(TopicArn=topic, Message="x")
    assert statuses(config, QUEUE, url) == statuses(config, TOPIC, topic) == ["ResourceDiscovered"]


def test_only_what_the_group_names_is_recorded(config, sqs, server, account):
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    topic = server.client("sns", account).create_topic(Name="t")["TopicArn"]
    start_recorder(config, account, recordingGroup={"resourceTypes": [QUEUE]})
    assert statuses(config, QUEUE, url) == ["ResourceDiscovered"]
    assert refusal(config.get_resource_config_history, resourceType=TOPIC,
                   resourceId=topic)[0] == "ResourceNotDiscoveredException"
    put_recorder(config, account, recordingGroup={"resourceTypes": [TOPIC]})
    assert statuses(config, QUEUE, url) == ["ResourceDiscovered", "ResourceNotRecorded"]
    assert statuses(config, TOPIC, topic) == ["ResourceDiscovered"]
    sqs.delete_queue(QueueUrl=url)
    assert statuses(config, QUEUE, url) == ["ResourceDiscovered", "ResourceNotRecorded", "ResourceDeletedNotRecorded"]


def test_topics_and_what_eventbridge_has(config, server, account):
    sns, events = server.client("sns", account), server.client("events", account)
    start_recorder(config, account)
    topic = sns.create_topic(Name="t", Attributes={"DisplayName": "T"}, Tags=[{"Key": "a", "Value": "b"}])["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{account}:q")
    later, first = history(config, TOPIC, topic)
    assert (first["resourceName"], first["tags"]) == ("t", {"a": "b"})
    assert (configuration(first)["DisplayName"], configuration(first)["Owner"]) == ("T", account)
    assert json.loads(configuration(first)["Policy"])["Statement"][0]["Effect"] == "Allow"
    assert [configuration(item)["SubscriptionsConfirmed"] for item in (first, later)] == ["0", "1"]

    events.create_event_bus(Name="b")
    rule = events.put_rule(Name="r", EventBusName="b", EventPattern='{"source": ["s"]}')["RuleArn"]
    events.put_targets(Rule="r", EventBusName="b", Targets=[{"Id": "1", "Arn": topic}])
    found = configuration(history(config, RULE, rule)[0])
    assert found["EventPattern"] == {"source": ["s"]} and found["Targets"] == [{"Id": "1", "Arn": topic}]
    assert history(config, "AWS::Events::EventBus", "b")[0]["availabilityZone"] == "Regional"
    bus = f"arn:aws:events:us-east-1:{account}:event-bus/b"
    events.create_archive(ArchiveName="kept", EventSourceArn=bus, RetentionDays=3)
    assert configuration(history(config, "AWS::Events::Archive", "kept")[0])["RetentionDays"] == 3
    connection = events.create_connection(Name="c", AuthorizationType="BASIC", AuthParameters={
        "BasicAuthParameters": {"Username": "me", "Password": "hush"}})["ConnectionArn"]
    item, = history(config, "AWS::Events::Connection", "c")
    assert configuration(item)["AuthParameters"] == {"BasicAuthParameters": {"Username": "me"}}
    assert "hush" not in item["configuration"]
    events.create_api_destination(Name="d", ConnectionArn=connection, HttpMethod="POST",
                                  InvocationEndpoint="https://example.com/x")
    assert configuration(history(config, "AWS::Events::ApiDestination", "d")[0])["ConnectionArn"] == connection
    events.delete_api_destination(Name="d")
    assert statuses(config, "AWS::Events::ApiDestination", "d") == ["ResourceDiscovered", "ResourceDeleted"]


def test_schedule_groups_are_recorded_and_schedules_are_not(config, server, account):
    scheduler = server.client("scheduler", account)
    scheduler.create_schedule_group(Name="early", Tags=[{"Key": "a", "Value": "b"}])
    start_recorder(config, account)
    scheduler.create_schedule_group(Name="late")
    schedule = scheduler.create_schedule(
        Name="s", ScheduleExpression="rate(1 hour)", FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": f"arn:aws:sqs:us-east-1:{account}:q", "RoleArn": f"arn:aws:iam::{account}:role/r"})["ScheduleArn"]
    item, = history(config, "AWS::Scheduler::ScheduleGroup", "early")
    assert (item["resourceName"], item["tags"], configuration(item)["State"]) == ("early", {"a": "b"}, "ACTIVE")
    scheduler.delete_schedule_group(Name="late")
    assert statuses(config, "AWS::Scheduler::ScheduleGroup", "late")[0] == "ResourceDiscovered"
    listed = config.list_discovered_resources(resourceType="AWS::Scheduler::ScheduleGroup")["resourceIdentifiers"]
    assert "default" not in [one["resourceId"] for one in listed]
    code, message = refusal(config.get_resource_config_history, resourceType="AWS::Scheduler::Schedule",
                            resourceId=schedule)
    assert code == "ValidationException" and "AWS::Scheduler::Schedule' at 'resourceType'" in message


# What is told

def test_a_change_is_told_to_the_topic_and_the_default_bus(config, server, sqs, account):
    topic, seen = topic_with_queue(server, account)
    start_recorder(config, account, topic, recordingGroup={"resourceTypes": [QUEUE]})
    received(sqs, seen)
    url = sqs.create_queue(QueueName="q", tags={"a": "1"})["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "5"})
    sqs.delete_queue(QueueUrl=url)
    (created, first), (updated, second), (deleted, third) = received(sqs, seen)
    assert created == f"[AWS Config:us-east-1] AWS::SQS::Queue q Discovered in Account {account}"
    assert updated == f"[AWS Config:us-east-1] AWS::SQS::Queue q Updated in Account {account}"
    assert deleted == f"[AWS Config:us-east-1] AWS::SQS::Queue {url} Deleted in Account {account}"[:97] + (
        "..." if len(f"[AWS Config:us-east-1] AWS::SQS::Queue {url} Deleted in Account {account}") > 100 else "")
    assert list(first) == ["configurationItemDiff", "configurationItem", "notificationCreationTime", "messageType",
                           "recordVersion"]
    assert (first["messageType"], first["recordVersion"]) == ("ConfigurationItemChangeNotification", "1.3")
    assert first["configurationItemDiff"] == {"changedProperties": {}, "changeType": "CREATE"}
    assert second["configurationItemDiff"]["changedProperties"]["Configuration.DelaySeconds"] == {
        "previousValue": "0", "updatedValue": "5", "changeType": "UPDATE"}
    item = second["configurationItem"]
    assert list(item) == [
        "relatedEvents", "relationships", "configuration", "supplementaryConfiguration", "tags",
        "configurationItemVersion", "configurationItemCaptureTime", "configurationStateId", "awsAccountId",
        "configurationItemStatus", "resourceType", "resourceId", "resourceName", "ARN", "awsRegion",
        "availabilityZone", "configurationStateMd5Hash", "resourceCreationTime"]
    assert item["configuration"]["DelaySeconds"] == "5" and isinstance(item["configurationStateId"], int)
    changed = third["configurationItemDiff"]["changedProperties"]
    assert set(changed) == {"Configuration", "SupplementaryConfiguration.Tags", "Tags.0"}
    assert changed["Tags.0"] == {"previousValue": "1", "updatedValue": None, "changeType": "DELETE"}
    assert third["configurationItem"]["configuration"] is None and third["configurationItem"]["availabilityZone"] is None

    told = [event for event in server.events(account) if event["detail-type"] == "Config Configuration Item Change"
            and event["detail"]["configurationItem"]["resourceId"] == url]
    assert [event["detail"]["configurationItemDiff"]["changeType"] for event in told] == ["CREATE", "UPDATE", "DELETE"]
    assert {event["source"] for event in told} == {"aws.config"}
    assert {tuple(event["resources"]) for event in told} == {(f"arn:aws:sqs:us-east-1:{account}:q",)}
    # Nothing is null there.
    assert "configuration" not in told[2]["detail"]["configurationItem"]
    assert told[2]["detail"]["configurationItemDiff"]["changedProperties"]["Tags.0"] == {
        "previousValue": "1", "changeType": "DELETE"}
    stream = config.describe_delivery_channel_status()["DeliveryChannelsStatus"][0]["configStreamDeliveryInfo"]
    assert stream["lastStatus"] == "SUCCESS"


def test_topics_of_other_accounts_must_let_config_in(start):
    server = start("--permissions", "enforce")
    account, other = "111111111111", "222222222222"
    config, sqs = server.client("config", account), server.client("sqs", account)
    topic, seen = topic_with_queue(server, other)
    theirs, sns = server.client("sqs", other), server.client("sns", other)
    theirs.set_queue_attributes(QueueUrl=seen, Attributes={"Policy": json.dumps({"Statement": [{
        "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
        "Resource": "*"}]})})
    start_recorder(config, account, topic)

    def stream():
        status, = config.describe_delivery_channel_status()["DeliveryChannelsStatus"]
        return status["configStreamDeliveryInfo"]["lastStatus"]

    assert stream() == "FAILURE"
    for principal in ({"Service": "config.amazonaws.com"}, {"AWS": f"arn:aws:iam::{account}:root"}):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps({"Statement": [{
            "Effect": "Allow", "Principal": principal, "Action": "sns:Publish", "Resource": topic}]}))
        sqs.create_queue(QueueName=list(principal)[0])
        assert stream() == "SUCCESS"
    # The account's own topic needs no policy: Config publishes in the recorder's role.
    own, seen = topic_with_queue(server, account)
    sqs.set_queue_attributes(QueueUrl=seen, Attributes={"Policy": json.dumps({"Statement": [{
        "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
        "Resource": "*"}]})})
    config.put_delivery_channel(DeliveryChannel={"s3BucketName": "bucket", "snsTopicARN": own})
    sqs.create_queue(QueueName="another")
    assert [subject for subject, _ in received(sqs, seen) if " another " in subject]


def test_a_rule_sees_the_change(config, server, sqs, account):
    events = server.client("events", account)
    seen = sqs.create_queue(QueueName="seen")["QueueUrl"]
    start_recorder(config, account)
    events.put_rule(Name="changes", EventPattern=json.dumps({
        "source": ["aws.config"], "detail": {"configurationItem": {"resourceName": ["watched"]}}}))
    events.put_targets(Rule="changes", Targets=[{"Id": "1", "Arn": f"arn:aws:sqs:us-east-1:{account}:seen",
                                                 "InputPath": "$.detail.messageType"}])
    sqs.create_queue(QueueName="watched")
    message, = sqs.receive_message(QueueUrl=seen)["Messages"]
    assert json.loads(message["Body"]) == "ConfigurationItemChangeNotification"


def test_a_topic_that_is_not_there_is_a_failure_of_the_stream(config, sqs, account):
    start_recorder(config, account, f"arn:aws:sns:us-east-1:{account}:gone")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    stream = config.describe_delivery_channel_status()["DeliveryChannelsStatus"][0]["configStreamDeliveryInfo"]
    assert stream["lastStatus"] == "FAILURE" and stream["lastErrorCode"]
    assert statuses(config, QUEUE, url) == ["ResourceDiscovered"]


# Reading

def test_history_by_time_order_and_page(frozen):
    account = "000000000000"
    config, sqs = frozen.client("config"), frozen.client("sqs")
    start_recorder(config, account)
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    for delay in range(1, 4):
        frozen.advance("1h")
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": str(delay)})

    def delays(**more):
        return [int(configuration(item)["DelaySeconds"]) for item in history(config, QUEUE, url, **more)]

    def at(hour):
        return datetime.datetime(2030, 1, 1, hour, tzinfo=datetime.timezone.utc)

    assert delays() == [3, 2, 1, 0]
    assert delays(chronologicalOrder="Forward") == [0, 1, 2, 3]
    # Both ends count.
    assert delays(earlierTime=at(1), laterTime=at(2)) == [2, 1]
    page = config.get_resource_config_history(resourceType=QUEUE, resourceId=url, limit=3)
    assert len(page["configurationItems"]) == 3
    assert delays(limit=3, nextToken=page["nextToken"]) == [0]
    assert refusal(config.get_resource_config_history, resourceType=QUEUE, resourceId=url, nextToken="bad") == (
        "InvalidNextTokenException", "The nextToken provided is invalid")
    with pytest.raises(ClientError) as raised:
        history(config, QUEUE, url, earlierTime=at(2), laterTime=at(2))
    assert raised.value.response["Error"]["Code"] == "InvalidTimeRangeException"
    code, message = refusal(config.get_resource_config_history, resourceType=QUEUE, resourceId=url, limit=101)
    assert (code, message) == ("ValidationException",
                               "1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: "
                               "Member must have value less than or equal to 100")


def test_changes_at_one_moment_stay_apart(frozen):
    config, sqs = frozen.client("config"), frozen.client("sqs")
    start_recorder(config, "000000000000")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "1"})
    assert statuses(config, QUEUE, url) == ["ResourceDiscovered", "OK"]


def test_discovered_resources(config, sqs, account):
    assert refusal(config.list_discovered_resources, resourceType=QUEUE)[0] == (
        "NoAvailableConfigurationRecorderException")
    start_recorder(config, account)
    urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("a", "b", "c")]
    sqs.delete_queue(QueueUrl=urls[2])

    def listed(**more):
        return config.list_discovered_resources(resourceType=QUEUE, **more)["resourceIdentifiers"]

    assert listed() == [{"resourceType": QUEUE, "resourceId": url, "resourceName": name}
                        for url, name in zip(urls, "ab")]
    assert [one["resourceId"] for one in listed(resourceName="b")] == [urls[1]]
    assert [one["resourceId"] for one in listed(resourceIds=[urls[0], urls[2], "none"])] == [urls[0]]
    gone = listed(includeDeletedResources=True)[2]
    assert gone["resourceId"] == urls[2] and gone["resourceDeletionTime"]
    page = config.list_discovered_resources(resourceType=QUEUE, limit=1)
    assert [one["resourceName"] for one in listed(limit=1, nextToken=page["nextToken"])] == ["b"]
    assert refusal(config.list_discovered_resources, resourceType=QUEUE, resourceName="a", resourceIds=["b"]) == (
        "ValidationException", "Both Resource ID and Resource Name cannot be specified in the request")
    assert refusal(config.list_discovered_resources, resourceType=QUEUE, resourceIds=["x"] * 21) == (
        "ValidationException", "The specified list had more than 20 resource ID's. It must have '20' or less items")
    assert refusal(config.list_discovered_resources, resourceType="AWS::SSM::Parameter")[0] == "ValidationException"

    counts = config.get_discovered_resource_counts(limit=1)
    assert counts["resourceCounts"] == [{"resourceType": QUEUE, "count": 2}]
    assert counts["totalDiscoveredResources"] == 4 and counts["nextToken"]
    assert config.get_discovered_resource_counts(resourceTypes=["AWS::Events::EventBus"])[
        "totalDiscoveredResources"] == 1


def test_a_batch_of_latest_items(config, sqs, account):
    start_recorder(config, account)
    urls = [sqs.create_queue(QueueName=name, tags={"a": "b"})["QueueUrl"] for name in ("a", "b")]
    sqs.delete_queue(QueueUrl=urls[1])
    answer = config.batch_get_resource_config(resourceKeys=[
        {"resourceType": QUEUE, "resourceId": one} for one in (*urls, "none")])
    item, = answer["baseConfigurationItems"]
    assert answer["unprocessedResourceKeys"] == []
    assert item["resourceId"] == urls[0] and item["supplementaryConfiguration"] == {}
    assert "tags" not in item and "relationships" not in item and "configurationItemMD5Hash" not in item
