"""aws:executeScript: scripts of runbooks, run on this machine where the server may."""

import json
import os
import pathlib
import shutil
import sys
import time

import pytest

from automation import Automation, refused, statuses


@pytest.fixture
def automation(start, tmp_path, monkeypatch):
    """On a server that may run scripts, with the tests' own Python and a folder that scripts leave nothing in."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("PATH", os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"])
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setenv("SECRET_OF_THE_SERVER", "hidden")
    server = start("--allow-scripts")
    server.json("POST", "/_windtunnel/clock", {"freeze": True})
    return Automation(server)


def book(script, runtime="python3.11", payload=None, outputs=(), **step):
    inputs = {"Runtime": runtime, "Script": script, **({"InputPayload": payload} if payload is not None else {})}
    if runtime != "bash":
        inputs["Handler"] = "handler"
    return {"parameters": {"Who": {"type": "String", "default": "you"}}, "outputs": [f"run.{name}" for name, *_ in outputs],
            "mainSteps": [{"name": "run", "action": "aws:executeScript", "inputs": inputs, **step, "outputs": [
                {"Name": name, "Selector": selector, "Type": kind} for name, selector, kind in outputs]}]}


def step(execution):
    return execution["StepExecutions"][0]


def payload(execution):
    assert step(execution)["StepStatus"] == "Success", step(execution)
    return json.loads(step(execution)["Outputs"]["Payload"][0])


def test_python_gets_its_payload_and_gives_outputs(automation):
    execution = automation.run(book("""
def handler(events, context):
    print("to the log")
    return {"greeting": f"hello {{{events['who']}}}", "count": len(events["list"]), "none": None}
""", payload={"who": "{{ Who }}", "list": ["a", "b"]},
        outputs=[("Greeting", "$.Payload.greeting", "String"), ("Count", "$.Payload.count", "Integer")]))
    assert execution["AutomationExecutionStatus"] == "Success"
    # Braces in a script are the script's own.
    assert payload(execution) == {"greeting": "hello {you}", "count": 2, "none": None}
    assert execution["Outputs"] == {"run.Greeting": ["hello {you}"], "run.Count": ["2"]}
    (entry,) = automation.server.journal("script")
    assert entry["detail"] == {"ending": "ended", "status": 0, "log": "to the log\n"}


def test_bash_and_node_too(automation):
    execution = automation.run(book("read -r all; echo \"got $all\"; echo noise >&2", "bash", {"a": 1}))
    assert step(execution)["Outputs"]["Payload"] == ['got {"a":1}']
    execution = automation.run(book("cat", "bash", {"a": "'; echo x"}), name="json")
    assert payload(execution) == {"a": "'; echo x"}
    if not shutil.which("node"):
        pytest.skip("There is no node here.")
    execution = automation.run(book("exports.handler = async (events) => ({twice: events.n * 2});", "nodejs20.x", {"n": 21}),
                               name="node")
    assert payload(execution) == {"twice": 42}


def test_a_script_reaches_the_server_and_none_of_its_secrets(automation):
    execution = automation.run(book("""
import os
import boto3

def handler(events, context):
    boto3.client("ssm").put_parameter(Name="/made/by/script", Value="yes", Type="String")
    return {"names": sorted(os.environ), "files": len(os.listdir("/proc/self/fd"))}
"""))
    found = payload(execution)
    assert automation.ssm.get_parameter(Name="/made/by/script")["Parameter"]["Value"] == "yes"
    assert "SECRET_OF_THE_SERVER" not in found["names"] and "AWS_ENDPOINT_URL" in found["names"]
    # Standard input, output and errors, and the folder that is being listed: no socket, no state of the server's.
    assert found["files"] == 4


def test_what_a_script_throws_is_told(automation):
    execution = automation.run(book("def handler(events, context):\n    raise ValueError('no such ' + events['what'])",
                                    payload={"what": "luck"}, onFailure="Continue", isCritical=False))
    failed = step(execution)
    assert (failed["StepStatus"], failed["ResponseCode"]) == ("Failed", "1")
    assert "The script ended with 1: Traceback" in failed["FailureMessage"]
    assert "ValueError: no such luck" in failed["FailureMessage"]
    # The step may be tried again.
    execution = automation.run(book("import sys; sys.exit(3)", maxAttempts=2), name="twice")
    assert "The script ended with 3" in step(execution)["FailureMessage"]
    assert len([e for e in automation.server.journal("script") if e["detail"]["status"] == 3]) == 2


def test_a_script_without_end_is_ended_with_all_that_it_started(automation, tmp_path):
    execution = automation.run(book(f"sleep 1000 & echo $! > {tmp_path}/child; sleep 1000", "bash", timeoutSeconds=1))
    assert (step(execution)["StepStatus"], execution["AutomationExecutionStatus"]) == ("TimedOut", "TimedOut")
    # The system takes a moment to end what was killed.
    wait_for(lambda: not is_running(tmp_path / "child"))
    # What outlives its script is ended too.
    execution = automation.run(book(f"sleep 1000 & echo $! > {tmp_path}/left", "bash"), name="left")
    assert step(execution)["StepStatus"] == "Success"
    wait_for(lambda: not is_running(tmp_path / "left"))


def is_running(file):
    """Whether the process whose number is in a file is there and no zombie."""
    try:
        return pathlib.Path(f"/proc/{file.read_text().strip()}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition):
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("It did not happen in ten seconds.")


def test_stopping_the_execution_ends_the_script(automation, tmp_path):
    execution = automation.start(book(f"echo $$ > {tmp_path}/pid.new; mv {tmp_path}/pid.new {tmp_path}/pid; sleep 1000", "bash"))
    wait_for((tmp_path / "pid").exists)
    # Others are served meanwhile.
    automation.ssm.put_parameter(Name="/meanwhile", Value="v", Type="String")
    automation.ssm.stop_automation_execution(AutomationExecutionId=execution, Type="Cancel")
    assert automation.status(execution) == "Cancelled"
    wait_for(lambda: not is_running(tmp_path / "pid"))


def test_a_stop_of_the_server_ends_scripts(automation, tmp_path):
    automation.start(book(f"echo $$ > {tmp_path}/pid.new; mv {tmp_path}/pid.new {tmp_path}/pid; sleep 1000", "bash"))
    wait_for((tmp_path / "pid").exists)
    assert automation.server.stop() == 0
    wait_for(lambda: not is_running(tmp_path / "pid"))


def test_a_script_is_held_within_limits(automation):
    execution = automation.run(book("def handler(events, context):\n    return len(bytearray(3 << 30))"))
    assert "MemoryError" in step(execution)["FailureMessage"]
    execution = automation.run(book("def handler(events, context):\n    return 'x' * (101 << 10)"), name="output")
    assert "The output of the script is larger than 100 KB" in step(execution)["FailureMessage"]
    execution = automation.run(book("head -c 200000000 /dev/zero > big", "bash"), name="file")
    assert step(execution)["StepStatus"] == "Failed"
    execution = automation.run(book("yes | head -c 1000000; exit 1", "bash", onFailure="Continue"), name="log")
    assert len(step(execution)["FailureMessage"]) < 4000


def test_nothing_is_left_in_the_file_system(automation, tmp_path):
    automation.run(book("mkdir -p a/b; touch a/b/c; ln -s /tmp link; mkfifo pipe; pwd", "bash"))
    assert list((tmp_path / "tmp").glob("windtunnel-script-*")) == []


@pytest.mark.parametrize("inputs, reason", [
    ({"Runtime": "PowerShell 7.0", "Script": "x"}, "does not serve the Runtime PowerShell 7.0"),
    ({"Runtime": "ruby", "Script": "x"}, "does not serve the Runtime ruby"),
    ({"Runtime": "python3.11", "Script": "x"}, "The Handler is missing"),
    ({"Runtime": "python3.11", "Handler": "h"}, "The Script is missing"),
    ({"Runtime": "bash", "Script": "x", "Attachment": "a.zip"}, "does not serve Attachments")])
def test_what_cannot_be_run_is_refused_by_name(automation, inputs, reason):
    execution = automation.run({"mainSteps": [{"name": "run", "action": "aws:executeScript", "inputs": inputs}]})
    assert step(execution)["StepStatus"] == "Failed" and reason in step(execution)["FailureMessage"]


def test_documents_must_name_a_runtime(automation):
    code, message = refused(automation.document, content={"mainSteps": [
        {"name": "run", "action": "aws:executeScript", "inputs": {"Script": "x"}}]})
    assert code == "InvalidDocumentContent" and "Missing required input names. Required=[ [Runtime] ]" in message


def test_scripts_are_off_by_default(start, tmp_path):
    automation = Automation(start())
    execution = automation.run(book(f"touch {tmp_path}/ran", "bash"))
    assert statuses(execution) == {"run": "Failed"} and not (tmp_path / "ran").exists()
    assert "Windtunnel runs scripts only when it was started with --allow-scripts" in step(execution)["FailureMessage"]
