"""Remediation that an Automation of Systems Manager does."""

import json

from test_config_compliance import verdicts
from test_config_remediation import automatic, config, key, remediation, settle  # noqa: F401 - config is a fixture

ENCRYPT = json.dumps({
    "schemaVersion": "0.3", "assumeRole": "{{ AutomationAssumeRole }}",
    "parameters": {"TopicArn": {"type": "String"}, "AutomationAssumeRole": {"type": "String", "default": ""}},
    "mainSteps": [{"name": "encrypt", "action": "aws:executeAwsApi", "inputs": {
        "Service": "sns", "Api": "SetTopicAttributes", "TopicArn": "{{ TopicArn }}",
        "AttributeName": "KmsMasterKeyId", "AttributeValue": "alias/key"}}]})


def test_a_remediation_makes_the_resource_compliant(server, config, account, sns):
    server.client("ssm", account).create_document(Name="Encrypt", Content=ENCRYPT, DocumentType="Automation")
    config.put_remediation_configurations(RemediationConfigurations=[remediation(account)])
    topic = sns.create_topic(Name="plain")["TopicArn"]
    assert verdicts(config) == {topic: "NON_COMPLIANT"}
    assert "FailedItems" not in config.start_remediation_execution(ConfigRuleName="rule", ResourceKeys=[key(topic)])
    settle(server)
    assert verdicts(config) == {topic: "COMPLIANT"}
    status, = config.describe_remediation_execution_status(ConfigRuleName="rule", ResourceKeys=[key(topic)])[
        "RemediationExecutionStatuses"]
    assert status["State"] == "SUCCEEDED"
    assert [(step["Name"], step["State"]) for step in status["StepDetails"]] == [("encrypt", "SUCCEEDED")]


def test_automatic_remediation(server, config, account, sns):
    server.client("ssm", account).create_document(Name="Encrypt", Content=ENCRYPT, DocumentType="Automation")
    before = sns.create_topic(Name="before")["TopicArn"]
    config.put_remediation_configurations(RemediationConfigurations=[automatic(account)])
    after = sns.create_topic(Name="after")["TopicArn"]
    settle(server)
    assert verdicts(config) == {before: "COMPLIANT", after: "COMPLIANT"}
