"""Pipes that fail, and what they leave behind: messages that come again, dead letters, logs, and a state on disk."""

import json

import pytest

from test_pipes_runs import ACCOUNT, ROLE, World, arn


@pytest.fixture
def world(frozen):
    world = World(frozen)
    world.queue("in")
    world.queue("out")
    return world


def log(world, group="/pipes"):
    """The records of the pipes' log group."""
    lines = world.server.json("GET", f"/_windtunnel/logs?group={group}")[1]["events"]
    return [json.loads(line["message"]) for line in lines]


def logging(level, **more):
    return {"Level": level, "CloudwatchLogsLogDestination": {"LogGroupArn": arn("logs", "log-group:/pipes")}, **more}


def test_what_fails_comes_again_and_goes_to_the_dead_letter_queue_of_the_source(world):
    world.queue("dead")
    redrive = {"deadLetterTargetArn": arn("sqs", "dead"), "maxReceiveCount": "2"}
    world.sqs.set_queue_attributes(QueueUrl=world.url("in"), Attributes={"RedrivePolicy": json.dumps(redrive)})
    world.pipe(arn("sqs", "missing"))
    message = world.send("a")
    world.settle()
    assert world.left() == [0, 1] and world.bodies("dead") == []
    [verdict] = world.explain(message)["subscriptions"]
    assert verdict["got"] is False
    assert verdict["text"].endswith("It was left in the source queue, where it becomes visible again.")
    assert "attempt 1: failed. The specified queue does not exist" in verdict["text"]
    world.server.advance("30s")
    assert world.bodies("dead") == []
    world.server.advance("30s")
    assert world.bodies("dead") == ["a"] and world.left() == [0, 0]
    deliveries = world.server.json("GET", "/_windtunnel/deliveries?state=dropped")[1]["deliveries"]
    assert [delivery["destination"] for delivery in deliveries] == [arn("sqs", "missing")] * 2


def test_one_record_that_fails_does_not_hold_up_the_others(world):
    world.queue("out.fifo")
    world.pipe(arn("sqs", "out.fifo"), template="<$.body.n>", target_parameters={"SqsQueueParameters": {
        "MessageGroupId": "$.body.group", "MessageDeduplicationId": "$.messageId"}})
    world.send({"n": 1, "group": "a"})
    bad = world.send({"n": 2})
    world.send({"n": 3, "group": "a"})
    assert world.bodies("out.fifo") == ["1", "3"]
    assert world.left() == [0, 1]
    assert "MessageGroupId: there is no $.body.group in the event." in world.explain(bad)["subscriptions"][0]["text"]


def test_messages_that_turn_in_a_circle_come_to_rest(world):
    world.pipe(arn("sqs", "in"), template="<$.body>")
    world.send("a")
    world.settle()
    world.server.advance("3s")
    assert sum(world.left()) == 1


def test_a_pipe_goes_on_when_its_queue_is_there_again(world):
    world.pipe(template="<$.body>")
    world.sqs.delete_queue(QueueUrl=world.url("in"))
    world.server.advance("120s")
    world.queue("in")
    world.send("a")
    world.server.advance("60s")
    assert world.bodies() == ["a"]
    assert world.server.journal("pipePollFailed")[0]["detail"]["error"] == "QueueDoesNotExist"


def test_pipes_survive_a_restart(start, tmp_path):
    world = World(start("--data", str(tmp_path)))
    world.queue("in")
    world.queue("out")
    world.pipe(template="<$.body>", queue={"MaximumBatchingWindowInSeconds": 300})
    world.send("a")
    world.settle()
    world.server.stop()
    world = World(start("--data", str(tmp_path)))
    world.send("b")
    world.settle()
    world.server.advance("300s")
    assert sorted(world.bodies()) == ["a", "b"]


# Logs

def test_a_pipe_writes_its_steps_into_a_log_group(world):
    pipe = world.pipe(template="<$.body>", filters=[{"body": [{"prefix": "a"}]}],
                      LogConfiguration=logging("TRACE", IncludeExecutionData=["ALL"]))
    message = world.send("a")
    world.send("b")
    world.settle()
    records = log(world)
    assert [(record["messageType"], record["logLevel"]) for record in records] == [
        ("ExecutionStarted", "INFO"), ("TargetStageEntered", "INFO"), ("TargetTransformationStarted", "TRACE"),
        ("TargetTransformationSucceeded", "TRACE"), ("TargetInvocationStarted", "TRACE"),
        ("TargetInvocationSucceeded", "TRACE"), ("TargetStageSucceeded", "INFO"), ("ExecutionSucceeded", "INFO")]
    assert {record["resourceArn"] for record in records} == {pipe}
    assert len({record["executionId"] for record in records}) == 1
    assert [event["messageId"] for event in json.loads(records[0]["payload"])] == [message]


def test_the_level_says_how_much_is_logged(world):
    world.pipe(arn("sqs", "missing"), LogConfiguration=logging("ERROR"))
    world.send("a")
    world.settle()
    records = log(world)
    assert [record["messageType"] for record in records] == [
        "TargetInvocationFailed", "TargetStageFailed", "ExecutionFailed"]
    error = records[0]["error"]
    assert error["message"].startswith("Target invocation failed with error from Sqs. The specified queue does not exist")
    assert (error["awsService"], error["exceptionType"]) == ("sqs", "AWS.SimpleQueueService.NonExistentQueue")
    world.pipes.update_pipe(Name="p", RoleArn=ROLE, LogConfiguration={"Level": "OFF"})
    world.server.advance("31s")
    assert len(log(world)) == 3 and world.left() == [0, 1]


def test_logs_that_go_elsewhere_are_said_to_have_no_effect(world):
    world.pipe(LogConfiguration={"Level": "INFO", "S3LogDestination": {"BucketName": "logs", "BucketOwner": ACCOUNT}})
    assert [row["subject"] for row in world.server.journal("notEnforced")] == ["pipes S3LogDestination"]
