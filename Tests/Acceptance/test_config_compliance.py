"""What AWS Config's rules say of resources: with each change, by the clock and when asked; and who hears of it."""

import json

import pytest
from botocore.exceptions import ClientError

from config_client import received, start_recorder, topic_with_queue
from conftest import code_and_message
from test_config_rules import managed, policy

BUCKET = "AWS::S3::Bucket"


@pytest.fixture
def config(server, account):
    client = server.client("config", account)
    start_recorder(client, account)
    return client


def verdicts(config, rule="rule", types=("COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE")):
    """By the id of the resource."""
    pages = config.get_paginator("get_compliance_details_by_config_rule").paginate(
        ConfigRuleName=rule, ComplianceTypes=list(types))
    return {result["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"]: result["ComplianceType"]
            for page in pages for result in page["EvaluationResults"]}


def put_items(server, account, *items):
    status, answer = server.json("POST", "/_windtunnel/config/items", list(items), headers={"x-account": account})
    assert status == 200, answer


def bucket(name, tags=None, **supplementary):
    return {"resourceType": BUCKET, "resourceId": name, "resourceName": name, "arn": f"arn:aws:s3:::{name}",
            "configuration": {"name": name}, "supplementaryConfiguration": supplementary, "tags": tags or {}}


def compliance_events(server, account):
    return [event for event in server.events(account) if event["detail-type"] == "Config Rules Compliance Change"]


def test_a_change_is_judged_with_it(server, config, account, sns):
    config.put_config_rule(ConfigRule=managed())
    topic = sns.create_topic(Name="plain")["TopicArn"]
    assert verdicts(config) == {topic: "NON_COMPLIANT"}
    sns.set_topic_attributes(TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue="alias/key")
    assert verdicts(config) == {topic: "COMPLIANT"}
    sns.delete_topic(TopicArn=topic)
    assert verdicts(config) == {topic: "NOT_APPLICABLE"}
    assert config.get_compliance_details_by_config_rule(ConfigRuleName="rule")["EvaluationResults"] == []
    changes = [(event["detail"].get("oldEvaluationResult", {}).get("complianceType"),
                event["detail"]["newEvaluationResult"]["complianceType"])
               for event in compliance_events(server, account)]
    assert changes == [(None, "NON_COMPLIANT"), ("NON_COMPLIANT", "COMPLIANT"), ("COMPLIANT", "NOT_APPLICABLE")]


def test_the_event_of_a_change(server, config, account, sns):
    config.put_config_rule(ConfigRule=managed())
    topic = sns.create_topic(Name="plain")["TopicArn"]
    rule, = config.describe_config_rules()["ConfigRules"]
    event, = compliance_events(server, account)
    assert (event["source"], event["resources"]) == ("aws.config", [])
    detail = event["detail"]
    result = detail.pop("newEvaluationResult")
    times = [detail.pop("notificationCreationTime"), result.pop("resultRecordedTime"),
             result.pop("configRuleInvokedTime"), result["evaluationResultIdentifier"].pop("orderingTimestamp")]
    assert all(time.endswith("Z") for time in times)
    assert detail == {"resourceId": topic, "awsRegion": "us-east-1", "awsAccountId": account, "configRuleName": "rule",
                      "recordVersion": "1.0", "configRuleARN": rule["ConfigRuleArn"],
                      "messageType": "ComplianceChangeNotification", "resourceType": "AWS::SNS::Topic"}
    assert result == {"evaluationResultIdentifier": {"evaluationResultQualifier": {
        "configRuleName": "rule", "resourceType": "AWS::SNS::Topic", "resourceId": topic,
        "evaluationMode": "DETECTIVE"}}, "complianceType": "NON_COMPLIANT",
        "annotation": "The topic is not encrypted with a KMS key."}


def test_the_topic_of_the_channel_hears_of_it(server, account):
    topic, url = topic_with_queue(server, account)
    config = server.client("config", account)
    start_recorder(config, account, topic=topic)
    config.put_config_rule(ConfigRule=managed())
    messages = [(subject, message) for subject, message in received(server.client("sqs", account), url)
                if message["messageType"] == "ComplianceChangeNotification"]
    (subject, message), = messages
    assert subject == f"[AWS Config:us-east-1] AWS::SNS::Topic {topic} is NON_COMPLIANT with rule in Account {account}"[
        :97] + "..."
    assert message["oldEvaluationResult"] is None and message["newEvaluationResult"]["resultToken"] is None


def test_a_new_rule_judges_what_is_there(config, sns):
    topics = {sns.create_topic(Name=f"t{number}")["TopicArn"] for number in range(3)}
    config.put_config_rule(ConfigRule=managed())
    assert verdicts(config) == {topic: "NON_COMPLIANT" for topic in topics}
    status, = config.describe_config_rule_evaluation_status()["ConfigRulesEvaluationStatus"]
    assert status["FirstEvaluationStarted"] and {"FirstActivatedTime", "LastSuccessfulInvocationTime",
                                                 "LastSuccessfulEvaluationTime"} <= status.keys()


def test_an_update_judges_anew(config, sns):
    topic = sns.create_topic(Name="one", Attributes={"KmsMasterKeyId": "a"})["TopicArn"]
    config.put_config_rule(ConfigRule=managed())
    assert verdicts(config) == {topic: "COMPLIANT"}
    config.put_config_rule(ConfigRule=managed(InputParameters='{"kmsKeyIds":"b,c"}'))
    assert verdicts(config) == {topic: "NON_COMPLIANT"}
    config.put_config_rule(ConfigRule=managed(InputParameters='{"kmsKeyIds":"c, a"}'))
    assert verdicts(config) == {topic: "COMPLIANT"}
    config.put_config_rule(ConfigRule=managed(Scope={"TagKey": "stage"}))
    assert verdicts(config) == {topic: "NOT_APPLICABLE"}


def test_a_resource_that_leaves_the_scope_does_not_apply(config, sns):
    config.put_config_rule(ConfigRule=managed(Scope={"TagKey": "stage", "TagValue": "prod"}))
    topic = sns.create_topic(Name="one")["TopicArn"]
    assert verdicts(config) == {}
    sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "stage", "Value": "prod"}])
    assert verdicts(config) == {topic: "NON_COMPLIANT"}
    sns.untag_resource(ResourceArn=topic, TagKeys=["stage"])
    assert verdicts(config) == {topic: "NOT_APPLICABLE"}


def test_policies_of_users(config, sns):
    text = """
    let names = CONFIG_RULE_PARAMETERS.names
    rule named when resourceType == "AWS::SNS::Topic" { resourceName == %names <<Not the right name>> }
    """
    config.put_config_rule(ConfigRule=policy(text=text, InputParameters='{"names":"good"}'))
    good, bad = (sns.create_topic(Name=name)["TopicArn"] for name in ("good", "bad"))
    found = verdicts(config)
    assert (found[good], found[bad]) == ("COMPLIANT", "NON_COMPLIANT")
    assert found["default"] == "NOT_APPLICABLE"
    result, = config.get_compliance_details_by_resource(
        ResourceType="AWS::SNS::Topic", ResourceId=bad)["EvaluationResults"]
    assert result["Annotation"] == "Not the right name" and "ResultToken" not in result


def test_tags_that_are_required(server, config, account):
    put_items(server, account, bucket("both", {"team": "x", "stage": "prod"}), bucket("wrong", {"team": "x", "stage": "p"}),
              bucket("none"), bucket("aws", {"aws:cloudformation:stack-name": "s"}))
    config.put_config_rule(ConfigRule=managed("required", "REQUIRED_TAGS", InputParameters=json.dumps(
        {"tag1Key": "team", "tag2Key": "stage", "tag2Value": "prod,test"})))
    assert verdicts(config, "required") == {"both": "COMPLIANT", "wrong": "NON_COMPLIANT", "none": "NON_COMPLIANT",
                                            "aws": "NON_COMPLIANT"}
    config.put_config_rule(ConfigRule=managed("tagged", "S3_BUCKET_TAGGED"))
    assert verdicts(config, "tagged") == {"both": "COMPLIANT", "wrong": "COMPLIANT", "none": "NON_COMPLIANT",
                                          "aws": "NON_COMPLIANT"}


def test_compliance_by_rule_and_by_resource(server, config, account):
    put_items(server, account, *[bucket(f"bucket-{number:02}") for number in range(30)])
    put_items(server, account, bucket("good", {"a": "1"}, BucketVersioningConfiguration={"status": "Enabled"}))
    config.put_config_rule(ConfigRule=managed("tagged", "S3_BUCKET_TAGGED"))
    config.put_config_rule(ConfigRule=managed("versioned", "S3_BUCKET_VERSIONING_ENABLED"))
    config.put_config_rule(ConfigRule=managed("topics"))
    by_rule = {rule["ConfigRuleName"]: rule["Compliance"]
               for rule in config.describe_compliance_by_config_rule()["ComplianceByConfigRules"]}
    many = {"ComplianceType": "NON_COMPLIANT", "ComplianceContributorCount": {"CappedCount": 25, "CapExceeded": True}}
    assert by_rule == {"tagged": many, "versioned": many, "topics": {"ComplianceType": "INSUFFICIENT_DATA"}}
    bad = config.describe_compliance_by_config_rule(ComplianceTypes=["INSUFFICIENT_DATA"])["ComplianceByConfigRules"]
    assert [rule["ConfigRuleName"] for rule in bad] == ["topics"]

    first = config.describe_compliance_by_resource(ResourceType=BUCKET)
    assert len(first["ComplianceByResources"]) == 10
    pages = config.get_paginator("describe_compliance_by_resource").paginate(ComplianceTypes=["COMPLIANT"])
    assert [found for page in pages for found in page["ComplianceByResources"]] == [
        {"ResourceType": BUCKET, "ResourceId": "good", "Compliance": {"ComplianceType": "COMPLIANT"}}]
    one, = config.describe_compliance_by_resource(ResourceType=BUCKET, ResourceId="bucket-03")["ComplianceByResources"]
    assert one["Compliance"] == {"ComplianceType": "NON_COMPLIANT",
                                 "ComplianceContributorCount": {"CappedCount": 2, "CapExceeded": False}}

    rules = config.get_compliance_summary_by_config_rule()["ComplianceSummary"]
    assert rules["NonCompliantResourceCount"] == {"CappedCount": 2, "CapExceeded": False}
    summary, = config.get_compliance_summary_by_resource_type(ResourceTypes=[BUCKET])[
        "ComplianceSummariesByResourceType"]
    assert summary["ComplianceSummary"]["NonCompliantResourceCount"] == {"CappedCount": 30, "CapExceeded": False}
    assert summary["ComplianceSummary"]["CompliantResourceCount"]["CappedCount"] == 1


def test_filters_that_details_do_not_have(config):
    config.put_config_rule(ConfigRule=managed())
    for arguments in ({"ComplianceTypes": ["INSUFFICIENT_DATA"]},):
        with pytest.raises(ClientError) as raised:
            config.get_compliance_details_by_config_rule(ConfigRuleName="rule", **arguments)
        assert code_and_message(raised)[0] == "InvalidParameterValueException"
    with pytest.raises(ClientError) as raised:
        config.describe_compliance_by_resource(ResourceId="x")
    assert code_and_message(raised)[0] == "InvalidParameterValueException"
    assert config.get_compliance_details_by_resource(ResourceType=BUCKET, ResourceId="x")["EvaluationResults"] == []


def test_items_tell_of_compliance(config, sns):
    topic = sns.create_topic(Name="plain")["TopicArn"]
    config.put_config_rule(ConfigRule=managed())

    def items():
        return config.get_resource_config_history(
            resourceType="AWS::Config::ResourceCompliance", resourceId=f"AWS::SNS::Topic/{topic}",
            chronologicalOrder="Forward")["configurationItems"]

    item, = items()
    rule, = config.describe_config_rules()["ConfigRules"]
    assert json.loads(item["configuration"]) == {
        "complianceType": "NON_COMPLIANT", "targetResourceId": topic, "targetResourceType": "AWS::SNS::Topic",
        "configRuleList": [{"configRuleArn": rule["ConfigRuleArn"], "configRuleId": rule["ConfigRuleId"],
                            "configRuleName": "rule", "complianceType": "NON_COMPLIANT"}]}
    assert item["relationships"] == [{"resourceType": "AWS::SNS::Topic", "resourceId": topic,
                                      "relationshipName": "Is associated with "}]
    sns.set_topic_attributes(TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue="k")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="k")
    assert len(items()) == 2
    sns.delete_topic(TopicArn=topic)
    assert [item["configurationItemStatus"] for item in items()] == ["ResourceDiscovered", "OK", "ResourceDeleted"]


def test_evaluations_on_demand(frozen, account):
    config = frozen.client("config", account)
    start_recorder(config, account)
    topic = frozen.client("sns", account).create_topic(Name="plain")["TopicArn"]
    config.put_config_rule(ConfigRule=managed())
    assert config.delete_evaluation_results(ConfigRuleName="rule")["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert verdicts(config) == {}
    config.start_config_rules_evaluation(ConfigRuleNames=["rule"])
    assert verdicts(config) == {topic: "NON_COMPLIANT"}
    event = [event for event in frozen.events(account) if event["detail-type"] == "Config Rules Re-evaluation Status"][0]
    assert event["detail"] == {
        "awsAccountId": account, "awsRegion": "us-east-1", "configRuleNames": ["rule"],
        "notificationCreationTime": "2030-01-01T00:00:00.000Z", "messageType": "ConfigRulesEvaluationStarted",
        "recordVersion": "1.0"}
    with pytest.raises(ClientError) as raised:
        config.start_config_rules_evaluation(ConfigRuleNames=["rule"])
    assert code_and_message(raised)[0] == "LimitExceededException"
    frozen.advance("1m")
    config.start_config_rules_evaluation(ConfigRuleNames=["rule"])


def test_results_from_outside(config, account):
    config.put_config_rule(ConfigRule=managed("process", "AWS_CONFIG_PROCESS_CHECK"))
    evaluation = {"ComplianceResourceType": "AWS::::Account", "ComplianceResourceId": account,
                  "ComplianceType": "NON_COMPLIANT", "Annotation": "Not done", "OrderingTimestamp": 1893456000}
    config.put_external_evaluation(ConfigRuleName="process", ExternalEvaluation=evaluation)
    result, = config.get_compliance_details_by_config_rule(ConfigRuleName="process")["EvaluationResults"]
    assert (result["ComplianceType"], result["Annotation"]) == ("NON_COMPLIANT", "Not done")
    config.put_config_rule(ConfigRule=managed())
    with pytest.raises(ClientError) as raised:
        config.put_external_evaluation(ConfigRuleName="rule", ExternalEvaluation=evaluation)
    assert code_and_message(raised)[0] == "InvalidParameterValueException"


def test_resources_before_they_are_made(config):
    text = 'rule sized { configuration.Size <= 100 <<Too large>> }'
    rule = policy("sizes", text, EvaluationModes=[{"Mode": "DETECTIVE"}, {"Mode": "PROACTIVE"}],
                  Scope={"ComplianceResourceTypes": ["AWS::EC2::Volume"]})
    config.put_config_rule(ConfigRule=rule)
    details = {"ResourceId": "volume", "ResourceType": "AWS::EC2::Volume", "ResourceConfiguration": '{"Size":200}',
               "ResourceConfigurationSchemaType": "CFN_RESOURCE_SCHEMA"}
    arguments = {"ResourceDetails": details, "EvaluationMode": "PROACTIVE", "ClientToken": "x" * 64,
                 "EvaluationContext": {"EvaluationContextIdentifier": "deploy"}}
    found = config.start_resource_evaluation(**arguments)["ResourceEvaluationId"]
    assert config.start_resource_evaluation(**arguments)["ResourceEvaluationId"] == found
    summary = config.get_resource_evaluation_summary(ResourceEvaluationId=found)
    assert (summary["Compliance"], summary["EvaluationStatus"]) == ("NON_COMPLIANT", {"Status": "SUCCEEDED"})
    result, = config.get_compliance_details_by_resource(ResourceEvaluationId=found)["EvaluationResults"]
    assert result["Annotation"] == "Too large"
    assert result["EvaluationResultIdentifier"]["ResourceEvaluationId"] == found
    evaluation, = config.list_resource_evaluations(Filters={"EvaluationContextIdentifier": "deploy"})[
        "ResourceEvaluations"]
    assert evaluation["ResourceEvaluationId"] == found
    arguments["ResourceDetails"] = {**details, "ResourceConfiguration": '{"Size":2}'}
    with pytest.raises(ClientError) as raised:
        config.start_resource_evaluation(**arguments)
    assert code_and_message(raised)[0] == "IdempotentParameterMismatch"
    assert verdicts(config, "sizes") == {}


def test_managed_rules_before_resources_are_made(server, config):
    modes = {"EvaluationModes": [{"Mode": "DETECTIVE"}, {"Mode": "PROACTIVE"}]}
    config.put_config_rule(ConfigRule=managed("tagged", "S3_BUCKET_TAGGED", **modes))
    config.put_config_rule(ConfigRule=managed("versioned", "S3_BUCKET_VERSIONING_ENABLED", **modes))
    found = config.start_resource_evaluation(EvaluationMode="PROACTIVE", ResourceDetails={
        "ResourceId": "bucket", "ResourceType": BUCKET,
        "ResourceConfiguration": json.dumps({"Tags": [{"Key": "team", "Value": "x"}]})})["ResourceEvaluationId"]
    result, = config.get_compliance_details_by_resource(ResourceEvaluationId=found)["EvaluationResults"]
    assert result["EvaluationResultIdentifier"]["EvaluationResultQualifier"] == {
        "ConfigRuleName": "tagged", "ResourceType": BUCKET, "ResourceId": "bucket", "EvaluationMode": "PROACTIVE"}
    assert result["ComplianceType"] == "COMPLIANT"
    assert any(entry["subject"] == "evaluation mode PROACTIVE of rule versioned"
               for entry in server.journal("notEnforced"))
    proactive = config.describe_config_rules(Filters={"EvaluationMode": "PROACTIVE"})["ConfigRules"]
    assert [rule["ConfigRuleName"] for rule in proactive] == ["tagged", "versioned"]


def test_the_times_of_a_verdict_that_stays(frozen, account):
    """A rule that says the same of the next item has said it then; what it says otherwise names the time before."""
    config, sns = frozen.client("config", account), frozen.client("sns", account)
    start_recorder(config, account)
    config.put_config_rule(ConfigRule=managed())
    topic = sns.create_topic(Name="plain")["TopicArn"]

    def times():
        result, = config.get_compliance_details_by_config_rule(ConfigRuleName="rule")["EvaluationResults"]
        other, = config.get_compliance_details_by_resource(
            ResourceType="AWS::SNS::Topic", ResourceId=topic)["EvaluationResults"]
        assert result == other
        status, = config.describe_config_rule_evaluation_status()["ConfigRulesEvaluationStatus"]
        found = {result["ResultRecordedTime"], result["ConfigRuleInvokedTime"], status["LastSuccessfulEvaluationTime"],
                 result["EvaluationResultIdentifier"]["OrderingTimestamp"], status["LastSuccessfulInvocationTime"]}
        assert len(found) == 1, found
        return found.pop()

    first = times()
    for number in range(2):
        frozen.advance("1m")
        sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue=str(number))
    assert (times() - first).total_seconds() == 120
    frozen.advance("1m")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue="alias/key")
    detail = compliance_events(frozen, account)[-1]["detail"]
    old, new = (detail[name]["resultRecordedTime"] for name in ("oldEvaluationResult", "newEvaluationResult"))
    assert old[14:16] != new[14:16] and old == detail["oldEvaluationResult"]["configRuleInvokedTime"]
    changed = times()
    assert (changed - first).total_seconds() == 180
    # A rule that judges no more keeps what it said last.
    frozen.advance("1m")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="last")
    last = times()
    config.stop_configuration_recorder(ConfigurationRecorderName="default")
    frozen.advance("1m")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="unseen")
    assert times() == last and (last - changed).total_seconds() == 60
