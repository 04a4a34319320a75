"""Managed rules about the services that are served, and the pages that tell what rules say and why."""

import json

import pytest

from config_client import start_recorder
from test_config_compliance import bucket, put_items, verdicts
from test_config_rules import managed, policy

GOOD, BAD, NONE = "COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"


@pytest.fixture
def config(server, account):
    client = server.client("config", account)
    start_recorder(client, account)
    return client


def page(server, account, path, accept="application/json"):
    status, _, body = server.http("GET", path, headers={"x-account": account, "Accept": accept})
    return status, (json.loads(body) if "json" in accept else body.decode())


# Rules about queues, topics and buses

def allowing(action, resource, **more):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Sid": "open", "Effect": "Allow", "Action": action, "Resource": resource, **more}]})


def test_rules_about_queues(config, sqs):
    for name, identifier in (("dead", "SQS_QUEUE_DLQ_CHECK"), ("public", "SQS_QUEUE_NO_PUBLIC_ACCESS"),
                             ("full", "SQS_QUEUE_POLICY_FULL_ACCESS_CHECK")):
        config.put_config_rule(ConfigRule=managed(name, identifier))
    target = sqs.create_queue(QueueName="target")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=target, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    plain = sqs.create_queue(QueueName="plain", Attributes={
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})})["QueueUrl"]
    public = sqs.create_queue(QueueName="public", Attributes={
        "Policy": allowing("SQS:*", "*", Principal="*")})["QueueUrl"]
    pinned = sqs.create_queue(QueueName="pinned", Attributes={
        "Policy": allowing("sqs:SendMessage", "*", Principal="*",
                           Condition={"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:111111111111:t"}})})["QueueUrl"]
    assert verdicts(config, "dead") == {target: BAD, plain: GOOD, public: BAD, pinned: BAD}
    assert verdicts(config, "public") == {target: GOOD, plain: GOOD, public: BAD, pinned: GOOD}
    assert verdicts(config, "full") == {target: GOOD, plain: GOOD, public: BAD, pinned: GOOD}


def test_rules_about_topics(config, sns, account):
    for name, identifier in (("public", "SNS_TOPIC_NO_PUBLIC_ACCESS"),
                             ("logged", "SNS_TOPIC_MESSAGE_DELIVERY_NOTIFICATION_ENABLED")):
        config.put_config_rule(ConfigRule=managed(name, identifier))
    plain = sns.create_topic(Name="plain")["TopicArn"]
    role = f"arn:aws:iam::{account}:role/feedback"
    public = sns.create_topic(Name="public", Attributes={"LambdaFailureFeedbackRoleArn": role})["TopicArn"]
    sns.set_topic_attributes(TopicArn=public, AttributeName="Policy",
                             AttributeValue=allowing("sns:Publish", public, Principal={"AWS": "*"}))
    assert verdicts(config, "public") == {plain: GOOD, public: BAD}
    assert verdicts(config, "logged") == {plain: BAD, public: GOOD}


def test_rules_about_buses(server, config, account):
    config.put_config_rule(ConfigRule=managed("policy", "CUSTOM_EVENTBUS_POLICY_ATTACHED"))
    events = server.client("events", account)
    events.create_event_bus(Name="orders")
    assert verdicts(config, "policy")["orders"] == BAD
    events.put_permission(EventBusName="orders", StatementId="x", Principal="111111111111", Action="events:PutEvents")
    assert verdicts(config, "policy")["orders"] == GOOD
    assert GOOD not in [verdict for name, verdict in verdicts(config, "policy").items() if name == "default"]


# Pages

def test_the_matrix(server, config, account, sns):
    config.put_config_rule(ConfigRule=managed("topics"))
    config.put_config_rule(ConfigRule=managed("root", "ROOT_ACCOUNT_MFA_ENABLED"))
    topic = sns.create_topic(Name="plain")["TopicArn"]
    status, matrix = page(server, account, "/_windtunnel/compliance")
    assert status == 200
    assert matrix["rules"] == [
        {"name": "root", "identifier": "ROOT_ACCOUNT_MFA_ENABLED", "compliance": "INSUFFICIENT_DATA", "compliant": 0,
         "nonCompliant": 0, "isEvaluated": False},
        {"name": "topics", "identifier": "SNS_ENCRYPTED_KMS", "compliance": BAD, "compliant": 0, "nonCompliant": 1,
         "isEvaluated": True}]
    assert matrix["resources"] == [{"type": "AWS::SNS::Topic", "id": topic, "verdicts": {"topics": {
        "compliance": BAD, "annotation": "The topic is not encrypted with a KMS key."}}}]
    _, text = page(server, account, "/_windtunnel/compliance", "text/plain")
    assert text.splitlines() == [
        "root: INSUFFICIENT_DATA (ROOT_ACCOUNT_MFA_ENABLED is not evaluated here)", "topics: NON_COMPLIANT",
        f"AWS::SNS::Topic {topic}: topics NON_COMPLIANT (The topic is not encrypted with a KMS key.)"]


def test_why_a_resource_is_not_compliant(server, config, account):
    text = "rule sized { configuration.size <= 100 <<Too large>>\n  configuration.encrypted == true }"
    config.put_config_rule(ConfigRule=policy("volumes", text, Scope={"ComplianceResourceTypes": ["AWS::EC2::Volume"]}))
    put_items(server, account, {"resourceType": "AWS::EC2::Volume", "resourceId": "vol-1",
                                "configuration": {"size": 200, "encrypted": True}})
    status, answer = page(server, account, "/_windtunnel/explain?rule=volumes&resource=vol-1")
    assert status == 200 and answer["compliance"] == BAD and answer["policy"] == text
    finding, = answer["findings"]
    assert (finding["path"], finding["value"], finding["clause"]) == (
        "/configuration/size", 200, "configuration.size <= 100")
    _, story = page(server, account, "/_windtunnel/explain?rule=volumes&resource=vol-1", "text/plain")
    lines = story.splitlines()
    assert lines[:2] == ["The rule volumes on AWS::EC2::Volume vol-1:", "It is NON_COMPLIANT."]
    assert lines[2].startswith("Too large ") and "/configuration/size is 200." in lines[2]


def test_why_a_rule_says_nothing(server, config, account):
    config.put_config_rule(ConfigRule=managed("tagged", "S3_BUCKET_TAGGED", Scope={"TagKey": "stage"}))
    config.put_config_rule(ConfigRule=managed("topics"))
    put_items(server, account, bucket("one"))

    def last(rule, resource):
        status, story = page(server, account, f"/_windtunnel/explain?rule={rule}&resource={resource}", "text/plain")
        return status, story.splitlines()[-1]

    assert last("tagged", "one") == (200, "The scope of the rule is the tag stage.")
    assert last("topics", "one") == (200, "The rule is not about this type, only about AWS::SNS::Topic.")
    assert last("topics", "none")[0] == 404 and last("none", "one")[0] == 404
