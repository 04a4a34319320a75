"""What the rules of AWS Config's conformance packs say together, with boto3."""

import json

import pytest
from botocore.exceptions import ClientError

from config_client import start_recorder
from conftest import code_and_message
from test_config_packs import TEMPLATE, gone, put

ITEM = "AWS::Config::ConformancePackCompliance"


@pytest.fixture
def config(server, account):
    client = server.client("config", account)
    start_recorder(client, account)
    return client


@pytest.fixture
def pack(config):
    return put(config)["ConformancePackId"]


def rules(config, **more):
    answer = config.describe_conformance_pack_compliance(ConformancePackName="pack", **more)
    return {rule["ConfigRuleName"].split("-conformance")[0]: rule["ComplianceType"]
            for rule in answer["ConformancePackRuleComplianceList"]}


def details(config, **more):
    pages = config.get_conformance_pack_compliance_details(ConformancePackName="pack", **more)
    return {result["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"]: result["ComplianceType"]
            for result in pages["ConformancePackRuleEvaluationResults"]}


def score(config):
    found, = config.list_conformance_pack_compliance_scores()["ConformancePackComplianceScores"]
    return found["Score"]


def summary(config):
    found, = config.get_conformance_pack_compliance_summary(
        ConformancePackNames=["pack"])["ConformancePackComplianceSummaryList"]
    return found["ConformancePackComplianceStatus"]


def test_a_pack_is_as_good_as_its_worst_rule(config, sns, pack):
    assert rules(config) == {"keys-rotated": "INSUFFICIENT_DATA", "topics-encrypted": "INSUFFICIENT_DATA"}
    assert (summary(config), score(config)) == ("INSUFFICIENT_DATA", "INSUFFICIENT_DATA")
    good = [sns.create_topic(Name=f"good{number}", Attributes={"KmsMasterKeyId": "alias/key"})["TopicArn"]
            for number in range(2)]
    assert (summary(config), score(config)) == ("COMPLIANT", "100")
    bad = sns.create_topic(Name="bad")["TopicArn"]
    assert rules(config) == {"keys-rotated": "INSUFFICIENT_DATA", "topics-encrypted": "NON_COMPLIANT"}
    assert (summary(config), score(config)) == ("NON_COMPLIANT", "66.67")
    assert details(config) == {good[0]: "COMPLIANT", good[1]: "COMPLIANT", bad: "NON_COMPLIANT"}
    assert details(config, Filters={"ComplianceType": "NON_COMPLIANT"}) == {bad: "NON_COMPLIANT"}
    assert details(config, Filters={"ResourceType": "AWS::SNS::Topic", "ResourceIds": good[:1]}) == {
        good[0]: "COMPLIANT"}
    assert rules(config, Filters={"ComplianceType": "NON_COMPLIANT"}) == {"topics-encrypted": "NON_COMPLIANT"}


def test_pages_of_details(config, sns, pack):
    topics = [sns.create_topic(Name=f"topic{number}")["TopicArn"] for number in range(3)]
    first = config.get_conformance_pack_compliance_details(ConformancePackName="pack", Limit=2)
    assert len(first["ConformancePackRuleEvaluationResults"]) == 2
    assert list(details(config, Limit=2, NextToken=first["NextToken"])) == topics[2:]


def test_filters_name_rules_of_the_pack(config, pack):
    assert rules(config, Filters={"ConfigRuleNames": [f"keys-rotated-{pack}"]}) == {
        "keys-rotated": "INSUFFICIENT_DATA"}
    for filters, code in (({"ConfigRuleNames": ["keys-rotated"]}, "NoSuchConfigRuleInConformancePackException"),
                          ({"ComplianceType": "INSUFFICIENT_DATA"}, "InvalidParameterValueException")):
        with pytest.raises(ClientError) as raised:
            rules(config, Filters=filters)
        assert code_and_message(raised)[0] == code


def test_scores_come_in_order(config, sns):
    sns.create_topic(Name="bad")
    sns.create_topic(Name="good", Attributes={"KmsMasterKeyId": "alias/key"}, Tags=[{"Key": "team", "Value": "blue"}])
    everything = "        ComplianceResourceTypes: [AWS::SNS::Topic]"
    put(config, name="half")
    put(config, TEMPLATE.replace(everything, "        TagKey: team"), name="whole")
    put(config, TEMPLATE.replace(everything, "        TagKey: nobody"), name="unknown")
    for order, expected in (("ASCENDING", [("half", "50"), ("whole", "100"), ("unknown", "INSUFFICIENT_DATA")]),
                            ("DESCENDING", [("unknown", "INSUFFICIENT_DATA"), ("whole", "100"), ("half", "50")])):
        found = config.list_conformance_pack_compliance_scores(SortBy="SCORE", SortOrder=order)
        assert [(score["ConformancePackName"], score["Score"])
                for score in found["ConformancePackComplianceScores"]] == expected


def test_an_item_tells_of_a_pack(config, sns, pack):
    sns.create_topic(Name="bad")

    def items():
        return config.get_resource_config_history(resourceType=ITEM, resourceId=pack)["configurationItems"]

    def latest():
        rows = config.select_resource_config(
            Expression=f"SELECT resourceName, configuration.complianceType, configuration.nonCompliantRuleCount, "
                       f"configuration.totalRuleCount WHERE resourceType = '{ITEM}'")["Results"]
        return json.loads(rows[0]) if rows else None

    expected = {"configuration": {"complianceType": "NON_COMPLIANT", "nonCompliantRuleCount": 1, "totalRuleCount": 2},
                "resourceName": "pack"}
    while latest() != expected:
        pass
    gone(config)
    assert items()[0]["configurationItemStatus"] == "ResourceDeleted" and latest() is None
