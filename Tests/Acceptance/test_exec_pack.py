"""exec --conformance-pack: what a deployment is worth by a pack, without Config in its script."""

import json
import sys

import pytest

from test_cli import windtunnel

PACK = """
Parameters:
  Days: {Type: String, Default: '90'}
Resources:
  Encrypted:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: topics-are-encrypted
      Source: {Owner: AWS, SourceIdentifier: SNS_ENCRYPTED_KMS}
  DeadLetters:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: queues-have-dead-letters
      Source:
        Owner: CUSTOM_POLICY
        SourceDetails: [{EventSource: aws.config, MessageType: ConfigurationItemChangeNotification}]
        CustomPolicyDetails:
          PolicyRuntime: guard-2.x.x
          PolicyText: |
            rule dead_letters when resourceType == 'AWS::SQS::Queue' {
              configuration.RedrivePolicy exists <<Messages that fail are lost.>>
            }
  Keys:
    Type: AWS::Config::ConfigRule
    Properties:
      ConfigRuleName: keys-are-rotated
      InputParameters: {maxAccessKeyAge: !Ref Days}
      Source: {Owner: AWS, SourceIdentifier: ACCESS_KEYS_ROTATED}
"""
ROLE = "arn:aws:iam::000000000000:role/config"


def judged(tmp_path, pack, script, *options, environment=None):
    """Exit code, report, and what the script printed."""
    (tmp_path / "pack.yaml").write_text(pack)
    ended = windtunnel("exec", "--conformance-pack", str(tmp_path / "pack.yaml"), "--report", "json", "--report-file",
                       str(tmp_path / "r"), *options, "--", sys.executable, "-c", "import boto3\n" + script,
                       environment=environment)
    return ended.returncode, json.loads((tmp_path / "r").read_text()), ended.stdout


def rules(report):
    (place,) = report["conformancePack"]["places"]
    return {rule["name"]: rule for rule in place["rules"]}


def test_a_deployment_is_judged_without_config_in_its_script(tmp_path):
    code, report, _ = judged(tmp_path, PACK, """
sns, sqs = boto3.client('sns'), boto3.client('sqs')
sns.create_topic(Name='bad')
sns.create_topic(Name='good', Attributes={'KmsMasterKeyId': 'k'})
sns.delete_topic(TopicArn=sns.create_topic(Name='gone')['TopicArn'])
sqs.create_queue(QueueName='jobs')""")
    assert code == 4
    found = rules(report)
    topic = "arn:aws:sns:us-east-1:000000000000:"
    assert found["topics-are-encrypted"] == {
        "name": "topics-are-encrypted", "compliance": "NON_COMPLIANT", "resources": [
            {"resourceType": "AWS::SNS::Topic", "resourceId": topic + "bad", "compliance": "NON_COMPLIANT",
             "annotation": "The topic is not encrypted with a KMS key."},
            {"resourceType": "AWS::SNS::Topic", "resourceId": topic + "good", "compliance": "COMPLIANT"}]}
    (queue,) = found["queues-have-dead-letters"]["resources"]
    assert (queue["resourceType"], queue["annotation"]) == ("AWS::SQS::Queue", "Messages that fail are lost.")
    assert queue["resourceId"].endswith("/000000000000/jobs")
    # Nobody can say what is not judged.
    assert found["keys-are-rotated"]["compliance"] == "INSUFFICIENT_DATA"
    assert "ACCESS_KEYS_ROTATED is not evaluated here" in found["keys-are-rotated"]["unjudged"]


def test_what_is_good_passes_and_strict_wants_all_of_it_judged(tmp_path):
    script = "boto3.client('sns').create_topic(Name='good', Attributes={'KmsMasterKeyId': 'k'})"
    code, report, _ = judged(tmp_path, PACK, script)
    assert (code, report["conformancePack"]["places"][0]["compliance"]) == (0, "COMPLIANT")
    plain = "boto3.client('sqs').list_queues()"
    assert judged(tmp_path, PACK, plain, "--strict")[0] == 3
    assert judged(tmp_path, PACK[:PACK.index("  Keys:")], plain, "--strict")[0] == 0


def test_a_command_that_fails_keeps_its_code(tmp_path):
    code, report, _ = judged(tmp_path, PACK, "boto3.client('sns').create_topic(Name='bad')\nraise SystemExit(7)")
    assert (code, rules(report)["topics-are-encrypted"]["compliance"]) == (7, "NON_COMPLIANT")


def test_the_script_finds_config_as_empty_as_in_aws(tmp_path):
    code, report, printed = judged(tmp_path, PACK, f"""
config = boto3.client('config')
print(config.describe_configuration_recorders()['ConfigurationRecorders'], config.describe_conformance_packs()
      ['ConformancePackDetails'])
config.put_configuration_recorder(ConfigurationRecorder={{'name': 'own', 'roleARN': '{ROLE}', 'recordingGroup': {{
    'allSupported': False, 'resourceTypes': ['AWS::SQS::Queue']}}}})
boto3.client('sns').create_topic(Name='bad')
print([rule['ConfigRuleName'] for rule in config.describe_config_rules()['ConfigRules']])""")
    assert printed == "[] []\n[]\n"
    # What the script's own recorder leaves out is judged all the same.
    assert (code, rules(report)["topics-are-encrypted"]["compliance"]) == (4, "NON_COMPLIANT")


def test_every_region_is_judged_in_which_something_changed(tmp_path):
    environment = {"PATH": "/usr/bin:/bin", "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1",
                   "AWS_ACCESS_KEY_ID": "123456789012"}
    code, report, _ = judged(tmp_path, PACK, """
boto3.client('sns').create_topic(Name='good', Attributes={'KmsMasterKeyId': 'k'})
boto3.client('sns', region_name='us-west-2').create_topic(Name='bad')""", environment=environment)
    assert code == 4
    assert [(place["account"], place["region"], place["compliance"]) for place in report["conformancePack"]["places"]] == [
        ("123456789012", "eu-west-1", "COMPLIANT"), ("123456789012", "us-west-2", "NON_COMPLIANT")]


def test_imported_items_are_judged_too(tmp_path):
    pack = """{"Resources": {"Ssh": {"Type": "AWS::Config::ConfigRule", "Properties": {
      "ConfigRuleName": "no-open-ssh", "Source": {"Owner": "AWS", "SourceIdentifier": "INCOMING_SSH_DISABLED"}}}}}"""
    script = """
import json, os, urllib.request
state = {"format_version": "1.0", "values": {"root_module": {"resources": [{
    "mode": "managed", "type": "aws_security_group", "name": "web", "values": {
        "id": "sg-1", "arn": "arn:aws:ec2:us-east-1:000000000000:security-group/sg-1", "name": "web", "vpc_id": "vpc-1",
        "egress": [], "ingress": [{"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]}]}}]}}}
urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/_windtunnel/config/items", json.dumps(state).encode()).read()"""
    code, report, _ = judged(tmp_path, pack, script)
    (group,) = rules(report)["no-open-ssh"]["resources"]
    assert (code, group["resourceId"], group["compliance"]) == (4, "sg-1", "NON_COMPLIANT")


def test_the_text_report_names_rules_resources_and_reasons(tmp_path):
    (tmp_path / "pack.yaml").write_text(PACK)
    ended = windtunnel("exec", "--conformance-pack", str(tmp_path / "pack.yaml"), "--", sys.executable, "-c",
                       "import boto3; boto3.client('sns').create_topic(Name='bad')")
    lines = ended.stderr.splitlines()
    assert lines[lines.index(f"Conformance pack {tmp_path}/pack.yaml: NON_COMPLIANT") + 1:] == [
        "  topics-are-encrypted: NON_COMPLIANT",
        "    NON_COMPLIANT AWS::SNS::Topic arn:aws:sns:us-east-1:000000000000:bad",
        "      The topic is not encrypted with a KMS key.",
        "  queues-have-dead-letters: INSUFFICIENT_DATA",
        "    There is nothing that it applies to.",
        "  keys-are-rotated: not judged",
        "    ACCESS_KEYS_ROTATED is not evaluated here, or not with these parameters."]


@pytest.mark.parametrize("pack, reason", [
    ("Resources: [", "YAML not well-formed"),
    ("Resources: {A: {Type: AWS::S3::Bucket}}", "Resource A is of the type AWS::S3::Bucket"),
    ("Resources: {A: {Type: AWS::Config::ConfigRule, Properties: {Source: {Owner: AWS, SourceIdentifier: NOPE}}}}",
     "A: The sourceIdentifier NOPE is invalid"),
    ("Parameters: {P: {Type: String}}\nResources: {A: {Type: AWS::Config::ConfigRule, Properties: {Description: !Ref P, "
     "Source: {Owner: AWS, SourceIdentifier: SNS_ENCRYPTED_KMS}}}}", "Parameters: [P] must have values"),
    ("#" * 310_000, "larger than 300 KiB"),
    (None, "No such file or directory")], ids=["yaml", "type", "identifier", "parameter", "size", "absence"])
def test_a_wrong_pack_is_refused_before_the_command_runs(tmp_path, pack, reason):
    if pack:
        (tmp_path / "pack.yaml").write_text(pack)
    ended = windtunnel("exec", "--conformance-pack", str(tmp_path / "pack.yaml"), "--", "touch", str(tmp_path / "ran"))
    assert ended.returncode not in (0, 4) and not (tmp_path / "ran").exists()
    assert f"{tmp_path}/pack.yaml: " in ended.stderr and reason in ended.stderr
