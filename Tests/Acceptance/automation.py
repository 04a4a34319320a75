"""Runs runbooks on a server whose clock the test moves."""

import json

import pytest
import yaml
from botocore.exceptions import ClientError

from conftest import code_and_message


class Automation:
    def __init__(self, server, account="000000000000"):
        self.server = server
        self.account = account
        self.ssm = server.client("ssm", account)

    def document(self, content, name="book"):
        """Makes a document of an object, or of a text in YAML."""
        content = {"schemaVersion": "0.3", **(yaml.safe_load(content) if isinstance(content, str) else content)}
        self.ssm.create_document(Name=name, Content=json.dumps(content), DocumentType="Automation")
        return name

    def start(self, content=None, name="book", **more):
        if content:
            self.document(content, name)
        return self.ssm.start_automation_execution(DocumentName=name, **more)["AutomationExecutionId"]

    def get(self, execution):
        """The execution when all that is due has been done."""
        self.server.json("POST", "/_windtunnel/settle", {})
        return self.ssm.get_automation_execution(AutomationExecutionId=execution)["AutomationExecution"]

    def run(self, content=None, name="book", **more):
        return self.get(self.start(content, name, **more))

    def status(self, execution):
        return self.get(execution)["AutomationExecutionStatus"]

    def signal(self, execution, kind, **payload):
        payload = {"Payload": {name: [value] for name, value in payload.items()}} if payload else {}
        self.ssm.send_automation_signal(AutomationExecutionId=execution, SignalType=kind, **payload)

    def events(self, kind):
        """The details of the events of steps (`Step`) or of executions (`Execution`), oldest first."""
        return [e["detail"] for e in self.server.events(self.account)
                if e["detail-type"] == f"EC2 Automation {kind} Status-change Notification"]


def statuses(execution):
    return {step["StepName"]: step["StepStatus"] for step in execution["StepExecutions"]}


def refused(call, **arguments):
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    return code_and_message(raised)
