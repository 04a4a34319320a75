"""Automation executions that wait for people, the web and each other, and how they are stopped."""

import json

import pytest

from automation import Automation, refused, statuses
from receiver import Receiver

NAP = {"action": "aws:sleep", "inputs": {"Duration": "PT0S"}}
LONG = {"action": "aws:sleep", "inputs": {"Duration": "PT1H"}}


@pytest.fixture
def automation(frozen):
    return Automation(frozen)


def approval(**more):
    return {"mainSteps": [{"name": "ask", "action": "aws:approve", **more, "inputs": {
        "NotificationArn": "arn:aws:sns:us-east-1:000000000000:asks", "Message": "May I?", "MinRequiredApprovals": 2,
        "Approvers": ["Alice", "arn:aws:iam::000000000000:role/approver", "Bob"]}}, {"name": "go", **NAP}]}


def test_approvers_are_asked_and_approve(automation):
    sns, sqs = automation.server.client("sns"), automation.server.client("sqs")
    topic, queue = sns.create_topic(Name="asks")["TopicArn"], sqs.create_queue(QueueName="inbox")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:000000000000:inbox")
    execution = automation.start(approval())
    found = automation.get(execution)
    assert (found["AutomationExecutionStatus"], found["CurrentStepName"]) == ("Waiting", "ask")
    assert statuses(found)["ask"] == "Waiting"
    notice = json.loads(sqs.receive_message(QueueUrl=queue)["Messages"][0]["Body"])
    assert "May I?" in notice["Message"] and execution in notice["Message"]

    automation.signal(execution, "Approve", Comment="fine")
    assert automation.status(execution) == "Waiting"
    role = automation.server.client("sts").assume_role(RoleArn="arn:aws:iam::000000000000:role/approver",
                                                       RoleSessionName="carol")["Credentials"]
    other = automation.server.client("sts").assume_role(RoleArn="arn:aws:iam::000000000000:role/other",
                                                        RoleSessionName="mallory")["Credentials"]

    def client(credentials):
        import boto3
        return boto3.client("ssm", endpoint_url=automation.server.url, region_name="us-east-1",
                            aws_access_key_id=credentials["AccessKeyId"], aws_session_token=credentials["SessionToken"],
                            aws_secret_access_key=credentials["SecretAccessKey"])

    code, message = refused(client(other).send_automation_signal, AutomationExecutionId=execution, SignalType="Approve")
    assert code == "InvalidAutomationSignalException" and "not an approver" in message
    client(role).send_automation_signal(AutomationExecutionId=execution, SignalType="Approve")
    found = automation.get(execution)
    assert found["AutomationExecutionStatus"] == "Success"
    outputs = found["StepExecutions"][0]["Outputs"]
    assert outputs["ApprovalStatus"] == ["Approved"]
    decisions = [json.loads(decision) for decision in outputs["ApproverDecisions"]]
    assert [(d["Approver"], d["Decision"]) for d in decisions] == [
        ("Alice", "Approve"), ("arn:aws:iam::000000000000:role/approver", "Approve")]
    assert automation.server.journal("notEnforced")[-1]["subject"] == "Approvers"


def test_a_rejection_and_a_timeout_fail(automation):
    automation.server.client("sns").create_topic(Name="asks")
    execution = automation.start(approval(timeoutSeconds=600))
    automation.get(execution)
    automation.signal(execution, "Reject", Comment="no")
    found = automation.get(execution)
    assert found["AutomationExecutionStatus"] == "Failed" and statuses(found) == {"ask": "Failed", "go": "Pending"}
    execution = automation.start()
    automation.server.advance("10m")
    found = automation.get(execution)
    assert found["AutomationExecutionStatus"] == "TimedOut" and statuses(found)["ask"] == "TimedOut"
    assert refused(automation.ssm.send_automation_signal, AutomationExecutionId=execution, SignalType="Approve") == (
        "InvalidAutomationSignalException", "The signal is not valid for the current Automation execution.")


def test_a_pause_ends_with_its_signal(automation):
    execution = automation.start({"mainSteps": [{"name": "hold", "action": "aws:pause", "inputs": {}}, {"name": "go", **NAP}]})
    found = automation.get(execution)
    assert found["AutomationExecutionStatus"] == "Waiting"
    missing = "00000000-0000-0000-0000-000000000000"
    assert refused(automation.signal, execution=execution, kind="Resume", StepExecutionId=missing)[0] == \
        "AutomationStepNotFoundException"
    assert refused(automation.signal, execution=execution, kind="Approve")[0] == "InvalidAutomationSignalException"
    automation.signal(execution, "Resume", StepExecutionId=found["StepExecutions"][0]["StepExecutionId"])
    assert automation.status(execution) == "Success"


def test_an_interactive_execution_waits_before_each_step(automation):
    execution = automation.start({"mainSteps": [{"name": "one", **NAP}, {"name": "two", **NAP}]}, Mode="Interactive")
    found = automation.get(execution)
    assert (found["Mode"], found["AutomationExecutionStatus"]) == ("Interactive", "Waiting")
    assert refused(automation.signal, execution=execution, kind="StartStep", StepName="three")[0] == \
        "AutomationStepNotFoundException"
    automation.signal(execution, "StartStep", StepName="one")
    assert statuses(automation.get(execution)) == {"one": "Success", "two": "Pending"}
    automation.signal(execution, "StartStep", StepName="two")
    assert automation.status(execution) == "Success"


def test_a_stop_cancels_by_way_of_the_steps_own_clean_up(automation):
    steps = [{"name": "work", **LONG, "onCancel": "step:tidy"}, {"name": "more", **NAP, "isEnd": True}, {"name": "tidy", **NAP}]
    execution = automation.start({"mainSteps": steps})
    automation.get(execution)
    automation.ssm.stop_automation_execution(AutomationExecutionId=execution)
    found = automation.get(execution)
    assert found["AutomationExecutionStatus"] == "Cancelled"
    assert statuses(found) == {"work": "Cancelled", "more": "Pending", "tidy": "Success"}
    execution = automation.start({"mainSteps": [{"name": "work", **LONG}, {"name": "more", **NAP}]}, "plain")
    automation.get(execution)
    automation.ssm.stop_automation_execution(AutomationExecutionId=execution, Type="Cancel")
    assert statuses(automation.get(execution)) == {"work": "Cancelled", "more": "Pending"}
    # The step that is under way comes to its end, no other begins.
    execution = automation.start(name="plain")
    automation.get(execution)
    automation.ssm.stop_automation_execution(AutomationExecutionId=execution, Type="Complete")
    assert automation.status(execution) == "InProgress"
    automation.server.advance("1h")
    found = automation.get(execution)
    assert (found["AutomationExecutionStatus"], statuses(found)) == ("Success", {"work": "Success", "more": "Pending"})


def test_a_step_can_be_stopped_alone(automation):
    execution = automation.start({"mainSteps": [{"name": "work", **LONG}]})
    step = automation.get(execution)["StepExecutions"][0]
    automation.signal(execution, "StopStep", StepExecutionId=step["StepExecutionId"])
    found = automation.get(execution)
    assert (found["AutomationExecutionStatus"], statuses(found)) == ("Cancelled", {"work": "Cancelled"})


def test_a_webhook_is_called(automation):
    receiver = Receiver()
    automation.ssm.put_parameter(
        Name="/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations/webhook/chat", Type="SecureString",
        Value=receiver.url)
    call = {"mainSteps": [{"name": "call", "action": "aws:invokeWebhook", "inputs": {
        "IntegrationName": "chat", "Body": '{"text": "{{ automation:EXECUTION_ID }}"}'}}],
        "outputs": ["call.ResponseCode", "call.Response"]}
    found = automation.run(call)
    assert found["AutomationExecutionStatus"] == "Success", found.get("FailureMessage")
    assert found["Outputs"] == {"call.ResponseCode": ["200"], "call.Response": ["seen"]}
    assert receiver.messages() == [{"text": found["AutomationExecutionId"]}]
    receiver.statuses = [503]
    found = automation.run(name="book")
    assert found["AutomationExecutionStatus"] == "Failed" and "answered 503: seen" in found["FailureMessage"]
    receiver.stop()
    automation.ssm.put_parameter(
        Name="/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations/webhook/chat", Type="SecureString",
        Value="http://127.0.0.1:1/", Overwrite=True)
    found = automation.run(name="book")
    assert found["AutomationExecutionStatus"] == "Failed" and "could not be reached" in found["FailureMessage"]


def test_a_runbook_runs_another(automation):
    automation.document({"parameters": {"Names": {"type": "StringList"}}, "mainSteps": [
        {"name": "inner", "action": "aws:executeAwsApi",
         "inputs": {"Service": "ssm", "Api": "GetParameters", "Names": "{{ Names }}"},
         "outputs": [{"Name": "Found", "Selector": "$.Parameters..Value", "Type": "StringList"},
                     {"Name": "First", "Selector": "$.Parameters[0].Value", "Type": "String"}]}],
        "outputs": ["inner.Found"]}, "child")
    automation.ssm.put_parameter(Name="/a", Value="1", Type="String")
    automation.ssm.put_parameter(Name="/b", Value="2", Type="String")
    parent = {"mainSteps": [{"name": "run", "action": "aws:executeAutomation",
                             "inputs": {"DocumentName": "child", "RuntimeParameters": {"Names": ["/a", "/b"]}}}],
              "outputs": ["run.Output", "run.Status"]}
    found = automation.run(parent)
    assert found["AutomationExecutionStatus"] == "Success", found.get("FailureMessage")
    assert found["Outputs"] == {"run.Output": ["1", "2"], "run.Status": ["Success"]}
    child = found["StepExecutions"][0]["Outputs"]["ExecutionId"][0]
    assert automation.get(child)["ParentAutomationExecutionId"] == found["AutomationExecutionId"]
    automation.ssm.delete_parameters(Names=["/a", "/b"])
    found = automation.run(name="book")
    child = found["StepExecutions"][0]["Outputs"]["ExecutionId"][0]
    assert f"Failed to run automation with executionId: {child} Failed : " in found["FailureMessage"]


def test_targets_are_worked_through_at_a_rate(automation):
    automation.document("""
        parameters: {Name: {type: String}, Wait: {type: String, default: PT1M}}
        mainSteps:
        - {name: nap, action: 'aws:sleep', inputs: {Duration: '{{ Wait }}'}}
        - {name: read, action: 'aws:executeAwsApi', inputs: {Service: ssm, Api: GetParameter, Name: '{{ Name }}'}}
        """)
    names = [f"/p{number}" for number in range(5)]
    for name in names[1:]:
        automation.ssm.put_parameter(Name=name, Value="x", Type="String")
    targets = {"TargetParameterName": "Name", "Targets": [{"Key": "ParameterValues", "Values": names}]}
    execution = automation.start(**targets, MaxConcurrency="2", MaxErrors="1")
    found = automation.get(execution)
    assert len(found["StepExecutions"]) == 2
    assert found["ResolvedTargets"] == {"ParameterValues": names, "Truncated": False}
    children = automation.ssm.describe_automation_executions(
        Filters=[{"Key": "ParentExecutionId", "Values": [execution]}])["AutomationExecutionMetadataList"]
    assert sorted(child["Target"] for child in children) == names[:2]
    for _ in range(3):
        automation.server.advance("1m")
    found = automation.get(execution)
    assert found["AutomationExecutionStatus"] == "Success"
    assert found["ProgressCounters"] == {"TotalSteps": 5, "SuccessSteps": 4, "FailedSteps": 1, "CancelledSteps": 0,
                                         "TimedOutSteps": 0}
    # One failure is one too many now: the rest is not begun.
    execution = automation.start(**targets, MaxConcurrency="1", MaxErrors="0")
    automation.server.advance("5m")
    found = automation.get(execution)
    assert (found["AutomationExecutionStatus"], len(found["StepExecutions"])) == ("Failed", 1)
    assert refused(automation.ssm.start_automation_execution, DocumentName="book", TargetParameterName="Name",
                   Targets=[{"Key": "tag:x", "Values": ["y"]}])[0] == "InvalidTarget"
    execution = automation.start(TargetMaps=[{"Name": ["/p1"], "Wait": ["PT0S"]}, {"Name": ["/p2"], "Wait": ["PT0S"]}])
    assert automation.status(execution) == "Success"


def test_targets_are_found_by_their_tags(automation):
    sns, sqs, ssm = (automation.server.client(name) for name in ("sns", "sqs", "ssm"))
    for name, tags in ("a", {"team": "shop", "stage": "dev"}), ("b", {"team": "shop", "stage": "prod"}), ("c", {"team": "it"}):
        sns.create_topic(Name=name, Tags=[{"Key": key, "Value": value} for key, value in tags.items()])
    url = sqs.create_queue(QueueName="q", tags={"team": "shop"})["QueueUrl"]
    content = {"schemaVersion": "0.3", "parameters": {"Resource": {"type": "String"}},
               "mainSteps": [{"name": "nap", "action": "aws:sleep", "inputs": {"Duration": "PT0S"}}]}
    for name, more in ("all", {}), ("topics", {"TargetType": "/AWS::SNS::Topic"}):
        ssm.create_document(Name=name, Content=json.dumps(content), DocumentType="Automation", **more)

    def found(document, **tags):
        execution = automation.run(name=document, TargetParameterName="Resource", Targets=[
            {"Key": f"tag:{key}", "Values": values} for key, values in tags.items()])
        assert execution["AutomationExecutionStatus"] == "Success"
        return execution["ResolvedTargets"]["ParameterValues"]

    a, b, c = (f"arn:aws:sns:us-east-1:000000000000:{name}" for name in "abc")
    assert found("all", team=["shop"]) == [a, b, url]
    assert found("topics", team=["shop", "it"]) == [a, b, c]
    assert found("topics", team=["shop"], stage=["prod"]) == [b]
    for target in {"Key": "tag:team", "Values": ["none"]}, {"Key": "ResourceGroup", "Values": ["group"]}:
        assert refused(ssm.start_automation_execution, DocumentName="all", TargetParameterName="Resource",
                       Targets=[target]) == ("InvalidTarget", (
                           "The target isn't valid or doesn't exist. It might not be configured for Systems Manager or you "
                           "might not have permission to perform the operation."))


def test_a_stop_reaches_the_executions_of_targets(automation):
    execution = automation.start({"parameters": {"N": {"type": "String"}}, "mainSteps": [{"name": "nap", **LONG}]},
                                 TargetParameterName="N", Targets=[{"Key": "ParameterValues", "Values": ["1", "2", "3"]}])
    automation.get(execution)
    automation.ssm.stop_automation_execution(AutomationExecutionId=execution)
    found = automation.get(execution)
    assert found["AutomationExecutionStatus"] == "Cancelled"
    assert [s["StepStatus"] for s in found["StepExecutions"]] == ["Cancelled"] * 3


def test_a_role_acts_for_the_execution(automation):
    role = "arn:aws:iam::000000000000:role/runner"
    document = {"parameters": {"Role": {"type": "String"}}, "assumeRole": "{{ Role }}", "mainSteps": [
        {"name": "who", "action": "aws:executeAwsApi", "inputs": {"Service": "sts", "Api": "GetCallerIdentity"},
         "outputs": [{"Name": "Arn", "Selector": "$.Arn", "Type": "String"}]}], "outputs": ["who.Arn"]}
    found = automation.run(document, Parameters={"Role": [role]})
    execution = found["AutomationExecutionId"]
    assert found["Outputs"] == {"who.Arn": [f"arn:aws:sts::000000000000:assumed-role/runner/Automation-{execution}"]}
    assert refused(automation.ssm.start_automation_execution, DocumentName="book", Parameters={"Role": ["nobody"]}) == (
        "InvalidAutomationExecutionParametersException", "The defined assume role is unable to be assumed.")


def test_awss_own_runbooks_mend_topics_and_queues(automation):
    role = ["arn:aws:iam::000000000000:role/runner"]
    sns, sqs = automation.server.client("sns"), automation.server.client("sqs")
    topic, queue = sns.create_topic(Name="t")["TopicArn"], sqs.create_queue(QueueName="q")["QueueUrl"]
    key = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555"
    found = automation.run(name="AWSConfigRemediation-EncryptSNSTopic",
                           Parameters={"TopicArn": [topic], "KmsKeyArn": [key], "AutomationAssumeRole": role})
    assert found["AutomationExecutionStatus"] == "Success", found.get("FailureMessage")
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["KmsMasterKeyId"] == key
    found = automation.run(name="AWS-EnableSQSEncryption",
                           Parameters={"QueueUrl": [queue], "KmsKeyId": [key], "AutomationAssumeRole": role})
    assert found["AutomationExecutionStatus"] == "Success", found.get("FailureMessage")
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    assert attributes["KmsMasterKeyId"] == key
