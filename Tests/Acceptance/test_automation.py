"""Automation executions with boto3 and the AWS CLI, by a clock that stands still: what steps do and how they end."""

import json
import os
import subprocess
import sys

import pytest

from automation import Automation, refused, statuses

AWS = os.path.join(os.path.dirname(sys.executable), "aws")


@pytest.fixture
def automation(frozen):
    return Automation(frozen)


READ = """
description: reads a parameter and writes what it found elsewhere
parameters:
  Source: {type: String}
  Suffix: {type: String, default: '!'}
mainSteps:
- name: read
  action: aws:executeAwsApi
  inputs: {Service: ssm, Api: get_parameter, Name: '{{ Source }}'}
  outputs:
  - {Name: Value, Selector: $.Parameter.Value, Type: String}
  - {Name: Version, Selector: $.Parameter.Version, Type: Integer}
- name: write
  action: aws:executeAwsApi
  inputs: {Service: ssm, Api: PutParameter, Name: /copy, Value: '{{ read.Value }}{{Suffix}} of {{ global:DATE }}', Type: String}
outputs: [read.Value, read.Version, write.Nothing]
"""


def test_steps_call_operations_and_hand_on_what_they_got(automation):
    automation.ssm.put_parameter(Name="/a", Value="hello", Type="String")
    found = automation.run(READ, Parameters={"Source": ["/a"]})
    assert found["AutomationExecutionStatus"] == "Success"
    assert automation.ssm.get_parameter(Name="/copy")["Parameter"]["Value"] == "hello! of 2030-01-01"
    assert found["Parameters"] == {"Source": ["/a"], "Suffix": ["!"]}
    assert found["Outputs"] == {"read.Value": ["hello"], "read.Version": ["1"], "write.Nothing": [
        "No output available yet because the step is not successfully executed"]}
    assert (found["DocumentName"], found["DocumentVersion"], found["Mode"]) == ("book", "1", "Auto")
    assert found["ExecutedBy"] == "arn:aws:iam::000000000000:root"
    read = found["StepExecutions"][0]
    assert read["StepStatus"] == "Success" and read["NextStep"] == "write" and not read["IsEnd"]
    assert read["Inputs"] == {"Service": '"ssm"', "Api": '"get_parameter"', "Name": '"/a"'}
    assert read["Outputs"] == {"Value": ["hello"], "Version": ["1"]}


def test_an_execution_tells_eventbridge_what_it_does(automation):
    automation.ssm.put_parameter(Name="/a", Value="hello", Type="String")
    execution = automation.start(READ, Parameters={"Source": ["/a"]})
    automation.get(execution)
    steps = automation.events("Step")
    assert [(s["StepName"], s["Status"]) for s in steps] == [
        ("read", "InProgress"), ("read", "Success"), ("write", "InProgress"), ("write", "Success")]
    assert steps[1] == {"ExecutionId": execution, "Definition": "book", "DefinitionVersion": 1.0, "Status": "Success",
                        "StartTime": "Jan 1, 2030 12:00:00 AM", "EndTime": "Jan 1, 2030 12:00:00 AM", "Time": 0.0,
                        "StepName": "read", "Action": "aws:executeAwsApi"}
    assert [e["Status"] for e in automation.events("Execution")] == ["InProgress", "Success"]
    event = [e for e in automation.server.events("000000000000") if e["source"] == "aws.ssm"][-1]
    assert event["resources"] == [f"arn:aws:ssm:us-east-1:000000000000:automation-execution/{execution}",
                                  "arn:aws:ssm:us-east-1:000000000000:automation-definition/book:1"]


def test_a_step_that_fails_ends_the_execution_with_awss_words(automation):
    found = automation.run(READ, Parameters={"Source": ["/none"]})
    assert found["AutomationExecutionStatus"] == "Failed"
    assert statuses(found) == {"read": "Failed", "write": "Pending"}
    step = found["StepExecutions"][0]
    assert step["FailureMessage"].startswith(
        "Step fails when it is Execute/Cancelling action. An error occurred (ParameterNotFound) when calling the GetParameter operation:")
    assert found["FailureMessage"] == step["FailureMessage"]
    assert step["FailureDetails"]["FailureStage"] == "Invocation" and step["FailureDetails"]["FailureType"] == "Action"
    assert [e["Status"] for e in automation.events("Execution")] == ["InProgress", "Failed"]


@pytest.mark.parametrize("reaction, critical, status, after", [
    ("Abort", True, "Failed", "Pending"), ("Continue", True, "Failed", "Success"),
    ("Continue", False, "Success", "Success"), ("step:last", False, "Success", "Pending"),
])
def test_a_failure_is_answered_as_the_step_says(automation, reaction, critical, status, after):
    found = automation.run({"mainSteps": [
        {"name": "bad", "action": "aws:executeAwsApi", "onFailure": reaction, "isCritical": critical,
         "inputs": {"Service": "ssm", "Api": "GetParameter", "Name": "/none"}},
        {"name": "after", "action": "aws:sleep", "inputs": {"Duration": "PT0S"}},
        {"name": "last", "action": "aws:sleep", "inputs": {"Duration": "PT0S"}}]})
    assert found["AutomationExecutionStatus"] == status
    assert statuses(found)["after"] == after
    assert statuses(found)["last"] == ("Pending" if reaction == "Abort" else "Success")


def test_what_is_not_served_fails_with_what_is(automation):
    found = automation.run({"mainSteps": [{"name": "run", "action": "aws:runCommand",
                                           "inputs": {"DocumentName": "AWS-RunShellScript"}}]})
    message = found["FailureMessage"]
    assert "does not serve aws:runCommand" in message and "aws:executeAwsApi" in message
    found = automation.run({"mainSteps": [{"name": "run", "action": "aws:executeAwsApi",
                                           "inputs": {"Service": "s3", "Api": "PutObject"}}]}, name="other")
    assert "The service s3 is not served" in found["FailureMessage"]
    found = automation.run({"mainSteps": [{"name": "run", "action": "aws:executeAwsApi",
                                           "inputs": {"Service": "sns", "Api": "Publish", "Topic": "x"}}]}, name="third")
    assert 'Unknown parameter in input: "Topic"' in found["FailureMessage"]


def test_a_sleep_takes_its_time(automation):
    execution = automation.start({"mainSteps": [
        {"name": "nap", "action": "aws:sleep", "inputs": {"Duration": "PT10M"}},
        {"name": "until", "action": "aws:sleep", "inputs": {"Timestamp": "2030-01-01T01:00:00Z"}}]})
    assert automation.get(execution)["AutomationExecutionStatus"] == "InProgress"
    automation.server.advance("9m")
    assert statuses(automation.get(execution)) == {"nap": "InProgress", "until": "Pending"}
    automation.server.advance("1m")
    assert statuses(automation.get(execution)) == {"nap": "Success", "until": "InProgress"}
    automation.server.advance("1h")
    found = automation.get(execution)
    assert found["AutomationExecutionStatus"] == "Success"
    assert found["ExecutionEndTime"].isoformat().startswith("2030-01-01T01:00:00")


def test_an_execution_survives_a_restart(start, tmp_path):
    server = start("--data", str(tmp_path))
    server.json("POST", "/_windtunnel/clock", {"freeze": True})
    automation = Automation(server)
    execution = automation.start({"mainSteps": [{"name": "nap", "action": "aws:sleep", "inputs": {"Duration": "PT10M"}}]})
    automation.get(execution)
    server.stop()
    automation = Automation(start("--data", str(tmp_path)))
    assert automation.get(execution)["AutomationExecutionStatus"] == "InProgress"
    automation.server.advance("10m")
    assert automation.get(execution)["AutomationExecutionStatus"] == "Success"


def test_assertions_compare_and_waits_look_again(automation):
    automation.ssm.put_parameter(Name="/state", Value="starting", Type="String")
    look = {"Service": "ssm", "Api": "GetParameter", "Name": "/state", "PropertySelector": "$.Parameter.Value"}
    found = automation.run({"mainSteps": [{"name": "is", "action": "aws:assertAwsResourceProperty",
                                           "inputs": {**look, "DesiredValues": ["running", "ready"]}}]})
    assert found["FailureMessage"] == (
        "Step fails when it is Execute/Cancelling action. Property value 'starting' from the API output is not in the "
        "desired values. Desired values: ['running', 'ready'].. Please refer to Automation Service Troubleshooting Guide "
        "for more diagnosis details.")
    wait = {"mainSteps": [{"name": "until", "action": "aws:waitForAwsResourceProperty", "timeoutSeconds": 60,
                           "inputs": {**look, "DesiredValues": ["running"]}}]}
    execution = automation.start(wait, "wait")
    automation.server.advance("20s")
    assert automation.get(execution)["AutomationExecutionStatus"] == "InProgress"
    automation.ssm.put_parameter(Name="/state", Value="running", Type="String", Overwrite=True)
    automation.server.advance("20s")
    assert automation.get(execution)["AutomationExecutionStatus"] == "Success"
    automation.ssm.put_parameter(Name="/state", Value="gone", Type="String", Overwrite=True)
    execution = automation.start(name="wait")
    automation.server.advance("61s")
    found = automation.get(execution)
    assert (found["AutomationExecutionStatus"], found["StepExecutions"][0]["StepStatus"]) == ("TimedOut", "TimedOut")


def test_branches_choose(automation):
    automation.document("""
        parameters: {Size: {type: Integer}, Kind: {type: String, default: linux}}
        mainSteps:
        - name: choose
          action: aws:branch
          inputs:
            Choices:
            - {NextStep: small, Variable: '{{ Size }}', NumericLesser: 10}
            - NextStep: big
              And:
              - {Variable: '{{ Size }}', NumericGreaterOrEquals: 10}
              - Not: {Variable: '{{ Kind }}', StartsWith: win}
            Default: other
        - {name: small, action: 'aws:sleep', inputs: {Duration: PT0S}, isEnd: true}
        - {name: big, action: 'aws:sleep', inputs: {Duration: PT0S}, isEnd: true}
        - {name: other, action: 'aws:sleep', inputs: {Duration: PT0S}}
        """)
    for parameters, taken in [({"Size": ["3"]}, "small"), ({"Size": ["30"]}, "big"),
                              ({"Size": ["30"], "Kind": ["windows"]}, "other")]:
        found = statuses(automation.run(Parameters=parameters))
        assert [name for name in ("small", "big", "other") if found[name] == "Success"] == [taken]


def test_loops_go_through_lists_and_conditions(automation):
    found = automation.run("""
        parameters: {Names: {type: StringList}}
        variables: {Count: {type: Integer, default: 0}}
        mainSteps:
        - name: each
          action: aws:loop
          inputs:
            Iterators: '{{ Names }}'
            IteratorDataType: String
            Steps:
            - name: put
              action: aws:executeAwsApi
              inputs: {Service: ssm, Api: PutParameter, Name: '/loop/{{ each.CurrentIteratorValue }}', Value: '{{ each.CurrentIteration }}', Type: String}
              outputs: [{Name: Version, Selector: $.Version, Type: Integer}]
        - name: again
          action: aws:loop
          inputs:
            LoopCondition: {Variable: '{{ again.CurrentIteration }}', NumericLesser: 3}
            MaxIterations: 10
            Steps:
            - {name: count, action: 'aws:updateVariable', inputs: {Name: 'variable:Count', Value: '{{ again.CurrentIteration }}'}}
        outputs: [each.AggregatedResults]
        """, Parameters={"Names": ["a", "b"]})
    assert found["AutomationExecutionStatus"] == "Success", found.get("FailureMessage")
    values = automation.ssm.get_parameters_by_path(Path="/loop")["Parameters"]
    assert [(p["Name"], p["Value"]) for p in values] == [("/loop/a", "1"), ("/loop/b", "2")]
    assert found["Variables"] == {"Count": ["3"]}
    inner = [s for s in found["StepExecutions"] if s["StepName"] == "put"]
    assert [(s["ParentStepDetails"]["Iteration"], s["ParentStepDetails"]["IteratorValue"]) for s in inner] == [(1, "a"), (2, "b")]
    assert json.loads(found["Outputs"]["each.AggregatedResults"][0]) == {"put.Version": [1, 1]}
    steps = automation.ssm.describe_automation_step_executions(
        AutomationExecutionId=found["AutomationExecutionId"],
        Filters=[{"Key": "ParentStepIteration", "Values": ["2"]}])["StepExecutions"]
    assert [s["StepName"] for s in steps] == ["count", "put"] or [s["StepName"] for s in steps] == ["put", "count"]


def test_a_step_is_tried_as_often_as_it_says(automation):
    # Each attempt makes a version of a parameter that has not the one that is asked for.
    automation.ssm.put_parameter(Name="/count", Value="1", Type="String")
    put = {"Service": "ssm", "Api": "PutParameter", "Name": "/count", "Value": "x", "Type": "String", "Overwrite": True,
           "PropertySelector": "$.Version", "DesiredValues": ["3"]}
    found = automation.run({"mainSteps": [{"name": "third", "action": "aws:assertAwsResourceProperty", "maxAttempts": 2,
                                           "inputs": put}]})
    assert found["AutomationExecutionStatus"] == "Success"
    assert automation.ssm.get_parameter(Name="/count")["Parameter"]["Version"] == 3


def test_executions_are_refused_and_found(automation):
    ssm = automation.ssm
    automation.document(READ)
    start = lambda **more: refused(ssm.start_automation_execution, **{"DocumentName": "book", **more})
    assert start(DocumentName="none")[0] == "AutomationDefinitionNotFoundException"
    assert start(DocumentVersion="7")[0] == "AutomationDefinitionVersionNotFoundException"
    assert start() == ("InvalidAutomationExecutionParametersException", "Missing required parameter: Source in user inputs.")
    assert start(Parameters={"Source": ["a"], "X": ["b"]}) == (
        "InvalidAutomationExecutionParametersException", 'Parameter "X" is not declared.')
    token = "11111111-2222-3333-4444-555555555555"
    ssm.put_parameter(Name="/a", Value="1", Type="String")
    first = automation.start(Parameters={"Source": ["/a"]}, ClientToken=token, Tags=[{"Key": "k", "Value": "v"}])
    assert automation.start(Parameters={"Source": ["/a"]}, ClientToken=token, Tags=[{"Key": "k", "Value": "v"}]) == first
    assert start(Parameters={"Source": ["/b"]}, ClientToken=token)[0] == "IdempotentParameterMismatch"
    second = automation.run(Parameters={"Source": ["/none"]})["AutomationExecutionId"]
    listed = lambda *filters: [e["AutomationExecutionId"] for e in ssm.describe_automation_executions(
        **({"Filters": [{"Key": k, "Values": v} for k, v in filters]} if filters else {}))["AutomationExecutionMetadataList"]]
    assert listed() == [second, first]
    assert listed(("ExecutionStatus", ["Failed"])) == [second]
    assert listed(("TagKey", ["k"])) == [first]
    assert listed(("DocumentNamePrefix", ["bo"]), ("ExecutionId", [first])) == [first]
    assert listed(("StartTimeAfter", ["2031-01-01T00:00:00Z"])) == []
    assert ssm.list_tags_for_resource(ResourceType="Automation", ResourceId=first)["TagList"] == [{"Key": "k", "Value": "v"}]
    missing = "00000000-0000-0000-0000-000000000000"
    assert refused(ssm.get_automation_execution, AutomationExecutionId=missing)[0] == "AutomationExecutionNotFoundException"
    assert refused(ssm.stop_automation_execution, AutomationExecutionId=first)[0] == "InvalidAutomationStatusUpdateException"


def test_an_alarm_is_taken_and_said_not_to_count(automation):
    alarms = {"IgnorePollAlarmFailure": False, "Alarms": [{"Name": "too-hot"}]}
    found = automation.run({"mainSteps": [{"name": "nap", "action": "aws:sleep", "inputs": {"Duration": "PT0S"}}]},
                           AlarmConfiguration=alarms)
    assert found["AutomationExecutionStatus"] == "Success" and found["AlarmConfiguration"] == alarms
    assert automation.server.journal("notEnforced")[-1]["subject"] == "AlarmConfiguration"


def test_the_command_line_starts_one(automation):
    automation.server.client("sns").create_topic(Name="news")
    run = lambda *words: json.loads(subprocess.run([AWS, "ssm", *words], env=automation.server.environment("000000000000"),
                                                   check=True, capture_output=True, text=True, timeout=60).stdout)
    started = run("start-automation-execution", "--document-name", "AWS-PublishSNSNotification", "--parameters",
                  "TopicArn=arn:aws:sns:us-east-1:000000000000:news,Message=hello")
    automation.server.json("POST", "/_windtunnel/settle", {})
    found = run("get-automation-execution", "--automation-execution-id", started["AutomationExecutionId"])
    assert found["AutomationExecution"]["AutomationExecutionStatus"] == "Success"
