"""EventBridge Pipes with boto3 and the AWS CLI: pipes, their states, tags, lists, and what is refused."""

import json
import os
import subprocess
import sys

import pytest
from botocore.exceptions import ClientError

from conftest import code_and_message

AWS = os.path.join(os.path.dirname(sys.executable), "aws")
ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/pipe"
DESTINATION = f"arn:aws:events:us-east-1:{ACCOUNT}:api-destination/d/11111111-2222-3333-4444-555555555555"


def queue(name, account=ACCOUNT, region="us-east-1"):
    return f"arn:aws:sqs:{region}:{account}:{name}"


@pytest.fixture
def pipes(frozen):
    for name in ["in", "out"]:
        frozen.client("sqs").create_queue(QueueName=name)
    return frozen.client("pipes")


def create(pipes, name="p", **more):
    return pipes.create_pipe(**{"Name": name, "Source": queue("in"), "Target": queue("out"), "RoleArn": ROLE, **more})


def states(pipes, name="p"):
    found = pipes.describe_pipe(Name=name)
    return found["DesiredState"], found["CurrentState"]


def refused_field(raised):
    """The field that a ValidationException names, and what it says of it; AWS writes both into the text as JSON."""
    code, message = code_and_message(raised)
    assert code == "ValidationException"
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    fields = json.loads(message)["ValidationErrorFields"]
    assert raised.value.response["fieldList"] == [{"name": field["Name"], "message": field["Message"]}
                                                  for field in fields]
    return fields[0]["Name"], fields[0]["Message"]


def refusal(pipes, **arguments):
    with pytest.raises(ClientError) as raised:
        create(pipes, **arguments)
    assert pipes.list_pipes()["Pipes"] == []
    return refused_field(raised)


# What is stored

def test_a_pipe_shows_what_it_was_given_and_the_defaults(pipes):
    answer = create(pipes)
    assert (answer["Name"], answer["DesiredState"], answer["CurrentState"]) == ("p", "RUNNING", "CREATING")
    assert answer["Arn"] == f"arn:aws:pipes:us-east-1:{ACCOUNT}:pipe/p"
    found = pipes.describe_pipe(Name="p")
    for name in ["CreationTime", "LastModifiedTime", "ResponseMetadata"]:
        found.pop(name)
    assert found == {
        "Arn": answer["Arn"], "Name": "p", "DesiredState": "RUNNING", "CurrentState": "CREATING", "RoleArn": ROLE,
        "Source": queue("in"), "Target": queue("out"), "Tags": {},
        "SourceParameters": {"SqsQueueParameters": {"BatchSize": 10, "MaximumBatchingWindowInSeconds": 0}},
    }


def test_every_member_comes_back(pipes, frozen):
    given = {
        "Description": "orders", "DesiredState": "STOPPED", "Enrichment": DESTINATION, "Tags": {"team": "a"},
        "SourceParameters": {"SqsQueueParameters": {"BatchSize": 1, "MaximumBatchingWindowInSeconds": 5},
                             "FilterCriteria": {"Filters": [{"Pattern": '{"body":{"a":[1]}}'}]}},
        "EnrichmentParameters": {"InputTemplate": "<$.body>", "HttpParameters": {
            "PathParameterValues": ["x"], "HeaderParameters": {"h": "v"}, "QueryStringParameters": {"q": "v"}}},
        "TargetParameters": {"InputTemplate": "<$.x>", "SqsQueueParameters": {"MessageGroupId": "$.body.g"}},
        "LogConfiguration": {"Level": "OFF"}, "KmsKeyIdentifier": "alias/k",
    }
    create(pipes, **given)
    found = pipes.describe_pipe(Name="p")
    assert {name: found[name] for name in given} == given
    assert [row["subject"] for row in frozen.journal("notEnforced")] == ["pipes KmsKeyIdentifier"]


def test_an_api_destination_takes_one_record_at_a_time(pipes):
    create(pipes, Target=DESTINATION)
    assert pipes.describe_pipe(Name="p")["SourceParameters"]["SqsQueueParameters"]["BatchSize"] == 1


def test_lists_are_filtered_and_come_in_pages(pipes):
    for name in ["a1", "a2", "b1"]:
        create(pipes, name, DesiredState="STOPPED" if name == "a2" else "RUNNING")
    create(pipes, "topic", Target=f"arn:aws:sns:us-east-1:{ACCOUNT}:t")

    def names(**query):
        return [pipe["Name"] for pipe in pipes.list_pipes(**query)["Pipes"]]

    assert names() == ["a1", "a2", "b1", "topic"]
    assert names(NamePrefix="a") == ["a1", "a2"]
    assert names(DesiredState="STOPPED") == ["a2"]
    assert names(CurrentState="CREATING") == ["a1", "a2", "b1", "topic"]
    assert names(TargetPrefix="arn:aws:sns") == ["topic"]
    assert names(SourcePrefix="arn:aws:kinesis") == []
    page = pipes.list_pipes(Limit=3)
    assert [pipe["Name"] for pipe in page["Pipes"]] == ["a1", "a2", "b1"]
    rest = pipes.list_pipes(Limit=3, NextToken=page["NextToken"])
    assert [pipe["Name"] for pipe in rest["Pipes"]] == ["topic"] and "NextToken" not in rest
    with pytest.raises(ClientError) as raised:
        pipes.list_pipes(NamePrefix="a", NextToken=page["NextToken"])
    assert refused_field(raised)[0] == "NextToken"


def test_tags(pipes):
    arn = create(pipes, Tags={"a": "1"})["Arn"]
    pipes.tag_resource(resourceArn=arn, tags={"b": "2", "a": "3"})
    assert pipes.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "3", "b": "2"}
    pipes.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert pipes.describe_pipe(Name="p")["Tags"] == {"b": "2"}
    with pytest.raises(ClientError) as raised:
        pipes.tag_resource(resourceArn=arn, tags={f"k{n}": "v" for n in range(50)})
    assert refused_field(raised)[0] == "Tags"
    assert pipes.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "2"}
    with pytest.raises(ClientError) as raised:
        pipes.tag_resource(resourceArn=arn + "x", tags={"a": "1"})
    assert code_and_message(raised) == ("NotFoundException", "Pipe px does not exist.")


# States

def test_a_pipe_goes_through_the_states_by_the_clock(pipes, frozen):
    create(pipes)
    frozen.advance("1s")
    assert states(pipes) == ("RUNNING", "RUNNING")
    assert pipes.stop_pipe(Name="p")["CurrentState"] == "STOPPING"
    frozen.advance("1s")
    assert states(pipes) == ("STOPPED", "STOPPED")
    assert pipes.start_pipe(Name="p")["CurrentState"] == "STARTING"
    frozen.advance("1s")
    assert states(pipes) == ("RUNNING", "RUNNING")
    assert pipes.update_pipe(Name="p", RoleArn=ROLE, DesiredState="STOPPED")["CurrentState"] == "UPDATING"
    frozen.advance("1s")
    assert states(pipes) == ("STOPPED", "STOPPED")
    answer = pipes.delete_pipe(Name="p")
    assert (answer["DesiredState"], answer["CurrentState"]) == ("DELETED", "DELETING")
    assert states(pipes) == ("DELETED", "DELETING")
    frozen.advance("1s")
    with pytest.raises(ClientError) as raised:
        pipes.describe_pipe(Name="p")
    assert code_and_message(raised) == ("NotFoundException", "Pipe p does not exist.")
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_a_pipe_may_be_born_stopped(pipes, frozen):
    create(pipes, DesiredState="STOPPED")
    frozen.advance("1s")
    assert states(pipes) == ("STOPPED", "STOPPED")


def test_without_its_queue_a_pipe_is_not_created(pipes, frozen):
    create(pipes, Source=queue("missing"))
    frozen.advance("1s")
    found = pipes.describe_pipe(Name="p")
    assert found["CurrentState"] == "CREATE_FAILED"
    assert found["StateReason"].startswith("Input parameter is invalid from the request due to : Error occurred while "
                                           "ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue.")
    pipes.delete_pipe(Name="p")


@pytest.mark.parametrize("operation", ["update_pipe", "delete_pipe", "start_pipe", "stop_pipe"])
def test_a_pipe_in_transition_cannot_be_changed(pipes, operation):
    create(pipes)
    with pytest.raises(ClientError) as raised:
        getattr(pipes, operation)(Name="p", **({"RoleArn": ROLE} if operation == "update_pipe" else {}))
    assert code_and_message(raised) == ("ConflictException", "Pipe p is in state CREATING and cannot be changed.")
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409
    assert (raised.value.response["resourceId"], raised.value.response["resourceType"]) == ("p", "pipe")


def test_names_are_taken_once(pipes, frozen):
    create(pipes)
    with pytest.raises(ClientError) as raised:
        create(pipes)
    assert code_and_message(raised) == ("ConflictException", "Pipe p already exists.")
    frozen.advance("1s")
    with pytest.raises(ClientError) as raised:
        pipes.start_pipe(Name="p")
    assert code_and_message(raised)[0] == "ConflictException"
    for operation in ["update_pipe", "delete_pipe", "start_pipe", "stop_pipe"]:
        with pytest.raises(ClientError) as raised:
            getattr(pipes, operation)(Name="no", **({"RoleArn": ROLE} if operation == "update_pipe" else {}))
        assert code_and_message(raised) == ("NotFoundException", "Pipe no does not exist.")


# Updates

def test_an_update_changes_what_it_names(pipes, frozen):
    create(pipes, Description="old", SourceParameters={
        "SqsQueueParameters": {"BatchSize": 3}, "FilterCriteria": {"Filters": [{"Pattern": '{"body":["x"]}'}]}},
           TargetParameters={"InputTemplate": "a", "SqsQueueParameters": {"MessageGroupId": "g"}})
    frozen.advance("1s")
    pipes.update_pipe(Name="p", RoleArn=ROLE + "2", SourceParameters={"SqsQueueParameters": {
        "MaximumBatchingWindowInSeconds": 7}}, TargetParameters={"InputTemplate": ""})
    found = pipes.describe_pipe(Name="p")
    assert found["Description"] == "old" and found["RoleArn"] == ROLE + "2" and found["Source"] == queue("in")
    assert found["SourceParameters"] == {
        "SqsQueueParameters": {"BatchSize": 10, "MaximumBatchingWindowInSeconds": 7},
        "FilterCriteria": {"Filters": [{"Pattern": '{"body":["x"]}'}]}}
    assert found["TargetParameters"] == {"SqsQueueParameters": {"MessageGroupId": "g"}}
    frozen.advance("1s")
    pipes.update_pipe(Name="p", RoleArn=ROLE, Description="", Target=f"arn:aws:sns:us-east-1:{ACCOUNT}:t",
                      SourceParameters={"FilterCriteria": {"Filters": []}})
    found = pipes.describe_pipe(Name="p")
    assert "TargetParameters" not in found and "Description" not in found
    assert list(found["SourceParameters"]) == ["SqsQueueParameters"]


def test_a_refused_update_changes_nothing(pipes, frozen):
    create(pipes)
    frozen.advance("1s")
    before = pipes.describe_pipe(Name="p")
    with pytest.raises(ClientError) as raised:
        pipes.update_pipe(Name="p", RoleArn=ROLE, Description="new", Target=DESTINATION)
    assert refused_field(raised)[0] == "BatchSize"
    after = pipes.describe_pipe(Name="p")
    assert {**before, "ResponseMetadata": None} == {**after, "ResponseMetadata": None}


# What is refused

@pytest.mark.parametrize("source", [
    f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/s", f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/t/stream/1",
    "smk://broker:9092"])
def test_sources_that_do_not_run_are_refused_by_name(pipes, source):
    assert refusal(pipes, Source=source) == (
        "Source", f"{source} is not supported: Windtunnel runs pipes from SQS queues only.")


@pytest.mark.parametrize("service", ["lambda", "states", "kinesis", "firehose", "ecs", "batch"])
def test_targets_that_do_not_run_are_refused_by_name(pipes, service):
    arn = f"arn:aws:{service}:us-east-1:{ACCOUNT}:x:y"
    assert refusal(pipes, Target=arn) == (
        "Target", f"{arn} is not supported: Windtunnel runs pipes to SQS queues, SNS topics, event buses, API "
                  "destinations and CloudWatch Logs log groups.")
    name, message = refusal(pipes, Enrichment=arn)
    assert name == "Enrichment" and "API destinations only" in message


@pytest.mark.parametrize("arguments, name", [
    ({"Source": queue("in", "111111111111")}, "Source"),
    ({"Source": queue("in", region="eu-west-1")}, "Source"),
    ({"Target": queue("out", region="eu-west-1")}, "Target"),
    ({"Target": "arn:aws:events:us-east-1:111111111111:event-bus/b"}, "Target"),
    ({"Target": queue("out.fifo")}, "TargetParameters.SqsQueueParameters.MessageGroupId"),
    ({"Target": f"arn:aws:sns:us-east-1:{ACCOUNT}:t.fifo"}, "Target"),
    ({"SourceParameters": {"KinesisStreamParameters": {"StartingPosition": "LATEST"}}},
     "KinesisStreamParameters"),
    ({"TargetParameters": {"LambdaFunctionParameters": {"InvocationType": "FIRE_AND_FORGET"}}},
     "LambdaFunctionParameters"),
    ({"EnrichmentParameters": {"InputTemplate": "x"}}, "Enrichment"),
    ({"SourceParameters": {"SqsQueueParameters": {"BatchSize": 11, "MaximumBatchingWindowInSeconds": 1}}},
     "BatchSize"),
    ({"Enrichment": DESTINATION, "SourceParameters": {"SqsQueueParameters": {"BatchSize": 2}}},
     "BatchSize"),
    ({"Target": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/g",
      "SourceParameters": {"SqsQueueParameters": {"BatchSize": 500}}},
     "MaximumBatchingWindowInSeconds"),
    ({"Source": queue("in.fifo"), "SourceParameters": {"SqsQueueParameters": {"MaximumBatchingWindowInSeconds": 1}}},
     "MaximumBatchingWindowInSeconds"),
])
def test_settings_that_cannot_be(pipes, arguments, name):
    assert refusal(pipes, **arguments)[0] == name


def test_an_enrichment_takes_one_at_a_time(pipes):
    # Recorded from AWS.
    assert refusal(pipes, Enrichment=DESTINATION, SourceParameters={"SqsQueueParameters": {"BatchSize": 2}}) == (
        "BatchSize",
        "The configured batch size 2 is greater than the max supported batch size 1 for enrichment api-destination.")


def test_a_pattern_that_is_none(pipes):
    name, message = refusal(pipes, SourceParameters={"FilterCriteria": {"Filters": [{"Pattern": '{"body":1}'}]}})
    assert name == "SourceParameters.FilterCriteria.Filters[0].Pattern"
    assert message.startswith('Event pattern is not valid. Reason: "body" must be an object or an array')


@pytest.mark.parametrize("arguments, message", [
    ({"SourceParameters": {"SqsQueueParameters": {"BatchSize": 0}}},
     "[numeric instance is lower than the required minimum (minimum: 1, found: 0)]"),
    ({"SourceParameters": {"SqsQueueParameters": {"MaximumBatchingWindowInSeconds": 301}}},
     "[numeric instance is greater than the required maximum (maximum: 300, found: 301)]"),
    ({"DesiredState": "DELETED"},
     '[instance value ("DELETED") not found in enum (possible values: ["RUNNING","STOPPED"])]'),
    ({"Description": "x" * 513, "Tags": {f"k{n}": "v" for n in range(51)}},
     f'[string "{"x" * 513}" is too long (length: 513, maximum allowed: 512), object has too many properties (found 51 '
     'but schema requires at most 50)]'),
    ({"SourceParameters": {"FilterCriteria": {"Filters": [{"Pattern": "{}"}] * 6}}},
     "[array is too long: must have at most 5 elements but instance has 6 elements]"),
    ({"RoleArn": "role"},
     '[ECMA 262 regex "^arn:(aws[a-zA-Z-]*)?:iam::\\\\d{12}:role/?[a-zA-Z0-9+=,.@\\\\-_/]+$" does not match input string '
     '"role"]'),
])
def test_what_the_model_forbids_is_told_as_by_a_schema(frozen, arguments, message):
    given = {"Source": queue("in"), "Target": queue("out"), "RoleArn": ROLE, **arguments}
    status, answer = frozen.json("POST", "/v1/pipes/p", given, {"Authorization": (
        "AWS4-HMAC-SHA256 Credential=000000000000/20300101/us-east-1/pipes/aws4_request, SignedHeaders=host, "
        "Signature=0")})
    assert (status, answer["message"]) == (400, message)


def test_missing_members_and_wrong_types_are_told_too(frozen):
    status, answer = frozen.json("POST", "/pipes/CreatePipe", {"Name": "p", "Source": 5})
    assert status == 400
    assert answer["message"] == (
        '[object has missing required properties (["RoleArn","Target"]), instance type (integer) does not match any '
        'allowed primitive type (allowed: ["string"])]')


# The AWS CLI

def test_the_aws_cli_makes_a_pipe(frozen, pipes):
    def aws(*arguments):
        done = subprocess.run([AWS, "pipes", *arguments, "--output", "json"], capture_output=True, text=True,
                              env=frozen.environment(ACCOUNT), check=True)
        return json.loads(done.stdout) if done.stdout else None

    aws("create-pipe", "--name", "cli", "--source", queue("in"), "--target", queue("out"), "--role-arn", ROLE,
        "--source-parameters", '{"FilterCriteria":{"Filters":[{"Pattern":"{\\"body\\":[\\"x\\"]}"}]}}')
    frozen.advance("1s")
    assert aws("describe-pipe", "--name", "cli")["CurrentState"] == "RUNNING"
    sqs = frozen.client("sqs")
    for body in ["x", "y"]:
        sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="in")["QueueUrl"], MessageBody=body)
    frozen.json("POST", "/_windtunnel/settle", {})
    found = sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName="out")["QueueUrl"], MaxNumberOfMessages=10)
    assert [json.loads(message["Body"])["body"] for message in found["Messages"]] == ["x"]
    aws("tag-resource", "--resource-arn", f"arn:aws:pipes:us-east-1:{ACCOUNT}:pipe/cli", "--tags", "a=b")
    assert aws("list-tags-for-resource", "--resource-arn",
               f"arn:aws:pipes:us-east-1:{ACCOUNT}:pipe/cli") == {"tags": {"a": "b"}}
    assert [pipe["Name"] for pipe in aws("list-pipes")["Pipes"]] == ["cli"]
    assert aws("delete-pipe", "--name", "cli")["CurrentState"] == "DELETING"
