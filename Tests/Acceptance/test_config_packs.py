"""AWS Config's conformance packs with boto3 and the AWS CLI: how they are deployed, changed and removed."""

import json
import os
import re
import subprocess
import sys

import pytest
from botocore.exceptions import ClientError

from config_client import put_recorder, start_recorder
from conftest import code_and_message

AWS = os.path.join(os.path.dirname(sys.executable), "aws")

TEMPLATE = """
Parameters:
  TopicsKeys:
    Type: String
    Default: ''
  MaximumAge:
    Type: String
    Default: '90'
Resources:
  TopicsEncrypted:
    Properties:
      ConfigRuleName: topics-encrypted
      InputParameters:
        kmsKeyIds:
          Fn::If: [hasKeys, !Ref TopicsKeys, !Ref 'AWS::NoValue']
      Scope:
        ComplianceResourceTypes: [AWS::SNS::Topic]
      Source: {Owner: AWS, SourceIdentifier: SNS_ENCRYPTED_KMS}
    Type: AWS::Config::ConfigRule
  KeysRotated:
    Properties:
      ConfigRuleName: keys-rotated
      Description: !Sub 'Keys of ${AWS::AccountId} in ${AWS::Region}'
      InputParameters: {maxAccessKeyAge: !Ref MaximumAge}
      Source: {Owner: AWS, SourceIdentifier: ACCESS_KEYS_ROTATED}
    Type: AWS::Config::ConfigRule
Conditions:
  hasKeys: !Not [!Equals ['', !Ref TopicsKeys]]
"""


@pytest.fixture
def config(server, account):
    client = server.client("config", account)
    start_recorder(client, account)
    return client


def deployed(config, name="pack"):
    """The status of a pack once nothing is under way."""
    while True:
        status, = config.describe_conformance_pack_status(ConformancePackNames=[name])["ConformancePackStatusDetails"]
        if not status["ConformancePackState"].endswith("_IN_PROGRESS"):
            return status


def put(config, template=TEMPLATE, name="pack", **more):
    config.put_conformance_pack(ConformancePackName=name, TemplateBody=template, **more)
    return deployed(config, name)


def gone(config, name="pack"):
    config.delete_conformance_pack(ConformancePackName=name)
    while config.describe_conformance_pack_status(ConformancePackNames=[name])["ConformancePackStatusDetails"]:
        pass


def rules(config):
    return {rule["ConfigRuleName"]: rule for rule in config.describe_config_rules()["ConfigRules"]}


def refusal(call, **arguments):
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    return code_and_message(raised)


def template_error(config, template, **more):
    code, message = refusal(config.put_conformance_pack, ConformancePackName="pack", TemplateBody=template, **more)
    assert code == "ConformancePackTemplateValidationException"
    assert config.describe_conformance_packs()["ConformancePackDetails"] == []
    found = re.fullmatch(r"Invalid conformance pack template provided. Errors found: \[(.*)\]. "
                         r"Fix your template and try again.", message, re.S)
    return found.group(1)


def test_a_pack_makes_rules_that_are_its_own(config, account):
    arn = config.put_conformance_pack(ConformancePackName="pack", TemplateBody=TEMPLATE,
                                      Tags=[{"Key": "team", "Value": "blue"}])["ConformancePackArn"]
    pack = arn.split("/")[-1]
    assert re.fullmatch("conformance-pack-[a-z0-9]{9}", pack)
    assert arn == f"arn:aws:config:us-east-1:{account}:conformance-pack/pack/{pack}"
    status = deployed(config)
    assert status["ConformancePackState"] == "CREATE_COMPLETE" and "ConformancePackStatusReason" not in status
    assert status["StackArn"].startswith(
        f"arn:aws:cloudformation:us-east-1:{account}:stack/awsconfigconforms-pack-{pack}/")
    detail, = config.describe_conformance_packs()["ConformancePackDetails"]
    assert detail["ConformancePackId"] == pack and detail["ConformancePackInputParameters"] == []
    found = rules(config)
    assert set(found) == {f"topics-encrypted-{pack}", f"keys-rotated-{pack}"}
    keys = found[f"keys-rotated-{pack}"]
    assert keys["CreatedBy"] == "config-conforms.amazonaws.com"
    assert keys["ConfigRuleArn"] == (f"arn:aws:config:us-east-1:{account}:config-rule/aws-service-rule/"
                                     f"config-conforms.amazonaws.com/{keys['ConfigRuleId']}")
    assert keys["InputParameters"] == '{"maxAccessKeyAge":"90"}'
    assert keys["Description"] == f"Keys of {account} in us-east-1"
    assert "InputParameters" not in found[f"topics-encrypted-{pack}"]
    assert config.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "blue"}]
    assert refusal(config.delete_config_rule, ConfigRuleName=f"keys-rotated-{pack}") == (
        "AccessDeniedException",
        "An AWS service owns ServiceLinkedConfigRule. You do not have permissions to take action on this rule.")


def test_parameters_replace_defaults(config):
    put(config, ConformancePackInputParameters=[{"ParameterName": "MaximumAge", "ParameterValue": "30"},
                                                {"ParameterName": "TopicsKeys", "ParameterValue": "a,b"}])
    parameters = {name.split("-conformance")[0]: rule["InputParameters"] for name, rule in rules(config).items()}
    assert parameters == {"keys-rotated": '{"maxAccessKeyAge":"30"}', "topics-encrypted": '{"kmsKeyIds":"a,b"}'}


def test_an_update_makes_changes_and_removes(config, account):
    first = put(config)
    before = {name: rule["ConfigRuleId"] for name, rule in rules(config).items()}
    other = TEMPLATE.replace("keys-rotated", "keys-fresh").replace("'90'", "'60'")
    second = put(config, other)
    assert second["ConformancePackId"] == first["ConformancePackId"]
    pack = first["ConformancePackId"]
    found = rules(config)
    assert set(found) == {f"topics-encrypted-{pack}", f"keys-fresh-{pack}"}
    assert found[f"topics-encrypted-{pack}"]["ConfigRuleId"] == before[f"topics-encrypted-{pack}"]
    gone(config)
    assert rules(config) == {} and config.describe_conformance_packs()["ConformancePackDetails"] == []


def test_json_is_a_template_too(config):
    template = {"Resources": {"Topics": {"Type": "AWS::Config::ConfigRule", "Properties": {
        "Source": {"Owner": "AWS", "SourceIdentifier": "SNS_ENCRYPTED_KMS"}}}}}
    assert put(config, json.dumps(template, indent="\t"))["ConformancePackState"] == "CREATE_COMPLETE"
    assert [name.split("-conformance")[0] for name in rules(config)] == ["Topics"]


def test_a_rule_that_cannot_be_fails_the_pack(config):
    status = put(config, TEMPLATE.replace("maxAccessKeyAge", "maxAge"))
    assert status["ConformancePackState"] == "CREATE_FAILED"
    assert status["ConformancePackStatusReason"] == (
        'The following resource(s) failed to create: [KeysRotated]. Unknown parameters provided in the '
        'inputParameters: {"maxAge":"90"}')
    assert rules(config) == {}
    assert put(config)["ConformancePackState"] == "CREATE_COMPLETE"
    assert put(config, TEMPLATE.replace("maxAccessKeyAge", "maxAge"))["ConformancePackState"] == "CREATE_FAILED"
    assert len(rules(config)) == 2


def test_a_pack_needs_a_recorder(server, account):
    config = server.client("config", account)
    status = put(config)
    assert status["ConformancePackState"] == "CREATE_FAILED"
    assert "You must create a configuration recorder" in status["ConformancePackStatusReason"]
    put_recorder(config, account)
    assert put(config)["ConformancePackState"] == "CREATE_COMPLETE"


def test_what_is_wrong_with_templates_is_said_at_once(config):
    assert template_error(config, TEMPLATE.replace("!Ref MaximumAge", "!Ref Age")) == (
        "Template format error: Unresolved resource dependencies [Age] in the Resources block of the template")
    assert template_error(config, TEMPLATE.replace("AWS::Config::ConfigRule", "AWS::SNS::Topic")).startswith(
        "Resource TopicsEncrypted is of the type AWS::SNS::Topic.")
    assert template_error(config, TEMPLATE.replace("    Default: '90'\n", "")) == (
        "Parameters: [MaximumAge] must have values")
    assert template_error(
        config, TEMPLATE, ConformancePackInputParameters=[{"ParameterName": "Age", "ParameterValue": "1"}]
    ) == "Parameters: [Age] do not exist in the template"
    assert template_error(config, "Resources: [").startswith("Template format error: YAML not well-formed.")
    many = {"Resources": {f"Rule{number}": {"Type": "AWS::Config::ConfigRule", "Properties": {
        "Source": {"Owner": "AWS", "SourceIdentifier": "SNS_ENCRYPTED_KMS"}}} for number in range(131)}}
    assert template_error(config, json.dumps(many)) == (
        "Number of resources provided in the template exceeds the allowed limit")


def test_exactly_one_template_is_given(config):
    for sources in ({}, {"TemplateBody": TEMPLATE, "TemplateS3Uri": "s3://bucket/pack.yaml"},
                    {"TemplateS3Uri": "s3://bucket/pack.yaml"},
                    {"TemplateSSMDocumentDetails": {"DocumentName": "no-such-document"}}):
        code, _ = refusal(config.put_conformance_pack, ConformancePackName="pack", **sources)
        assert code == "InvalidParameterValueException"


def test_a_document_may_be_the_template(server, config, account):
    ssm = server.client("ssm", account)
    ssm.create_document(Name="my-pack", Content=TEMPLATE, DocumentType="ConformancePackTemplate", DocumentFormat="YAML")
    config.put_conformance_pack(ConformancePackName="pack", TemplateSSMDocumentDetails={"DocumentName": "my-pack"})
    assert deployed(config)["ConformancePackState"] == "CREATE_COMPLETE"
    ssm.update_document(Name="my-pack", Content=TEMPLATE.replace("keys-rotated", "keys-fresh"), DocumentFormat="YAML",
                        DocumentVersion="$LATEST")
    config.put_conformance_pack(ConformancePackName="pack", TemplateSSMDocumentDetails={"DocumentName": "my-pack"})
    deployed(config)
    assert sorted(name.split("-conformance")[0] for name in rules(config)) == ["keys-fresh", "topics-encrypted"]
    detail, = config.describe_conformance_packs()["ConformancePackDetails"]
    assert detail["TemplateSSMDocumentDetails"] == {"DocumentName": "my-pack"}


def test_an_account_has_fifty_packs_at_most(config):
    for number in range(50):
        config.put_conformance_pack(ConformancePackName=f"pack{number}", TemplateBody=TEMPLATE)
    code, _ = refusal(config.put_conformance_pack, ConformancePackName="more", TemplateBody=TEMPLATE)
    assert code == "MaxNumberOfConformancePacksExceededException"
    page = config.describe_conformance_packs()
    assert len(page["ConformancePackDetails"]) == 20 and page["NextToken"]


def test_names_that_there_are_not(config):
    for call in (config.delete_conformance_pack, config.describe_conformance_pack_compliance,
                 config.get_conformance_pack_compliance_details):
        assert refusal(call, ConformancePackName="pack")[0] == "NoSuchConformancePackException"
    assert refusal(config.describe_conformance_packs, ConformancePackNames=["pack"])[0] == (
        "NoSuchConformancePackException")
    assert config.describe_conformance_pack_status(ConformancePackNames=["pack"])[
        "ConformancePackStatusDetails"] == []


def test_rules_that_nobody_judges_are_named(server, config):
    put(config, name="unjudged")
    assert any(entry["subject"].startswith("rule keys-rotated-conformance-pack-")
               for entry in server.journal("notEnforced"))


def test_the_command_line_deploys(server, config, account, tmp_path):
    file = tmp_path / "pack.yaml"
    file.write_text(TEMPLATE)
    subprocess.run([AWS, "configservice", "put-conformance-pack", "--conformance-pack-name", "cli",
                    "--template-body", f"file://{file}"], env=server.environment(account), check=True, timeout=60,
                   capture_output=True)
    assert deployed(config, "cli")["ConformancePackState"] == "CREATE_COMPLETE"


REMEDIATION = """
  Publish:
    Type: AWS::Config::RemediationConfiguration
    DependsOn: TopicsEncrypted
    Properties:
      ConfigRuleName: topics-encrypted
      ResourceType: AWS::SNS::Topic
      TargetId: AWS-PublishSNSNotification
      TargetType: SSM_DOCUMENT
      TargetVersion: '1'
      Parameters:
        TopicArn: {StaticValue: {Values: [!Ref Topic]}}
        Message: {ResourceValue: {Value: RESOURCE_ID}}
      MaximumAutomaticAttempts: 5
      RetryAttemptSeconds: 60
"""


def test_a_pack_may_say_what_is_to_be_done(config, account):
    template = TEMPLATE.replace("Conditions:\n", REMEDIATION + "Conditions:\n").replace(
        "Parameters:\n  Topics", "Parameters:\n  Topic: {Type: String, Default: 'arn:topic'}\n  Topics", 1)
    rule = f"topics-encrypted-{put(config, template)['ConformancePackId']}"
    found, = config.describe_remediation_configurations(ConfigRuleNames=[rule])["RemediationConfigurations"]
    assert found.pop("Arn").startswith(f"arn:aws:config:us-east-1:{account}:remediation-configuration/{rule}/")
    assert found == {
        "ConfigRuleName": rule, "ResourceType": "AWS::SNS::Topic", "TargetId": "AWS-PublishSNSNotification",
        "TargetType": "SSM_DOCUMENT", "TargetVersion": "1", "MaximumAutomaticAttempts": 5, "RetryAttemptSeconds": 60,
        "CreatedByService": "config-conforms.amazonaws.com",
        "Parameters": {"TopicArn": {"StaticValue": {"Values": ["arn:topic"]}},
                       "Message": {"ResourceValue": {"Value": "RESOURCE_ID"}}}}
    put(config)
    assert config.describe_remediation_configurations(ConfigRuleNames=[rule])["RemediationConfigurations"] == []
    gone(config)


def test_resources_may_name_their_controls_and_parameters_may_be_booleans_as_published_packs_have_it(config):
    template = """
Parameters:
  DeployEdge:
    Default: false
    Type: String
    AllowedValues: [true, false]
Conditions:
  IsEdge: {Fn::Equals: [!Ref DeployEdge, true]}
Resources:
  Always:
    Controls: ['1667', '2091']
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: always
      Scope: {ComplianceResourceTypes: []}
      Source: {Owner: AWS, SourceIdentifier: DMS_REPLICATION_NOT_PUBLIC}
  AtTheEdge:
    Condition: IsEdge
    Controls: ['2013']
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: edge
      Source: {Owner: AWS, SourceIdentifier: CLOUDFRONT_ACCESSLOGS_ENABLED}
"""
    assert put(config, template)["ConformancePackState"] == "CREATE_COMPLETE"
    assert [name.rsplit("-conformance-pack-")[0] for name in rules(config)] == ["always"]
    put(config, template, ConformancePackInputParameters=[{"ParameterName": "DeployEdge", "ParameterValue": "true"}])
    assert {name.rsplit("-conformance-pack-")[0] for name in rules(config)} == {"always", "edge"}


def test_what_is_to_be_done_must_be_possible(config):
    def reason(remediation):
        template = TEMPLATE.replace("Conditions:\n", remediation.replace("!Ref Topic", "'arn:topic'") + "Conditions:\n")
        status = put(config, template)
        assert status["ConformancePackState"] == "CREATE_FAILED"
        return status["ConformancePackStatusReason"]

    named = REMEDIATION.replace("AWS-PublishSNSNotification", "no-such-runbook")
    assert "[remediation of topics-encrypted]. no-such-runbook is no valid target: " in reason(named)
    assert "There were invalid RemediationParameterValues" in reason(REMEDIATION.replace("TopicArn:", "Topic:"))
    assert rules(config) == {}


def test_a_rule_may_name_one_that_stands_behind_it(config):
    template = TEMPLATE.replace("ConfigRuleName: topics-encrypted", "ConfigRuleName: topics-encrypted\n      "
                                "Description: !Sub 'goes with ${KeysRotated}'")
    assert template_error(config, template.replace("${KeysRotated}", "${TopicsEncrypted}")) == (
        "Template format error: Unresolved resource dependencies [TopicsEncrypted] in the Resources block of the template")
    put(config, template)
    (found,) = [rule for name, rule in rules(config).items() if name.startswith("topics-encrypted")]
    assert found["Description"] == "goes with keys-rotated"
