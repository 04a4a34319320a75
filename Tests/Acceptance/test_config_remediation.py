"""Remediation of what is not compliant: configurations, exceptions, and Automations that Config starts."""

import json

import pytest
from botocore.exceptions import ClientError

from config_client import start_recorder
from conftest import code_and_message
from test_config_compliance import verdicts
from test_config_rules import managed

TOPIC = "AWS::SNS::Topic"
ENCRYPT = json.dumps({
    "schemaVersion": "0.3", "assumeRole": "{{ AutomationAssumeRole }}",
    "parameters": {"TopicArn": {"type": "String"}, "AutomationAssumeRole": {"type": "String", "default": ""}},
    "mainSteps": [{"name": "encrypt", "action": "aws:executeAwsApi", "inputs": {
        "Service": "sns", "Api": "SetTopicAttributes", "TopicArn": "{{ TopicArn }}",
        "AttributeName": "KmsMasterKeyId", "AttributeValue": "alias/key"}}]})


@pytest.fixture
def config(server, account):
    server.client("ssm", account).create_document(Name="Encrypt", Content=ENCRYPT, DocumentType="Automation")
    client = server.client("config", account)
    start_recorder(client, account)
    client.put_config_rule(ConfigRule=managed())
    return client


def remediation(account, target="Encrypt", **more):
    role = f"arn:aws:iam::{account}:role/remediation"
    return {"ConfigRuleName": "rule", "TargetType": "SSM_DOCUMENT", "TargetId": target, "Parameters": {
        "TopicArn": {"ResourceValue": {"Value": "RESOURCE_ID"}},
        "AutomationAssumeRole": {"StaticValue": {"Values": [role]}}}, **more}


def automatic(account, target="Encrypt", **more):
    return remediation(account, target, Automatic=True, MaximumAutomaticAttempts=2, RetryAttemptSeconds=600, **more)


def refusal(call, **arguments):
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    return code_and_message(raised)


def key(topic):
    return {"resourceType": TOPIC, "resourceId": topic}


def exception_key(topic):
    return {"ResourceType": TOPIC, "ResourceId": topic}


def settle(server):
    server.json("POST", "/_windtunnel/settle")


def test_a_configuration_reads_back_and_keeps_its_rule(config, account):
    assert config.put_remediation_configurations(RemediationConfigurations=[remediation(account)])[
        "FailedBatches"] == []
    found, = config.describe_remediation_configurations(ConfigRuleNames=["rule", "other"])["RemediationConfigurations"]
    assert found.pop("Arn").startswith(f"arn:aws:config:us-east-1:{account}:remediation-configuration/rule/")
    assert found == remediation(account)
    assert refusal(config.delete_config_rule, ConfigRuleName="rule") == (
        "ResourceInUseException", "The rule rule currently has a RemediationConfiguration. Please delete the "
        "RemediationConfiguration and try again.")
    config.delete_remediation_configuration(ConfigRuleName="rule")
    assert config.describe_remediation_configurations(ConfigRuleNames=["rule"])["RemediationConfigurations"] == []
    for call, more in ((config.delete_remediation_configuration, {}),
                       (config.start_remediation_execution, {"ResourceKeys": [key("x")]}),
                       (config.describe_remediation_execution_status, {})):
        assert refusal(call, ConfigRuleName="rule", **more)[0] == "NoSuchRemediationConfigurationException"
    config.delete_config_rule(ConfigRuleName="rule")


def test_configurations_that_aws_refuses(config, account):
    both = remediation(account)
    both["Parameters"]["TopicArn"]["StaticValue"] = {"Values": ["x"]}
    unknown = remediation(account)
    unknown["Parameters"]["Nothing"] = {"StaticValue": {"Values": ["x"]}}
    for parameters in (both["Parameters"], unknown["Parameters"], {}):
        assert refusal(config.put_remediation_configurations, RemediationConfigurations=[
            {**remediation(account), "Parameters": parameters}]) == (
            "InvalidParameterValueException",
            "There were invalid RemediationParameterValues for configurations for AWS Config Rules")
    for wrong in (remediation(account, "No-Such-Document"), remediation(account, Automatic=True), {**remediation(account), "ConfigRuleName": "none"},
                  {**automatic(account), "Parameters": {}}):
        assert refusal(config.put_remediation_configurations, RemediationConfigurations=[wrong])[0] == (
            "InvalidParameterValueException")
    assert config.describe_remediation_configurations(ConfigRuleNames=["rule"])["RemediationConfigurations"] == []


def test_exceptions_are_for_what_is_not_compliant(config, account, sns):
    config.put_remediation_configurations(RemediationConfigurations=[remediation(account)])
    topic = sns.create_topic(Name="plain")["TopicArn"]
    answer = config.put_remediation_exceptions(
        ConfigRuleName="rule", ResourceKeys=[exception_key(topic), exception_key("other")], Message="Known")
    assert [item["ResourceId"] for batch in answer["FailedBatches"] for item in batch["FailedItems"]] == ["other"]
    exceptions = config.describe_remediation_exceptions(ConfigRuleName="rule")["RemediationExceptions"]
    assert exceptions == [{"ConfigRuleName": "rule", "ResourceType": TOPIC, "ResourceId": topic, "Message": "Known"}]
    config.delete_remediation_exceptions(ConfigRuleName="rule", ResourceKeys=[exception_key(topic)])
    assert refusal(config.delete_remediation_exceptions, ConfigRuleName="rule",
                   ResourceKeys=[exception_key(topic)])[0] == "NoSuchRemediationExceptionException"


def test_what_is_compliant_is_not_remediated(config, account, sns):
    config.put_remediation_configurations(RemediationConfigurations=[remediation(account)])
    topic = sns.create_topic(Name="good", Attributes={"KmsMasterKeyId": "a"})["TopicArn"]
    answer = config.start_remediation_execution(ConfigRuleName="rule", ResourceKeys=[key(topic)])
    assert answer["FailedItems"] == [key(topic)]


def test_a_document_that_is_not_there_any_more_fails_the_remediation(server, config, account, sns):
    config.put_remediation_configurations(RemediationConfigurations=[remediation(account)])
    server.client("ssm", account).delete_document(Name="Encrypt")
    topic = sns.create_topic(Name="plain")["TopicArn"]
    config.start_remediation_execution(ConfigRuleName="rule", ResourceKeys=[key(topic)])
    status, = config.describe_remediation_execution_status(ConfigRuleName="rule")["RemediationExecutionStatuses"]
    assert status["ResourceKey"] == key(topic) and status["State"] == "FAILED"


def test_automatic_remediation_gives_up(server, config, account, sns):
    topic = sns.create_topic(Name="plain")["TopicArn"]
    config.put_remediation_configurations(RemediationConfigurations=[automatic(account, target="AWS-NotServed")])
    for number in range(4):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue=str(number))
        settle(server)
    exception, = config.describe_remediation_exceptions(ConfigRuleName="rule")["RemediationExceptions"]
    assert exception["ResourceId"] == topic
