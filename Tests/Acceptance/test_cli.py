"""The command line: serve, exec, version, help."""

import json
import os
import pathlib
import signal
import subprocess
import sys

import pytest

from config_client import start_recorder
from conftest import BINARY, ROOT

AWS = os.path.join(os.path.dirname(sys.executable), "aws")


def windtunnel(*arguments, environment=None, **more):
    environment = environment or {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment["PATH"] = os.path.dirname(sys.executable) + os.pathsep + environment["PATH"]
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=300, env=environment, **more)


def test_version_and_help_teach():
    assert windtunnel("version").stdout.startswith("windtunnel 0.")
    text = windtunnel("--help").stdout
    assert "AWS_ENDPOINT_URL" in text and "exec" in text


def test_exec_passes_the_exit_code_through():
    assert windtunnel("exec", "--", "sh", "-c", "exit 7").returncode == 7
    assert windtunnel("exec", "--", "no-such-command").returncode == 127


def test_exec_sets_what_clients_need_and_keeps_what_is_set():
    shown = windtunnel("exec", "--", "sh", "-c", "echo $AWS_ENDPOINT_URL $AWS_ACCESS_KEY_ID $AWS_REGION").stdout.split()
    assert shown[0].startswith("http://127.0.0.1:") and shown[1:] == ["test", "us-east-1"]


def test_exec_reports_what_was_done(tmp_path):
    script = ("aws ssm put-parameter --name /a --value v --type SecureString && aws ssm get-parameter --name /a --with-decryption;"
              "aws ssm get-parameter --name /none; aws ssm delete-parameter --name /a; aws ssm list-commands; true")
    ended = windtunnel("exec", "--report", "json", "--report-file", str(tmp_path / "r"), "--policy", str(tmp_path / "p"), "--",
                       "sh", "-c", script)
    assert ended.returncode == 0
    report = json.loads((tmp_path / "r").read_text())
    arn = "arn:aws:ssm:us-east-1:000000000000:parameter/a"
    assert {(c["operation"], c["count"], *c["errors"]) for c in report["calls"]} == {
        ("PutParameter", 1), ("GetParameter", 2, "ParameterNotFound"), ("DeleteParameter", 1)}
    assert (report["created"], report["deleted"]) == ([arn], [arn])
    assert report["notServed"] == [{"service": "ssm", "operation": "ListCommands", "count": 1}]
    policy = json.loads((tmp_path / "p").read_text())
    allowed = {(action, resource) for s in policy["Statement"] for action in s["Action"] for resource in s["Resource"]}
    assert {("ssm:PutParameter", arn), ("ssm:GetParameter", arn), ("ssm:DeleteParameter", arn),
            ("kms:Decrypt", "arn:aws:kms:us-east-1:000000000000:alias/aws/ssm")} <= allowed


def test_strict_fails_what_was_not_served():
    assert windtunnel("exec", "--strict", "--", "sh", "-c", "aws ssm list-commands; true").returncode == 3
    assert windtunnel("exec", "--strict", "--", "aws", "ssm", "describe-parameters").returncode == 0


def test_exec_passes_signals_on():
    script = "trap 'kill $!; echo caught; exit 9' TERM; sleep 60 & echo up; wait"
    running = subprocess.Popen([BINARY, "exec", "--", "sh", "-c", script], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    assert running.stdout.readline() == "up\n"
    running.send_signal(signal.SIGTERM)
    assert running.stdout.readline() == "caught\n"
    assert running.wait(timeout=20) == 9


def test_a_deployment_script_written_for_aws_runs_as_it_is():
    ended = windtunnel("exec", "--strict", "--", str(ROOT / "Scripts/examples/deploy-config.sh"))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Released and rolled back" in ended.stdout


def test_the_report_has_the_statements_that_aws_would_ask_for():
    script = ("import boto3; sns, sqs = boto3.client('sns'), boto3.client('sqs'); sqs.create_queue(QueueName='q'); "
              "topic = sns.create_topic(Name='t')['TopicArn']; "
              "sns.subscribe(TopicArn=topic, Protocol='sqs', Endpoint='arn:aws:sqs:us-east-1:000000000000:q'); "
              "sns.publish(TopicArn=topic, Message='m')")
    ended = windtunnel("exec", "--", sys.executable, "-c", script)
    assert ended.returncode == 0, ended.stderr
    assert ('{"Sid":"AllowSNS","Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"sqs:SendMessage",'
            '"Resource":"arn:aws:sqs:us-east-1:000000000000:q","Condition":{"ArnEquals":{"aws:SourceArn":'
            '"arn:aws:sns:us-east-1:000000000000:t"}}}') in ended.stderr


def test_a_pipeline_written_for_aws_runs_as_it_is():
    ended = windtunnel("exec", "--strict", "--permissions", "enforce", "--",
                       str(ROOT / "Scripts/examples/orders-pipeline.sh"))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for line in ("audit: order 1: a book\torder 2: a free sample\torder 3: a song",
                 "shipping: order 1: a book\torder 2: a free sample", "billing: order 1: a book\torder 3: a song",
                 "webhook, after two failures: order 1: a book", "billing again: order 1: a book\torder 3: a song"):
        assert line in ended.stdout, ended.stdout


def test_a_chat_is_told_of_changed_parameters():
    ended = windtunnel("exec", "--strict", "--permissions", "enforce", "--",
                       str(ROOT / "Scripts/examples/ssm-change-to-slack.sh"))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert 'chat: "Parameter /shop/price: Create"' in ended.stdout and "undelivered: NO_RESOURCE" in ended.stdout
    assert "1 × Parameter Store Change of aws.ssm: rule parameters missed it. detail.name is \"/other/price\"" in ended.stderr


def test_a_month_of_nightly_jobs_passes():
    ended = windtunnel("exec", "--strict", "--permissions", "enforce", "--", str(ROOT / "Scripts/examples/nightly-jobs.sh"))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert [line for line in ended.stdout.splitlines() if line.startswith("week")] == [
        f"week {week}: 5 backups, 7 reports" for week in (1, 2, 3, 4)]
    # Seven o'clock in Berlin is six o'clock UTC in winter and five in summer.
    assert "the clocks change: 2030-03-30T06:00:00Z 2030-03-31T05:00:00Z" in ended.stdout


def test_a_team_hears_of_what_is_not_compliant_and_it_is_put_right(tmp_path):
    ended = windtunnel("exec", "--permissions", "enforce", "--report-file", str(tmp_path / "r"), "--",
                       str(ROOT / "Scripts/examples/compliance.sh"))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    topic = "arn:aws:sns:us-east-1:000000000000:orders"
    unencrypted = "The topic is not encrypted with a KMS key."
    for line in (f"AWS::SNS::Topic {topic}: topics-are-encrypted NON_COMPLIANT ({unencrypted})",
                 f'mail: "AWS::SNS::Topic {topic} is NON_COMPLIANT with topics-are-encrypted. {unencrypted}"',
                 f"mail: [AWS Config:us-east-1] AWS::SNS::Topic {topic} is NON_COMPLIANT...",
                 f"{topic}\tCOMPLIANT"):
        assert line in ended.stdout.splitlines(), ended.stdout
    assert "ConfigHistory_AWS::SNS::Topic_" in ended.stdout.splitlines()[-2]
    story = (tmp_path / "r").read_text().splitlines()
    verdict, annotation, rest = story[story.index("Compliance with the rules of AWS Config") + 1:]
    assert verdict.startswith("  NON_COMPLIANT with queues-have-dead-letters: AWS::SQS::Queue http://127.0.0.1:")
    assert (annotation.strip(), rest) == ("Messages that fail are lost: there is no dead-letter queue.",
                                          "  COMPLIANT with topics-are-encrypted: 1")


def test_the_report_says_what_is_compliant_as_long_as_a_recorder_is_on(tmp_path):
    script = """import boto3
config, sns = boto3.client('config'), boto3.client('sns')
config.put_configuration_recorder(ConfigurationRecorder={'roleARN': 'arn:aws:iam::000000000000:role/config'})
config.put_delivery_channel(DeliveryChannel={'s3BucketName': 'bucket'})
config.start_configuration_recorder(ConfigurationRecorderName='default')
config.put_config_rule(ConfigRule={'ConfigRuleName': 'r', 'Source': {'Owner': 'AWS', 'SourceIdentifier': 'SNS_ENCRYPTED_KMS'}})
sns.create_topic(Name='good', Attributes={'KmsMasterKeyId': 'k'})
sns.create_topic(Name='gone')
sns.delete_topic(TopicArn='arn:aws:sns:us-east-1:000000000000:gone')
sns.create_topic(Name='bad')
"""

    def compliance(script):
        ended = windtunnel("exec", "--report", "json", "--report-file", str(tmp_path / "r"), "--", sys.executable, "-c", script)
        assert ended.returncode == 0, ended.stderr
        return json.loads((tmp_path / "r").read_text())["compliance"]

    assert compliance(script) == {"nonCompliant": [{
        "rule": "r", "resourceType": "AWS::SNS::Topic", "resourceId": "arn:aws:sns:us-east-1:000000000000:bad",
        "annotation": "The topic is not encrypted with a KMS key."}], "compliant": {"r": 1}}
    stop = "config.stop_configuration_recorder(ConfigurationRecorderName='default')"
    assert compliance(script + stop) == {"nonCompliant": [], "compliant": {}}


def test_a_boto3_program_written_for_aws_runs_as_it_is(start):
    server = start()
    program = [sys.executable, str(ROOT / "Scripts/examples/app_settings.py"), "shop", "dev"]
    first = subprocess.run(program, capture_output=True, text=True, env=server.environment())
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines() == [
        "created db/host", "created db/port", "created features", "secret is at version 1",
        "db/host = db.internal", "db/password = (secret)", "db/port = 5432", "features = ['search', 'export']"]
    again = subprocess.run(program, capture_output=True, text=True, env=server.environment())
    assert again.stdout.splitlines() == first.stdout.splitlines()[4:]


def test_the_binary_needs_nothing_but_small_libraries():
    needed = subprocess.run(["ldd", BINARY], capture_output=True, text=True, check=True).stdout
    assert "libsqlite3" in needed
    assert [name for name in ("swift", "Foundation", "icu", "curl", "xml", "not found") if name in needed] == []
    assert os.path.getsize(BINARY) <= 25 * 2**20
    # The large parts of Foundation would come in by one wrong import.
    program = pathlib.Path(BINARY).read_bytes()
    assert [name for name in (b"CFRunLoop", b"icudt", b"URLSession", b"XMLParser") if name in program] == []


def test_variables_stand_in_for_flags(tmp_path):
    environment = {**os.environ, "WINDTUNNEL_PORT": "0", "WINDTUNNEL_DATA": str(tmp_path / "d")}
    running = subprocess.Popen([BINARY], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
    assert "state is kept" in running.stdout.readline()
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=20) == 0


@pytest.mark.parametrize("arguments", [["--port", "x"], ["--log-level", "loud"], ["exec"], ["--port", "70000"]])
def test_wrong_arguments_are_explained(arguments):
    ended = windtunnel(*arguments)
    assert ended.returncode != 0 and ended.stderr


def test_explain_answers_for_events_and_messages(start):
    server = start()
    events, sns, sqs = (server.client(name) for name in ("events", "sns", "sqs"))
    events.put_rule(Name="r", EventPattern='{"source":["shop"],"detail":{"state":["paid"]}}')
    event = events.put_events(Entries=[{"Source": "shop", "DetailType": "Order", "Detail": '{"state":"new"}'}])["Entries"][0]["EventId"]
    ended = windtunnel("explain", event, "--endpoint", server.url)
    assert ended.returncode == 0 and ended.stdout.splitlines()[1] == (
        'Rule r did not fire. detail.state is "new", and the pattern asks for ["paid"].')
    topic = sns.create_topic(Name="t")["TopicArn"]
    sqs.create_queue(QueueName="q")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:000000000000:q", Attributes={
        "FilterPolicy": '{"kind":["book"]}'})
    message = sns.publish(TopicArn=topic, Message="m")["MessageId"]
    ended = windtunnel("explain", message, environment=server.environment())
    assert ended.returncode == 0 and "There is no kind, and the pattern asks for [\"book\"]." in ended.stdout
    ended = windtunnel("explain", "00000000-0000-0000-0000-000000000000", "--endpoint", server.url)
    assert ended.returncode != 0 and "no event and no message" in ended.stderr


def test_explain_answers_for_rules_of_config(start):
    server = start()
    config, sqs = server.client("config"), server.client("sqs")
    start_recorder(config, "000000000000")
    config.put_config_rule(ConfigRule={"ConfigRuleName": "dead", "Source": {
        "Owner": "AWS", "SourceIdentifier": "SQS_QUEUE_DLQ_CHECK"}})
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    ended = windtunnel("explain", "rule", "dead", url, "--endpoint", server.url)
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert lines[:2] == [f"The rule dead on AWS::SQS::Queue {url}:", "It is NON_COMPLIANT."]
    assert lines[2].startswith("The queue has no dead-letter queue. There is no RedrivePolicy here. It is looked for at /configuration.")
    ended = windtunnel("explain", "rule", "dead", "none", environment=server.environment())
    assert ended.returncode != 0 and "No configuration item has the id, the name or the ARN none" in ended.stderr
    ended = windtunnel("explain", "rule", "dead", url, environment={**server.environment(), "AWS_ACCESS_KEY_ID": "1" * 12})
    assert ended.returncode != 0 and "There is no such rule" in ended.stderr
