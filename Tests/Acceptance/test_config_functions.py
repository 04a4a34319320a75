"""Rules of AWS Config that a function judges: the events that it gets, and the evaluations that it puts."""

import json

import pytest
from botocore.exceptions import ClientError

from config_client import role, start_recorder
from conftest import code_and_message
from receiver import Receiver
from test_config_compliance import verdicts
from test_config_rules import function

ACCOUNT = "000000000000"
CHANGES = [{"EventSource": "aws.config", "MessageType": "ConfigurationItemChangeNotification"}]
HOURLY = [{"EventSource": "aws.config", "MessageType": "ScheduledNotification", "MaximumExecutionFrequency": "One_Hour"}]
TOPICS = {"ComplianceResourceTypes": ["AWS::SNS::Topic"]}


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def server(start, receiver):
    server = start("--function", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:check={receiver.url}")
    server.json("POST", "/_windtunnel/clock", {"freeze": True})
    server.json("POST", "/_windtunnel/clock", {"set": "2030-01-01T00:00:00Z"})
    return server


@pytest.fixture
def config(server):
    client = server.client("config")
    start_recorder(client, ACCOUNT)
    return client


def settle(server):
    server.json("POST", "/_windtunnel/settle")


def evaluation(resource, compliance, time=1893456000, **more):
    return {"ComplianceResourceType": "AWS::SNS::Topic", "ComplianceResourceId": resource, "ComplianceType": compliance,
            "OrderingTimestamp": time, **more}


def status_of(config):
    status, = config.describe_config_rule_evaluation_status()["ConfigRulesEvaluationStatus"]
    return status


def test_a_change_is_sent_to_the_function(server, config, receiver):
    config.put_config_rule(ConfigRule=function(ACCOUNT, CHANGES, Scope=TOPICS, InputParameters='{"a":"1"}'))
    topic = server.client("sns").create_topic(Name="one")["TopicArn"]
    event = json.loads(receiver.wait(1)[0][1])
    rule, = config.describe_config_rules()["ConfigRules"]
    invoking, token = json.loads(event.pop("invokingEvent")), event.pop("resultToken")
    assert event == {
        "version": "1.0", "ruleParameters": '{"a":"1"}', "eventLeftScope": False, "executionRoleArn": role(ACCOUNT),
        "configRuleArn": rule["ConfigRuleArn"], "configRuleName": "rule", "configRuleId": rule["ConfigRuleId"],
        "accountId": ACCOUNT}
    assert list(invoking) == ["configurationItemDiff", "configurationItem", "notificationCreationTime", "messageType",
                              "recordVersion"]
    assert invoking["messageType"] == "ConfigurationItemChangeNotification" and invoking["recordVersion"] == "1.3"
    item = invoking["configurationItem"]
    assert (item["resourceId"], item["configurationItemStatus"]) == (topic, "ResourceDiscovered")
    settle(server)
    assert "LastSuccessfulInvocationTime" in status_of(config)

    answer = config.put_evaluations(Evaluations=[evaluation(topic, "NON_COMPLIANT", Annotation="No")],
                                    ResultToken=token)
    assert answer["FailedEvaluations"] == []
    result, = config.get_compliance_details_by_config_rule(ConfigRuleName="rule")["EvaluationResults"]
    assert (result["ComplianceType"], result["Annotation"]) == ("NON_COMPLIANT", "No")
    assert "LastSuccessfulEvaluationTime" in status_of(config)
    config.put_evaluations(Evaluations=[evaluation(topic, "COMPLIANT", 1893455999)], ResultToken=token)
    assert verdicts(config) == {topic: "NON_COMPLIANT"}


def test_a_deleted_resource_leaves_the_scope(server, config, receiver):
    config.put_config_rule(ConfigRule=function(ACCOUNT, CHANGES, Scope=TOPICS))
    topic = server.client("sns").create_topic(Name="one")["TopicArn"]
    server.client("sns").delete_topic(TopicArn=topic)
    event = json.loads(receiver.wait(2)[1][1])
    assert event["eventLeftScope"] is True and event["ruleParameters"] == "{}"
    assert json.loads(event["invokingEvent"])["configurationItem"]["configurationItemStatus"] == "ResourceDeleted"


def test_by_the_clock(server, config, receiver):
    config.put_config_rule(ConfigRule=function(ACCOUNT, HOURLY))
    receiver.wait(1)
    server.advance("2h")
    events = [json.loads(json.loads(body)["invokingEvent"]) for _, body in receiver.wait(3)]
    assert [event["notificationCreationTime"] for event in events] == [
        f"2030-01-01T0{hour}:00:00.000Z" for hour in range(3)]
    assert events[0] == {"awsAccountId": ACCOUNT, "notificationCreationTime": "2030-01-01T00:00:00.000Z",
                         "messageType": "ScheduledNotification", "recordVersion": "1.0"}


def test_a_new_rule_is_asked_for_each_resource(server, config, receiver):
    topics = {server.client("sns").create_topic(Name=name)["TopicArn"] for name in "abc"}
    config.put_config_rule(ConfigRule=function(ACCOUNT, CHANGES, Scope=TOPICS))
    events = [json.loads(json.loads(body)["invokingEvent"]) for _, body in receiver.wait(3)]
    assert {event["configurationItem"]["resourceId"] for event in events} == topics


def test_a_failing_function_is_tried_twice_more(server, config, receiver):
    receiver.statuses = [500, 500]
    config.put_config_rule(ConfigRule=function(ACCOUNT, HOURLY))
    receiver.wait(1)
    settle(server)
    assert status_of(config)["LastErrorCode"] == "Unhandled"
    server.advance("10m")
    assert len({body for _, body in receiver.wait(3)}) == 1
    assert "LastSuccessfulInvocationTime" in status_of(config)
    server.advance("10m")
    assert len(receiver.requests) == 3


def test_a_function_that_runs_nowhere_fails(server, config):
    rule = function(ACCOUNT, HOURLY)
    rule["Source"]["SourceIdentifier"] += "-not"
    config.put_config_rule(ConfigRule=rule)
    status = status_of(config)
    assert status["LastErrorCode"] == "ResourceNotFoundException" and "LastFailedInvocationTime" in status
    compliance, = config.describe_compliance_by_config_rule()["ComplianceByConfigRules"]
    assert compliance["Compliance"]["ComplianceType"] == "INSUFFICIENT_DATA"


def refusal(config, **arguments):
    with pytest.raises(ClientError) as raised:
        config.put_evaluations(**arguments)
    return code_and_message(raised)


def test_evaluations_that_aws_refuses(server, config, receiver):
    config.put_config_rule(ConfigRule=function(ACCOUNT, HOURLY))
    token = json.loads(receiver.wait(1)[0][1])["resultToken"]
    good = evaluation("x", "COMPLIANT")
    assert refusal(config, Evaluations=[good], ResultToken="x") == (
        "InvalidResultTokenException", "The resultToken provided is invalid")
    assert refusal(config, ResultToken=token) == (
        "InvalidParameterValueException",
        "The Evaluations object in your request cannot be null.Add the required parameters and try again.")
    for wrong in (evaluation("x", "INSUFFICIENT_DATA"), {**good, "ComplianceResourceType": "Topic"}):
        assert refusal(config, Evaluations=[wrong], ResultToken=token)[0] == "InvalidParameterValueException"
    assert config.put_evaluations(Evaluations=[good], ResultToken="anything", TestMode=True)["FailedEvaluations"] == []
    assert verdicts(config) == {}
    parameter = {**good, "ComplianceResourceType": "AWS::SSM::Parameter"}
    config.put_evaluations(Evaluations=[parameter], ResultToken=token)
    assert verdicts(config) == {"x": "COMPLIANT"}
    config.delete_config_rule(ConfigRuleName="rule")
    assert refusal(config, Evaluations=[good], ResultToken=token)[0] == "NoSuchConfigRuleException"


def test_after_a_snapshot(server, config, receiver):
    config.put_config_rule(ConfigRule=function(ACCOUNT, [
        {"EventSource": "aws.config", "MessageType": "ConfigurationSnapshotDeliveryCompleted"}]))
    snapshot = config.deliver_config_snapshot(deliveryChannelName="default")["configSnapshotId"]
    event = json.loads(json.loads(receiver.wait(1)[0][1])["invokingEvent"])
    key = event.pop("s3ObjectKey")
    assert key.startswith(f"AWSLogs/{ACCOUNT}/Config/us-east-1/2030/1/1/ConfigSnapshot/") and snapshot in key
    assert event == {
        "configSnapshotId": snapshot, "s3Bucket": "config-bucket", "recordVersion": "1.1",
        "notificationCreationTime": "2030-01-01T00:00:00.000Z", "messageType": "ConfigurationSnapshotDeliveryCompleted"}


def test_a_large_item_is_summarized_for_who_wants_it(server, config, receiver):
    buckets = {"ComplianceResourceTypes": ["AWS::S3::Bucket"]}
    config.put_config_rule(ConfigRule=function(ACCOUNT, CHANGES, "small", Scope=buckets))
    config.put_config_rule(ConfigRule=function(ACCOUNT, [
        {"EventSource": "aws.config", "MessageType": "OversizedConfigurationItemChangeNotification"}], Scope=buckets))
    status, _ = server.json("POST", "/_windtunnel/config/items", [
        {"resourceType": "AWS::S3::Bucket", "resourceId": "b", "configuration": {"name": "x" * 300_000}}])
    assert status == 200
    settle(server)
    (_, body), = receiver.requests
    event = json.loads(json.loads(body)["invokingEvent"])
    assert event["messageType"] == "OversizedConfigurationItemChangeNotification"
    assert event["configurationItemSummary"]["resourceId"] == "b" and "configuration" not in event[
        "configurationItemSummary"]
    assert event["s3DeliverySummary"]["s3BucketLocation"].startswith("config-bucket/AWSLogs/")
