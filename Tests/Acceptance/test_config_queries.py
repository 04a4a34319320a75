"""AWS Config's advanced queries and stored queries with boto3 and the AWS CLI."""

import json
import os
import subprocess
import sys

import pytest
from botocore.exceptions import ClientError

from config_client import start_recorder
from conftest import code_and_message
from test_config_packs import TEMPLATE, deployed

AWS = os.path.join(os.path.dirname(sys.executable), "aws")
QUEUES = "WHERE resourceType = 'AWS::SQS::Queue'"


@pytest.fixture
def config(server, account):
    client = server.client("config", account)
    start_recorder(client, account)
    return client


def select(config, expression, **more):
    return [json.loads(row) for row in config.select_resource_config(Expression=expression, **more)["Results"]]


def test_a_query_sees_what_is_there_now(server, config, account):
    sqs = server.client("sqs", account)
    url = sqs.create_queue(QueueName="a", tags={"team": "blue"})["QueueUrl"]
    sqs.create_queue(QueueName="b")
    assert select(config, f"SELECT resourceName, tags.tag {QUEUES} ORDER BY resourceName") == [
        {"resourceName": "a", "tags": [{"tag": "team=blue"}]}, {"resourceName": "b"}]
    assert select(config, f"SELECT resourceId {QUEUES} AND tags.key = 'team' AND tags.value = 'blue'") == [
        {"resourceId": url}]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "77"})
    assert select(config, "SELECT resourceName, configuration.VisibilityTimeout "
                          "WHERE configuration.VisibilityTimeout = '77'") == [
        {"configuration": {"VisibilityTimeout": "77"}, "resourceName": "a"}]
    sqs.delete_queue(QueueUrl=url)
    assert select(config, f"SELECT resourceName {QUEUES}") == [{"resourceName": "b"}]


def test_the_whole_of_a_row_are_its_scalars(server, config, account):
    arn = server.client("sns", account).create_topic(Name="news")["TopicArn"]
    answer = config.select_resource_config(Expression="SELECT * WHERE resourceType = 'AWS::SNS::Topic'")
    row = json.loads(answer["Results"][0])
    assert {name: row[name] for name in ("accountId", "awsRegion", "resourceId", "resourceType", "resourceName")} == {
        "accountId": account, "awsRegion": "us-east-1", "resourceId": arn, "resourceType": "AWS::SNS::Topic",
        "resourceName": "news"}
    assert "configuration" not in row and None not in row.values()
    assert len(answer["QueryInfo"]["SelectFields"]) == 10


def test_aggregates_count(server, config, account):
    sqs = server.client("sqs", account)
    for name in ("a", "b"):
        sqs.create_queue(QueueName=name)
    server.client("sns", account).create_topic(Name="news")
    assert select(config, "SELECT resourceType, COUNT(*) WHERE resourceType IN "
                          "('AWS::SQS::Queue', 'AWS::SNS::Topic') GROUP BY resourceType") == [
        {"COUNT(*)": 2, "resourceType": "AWS::SQS::Queue"}, {"COUNT(*)": 1, "resourceType": "AWS::SNS::Topic"}]


def test_pages_hold_what_is_asked_for(server, config, account):
    sqs = server.client("sqs", account)
    for number in range(5):
        sqs.create_queue(QueueName=f"q{number}")
    expression = f"SELECT resourceName {QUEUES}"
    pages = list(config.get_paginator("select_resource_config").paginate(
        Expression=expression, PaginationConfig={"PageSize": 2}))
    assert [len(page["Results"]) for page in pages] == [2, 2, 1]
    names = [json.loads(row)["resourceName"] for page in pages for row in page["Results"]]
    assert sorted(names) == [f"q{number}" for number in range(5)]
    with pytest.raises(ClientError) as raised:
        config.select_resource_config(Expression="SELECT arn", NextToken=pages[0]["NextToken"])
    assert code_and_message(raised) == ("InvalidNextTokenException", "The nextToken provided is invalid")


def test_wrong_syntax_says_where(config):
    with pytest.raises(ClientError) as raised:
        config.select_resource_config(Expression="SELECT resourceId FROM resources")
    assert code_and_message(raised) == ("InvalidExpressionException", "syntax error at line 1, column 19")


def test_other_accounts_are_not_seen(server, config, account):
    server.client("sqs", account).create_queue(QueueName="mine")
    other = server.client("config", account, region="eu-west-1")
    assert select(other, f"SELECT resourceName {QUEUES}") == []


def test_queries_are_kept(config, account):
    query = {"QueryName": "queues", "Expression": f"SELECT resourceId {QUEUES}", "Description": "All queues"}
    arn = config.put_stored_query(StoredQuery=query, Tags=[{"Key": "team", "Value": "blue"}])["QueryArn"]
    prefix = f"arn:aws:config:us-east-1:{account}:stored-query/queues/query-"
    assert arn.startswith(prefix)
    kept = config.get_stored_query(QueryName="queues")["StoredQuery"]
    assert kept == {**query, "QueryArn": arn, "QueryId": arn.split("/")[-1]}
    assert config.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "blue"}]
    assert config.put_stored_query(StoredQuery={"QueryName": "queues", "Expression": "no query"})["QueryArn"] == arn
    kept = config.get_stored_query(QueryName="queues")["StoredQuery"]
    assert (kept["Expression"], kept["Description"]) == ("no query", "All queues")
    config.put_stored_query(StoredQuery={"QueryName": "another", "Expression": "SELECT arn"})
    first = config.list_stored_queries(MaxResults=1)
    second = config.list_stored_queries(MaxResults=1, NextToken=first["NextToken"])
    names = [query["QueryName"] for page in (first, second) for query in page["StoredQueryMetadata"]]
    assert "NextToken" not in second
    assert names == ["another", "queues"]
    config.delete_stored_query(QueryName="queues")
    for call in (config.get_stored_query, config.delete_stored_query):
        with pytest.raises(ClientError) as raised:
            call(QueryName="queues")
        assert raised.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_the_command_line_asks(server, config, account):
    server.client("sqs", account).create_queue(QueueName="cli")
    done = subprocess.run(
        [AWS, "configservice", "select-resource-config", "--expression", f"SELECT resourceName {QUEUES}"],
        env=server.environment(account), capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout) == {"Results": ['{"resourceName":"cli"}'],
                                       "QueryInfo": {"SelectFields": [{"Name": "resourceName"}]}}


def test_queries_packs_and_authorizations_are_resources_too(config, account):
    config.put_stored_query(StoredQuery={"QueryName": "topics", "Expression": "SELECT arn"},
                            Tags=[{"Key": "team", "Value": "blue"}])
    config.put_aggregation_authorization(AuthorizedAccountId="999999999999", AuthorizedAwsRegion="us-east-1")
    config.put_conformance_pack(ConformancePackName="pack", TemplateBody=TEMPLATE)

    def found():
        return select(config, "SELECT resourceType, resourceId, tags.tag WHERE resourceType IN ("
                              "'AWS::Config::StoredQuery', 'AWS::Config::ConformancePack', "
                              "'AWS::Config::AggregationAuthorization') ORDER BY resourceType")

    assert found() == [
        {"resourceId": "999999999999|us-east-1", "resourceType": "AWS::Config::AggregationAuthorization"},
        {"resourceId": "pack", "resourceType": "AWS::Config::ConformancePack"},
        {"resourceId": "topics", "resourceType": "AWS::Config::StoredQuery", "tags": [{"tag": "team=blue"}]}]
    assert select(config, "SELECT configuration.QueryExpression WHERE resourceId = 'topics'") == [
        {"configuration": {"QueryExpression": "SELECT arn"}}]
    config.delete_stored_query(QueryName="topics")
    config.delete_aggregation_authorization(AuthorizedAccountId="999999999999", AuthorizedAwsRegion="us-east-1")
    deployed(config)
    config.delete_conformance_pack(ConformancePackName="pack")
    assert found() == []
