"""Ansible's own modules, told nothing but where the endpoint is."""

import os
import pathlib
import subprocess
import sys


def play(playbook, server, account, **variables):
    """Runs a playbook of this folder to its end."""
    environment = {**server.environment(account), **variables, "ANSIBLE_NOCOLOR": "1",
                   "ANSIBLE_PYTHON_INTERPRETER": sys.executable, "ANSIBLE_LOCALHOST_WARNING": "0"}
    program = os.path.join(os.path.dirname(sys.executable), "ansible-playbook")
    ended = subprocess.run([program, "-i", "localhost,", "-e", f"ansible_python_interpreter={sys.executable}",
                            str(pathlib.Path(__file__).parent / playbook)], env=environment, capture_output=True, text=True,
                           timeout=300)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "failed=0" in ended.stdout


def test_a_playbook_written_for_aws_runs_as_it_is(server, account):
    play("playbook.yml", server, account, APP_PREFIX="/ansible")
    assert server.client("ssm", account).describe_parameters()["Parameters"] == []


def test_a_playbook_wires_a_topic_to_a_queue(server, account):
    play("messages-playbook.yml", server, account)
    message = server.client("sqs", account).receive_message(QueueUrl="orders")["Messages"][0]
    assert message["Body"] == "an order"


def test_a_playbook_makes_a_rule_once(server, account):
    play("events-playbook.yml", server, account)
    server.client("ssm", account).put_parameter(Name="/ansible/price", Value="12", Type="String")
    message = server.client("sqs", account).receive_message(QueueUrl="changes")["Messages"][0]
    assert message["Body"] == '"Create"'
    assert [rule["Name"] for rule in server.client("events", account).list_rules()["Rules"]] == ["parameters"]


def test_a_playbook_makes_a_recorder_and_its_channel(server, account):
    play("config-playbook.yml", server, account)
    config = server.client("config", account)
    config.start_configuration_recorder(ConfigurationRecorderName="main")
    assert config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"][0]["recording"]
    assert config.describe_delivery_channels()["DeliveryChannels"][0]["s3KeyPrefix"] == "team"
