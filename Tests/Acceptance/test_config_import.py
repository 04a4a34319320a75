"""Resources that AWS Config is told of: third parties', items from files, Terraform's, and what AWS does not record."""

import json
import urllib.parse

import pytest
from botocore.exceptions import ClientError

from config_client import configuration, history, start_recorder, statuses
from conftest import code_and_message

TYPE = "My::Custom::Server"


@pytest.fixture
def config(server, account):
    return server.client("config", account)


def put(config, settings, identity="s1", resource_type=TYPE, **more):
    config.put_resource_config(ResourceType=resource_type, SchemaVersionId="00000001", ResourceId=identity,
                               Configuration=json.dumps(settings), **more)


def post(server, account, path, value):
    return server.json("POST", f"/_windtunnel/config/{path}", value, {"X-Account": account})


def refusal(call, *arguments, **more):
    with pytest.raises(ClientError) as raised:
        call(*arguments, **more)
    return code_and_message(raised)


# Third parties

def test_the_life_of_a_custom_resource(config, account):
    assert refusal(put, config, {"size": 1})[0] == "NoRunningConfigurationRecorderException"
    start_recorder(config, account)
    put(config, {"size": 1}, ResourceName="one", Tags={"a": "b"})
    put(config, {"size": 1}, ResourceName="one", Tags={"a": "b"})
    config.delete_resource_config(ResourceType=TYPE, ResourceId="s1")
    put(config, {"size": 2})
    assert statuses(config, TYPE, "s1") == ["ResourceDiscovered", "OK", "ResourceDeleted", "ResourceDiscovered"]
    first = history(config, TYPE, "s1", chronologicalOrder="Forward")[0]
    assert (configuration(first), first["resourceName"], first["tags"]) == ({"size": 1}, "one", {"a": "b"})
    assert refusal(put, config, {}, resource_type="AWS::SQS::Queue")[0] == "ValidationException"
    assert refusal(config.put_resource_config, ResourceType=TYPE, SchemaVersionId="1", ResourceId="s",
                   Configuration="[")[0] == "ValidationException"
    assert refusal(config.delete_resource_config, ResourceType=TYPE, ResourceId="none")[0] == "ValidationException"


def test_a_schema_that_was_given_is_enforced(config, server, account):
    start_recorder(config, account)
    assert post(server, account, "schemas", {"properties": {}})[0] == 400
    schema = {"typeName": TYPE, "definitions": {"Port": {"type": "integer", "minimum": 1, "maximum": 65535}},
              "properties": {"name": {"type": "string", "pattern": "^[a-z]+$"},
                             "ports": {"type": "array", "items": {"$ref": "#/definitions/Port"}, "maxItems": 2}},
              "required": ["name"], "additionalProperties": False}
    assert post(server, account, "schemas", schema)[0] == 200
    put(config, {"name": "web", "ports": [80]})
    for bad, what in (({}, "required key [name] not found"), ({"name": "Web"}, "#/name does not match"),
                      ({"name": "web", "size": 1}, "extraneous key [size]"), ({"name": 1}, "#/name must be string"),
                      ({"name": "web", "ports": [0]}, "#/ports/0 is less than 1"),
                      ({"name": "web", "ports": [1, 2, 3]}, "more than 2 items")):
        code, message = refusal(put, config, bad)
        assert code == "ValidationException" and what in message
    assert statuses(config, TYPE, "s1") == ["ResourceDiscovered"]


# Items from files

def test_items_as_the_api_shows_them(config, server, account):
    start_recorder(config, account)
    item = {"resourceType": "AWS::EC2::Volume", "resourceId": "vol-1", "configurationItemStatus": "OK",
            "configurationItemCaptureTime": 1700000000.5, "arn": f"arn:aws:ec2:us-east-1:{account}:volume/vol-1",
            "configuration": '{"encrypted":false,"size":8}', "supplementaryConfiguration": {"x": '{"y":1}'},
            "tags": {"a": "b"}, "relationships": [{"resourceType": "AWS::EC2::Instance", "resourceId": "i-1",
                                                   "relationshipName": "Is attached to Instance"}]}
    newer = {**item, "configurationItemCaptureTime": 1700000100, "configuration": '{"encrypted":true,"size":8}'}
    # The order in which they come does not matter.
    assert post(server, account, "items", {"configurationItems": [newer, item]}) == (
        200, {"imported": 2, "skipped": {}})
    latest, first = history(config, "AWS::EC2::Volume", "vol-1")
    assert configuration(latest)["encrypted"] and not configuration(first)["encrypted"]
    assert first["configurationItemCaptureTime"].timestamp() == 1700000000.5
    assert first["supplementaryConfiguration"] == {"x": '{"y":1}'} and first["tags"] == {"a": "b"}
    assert first["relationships"] == item["relationships"]
    batch = config.batch_get_resource_config(resourceKeys=[{"resourceType": "AWS::EC2::Volume", "resourceId": "vol-1"}])
    assert json.loads(batch["baseConfigurationItems"][0]["configuration"])["encrypted"]


def test_items_as_notifications_have_them_are_as_new_as_can_be(config, server, account):
    start_recorder(config, account)
    role = {"resourceType": "AWS::IAM::Role", "resourceId": "AROA1", "resourceName": "admin",
            "configuration": {"roleName": "admin"}}
    assert post(server, account, "items", role)[1]["imported"] == 1
    assert post(server, account, "items", [{**role, "configuration": {"roleName": "boss"}}])[1]["imported"] == 1
    assert statuses(config, "AWS::IAM::Role", "AROA1") == ["ResourceDiscovered", "OK"]
    assert history(config, "AWS::IAM::Role", "AROA1")[0]["awsRegion"] == "global"
    told = [event["detail"]["configurationItem"]["configurationItemStatus"] for event in server.events(account)
            if event["detail"].get("configurationItem", {}).get("resourceId") == "AROA1"]
    assert told == ["ResourceDiscovered", "OK"]
    # A recorder that starts again does not miss what was never here.
    config.stop_configuration_recorder(ConfigurationRecorderName="default")
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    assert len(statuses(config, "AWS::IAM::Role", "AROA1")) == 2


@pytest.mark.parametrize("bad", [{}, {"configurationItems": [{"resourceType": "AWS::EC2::Volume"}]}, 1])
def test_other_files_are_refused(server, account, bad):
    status, answer = post(server, account, "items", bad)
    assert (status, answer["error"]) == (400, "InvalidItems")


# Terraform

def terraform(*resources):
    return {"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": {
        "resources": [{"mode": "managed", "type": kind, "values": values} for kind, values in resources[:1]],
        "child_modules": [{"resources": [{"mode": "managed", "type": kind, "values": values}
                                         for kind, values in resources[1:]]}]}}}


def test_a_bucket_and_what_belongs_to_it(config, server, account):
    start_recorder(config, account)
    state = terraform(
        ("aws_s3_bucket", {"bucket": "logs", "arn": "arn:aws:s3:::logs", "tags": {"env": "prod"}}),
        ("aws_s3_bucket_versioning", {"bucket": "logs", "versioning_configuration": [{"status": "Enabled"}]}),
        ("aws_s3_bucket_public_access_block", {"bucket": "logs", "block_public_acls": True,
                                               "block_public_policy": False}),
        ("aws_s3_bucket_server_side_encryption_configuration", {"bucket": "logs", "rule": [
            {"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms", "kms_master_key_id": "k"}],
             "bucket_key_enabled": True}]}),
        ("aws_s3_bucket", {"bucket": "plain", "arn": "arn:aws:s3:::plain"}), ("random_id", {"hex": "00"}))
    assert post(server, account, "items", state) == (200, {"imported": 2, "skipped": {"random_id": 1}})
    item, = history(config, "AWS::S3::Bucket", "logs")
    found = {name: json.loads(value) for name, value in item["supplementaryConfiguration"].items()}
    assert found["BucketVersioningConfiguration"]["status"] == "Enabled"
    assert found["PublicAccessBlockConfiguration"] == {
        "blockPublicAcls": True, "ignorePublicAcls": False, "blockPublicPolicy": False, "restrictPublicBuckets": False}
    assert found["ServerSideEncryptionConfiguration"] == {"rules": [{
        "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyID": "k"},
        "bucketKeyEnabled": True}]}
    # The one that AWS packs twice.
    assert json.loads(found["AccessControlList"])["owner"]["id"] == account
    assert item["tags"] == {"env": "prod"} and item["availabilityZone"] == "Regional"
    plain, = history(config, "AWS::S3::Bucket", "plain")
    plain = {name: json.loads(value) for name, value in plain["supplementaryConfiguration"].items()}
    assert plain["BucketVersioningConfiguration"]["status"] == "Off" and plain["BucketPolicy"] == {"policyText": None}


def test_other_resources_of_terraform(config, server, account):
    start_recorder(config, account)
    trust = '{"Version":"2012-10-17"}'
    state = terraform(
        ("aws_security_group", {"id": "sg-1", "name": "web", "description": "d", "vpc_id": "vpc-1", "egress": [],
                                "ingress": [{"from_port": 22, "to_port": 22, "protocol": "tcp",
                                             "cidr_blocks": ["0.0.0.0/0"], "ipv6_cidr_blocks": []}]}),
        ("aws_instance", {"id": "i-1", "instance_type": "t3.micro", "monitoring": True, "availability_zone": "us-east-1a",
                          "metadata_options": [{"http_tokens": "required"}]}),
        ("aws_iam_role", {"unique_id": "AROA2", "name": "app", "arn": "a", "path": "/", "assume_role_policy": trust}),
        ("aws_iam_role_policy_attachment", {"role": "app", "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}),
        ("aws_iam_user", {"unique_id": "AIDA1", "name": "me", "arn": "u", "path": "/"}),
        ("aws_iam_policy", {"policy_id": "ANPA1", "name": "p", "arn": "p", "path": "/", "policy": trust}),
        ("aws_db_instance", {"resource_id": "db-1", "identifier": "main", "storage_encrypted": False,
                             "publicly_accessible": True, "arn": "db"}),
        ("aws_lambda_function", {"function_name": "f", "runtime": "python3.13", "timeout": 3, "memory_size": 128,
                                 "arn": "f", "reserved_concurrent_executions": -1}))
    assert post(server, account, "items", state) == (200, {"imported": 7, "skipped": {}})
    group, = history(config, "AWS::EC2::SecurityGroup", "sg-1")
    permission, = configuration(group)["ipPermissions"]
    assert permission["ipv4Ranges"] == [{"cidrIp": "0.0.0.0/0"}] and permission["fromPort"] == 22
    instance = configuration(history(config, "AWS::EC2::Instance", "i-1")[0])
    assert instance["metadataOptions"]["httpTokens"] == "required" and instance["monitoring"] == {"state": "enabled"}
    role = configuration(history(config, "AWS::IAM::Role", "AROA2")[0])
    assert role["assumeRolePolicyDocument"] == urllib.parse.quote(trust, safe="")
    assert role["attachedManagedPolicies"] == [{"policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]
    assert history(config, "AWS::IAM::User", "AIDA1")[0]["resourceName"] == "me"
    policy = configuration(history(config, "AWS::IAM::Policy", "ANPA1")[0])
    assert policy["policyVersionList"][0]["isDefaultVersion"]
    database = configuration(history(config, "AWS::RDS::DBInstance", "db-1")[0])
    assert database["publiclyAccessible"] and not database["storageEncrypted"]
    function = history(config, "AWS::Lambda::Function", "f")[0]
    assert configuration(function)["runtime"] == "python3.13" and function["supplementaryConfiguration"] == {}


def test_what_is_only_planned_goes_by_its_address(config, server, account):
    start_recorder(config, account)
    plan = {"format_version": "1.2", "planned_values": {"root_module": {"resources": [
        {"address": "aws_db_instance.main", "mode": "managed", "type": "aws_db_instance",
         "values": {"identifier": "main", "storage_encrypted": False}},
        {"address": "data.aws_ami.x", "mode": "data", "type": "aws_ami", "values": {}}]}}}
    assert post(server, account, "items", plan) == (200, {"imported": 1, "skipped": {}})
    item, = history(config, "AWS::RDS::DBInstance", "aws_db_instance.main")
    assert item["resourceName"] == "main" and "arn" not in item


# Beyond AWS

def test_parameters_and_schedules_are_recorded_where_that_is_asked_for(start):
    server = start("--record-beyond-aws")
    account = "000000000000"
    config, ssm, scheduler = (server.client(name) for name in ("config", "ssm", "scheduler"))
    start_recorder(config, account)
    ssm.put_parameter(Name="/app/db", Value="1", Type="String")
    ssm.put_parameter(Name="/app/db", Value="2", Type="String", Overwrite=True)
    ssm.put_parameter(Name="/app/key", Value="hush", Type="SecureString")
    ssm.delete_parameter(Name="/app/db")
    assert statuses(config, "AWS::SSM::Parameter", "/app/db") == ["ResourceDiscovered", "OK", "ResourceDeleted"]
    first = history(config, "AWS::SSM::Parameter", "/app/db", chronologicalOrder="Forward")[0]
    assert (configuration(first)["Value"], configuration(first)["Version"]) == ("1", 1)
    secret, = history(config, "AWS::SSM::Parameter", "/app/key")
    assert "Value" not in configuration(secret)
    arn = scheduler.create_schedule(
        Name="s", ScheduleExpression="rate(1 hour)", FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": f"arn:aws:sqs:us-east-1:{account}:q", "RoleArn": f"arn:aws:iam::{account}:role/r"})["ScheduleArn"]
    item, = history(config, "AWS::Scheduler::Schedule", arn)
    assert configuration(item)["ScheduleExpression"] == "rate(1 hour)"
    listed = config.list_discovered_resources(resourceType="AWS::SSM::Parameter")["resourceIdentifiers"]
    assert [one["resourceName"] for one in listed] == ["/app/key"]
