"""Remediation that an Automation of Systems Manager does."""

from test_config_compliance import verdicts
from test_config_remediation import automatic, config, key, remediation, settle  # noqa: F401 - config is a fixture


def test_a_remediation_makes_the_resource_compliant(server, config, account, sns):
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
    before = sns.create_topic(Name="before")["TopicArn"]
    config.put_remediation_configurations(RemediationConfigurations=[automatic(account)])
    after = sns.create_topic(Name="after")["TopicArn"]
    settle(server)
    assert verdicts(config) == {before: "COMPLIANT", after: "COMPLIANT"}
