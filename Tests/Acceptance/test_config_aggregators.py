"""AWS Config's aggregators with boto3: who may see what in which account and Region."""

import json

import pytest
from botocore.exceptions import ClientError

from config_client import start_recorder
from conftest import _accounts, code_and_message
from test_config_packs import TEMPLATE, deployed
from test_config_rules import managed

QUEUE = "AWS::SQS::Queue"
TOPIC = "AWS::SNS::Topic"


@pytest.fixture
def config(server, account):
    client = server.client("config", account)
    start_recorder(client, account)
    return client


@pytest.fixture
def other():
    return str(next(_accounts))


def put(config, *accounts, name="all", **more):
    source = {"AccountIds": list(accounts), **(more or {"AwsRegions": ["us-east-1"]})}
    return config.put_configuration_aggregator(
        ConfigurationAggregatorName=name, AccountAggregationSources=[source])["ConfigurationAggregator"]


def refusal(call, **arguments):
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    return code_and_message(raised)


def queues(config):
    found = config.list_aggregate_discovered_resources(ConfigurationAggregatorName="all", ResourceType=QUEUE)
    return [(resource["SourceAccountId"], resource["SourceRegion"], resource["ResourceName"])
            for resource in found["ResourceIdentifiers"]]


def test_an_aggregator_reads_back(config, account):
    made = put(config, account)
    assert made["ConfigurationAggregatorArn"].startswith(
        f"arn:aws:config:us-east-1:{account}:config-aggregator/config-aggregator-")
    assert made["AccountAggregationSources"] == [
        {"AccountIds": [account], "AwsRegions": ["us-east-1"], "AllAwsRegions": False}]
    assert config.describe_configuration_aggregators()["ConfigurationAggregators"] == [made]
    again = put(config, account, AllAwsRegions=True)
    assert again["ConfigurationAggregatorArn"] == made["ConfigurationAggregatorArn"]
    assert again["CreationTime"] == made["CreationTime"]
    config.tag_resource(ResourceArn=made["ConfigurationAggregatorArn"], Tags=[{"Key": "a", "Value": "b"}])
    config.delete_configuration_aggregator(ConfigurationAggregatorName="all")
    assert config.describe_configuration_aggregators()["ConfigurationAggregators"] == []


def test_what_an_aggregator_must_be(config, account):
    source = [{"AccountIds": [account], "AllAwsRegions": True}]
    organization = {"RoleArn": f"arn:aws:iam::{account}:role/org", "AllAwsRegions": True}
    put_aggregator = config.put_configuration_aggregator
    assert refusal(put_aggregator, ConfigurationAggregatorName="a", AccountAggregationSources=source,
                   OrganizationAggregationSource=organization) == (
        "InvalidParameterValueException",
        "The configuration aggregator cannot be created because your request contains both the "
        "AccountAggregationSource and the OrganizationAggregationSource. Include only one aggregation source and try "
        "again.")
    assert refusal(put_aggregator, ConfigurationAggregatorName="a") == (
        "InvalidParameterValueException",
        "The configuration aggregator cannot be created because your request is missing either the "
        "AccountAggregationSource or the OrganizationAggregationSource. Include the appropriate aggregation source "
        "and try again.")
    assert refusal(put_aggregator, ConfigurationAggregatorName="a", AccountAggregationSources=[
        {"AccountIds": [account], "AllAwsRegions": True, "AwsRegions": ["us-east-1"]}]) == (
        "InvalidParameterValueException",
        "Your configuration aggregator contains a list of regions and also specifies the use of all regions. You must "
        "choose one of these options.")
    assert refusal(put_aggregator, ConfigurationAggregatorName="a",
                   AccountAggregationSources=[{"AccountIds": [account]}]) == (
        "InvalidParameterValueException",
        "Your request does not specify any regions. Select AWS Config-supported regions and try again.")
    assert refusal(config.delete_configuration_aggregator, ConfigurationAggregatorName="a") == (
        "NoSuchConfigurationAggregatorException",
        "The configuration aggregator does not exist. Check the configuration aggregator name and try again.")


def test_other_accounts_are_seen_once_they_authorize_it(server, config, account, other):
    theirs = server.client("config", other)
    start_recorder(theirs, other)
    server.client("sqs", account).create_queue(QueueName="mine")
    server.client("sqs", other).create_queue(QueueName="theirs")
    put(config, account, other)
    assert queues(config) == [(account, "us-east-1", "mine")]
    assert theirs.describe_pending_aggregation_requests()["PendingAggregationRequests"] == [
        {"RequesterAccountId": account, "RequesterAwsRegion": "us-east-1"}]
    statuses = config.describe_configuration_aggregator_sources_status(ConfigurationAggregatorName="all")
    assert [(status["SourceId"], status["LastUpdateStatus"]) for status in statuses["AggregatedSourceStatusList"]] == [
        (account, "SUCCEEDED"), (other, "FAILED")]
    made = theirs.put_aggregation_authorization(AuthorizedAccountId=account, AuthorizedAwsRegion="us-east-1")
    assert made["AggregationAuthorization"]["AggregationAuthorizationArn"] == (
        f"arn:aws:config:us-east-1:{other}:aggregation-authorization/{account}/us-east-1")
    assert theirs.describe_aggregation_authorizations()["AggregationAuthorizations"] == [
        made["AggregationAuthorization"]]
    assert theirs.describe_pending_aggregation_requests()["PendingAggregationRequests"] == []
    assert queues(config) == [(account, "us-east-1", "mine"), (other, "us-east-1", "theirs")]
    theirs.delete_aggregation_authorization(AuthorizedAccountId=account, AuthorizedAwsRegion="us-east-1")
    assert queues(config) == [(account, "us-east-1", "mine")]


def test_a_request_can_be_declined(server, config, account, other):
    put(config, other)
    theirs = server.client("config", other)
    theirs.delete_pending_aggregation_request(RequesterAccountId=account, RequesterAwsRegion="us-east-1")
    assert theirs.describe_pending_aggregation_requests()["PendingAggregationRequests"] == []
    put(config, other)
    assert len(theirs.describe_pending_aggregation_requests()["PendingAggregationRequests"]) == 1


@pytest.fixture
def two_regions(server, config, account):
    """An aggregator over an account with queues in two Regions."""
    west = server.client("config", account, region="eu-west-1")
    start_recorder(west, account)
    server.client("sqs", account).create_queue(QueueName="east")
    server.client("sqs", account, region="eu-west-1").create_queue(QueueName="west")
    server.client("sns", account).create_topic(Name="news")
    put(config, account, AllAwsRegions=True)
    return west


def test_all_regions_are_counted_and_listed(config, account, two_regions):
    assert queues(config) == [(account, "eu-west-1", "west"), (account, "us-east-1", "east")]
    first = config.list_aggregate_discovered_resources(
        ConfigurationAggregatorName="all", ResourceType=QUEUE, Limit=1)
    second = config.list_aggregate_discovered_resources(
        ConfigurationAggregatorName="all", ResourceType=QUEUE, Limit=1, NextToken=first["NextToken"])
    assert [page["ResourceIdentifiers"][0]["ResourceName"] for page in (first, second)] == ["west", "east"]
    assert "NextToken" not in second
    counts = config.get_aggregate_discovered_resource_counts(
        ConfigurationAggregatorName="all", GroupByKey="AWS_REGION", Filters={"ResourceType": QUEUE})
    assert counts["TotalDiscoveredResources"] == 2
    assert sorted((group["GroupName"], group["ResourceCount"]) for group in counts["GroupedResourceCounts"]) == [
        ("eu-west-1", 1), ("us-east-1", 1)]


def test_items_and_queries_reach_all_sources(config, account, two_regions):
    identifier, = config.list_aggregate_discovered_resources(
        ConfigurationAggregatorName="all", ResourceType=QUEUE, Filters={"Region": "eu-west-1"})["ResourceIdentifiers"]
    item = config.get_aggregate_resource_config(
        ConfigurationAggregatorName="all", ResourceIdentifier=identifier)["ConfigurationItem"]
    assert (item["awsRegion"], item["resourceName"]) == ("eu-west-1", "west")
    missing = {**identifier, "ResourceId": "none"}
    batch = config.batch_get_aggregate_resource_config(
        ConfigurationAggregatorName="all", ResourceIdentifiers=[identifier, missing])
    assert [item["resourceName"] for item in batch["BaseConfigurationItems"]] == ["west"]
    assert batch["UnprocessedResourceIdentifiers"] == [missing]
    assert refusal(config.get_aggregate_resource_config, ConfigurationAggregatorName="all",
                   ResourceIdentifier=missing)[0] == "ResourceNotDiscoveredException"
    rows = config.select_aggregate_resource_config(
        ConfigurationAggregatorName="all",
        Expression=f"SELECT awsRegion, resourceName WHERE resourceType = '{QUEUE}' ORDER BY resourceName")["Results"]
    assert [json.loads(row) for row in rows] == [
        {"awsRegion": "us-east-1", "resourceName": "east"}, {"awsRegion": "eu-west-1", "resourceName": "west"}]


def test_a_filter_leaves_other_types_out(config, account, two_regions):
    config.put_configuration_aggregator(
        ConfigurationAggregatorName="all", AccountAggregationSources=[{"AccountIds": [account], "AllAwsRegions": True}],
        AggregatorFilters={"ResourceType": {"Type": "INCLUDE", "Value": [TOPIC]}})
    assert queues(config) == []
    counts = config.get_aggregate_discovered_resource_counts(
        ConfigurationAggregatorName="all", GroupByKey="RESOURCE_TYPE")
    assert counts["GroupedResourceCounts"] == [{"GroupName": TOPIC, "ResourceCount": 1}]
    rows = config.select_aggregate_resource_config(
        ConfigurationAggregatorName="all", Expression="SELECT resourceType, COUNT(*) GROUP BY resourceType")["Results"]
    assert [json.loads(row) for row in rows] == [{"COUNT(*)": 1, "resourceType": TOPIC}]


def test_compliance_of_all_sources(config, account, two_regions):
    for client in (config, two_regions):
        client.put_config_rule(ConfigRule=managed())
    rules = config.describe_aggregate_compliance_by_config_rules(ConfigurationAggregatorName="all")
    assert [(rule["AwsRegion"], rule["Compliance"]["ComplianceType"])
            for rule in rules["AggregateComplianceByConfigRules"]] == [("us-east-1", "NON_COMPLIANT")]
    code, _ = refusal(config.describe_aggregate_compliance_by_config_rules, ConfigurationAggregatorName="all",
                      Filters={"ComplianceType": "INSUFFICIENT_DATA"})
    assert code == "ValidationException"
    result, = config.get_aggregate_compliance_details_by_config_rule(
        ConfigurationAggregatorName="all", ConfigRuleName="rule", AccountId=account,
        AwsRegion="us-east-1")["AggregateEvaluationResults"]
    assert (result["AccountId"], result["AwsRegion"], result["ComplianceType"]) == (
        account, "us-east-1", "NON_COMPLIANT")
    summary = config.get_aggregate_config_rule_compliance_summary(
        ConfigurationAggregatorName="all", GroupByKey="AWS_REGION")
    group, = summary["AggregateComplianceCounts"]
    assert group["GroupName"] == "us-east-1"
    assert group["ComplianceSummary"]["NonCompliantResourceCount"] == {"CappedCount": 1, "CapExceeded": False}


def test_packs_of_all_sources(config, account, two_regions):
    for client in (config, two_regions):
        client.put_conformance_pack(ConformancePackName="pack", TemplateBody=TEMPLATE)
        deployed(client)
    packs = config.describe_aggregate_compliance_by_conformance_packs(
        ConfigurationAggregatorName="all", Filters={"ComplianceType": "NON_COMPLIANT"})
    assert packs["AggregateComplianceByConformancePacks"] == [{
        "ConformancePackName": "pack", "AccountId": account, "AwsRegion": "us-east-1",
        "Compliance": {"ComplianceType": "NON_COMPLIANT", "CompliantRuleCount": 0, "NonCompliantRuleCount": 1,
                       "TotalRuleCount": 2}}]
    summary = config.get_aggregate_conformance_pack_compliance_summary(
        ConfigurationAggregatorName="all", GroupByKey="ACCOUNT_ID")
    assert summary["AggregateConformancePackComplianceSummaries"] == [{
        "GroupName": account,
        "ComplianceSummary": {"CompliantConformancePackCount": 0, "NonCompliantConformancePackCount": 1}}]
