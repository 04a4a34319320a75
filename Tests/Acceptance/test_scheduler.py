"""EventBridge Scheduler with boto3 and the AWS CLI: schedules, groups, tags, and every text of an error."""

import datetime
import json
import os
import subprocess
import sys

import pytest
from botocore.exceptions import ClientError

from conftest import code_and_message

AWS = os.path.join(os.path.dirname(sys.executable), "aws")
ROLE = "arn:aws:iam::{}:role/scheduler"
OFF = {"Mode": "OFF"}
UTC = datetime.timezone.utc


@pytest.fixture
def scheduler(server, account):
    return server.client("scheduler", account)


def queue_target(account, queue="jobs", **more):
    return {"Arn": f"arn:aws:sqs:us-east-1:{account}:{queue}", "RoleArn": ROLE.format(account), **more}


def create(scheduler, account, name="s", expression="rate(1 hour)", target=None, window=OFF, **more):
    return scheduler.create_schedule(Name=name, ScheduleExpression=expression, FlexibleTimeWindow=window,
                                     Target=target or queue_target(account), **more)["ScheduleArn"]


def refusal(scheduler, account, **arguments):
    with pytest.raises(ClientError) as raised:
        create(scheduler, account, **arguments)
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    code, message = code_and_message(raised)
    assert code == "ValidationException"
    # The model's own member, as AWS sends it.
    assert raised.value.response["Message"] == message
    return message


# Schedules

def test_a_schedule_shows_what_it_was_given_and_the_defaults(scheduler, account):
    arn = create(scheduler, account, "plain")
    assert arn == f"arn:aws:scheduler:us-east-1:{account}:schedule/default/plain"
    found = scheduler.get_schedule(Name="plain")
    created = found.pop("CreationDate")
    assert found.pop("LastModificationDate") == created
    found.pop("ResponseMetadata")
    assert found == {
        "Arn": arn, "Name": "plain", "GroupName": "default", "State": "ENABLED", "ActionAfterCompletion": "NONE",
        "ScheduleExpression": "rate(1 hour)", "ScheduleExpressionTimezone": "UTC", "FlexibleTimeWindow": OFF,
        "Target": queue_target(account, RetryPolicy={"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}),
    }


def test_every_member_comes_back(scheduler, account):
    start = datetime.datetime.now(UTC).replace(microsecond=0) + datetime.timedelta(days=1)
    given = {
        "Description": "nightly", "StartDate": start, "EndDate": start + datetime.timedelta(days=9),
        "ScheduleExpressionTimezone": "Europe/Berlin", "State": "DISABLED", "ActionAfterCompletion": "DELETE",
        "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
        "KmsKeyArn": f"arn:aws:kms:us-east-1:{account}:key/1", "ScheduleExpression": "cron(0 2 * * ? *)",
        "Target": queue_target(account, Input="x", DeadLetterConfig={"Arn": f"arn:aws:sqs:us-east-1:{account}:dead"},
                               RetryPolicy={"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 60}),
    }
    scheduler.create_schedule(Name="full", **given)
    found = scheduler.get_schedule(Name="full")
    assert {name: found[name] for name in given} == given


def test_an_update_replaces_everything(scheduler, account):
    create(scheduler, account, "s", Description="old", State="DISABLED")
    created = scheduler.get_schedule(Name="s")["CreationDate"]
    arn = scheduler.update_schedule(Name="s", ScheduleExpression="rate(2 minute)", FlexibleTimeWindow=OFF,
                                    ActionAfterCompletion="DELETE", Target=queue_target(account, "others", Input="{}"))
    found = scheduler.get_schedule(Name="s")
    assert arn["ScheduleArn"] == found["Arn"] and found["CreationDate"] == created
    assert "Description" not in found and found["State"] == "ENABLED"
    assert found["Target"]["Arn"].endswith(":others") and found["ActionAfterCompletion"] == "DELETE"


def test_a_deleted_schedule_is_gone(scheduler, account):
    create(scheduler, account, "s")
    scheduler.delete_schedule(Name="s")
    for call in (lambda: scheduler.get_schedule(Name="s"), lambda: scheduler.delete_schedule(Name="s"),
                 lambda: scheduler.update_schedule(Name="s", ScheduleExpression="rate(1 hour)",
                                                   FlexibleTimeWindow=OFF, Target=queue_target(account))):
        with pytest.raises(scheduler.exceptions.ResourceNotFoundException) as raised:
            call()
        assert code_and_message(raised) == ("ResourceNotFoundException", "Schedule s does not exist.")
        assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_a_name_is_taken_once_in_a_group(scheduler, account):
    scheduler.create_schedule_group(Name="other")
    create(scheduler, account, "s")
    create(scheduler, account, "s", GroupName="other")
    with pytest.raises(scheduler.exceptions.ConflictException) as raised:
        create(scheduler, account, "s")
    assert code_and_message(raised) == ("ConflictException", "Schedule s already exists.")
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409


def test_a_client_token_does_nothing_twice(scheduler, account):
    first = create(scheduler, account, "s", ClientToken="once")
    assert create(scheduler, account, "s", ClientToken="once") == first
    with pytest.raises(scheduler.exceptions.ConflictException):
        create(scheduler, account, "s", expression="rate(2 hours)", ClientToken="once")
    for _ in range(2):
        scheduler.delete_schedule(Name="s", ClientToken="gone")
    for _ in range(2):
        scheduler.create_schedule_group(Name="g", ClientToken="group")
    for _ in range(2):
        scheduler.delete_schedule_group(Name="g", ClientToken="no-group")


def test_accounts_and_regions_do_not_see_each_other(server, scheduler, account):
    create(scheduler, account, "s")
    assert server.client("scheduler", account, "eu-west-1").list_schedules()["Schedules"] == []


# Listing

def test_schedules_are_listed_by_group_state_and_prefix(scheduler, account):
    scheduler.create_schedule_group(Name="b")
    for group in ("default", "b"):
        for name in ("x1", "x2", "y1"):
            create(scheduler, account, name, GroupName=group, State="DISABLED" if name == "x2" else "ENABLED")

    def listed(**filters):
        return [(one["GroupName"], one["Name"]) for one in scheduler.list_schedules(**filters)["Schedules"]]

    assert listed() == [(group, name) for group in ("b", "default") for name in ("x1", "x2", "y1")]
    assert listed(GroupName="default") == [("default", "x1"), ("default", "x2"), ("default", "y1")]
    assert listed(State="DISABLED") == [("b", "x2"), ("default", "x2")]
    assert listed(NamePrefix="x", GroupName="b") == [("b", "x1"), ("b", "x2")]
    one = scheduler.list_schedules(NamePrefix="y")["Schedules"][0]
    assert one["Target"] == {"Arn": queue_target(account)["Arn"]} and one["State"] == "ENABLED"
    assert {"Arn", "CreationDate", "LastModificationDate"} <= one.keys()


def test_lists_come_in_pages(scheduler, account):
    for number in range(7):
        create(scheduler, account, f"s{number}")
        scheduler.create_schedule_group(Name=f"g{number}")
    pages = list(scheduler.get_paginator("list_schedules").paginate(PaginationConfig={"PageSize": 3}))
    assert [len(page["Schedules"]) for page in pages] == [3, 3, 1]
    assert [one["Name"] for page in pages for one in page["Schedules"]] == [f"s{number}" for number in range(7)]
    pages = list(scheduler.get_paginator("list_schedule_groups").paginate(PaginationConfig={"PageSize": 5}))
    assert [one["Name"] for page in pages for one in page["ScheduleGroups"]] == ["default"] + [
        f"g{number}" for number in range(7)]
    token = scheduler.list_schedules(MaxResults=3)["NextToken"]
    for filters in ({"NamePrefix": "s"}, {"State": "ENABLED"}):
        with pytest.raises(ClientError) as raised:
            scheduler.list_schedules(NextToken=token, **filters)
        assert code_and_message(raised) == ("ValidationException", "Invalid NextToken provided.")


# Groups

def test_the_default_group_is_always_there(scheduler, account):
    group = scheduler.get_schedule_group(Name="default")
    assert group["Arn"] == f"arn:aws:scheduler:us-east-1:{account}:schedule-group/default"
    assert group["State"] == "ACTIVE" and group["Name"] == "default"
    assert [one["Name"] for one in scheduler.list_schedule_groups()["ScheduleGroups"]] == ["default"]
    for call in (scheduler.create_schedule_group, scheduler.delete_schedule_group):
        with pytest.raises(ClientError) as raised:
            call(Name="default")
        assert code_and_message(raised) == (
            "ValidationException", "This operation cannot be performed on schedule group default.")


def test_a_group_goes_with_its_schedules(scheduler, account):
    arn = scheduler.create_schedule_group(Name="g")["ScheduleGroupArn"]
    assert arn == f"arn:aws:scheduler:us-east-1:{account}:schedule-group/g"
    create(scheduler, account, "s", GroupName="g")
    create(scheduler, account, "s")
    scheduler.delete_schedule_group(Name="g")
    for call in (lambda: scheduler.get_schedule_group(Name="g"), lambda: scheduler.delete_schedule_group(Name="g"),
                 lambda: scheduler.get_schedule(Name="s", GroupName="g"),
                 lambda: scheduler.list_schedules(GroupName="g"),
                 lambda: scheduler.list_tags_for_resource(ResourceArn=arn),
                 lambda: create(scheduler, account, "s", GroupName="g")):
        with pytest.raises(ClientError) as raised:
            call()
        assert code_and_message(raised) == ("ResourceNotFoundException", "Schedule group g does not exist.")
    assert [one["GroupName"] for one in scheduler.list_schedules()["Schedules"]] == ["default"]


def test_a_large_group_is_deleting_for_a_while(frozen):
    scheduler = frozen.client("scheduler")
    scheduler.create_schedule_group(Name="large")
    for number in range(250):
        create(scheduler, "000000000000", f"s{number}", GroupName="large", State="DISABLED")
    scheduler.delete_schedule_group(Name="large")
    assert scheduler.get_schedule_group(Name="large")["State"] == "DELETING"
    with pytest.raises(ClientError) as raised:
        create(scheduler, "000000000000", "late", GroupName="large")
    assert code_and_message(raised)[0] == "ConflictException"
    with pytest.raises(ClientError) as raised:
        scheduler.create_schedule_group(Name="large")
    assert code_and_message(raised) == ("ConflictException", "Schedule group large already exists.")
    scheduler.delete_schedule_group(Name="large")
    frozen.advance("1s")
    frozen.json("POST", "/_windtunnel/settle")
    assert scheduler.list_schedules()["Schedules"] == []
    assert [one["Name"] for one in scheduler.list_schedule_groups()["ScheduleGroups"]] == ["default"]


def test_groups_are_listed_by_prefix(scheduler):
    for name in ("blue-1", "red-1", "blue-2"):
        scheduler.create_schedule_group(Name=name)
    groups = scheduler.list_schedule_groups(NamePrefix="blue")["ScheduleGroups"]
    assert [(one["Name"], one["State"]) for one in groups] == [("blue-1", "ACTIVE"), ("blue-2", "ACTIVE")]
    assert [one["Name"] for one in scheduler.list_schedule_groups(NamePrefix="def")["ScheduleGroups"]] == ["default"]


# Tags

def test_groups_have_tags(scheduler):
    arn = scheduler.create_schedule_group(Name="g", Tags=[{"Key": "a", "Value": "1"}])["ScheduleGroupArn"]
    scheduler.tag_resource(ResourceArn=arn, Tags=[{"Key": "b c", "Value": "2"}, {"Key": "a", "Value": "3"}])
    assert scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"] == [
        {"Key": "a", "Value": "3"}, {"Key": "b c", "Value": "2"}]
    scheduler.untag_resource(ResourceArn=arn, TagKeys=["a", "b c"])
    assert scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"] == []


def test_schedules_have_no_tags(scheduler, account):
    arn = create(scheduler, account, "s")
    with pytest.raises(ClientError) as raised:
        scheduler.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}])
    assert code_and_message(raised) == (
        "ValidationException",
        f"1 validation error detected: Value '{arn}' at 'resourceArn' failed to satisfy constraint: Member must satisfy "
        r"regular expression pattern: ^arn:aws(-[a-z]+)?:scheduler:[a-z0-9\-]+:\d{12}:schedule-group\/[0-9a-zA-Z-_.]+$")


# What AWS refuses

@pytest.mark.parametrize("expression", [
    "cron(0 1 * * * *)", "cron(7 20 * * NOT *)", "cron(INVALID)", "cron(0 dummy ? * MON-FRI *)", "cron(71 8 1 * ? *)",
    "cron()", "rate(10 seconds)", "rate(10 years)", "rate()", "rate(10)", "rate(10 minutess)", "rate(foo minutes)",
    "rate(-10 minutes)", "rate( 10 minutes )", " rate(10 minutes)", "at(2021-12-31T23:59:59Z)", "at(2021-12-31)",
    "at(2030-09-08T03:54:26.439)", "some cron"])
def test_bad_expressions(scheduler, account, expression):
    assert refusal(scheduler, account, expression=expression) == f"Invalid Schedule Expression {expression}."


@pytest.mark.parametrize("expression", [
    "cron(0 8 ? * MON-FRI *)", "cron(0-15/1 8-8 ? * 2,3,4,5,6,7 *)", "cron(30-30 13-13 ? * 2,4,6 *)", "rate(1 minutes)",
    "rate(5 minute)", "at(2090-01-31T15:59:42)"])
def test_good_expressions(scheduler, account, expression):
    create(scheduler, account, expression=expression, State="DISABLED")


def test_bad_time_zones(scheduler, account):
    message = refusal(scheduler, account, ScheduleExpressionTimezone="Mars/Olympus")
    assert message == "Invalid timezone Mars/Olympus."


def test_bad_windows(scheduler, account):
    assert refusal(scheduler, account, window={"Mode": "FLEXIBLE"}) == (
        "MaximumWindowInMinutes must be provided when FlexibleTimeWindowMode is set to FLEXIBLE.")
    assert refusal(scheduler, account, window={"Mode": "OFF", "MaximumWindowInMinutes": 4}) == (
        "MaximumWindowInMinutes must not be provided when FlexibleTimeWindowMode is set to OFF.")
    assert refusal(scheduler, account, window={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 1441}).startswith(
        "1 validation error detected: Value '1441' at 'flexibleTimeWindow.maximumWindowInMinutes' failed to satisfy "
        "constraint: Member must have value less than or equal to 1440")


def test_bad_dates(scheduler, account):
    now = datetime.datetime.now(UTC)
    hour = datetime.timedelta(hours=1)
    assert refusal(scheduler, account, StartDate=now - hour) == (
        "The StartDate you specify cannot be earlier than 5 minutes ago.")
    assert refusal(scheduler, account, StartDate=now + hour, EndDate=now + hour) == (
        "The StartDate you specify must come before the EndDate.")
    # Neither counts for a schedule that runs once.
    create(scheduler, account, expression="at(2090-01-01T00:00:00)", StartDate=now + hour, EndDate=now - hour)


@pytest.mark.parametrize("arn, message", [
    ("nothing", "Provided Arn is not in correct format."),
    ("arn:aws:rds:us-east-1:{}:db:x", "rds is not a supported service for a target."),
    ("arn:aws:scheduler:us-east-1:{}:schedule/default/x", "scheduler is not a supported service for a target."),
    ("arn:aws:events:us-east-1:{}:api-destination/x/y", "Provided Arn is not in correct format."),
    ("arn:aws:sqs:eu-west-1:{}:jobs", "The target ARN provided does not match the current region us-east-1."),
    ("arn:aws:sqs:us-east-1:{}:jobs.fifo", "Parameters SqsParameters must be specified."),
    ("arn:aws:events:us-east-1:{}:event-bus/default", "Parameters EventBridgeParameters must be specified."),
    ("arn:aws:kinesis:us-east-1:{}:stream/x", "Parameters KinesisParameters must be specified."),
    ("arn:aws:ecs:us-east-1:{}:cluster/x", "Parameters EcsParameters must be specified."),
    ("arn:aws:scheduler:::aws-sdk:sqs:sendMessage", "You must provide an input to set this target for your schedule."),
    ("arn:aws:scheduler:::aws-sdk:sqs:getQueueUrl", "getQueueUrl API is not supported."),
    ("arn:aws:scheduler:::aws-sdk:ec2:describeInstances", "describeInstances API is not supported."),
])
def test_bad_targets(scheduler, account, arn, message):
    target = {"Arn": arn.format(account), "RoleArn": ROLE.format(account)}
    assert refusal(scheduler, account, target=target) == message


@pytest.mark.parametrize("arn, more, message", [
    ("arn:aws:sqs:us-east-1:{}:jobs", {"SqsParameters": {"MessageGroupId": "g"}},
     "Parameters MessageGroupId not valid for the target."),
    ("arn:aws:sqs:us-east-1:{}:jobs", {"KinesisParameters": {"PartitionKey": "k"}},
     "Parameters KinesisParameters not supported for the target."),
    ("arn:aws:sns:us-east-1:{}:news", {"SqsParameters": {}}, "Parameters SqsParameters not supported for the target."),
    ("arn:aws:lambda:us-east-1:{}:function:f", {"Input": "plain"}, "JSON syntax error in input for the target."),
    ("arn:aws:scheduler:::aws-sdk:sqs:sendMessage", {"Input": "plain"}, "JSON syntax error in input for the target."),
    ("arn:aws:scheduler:::aws-sdk:sqs:sendMessage", {"Input": "{\"messageBody\":\"x\"}"},
     "Invalid RequestJson provided. Reason Request payload is missing the following field(s): QueueUrl, MessageBody."),
    ("arn:aws:scheduler:::aws-sdk:sqs:fly", {"Input": "{}"}, "fly API is not supported."),
    ("arn:aws:ecs:us-east-1:{}:cluster/x",
     {"EcsParameters": {"TaskDefinitionArn": "arn:aws:ecs:us-east-1:1:task-definition/x", "LaunchType": "FARGATE"}},
     "Parameter NetworkConfiguration must be specified for the target when launch type is FARGATE."),
])
def test_bad_parameters(scheduler, account, arn, more, message):
    target = {"Arn": arn.format(account), "RoleArn": ROLE.format(account), **more}
    assert refusal(scheduler, account, target=target) == message


def test_targets_of_services_that_are_not_here_are_taken(scheduler, account):
    for name, arn, more in [
        ("lambda", "lambda:us-east-1:{}:function:f", {"Input": "{}"}),
        ("states", "states:us-east-1:{}:stateMachine:m", {}),
        ("kinesis", "kinesis:us-east-1:{}:stream/s", {"KinesisParameters": {"PartitionKey": "k"}}),
        ("sagemaker", "sagemaker:us-east-1:{}:pipeline/p",
         {"SageMakerPipelineParameters": {"PipelineParameterList": [{"Name": "a", "Value": "b"}]}}),
        ("ecs", "ecs:us-east-1:{}:cluster/c",
         {"EcsParameters": {"TaskDefinitionArn": "t", "LaunchType": "FARGATE", "Tags": [{"a": "b"}], "NetworkConfiguration": {
             "awsvpcConfiguration": {"Subnets": ["subnet-1"], "AssignPublicIp": "ENABLED"}}}}),
        ("universal", "scheduler:::aws-sdk:ec2:startInstances", {"Input": "{\"InstanceIds\":[\"i-1\"]}"}),
    ]:
        target = {"Arn": "arn:aws:" + arn.format(account), "RoleArn": ROLE.format(account), **more}
        create(scheduler, account, name, target=target, State="DISABLED")
        found = scheduler.get_schedule(Name=name)["Target"]
        assert {key: found[key] for key in target} == target


def test_the_models_constraints(scheduler, account):
    message = refusal(scheduler, account, name="a b", target={"Arn": "x", "RoleArn": "y"}, State="ON")
    assert message == (
        "3 validation errors detected: Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular "
        "expression pattern: ^[0-9a-zA-Z-_.]+$; Value 'ON' at 'state' failed to satisfy constraint: Member must satisfy "
        "enum value set: [ENABLED, DISABLED]; Value 'y' at 'target.roleArn' failed to satisfy constraint: Member must "
        r"satisfy regular expression pattern: ^arn:aws(-[a-z]+)?:iam::\d{12}:role\/[\w+=,.@\/-]+$")
    fifo = queue_target(account, DeadLetterConfig={"Arn": f"arn:aws:sqs:us-east-1:{account}:dead.fifo"})
    assert "at 'target.deadLetterConfig.arn' failed to satisfy constraint" in refusal(scheduler, account, target=fifo)
    bus = {"Arn": f"arn:aws:events:us-east-1:{account}:event-bus/default", "RoleArn": ROLE.format(account),
           "EventBridgeParameters": {"Source": "aws.mine", "DetailType": "x"}}
    assert "at 'target.eventBridgeParameters.source' failed" in refusal(scheduler, account, target=bus)


# Over the wire

def signed(account, service="scheduler"):
    return {"Authorization": f"AWS4-HMAC-SHA256 Credential={account}/20300101/us-east-1/{service}/aws4_request, "
                             "SignedHeaders=host, Signature=0"}


def test_errors_are_named_in_a_header(server, account):
    status, headers, body = server.http("GET", "/schedules/none", headers=signed(account))
    assert status == 404 and headers["x-amzn-errortype"] == "ResourceNotFoundException"
    assert headers["content-type"] == "application/json" and headers["x-amzn-requestid"]
    assert json.loads(body) == {"Message": "Schedule none does not exist."}


@pytest.mark.parametrize("method, path", [("PATCH", "/schedules/a"), ("GET", "/nothing"), ("GET", "/schedules/a/b")])
def test_unknown_paths_are_unknown_operations(server, account, method, path):
    status, _, body = server.http(method, path, headers=signed(account))
    assert status == 404 and body == b"<UnknownOperationException/>\n"


def test_a_body_that_is_no_json(server, account):
    status, headers, body = server.http("POST", "/schedules/a", "{", signed(account))
    assert (status, headers["x-amzn-errortype"]) == (400, "SerializationException")
    status, headers, body = server.http("GET", "/schedules?MaxResults=many", headers=signed(account))
    assert (status, headers["x-amzn-errortype"]) == (400, "SerializationException")
    assert json.loads(body) == {"Message": "STRING_VALUE can not be converted to Integer"} or json.loads(body) == {
        "message": "STRING_VALUE can not be converted to Integer"}


def test_paths_work_unsigned(server):
    server.json("POST", "/schedule-groups/unsigned", {})
    assert server.json("GET", "/schedule-groups/unsigned")[1]["State"] == "ACTIVE"
    assert server.json("GET", "/schedule-groups/unsigned", headers={"X-Region": "eu-west-1"})[0] == 404
    arn = "arn:aws:scheduler:us-east-1:000000000000:schedule-group/unsigned"
    assert server.json("GET", f"/tags/{arn}") == (200, {"Tags": []})
    assert server.json("DELETE", "/schedule-groups/unsigned") == (200, {})


def test_curl_speaks_plain_json(server):
    headers = {"X-Account": "123123123123"}
    status, created = server.json("POST", "/scheduler/CreateSchedule", {
        "Name": "plain", "ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": OFF, "State": "DISABLED",
        "Target": queue_target("123123123123")}, headers)
    assert (status, created) == (
        200, {"ScheduleArn": "arn:aws:scheduler:us-east-1:123123123123:schedule/default/plain"})
    status, error = server.json("POST", "/scheduler/GetSchedule", {"Name": "none"}, headers)
    assert (status, error["error"]) == (404, "ResourceNotFoundException")
    assert server.json("GET", "/scheduler")[1]["served"] == 12


def test_the_cli(server, account):
    def aws(*arguments):
        done = subprocess.run([AWS, "scheduler", *arguments], capture_output=True, text=True,
                              env=server.environment(account))
        return done.stdout + done.stderr

    target = json.dumps(queue_target(account))
    made = aws("create-schedule", "--name", "cli", "--schedule-expression", "rate(5 minutes)", "--flexible-time-window",
               "Mode=OFF", "--target", target)
    assert json.loads(made)["ScheduleArn"].endswith(":schedule/default/cli")
    assert json.loads(aws("list-schedules", "--name-prefix", "c"))["Schedules"][0]["Name"] == "cli"
    assert aws("delete-schedule", "--name", "cli") == ""
    assert "(ResourceNotFoundException) when calling the GetSchedule operation: Schedule cli does not exist." in aws(
        "get-schedule", "--name", "cli")
