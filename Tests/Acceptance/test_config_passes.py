"""Runs of rules of AWS Config over many resources, and by the clock."""

from config_client import start_recorder
from test_config_compliance import BUCKET, bucket, put_items, verdicts
from test_config_rules import managed

KEY = "AWS::KMS::Key"
MANY = 250


def many(server, account, *rules):
    config = server.client("config", account)
    start_recorder(config, account)
    put_items(server, account, *[bucket(f"bucket-{number:03}", {"a": "1"} if number % 2 else {})
                                 for number in range(MANY)])
    for rule in rules:
        config.put_config_rule(ConfigRule=rule)
    server.json("POST", "/_windtunnel/settle")
    return config


def test_a_new_rule_judges_many_resources_step_by_step(server, account):
    config = many(server, account, managed("tagged", "S3_BUCKET_TAGGED"))
    found = list(verdicts(config, "tagged").values())
    assert (len(found), found.count("COMPLIANT")) == (MANY, MANY // 2)
    rule, = config.describe_config_rules()["ConfigRules"]
    assert rule["ConfigRuleState"] == "ACTIVE"


def test_many_results_are_taken_back_step_by_step(server, account):
    config = many(server, account, managed("tagged", "S3_BUCKET_TAGGED"), managed("versioned", "S3_BUCKET_VERSIONING_ENABLED"))
    config.put_config_rule(ConfigRule=managed("tagged", "S3_BUCKET_TAGGED", Scope={
        "ComplianceResourceTypes": [BUCKET], "ComplianceResourceId": "bucket-000"}))
    server.json("POST", "/_windtunnel/settle")
    found = verdicts(config, "tagged")
    assert found.pop("bucket-000") == "NON_COMPLIANT" and set(found.values()) == {"NOT_APPLICABLE"}
    config.delete_evaluation_results(ConfigRuleName="versioned")
    server.json("POST", "/_windtunnel/settle")
    assert verdicts(config, "versioned") == {}
    config.delete_config_rule(ConfigRuleName="tagged")
    server.json("POST", "/_windtunnel/settle")
    assert [rule["ConfigRuleName"] for rule in config.describe_config_rules()["ConfigRules"]] == ["versioned"]


def test_a_rule_by_the_clock(frozen, account):
    config = frozen.client("config", account)
    start_recorder(config, account)
    config.put_config_rule(ConfigRule=managed("keys", "CMK_BACKING_KEY_ROTATION_ENABLED",
                                              MaximumExecutionFrequency="Three_Hours"))
    key = {"resourceType": KEY, "resourceId": "key", "configuration": {"keyManager": "CUSTOMER", "keyState": "Enabled"}}
    put_items(frozen, account, {**key, "supplementaryConfiguration": {"KeyRotationStatus": False}})
    assert verdicts(config, "keys") == {}
    frozen.advance("3h")
    assert verdicts(config, "keys") == {"key": "NON_COMPLIANT"}
    result, = config.get_compliance_details_by_config_rule(ConfigRuleName="keys")["EvaluationResults"]
    assert result["EvaluationResultIdentifier"]["OrderingTimestamp"].timestamp() == 1893466800
    put_items(frozen, account, {**key, "supplementaryConfiguration": {"KeyRotationStatus": True}})
    assert verdicts(config, "keys") == {"key": "NON_COMPLIANT"}
    frozen.advance("3h")
    assert verdicts(config, "keys") == {"key": "COMPLIANT"}
    config.delete_config_rule(ConfigRuleName="keys")
    frozen.advance("7h")
