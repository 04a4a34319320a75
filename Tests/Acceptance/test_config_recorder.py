"""AWS Config with boto3 and the AWS CLI: recorders, delivery channels, retention and tags, with AWS's order and texts."""

import json
import os
import subprocess
import sys

import pytest
from botocore.exceptions import ClientError

from config_client import put_recorder, role, start_recorder
from conftest import code_and_message

AWS = os.path.join(os.path.dirname(sys.executable), "aws")
NO_SUCH_RECORDER = ("NoSuchConfigurationRecorderException",
                    "The name of the configuration recorder you entered cannot be found. Verify the configuration "
                    "recorder name, and try again.")


@pytest.fixture
def config(server, account):
    return server.client("config", account)


def refusal(call, **arguments):
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return code_and_message(raised)


# The order of things

def test_recorder_channel_and_start_come_in_this_order(config, account):
    assert config.describe_configuration_recorders()["ConfigurationRecorders"] == []
    assert config.describe_delivery_channels()["DeliveryChannels"] == []
    start = {"ConfigurationRecorderName": "default"}
    assert refusal(config.start_configuration_recorder, **start) == NO_SUCH_RECORDER
    assert refusal(config.put_delivery_channel, DeliveryChannel={"s3BucketName": ""}) == (
        "NoAvailableConfigurationRecorderException",
        "Configuration recorder is not available to put delivery channel.")
    put_recorder(config, account)
    assert refusal(config.start_configuration_recorder, **start) == (
        "NoAvailableDeliveryChannelException",
        "Delivery channel is not available to start configuration recorder.")
    config.put_delivery_channel(DeliveryChannel={"s3BucketName": "bucket"})
    config.start_configuration_recorder(**start)
    config.start_configuration_recorder(**start)
    assert refusal(config.delete_delivery_channel, DeliveryChannelName="default") == (
        "LastDeliveryChannelDeleteFailedException",
        "Failed to delete last specified delivery channel with name 'default', because there is a running "
        "configuration recorder.")
    config.stop_configuration_recorder(**start)
    config.stop_configuration_recorder(**start)
    config.delete_delivery_channel(DeliveryChannelName="default")
    config.delete_configuration_recorder(**start)
    assert config.describe_configuration_recorders()["ConfigurationRecorders"] == []


def test_an_operation_without_output_answers_nothing_at_all(server, account):
    status, _, body = server.http("POST", "/", json.dumps({"ConfigurationRecorder": {"roleARN": role(account)}}), {
        "X-Amz-Target": "StarlingDoveService.PutConfigurationRecorder", "Content-Type": "application/x-amz-json-1.1",
        "X-Account": account})
    assert (status, body) == (200, b"")


def test_a_recorder_shows_every_part_of_itself(config, account):
    put_recorder(config, account)
    recorder, = config.describe_configuration_recorders()["ConfigurationRecorders"]
    arn = recorder.pop("arn")
    prefix = f"arn:aws:config:us-east-1:{account}:configuration-recorder/default/"
    assert arn.startswith(prefix) and len(arn) == len(prefix) + 16
    assert recorder == {
        "name": "default", "roleARN": role(account), "recordingScope": "PAID",
        "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": False, "resourceTypes": [],
                           "exclusionByResourceTypes": {"resourceTypes": []},
                           "recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"}},
        "recordingMode": {"recordingFrequency": "CONTINUOUS", "recordingModeOverrides": []}}
    status, = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    assert status == {"arn": arn, "name": "default", "recording": False}
    # What is shown can be put again.
    config.put_configuration_recorder(ConfigurationRecorder={"arn": arn, **recorder})
    assert config.describe_configuration_recorders(
        ConfigurationRecorderNames=["default"])["ConfigurationRecorders"] == [{"arn": arn, **recorder}]


def test_a_running_recorder_says_so_in_capitals(config, account):
    start_recorder(config, account)
    status, = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    assert status["recording"] and status["lastStatus"] == "SUCCESS" and "lastStopTime" not in status
    assert status["lastStatusChangeTime"] >= status["lastStartTime"]
    config.stop_configuration_recorder(ConfigurationRecorderName="default")
    status, = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    assert not status["recording"] and status["lastStopTime"] >= status["lastStartTime"]


def test_what_is_wrong_with_a_recorder_is_said(config, account):
    put = config.put_configuration_recorder
    assert refusal(put, ConfigurationRecorder={"name": "default"}) == (
        "InvalidRoleException", "The role arn passed is not valid.")
    reserved = {"name": "AWSConfigurationRecorderForX", "roleARN": role(account)}
    assert refusal(put, ConfigurationRecorder=reserved)[0] == "InvalidConfigurationRecorderNameException"
    put_recorder(config, account, "mine")
    assert refusal(put, ConfigurationRecorder={"name": "other", "roleARN": role(account)}) == (
        "MaxNumberOfConfigurationRecordersExceededException",
        "Failed to put configuration recorder 'other' because the maximum number of configuration recorders: 1 is "
        "reached.")
    for operation in (config.start_configuration_recorder, config.stop_configuration_recorder,
                      config.delete_configuration_recorder):
        assert refusal(operation, ConfigurationRecorderName="other") == NO_SUCH_RECORDER
    assert refusal(config.describe_configuration_recorders, ConfigurationRecorderNames=["other"]) == NO_SUCH_RECORDER
    assert refusal(config.describe_configuration_recorder_status,
                   ConfigurationRecorderNames=["a", "b"])[0] == "ValidationException"


@pytest.mark.parametrize("group", [
    {}, {"allSupported": False}, {"allSupported": True, "resourceTypes": ["AWS::SQS::Queue"]},
    {"includeGlobalResourceTypes": True, "resourceTypes": ["AWS::SQS::Queue"]},
    {"exclusionByResourceTypes": {"resourceTypes": ["AWS::SQS::Queue"]}},
    {"recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"}},
    {"resourceTypes": ["AWS::SQS::Queue"], "recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"}}])
def test_members_of_a_recording_group_must_fit(config, account, group):
    refused = {"roleARN": role(account), "recordingGroup": group}
    assert refusal(config.put_configuration_recorder, ConfigurationRecorder=refused) == (
        "InvalidRecordingGroupException", "The recording group provided is not valid")


def test_an_unknown_type_is_refused_by_the_front_end(config, account):
    recorder = {"roleARN": role(account), "recordingGroup": {"resourceTypes": ["AWS::SSM::Parameter"]}}
    code, message = refusal(config.put_configuration_recorder, ConfigurationRecorder=recorder)
    assert code == "ValidationException"
    assert message.startswith(
        "1 validation error detected: Value '[AWS::SSM::Parameter]' at "
        "'configurationRecorder.recordingGroup.resourceTypes' failed to satisfy constraint: Member must satisfy "
        "constraint: [Member must satisfy enum value set: [AWS::")


# The developer guide lists them, the API's model not yet.
@pytest.mark.parametrize("kind", ["AWS::BedrockAgentCore::Memory", "AWS::DMS::ReplicationInstance", "AWS::EKS::Nodegroup",
                                  "AWS::SageMaker::NotebookInstance", "AWS::Scheduler::ScheduleGroup"])
def test_types_that_are_newer_than_the_model_can_be_recorded(config, account, kind):
    put_recorder(config, account, recordingGroup={"resourceTypes": [kind]})
    group = config.describe_configuration_recorders()["ConfigurationRecorders"][0]["recordingGroup"]
    assert group["resourceTypes"] == [kind]


def test_types_can_be_added_and_taken_away(config, account):
    put_recorder(config, account, recordingGroup={"resourceTypes": ["AWS::SQS::Queue"]})
    arn = config.describe_configuration_recorders()["ConfigurationRecorders"][0]["arn"]

    def types(answer):
        return answer["ConfigurationRecorder"]["recordingGroup"]["resourceTypes"]

    assert types(config.associate_resource_types(
        ConfigurationRecorderArn=arn, ResourceTypes=["AWS::SNS::Topic"])) == ["AWS::SQS::Queue", "AWS::SNS::Topic"]
    again = {"ConfigurationRecorderArn": arn, "ResourceTypes": ["AWS::SNS::Topic"]}
    assert refusal(config.associate_resource_types, **again)[0] == "ValidationException"
    assert types(config.disassociate_resource_types(
        ConfigurationRecorderArn=arn, ResourceTypes=["AWS::SQS::Queue"])) == ["AWS::SNS::Topic"]
    assert refusal(config.disassociate_resource_types, **again)[0] == "ValidationException"
    put_recorder(config, account)
    assert refusal(config.associate_resource_types, **again)[0] == "ValidationException"


# Channels

@pytest.mark.parametrize("channel, code, message", [
    ({}, "NoSuchBucketException", "Cannot find a S3 bucket with an empty bucket name."),
    ({"s3BucketName": "b", "s3KeyPrefix": "x"}, "NoSuchBucketException", "No such s3 bucket with name 'b'."),
    ({"s3BucketName": "bucket", "s3KeyPrefix": ""}, "InvalidS3KeyPrefixException",
     "The s3 key prefix '' is not valid, empty s3 key prefix."),
    ({"s3BucketName": "bucket", "snsTopicARN": ""}, "InvalidSNSTopicARNException", "The sns topic arn '' is not valid."),
    ({"s3BucketName": "bucket", "s3KmsKeyArn": "key"}, "InvalidS3KmsKeyArnException",
     "The arn 'key' is not a valid kms key or alias arn.")])
def test_what_is_wrong_with_a_channel_is_said(config, account, channel, code, message):
    put_recorder(config, account)
    assert refusal(config.put_delivery_channel, DeliveryChannel=channel) == (code, message)
    assert config.describe_delivery_channels()["DeliveryChannels"] == []


def test_a_channel_shows_what_it_was_given(server, config, account):
    put_recorder(config, account)
    channel = {"name": "mine", "s3BucketName": "bucket", "configSnapshotDeliveryProperties": {
        "deliveryFrequency": "Six_Hours"}}
    config.put_delivery_channel(DeliveryChannel=channel)
    assert config.describe_delivery_channels()["DeliveryChannels"] == [channel]
    assert refusal(config.put_delivery_channel, DeliveryChannel={"name": "other", "s3BucketName": "bucket"}) == (
        "MaxNumberOfDeliveryChannelsExceededException",
        "Failed to put delivery channel 'other' because the maximum number of delivery channels: 1 is reached.")
    missing = ("NoSuchDeliveryChannelException", "Cannot find delivery channel with specified name 'other'.")
    assert refusal(config.describe_delivery_channels, DeliveryChannelNames=["other"]) == missing
    assert refusal(config.describe_delivery_channel_status, DeliveryChannelNames=["other"]) == missing
    assert refusal(config.delete_delivery_channel, DeliveryChannelName="other") == missing
    said = [entry["subject"] for entry in server.journal("notEnforced") if entry["account"] == account]
    assert said == ["s3BucketName of delivery channel mine"]


# Recorders of services

def test_a_service_keeps_a_recorder_of_its_own(config, account):
    put_recorder(config, account)
    principal = "observabilityadmin.amazonaws.com"
    made = config.put_service_linked_configuration_recorder(ServicePrincipal=principal)
    assert made["Name"].startswith("AWSConfigurationRecorderForObservabilityAdmin_")
    assert refusal(config.put_service_linked_configuration_recorder,
                   ServicePrincipal=principal)[0] == "ConflictException"
    listed = config.list_configuration_recorders()["ConfigurationRecorderSummaries"]
    assert [(one["name"], one["recordingScope"]) for one in listed] == [(made["Name"], "INTERNAL"), ("default", "PAID")]
    internal = config.list_configuration_recorders(Filters=[
        {"filterName": "recordingScope", "filterValue": ["INTERNAL"]}])["ConfigurationRecorderSummaries"]
    assert [one["servicePrincipal"] for one in internal] == [principal]
    shown, = config.describe_configuration_recorders(ServicePrincipal=principal)["ConfigurationRecorders"]
    assert shown["arn"] == made["Arn"]
    assert [one["name"] for one in config.describe_configuration_recorders()["ConfigurationRecorders"]] == ["default"]
    assert refusal(config.stop_configuration_recorder,
                   ConfigurationRecorderName=made["Name"])[0] == "UnmodifiableEntityException"
    gone = config.delete_service_linked_configuration_recorder(ServicePrincipal=principal)
    assert (gone["Arn"], gone["Name"]) == (made["Arn"], made["Name"])


# Retention and tags

def test_retention(config):
    assert config.describe_retention_configurations()["RetentionConfigurations"] == []
    made = config.put_retention_configuration(RetentionPeriodInDays=30)["RetentionConfiguration"]
    assert made == {"Name": "default", "RetentionPeriodInDays": 30}
    config.put_retention_configuration(RetentionPeriodInDays=60)
    assert config.describe_retention_configurations(RetentionConfigurationNames=["default"])[
        "RetentionConfigurations"] == [{"Name": "default", "RetentionPeriodInDays": 60}]
    missing = ("NoSuchRetentionConfigurationException",
               "Cannot find retention configuration with the specified name 'x'.")
    assert refusal(config.describe_retention_configurations, RetentionConfigurationNames=["x"]) == missing
    assert refusal(config.delete_retention_configuration, RetentionConfigurationName="x") == missing
    config.delete_retention_configuration(RetentionConfigurationName="default")
    assert config.describe_retention_configurations()["RetentionConfigurations"] == []
    code, _ = refusal(config.put_retention_configuration, RetentionPeriodInDays=2558)
    assert code == "ValidationException"


def test_tags(config, account):
    config.put_configuration_recorder(ConfigurationRecorder={"roleARN": role(account)},
                                      Tags=[{"Key": "a", "Value": "1"}])
    config.put_configuration_recorder(ConfigurationRecorder={"roleARN": role(account)},
                                      Tags=[{"Key": "b", "Value": "ignored"}])
    arn = config.describe_configuration_recorders()["ConfigurationRecorders"][0]["arn"]
    config.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "2"}, {"Key": "c", "Value": ""}])
    config.untag_resource(ResourceArn=arn, TagKeys=["c", "never"])
    assert config.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "2"}]
    tag = {"Key": "k", "Value": "v"}
    assert refusal(config.tag_resource, ResourceArn=arn, Tags=[tag, tag]) == (
        "ValidationException", "Duplicate tags exists in tags list")
    assert refusal(config.tag_resource, ResourceArn=arn, Tags=[{"Key": "aws:k", "Value": "v"}]) == (
        "ValidationException", "One or more parameter value is invalid")
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(50)]
    assert refusal(config.tag_resource, ResourceArn=arn, Tags=many) == (
        "TooManyTagsException", "You have exceeded maximum tag limit of 50 tags for this resource")
    assert refusal(config.list_tags_for_resource, ResourceArn=arn + "x") == (
        "ResourceNotFoundException", f"ResourceArn '{arn}x' does not exist")


def test_the_command_line(server, account):
    def aws(*arguments):
        done = subprocess.run([AWS, "configservice", *arguments], env=server.environment(account),
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    aws("put-configuration-recorder", "--configuration-recorder", f"name=default,roleARN={role(account)}",
        "--recording-group", "allSupported=true,includeGlobalResourceTypes=true")
    aws("put-delivery-channel", "--delivery-channel", '{"name": "default", "s3BucketName": "bucket"}')
    aws("start-configuration-recorder", "--configuration-recorder-name", "default")
    assert "recorder: ON" in aws("get-status")
    counts = json.loads(aws("get-discovered-resource-counts"))
    assert counts["totalDiscoveredResources"] == 2
    listed = json.loads(aws("list-discovered-resources", "--resource-type", "AWS::Events::EventBus"))
    assert [one["resourceName"] for one in listed["resourceIdentifiers"]] == ["default"]
