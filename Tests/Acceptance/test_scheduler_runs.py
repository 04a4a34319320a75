"""What schedules do when their times come, with the clock in the tests' hands."""

import datetime
import json
import subprocess

import pytest

from conftest import BINARY

ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/runner"
OFF = {"Mode": "OFF"}
UTC = datetime.timezone.utc
START = datetime.datetime(2030, 1, 1, tzinfo=UTC)


class Clients:
    """Clients of one server whose clock stands still, and short ways to use them."""

    def __init__(self, server):
        self.server = server
        self.scheduler, self.sqs, self.sns, self.ssm = (
            server.client(name) for name in ("scheduler", "sqs", "sns", "ssm"))

    def queue(self, name, **attributes):
        self.sqs.create_queue(QueueName=name, Attributes=attributes)
        return f"arn:aws:sqs:us-east-1:{ACCOUNT}:{name}"

    def schedule(self, expression, arn, name="s", window=OFF, target=None, **more):
        self.scheduler.create_schedule(
            Name=name, ScheduleExpression=expression, FlexibleTimeWindow=window,
            Target={"Arn": arn, "RoleArn": ROLE, **(target or {})}, **more)
        self.settle()

    def settle(self):
        self.server.json("POST", "/_windtunnel/settle")

    def advance(self, time):
        self.server.advance(time)
        self.settle()

    def set(self, moment):
        self.server.json("POST", "/_windtunnel/clock", {"set": moment})
        self.settle()

    def messages(self, queue="jobs"):
        """All messages of a queue, which are gone then."""
        found = []
        while True:
            page = self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, AttributeNames=["All"],
                                            MessageAttributeNames=["All"]).get("Messages", [])
            if not page:
                return found
            found += page
            for message in page:
                self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])

    def times(self, queue="jobs"):
        """When the messages of a queue were sent."""
        return sorted(datetime.datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
                      .strftime("%m-%dT%H:%M:%S") for message in self.messages(queue))

    def deliveries(self):
        return self.server.json("GET", "/_windtunnel/deliveries")[1]["deliveries"]

    def story(self, number):
        return self.server.json("GET", f"/_windtunnel/deliveries/{number}")[1]["story"]

    def names(self):
        return [one["Name"] for one in self.scheduler.list_schedules()["Schedules"]]


@pytest.fixture
def aws(frozen):
    return Clients(frozen)


def attributes(message):
    return {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}


# Times

def test_a_rate_begins_at_once(aws):
    aws.schedule("rate(10 minutes)", aws.queue("jobs"), target={"Input": "go"})
    aws.advance("25m")
    assert aws.times() == ["01-01T00:00:00", "01-01T00:10:00", "01-01T00:20:00"]


def test_a_rate_keeps_its_dates(aws):
    aws.schedule("rate(1 hour)", aws.queue("jobs"), StartDate=START + datetime.timedelta(minutes=30),
                 EndDate=START + datetime.timedelta(hours=3))
    aws.advance("1d")
    assert aws.times() == ["01-01T00:30:00", "01-01T01:30:00", "01-01T02:30:00"]
    assert aws.names() == ["s"]


def test_a_cron_begins_after_its_start_date(aws):
    aws.schedule("cron(0 * * * ? *)", aws.queue("jobs"), StartDate=START + datetime.timedelta(hours=2))
    aws.advance("4h")
    assert aws.times() == ["01-01T02:00:00", "01-01T03:00:00", "01-01T04:00:00"]


def test_a_one_time_schedule_runs_once_and_stays(aws):
    aws.schedule("at(2030-01-01T06:30:15)", aws.queue("jobs"), EndDate=START)
    aws.advance("2d")
    assert aws.times() == ["01-01T06:30:15"]
    assert aws.names() == ["s"]


def test_local_times_follow_daylight_saving(aws):
    arn = aws.queue("jobs")
    aws.schedule("cron(30 2 * * ? *)", arn, ScheduleExpressionTimezone="Europe/Berlin")
    aws.set("2030-03-30T00:00:00Z")
    aws.messages()
    aws.set("2030-04-02T00:00:00Z")
    # In the night to 31 March, the clocks leap over half past two.
    assert aws.times() == ["03-30T01:30:00", "04-01T00:30:00"]
    aws.set("2030-10-26T00:00:00Z")
    aws.messages()
    aws.set("2030-10-29T00:00:00Z")
    # In the night to 27 October they show it twice: it counts the first time.
    assert aws.times() == ["10-26T00:30:00", "10-27T00:30:00", "10-28T01:30:00"]
    aws.schedule("at(2030-11-01T12:00:00)", arn, "once", ScheduleExpressionTimezone="America/New_York")
    aws.set("2030-11-02T00:00:00Z")
    assert "11-01T16:00:00" in aws.times()


def test_a_flexible_window_is_a_random_time_within_it(aws):
    aws.schedule("cron(0 * * * ? *)", aws.queue("jobs"), window={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 30},
                 target={"Input": "<aws.scheduler.scheduled-time>"})
    aws.advance("10h")
    sent = {message["Body"]: int(message["Attributes"]["SentTimestamp"]) / 1000 for message in aws.messages()}
    late = [moment - datetime.datetime.fromisoformat(body.replace("Z", "+00:00")).timestamp()
            for body, moment in sent.items()]
    assert len(late) >= 9 and all(0 <= seconds < 1800 for seconds in late) and len(set(late)) > 5


# State and updates

def test_a_disabled_schedule_rests(aws):
    arn = aws.queue("jobs")
    aws.schedule("rate(1 hour)", arn, State="DISABLED")
    aws.advance("3h")
    assert aws.messages() == []
    update = {"Name": "s", "ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": OFF,
              "Target": {"Arn": arn, "RoleArn": ROLE}}
    aws.scheduler.update_schedule(**update)
    aws.advance("90m")
    assert aws.times() == ["01-01T03:00:00", "01-01T04:00:00"]
    aws.scheduler.update_schedule(**update, State="DISABLED")
    aws.advance("3h")
    assert aws.messages() == []


def test_an_update_that_keeps_the_timing_keeps_the_times(aws):
    arn = aws.queue("jobs")
    aws.schedule("rate(1 hour)", arn)
    aws.advance("30m")
    aws.scheduler.update_schedule(Name="s", ScheduleExpression="rate(1 hour)", FlexibleTimeWindow=OFF,
                                  Target={"Arn": arn, "RoleArn": ROLE, "Input": "new"})
    aws.advance("1h")
    assert [message["Body"] for message in aws.messages()][1:] == ["new"]
    aws.scheduler.update_schedule(Name="s", ScheduleExpression="rate(2 hours)", FlexibleTimeWindow=OFF,
                                  Target={"Arn": arn, "RoleArn": ROLE})
    aws.advance("3h")
    assert aws.times() == ["01-01T01:30:00", "01-01T03:30:00"]


def test_an_update_may_repeat_a_start_date_that_has_passed(aws):
    arn = aws.queue("jobs")
    start = START + datetime.timedelta(minutes=30)
    aws.schedule("rate(1 hour)", arn, StartDate=start)
    aws.advance("1h")
    aws.scheduler.update_schedule(Name="s", ScheduleExpression="rate(1 hour)", FlexibleTimeWindow=OFF, StartDate=start,
                                  Target={"Arn": arn, "RoleArn": ROLE})
    aws.advance("1h")
    assert aws.times() == ["01-01T00:30:00", "01-01T01:30:00"]


def test_a_one_time_schedule_that_is_late_runs_at_once(aws):
    arn = aws.queue("jobs")
    aws.schedule("at(2030-01-01T01:00:00)", arn, State="DISABLED")
    aws.advance("2h")
    assert aws.messages() == []
    again = {"Name": "s", "ScheduleExpression": "at(2030-01-01T01:00:00)", "FlexibleTimeWindow": OFF,
             "Target": {"Arn": arn, "RoleArn": ROLE}}
    aws.scheduler.update_schedule(**again)
    aws.settle()
    assert aws.times() == ["01-01T02:00:00"]
    for state in ("DISABLED", "ENABLED"):
        aws.scheduler.update_schedule(**again, State=state)
    aws.settle()
    assert aws.messages() == []


def test_a_deleted_schedule_runs_no_more(aws):
    aws.schedule("rate(1 hour)", aws.queue("jobs"), window={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 30})
    aws.scheduler.delete_schedule(Name="s")
    aws.advance("1d")
    assert aws.messages() == []


def test_completed_schedules_are_deleted(aws):
    arn = aws.queue("jobs")
    end = START + datetime.timedelta(hours=2)
    window = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 10}
    aws.schedule("at(2030-01-01T01:00:00)", arn, "once", ActionAfterCompletion="DELETE")
    aws.schedule("at(2030-01-01T01:00:00)", arn, "flexible", window=window, ActionAfterCompletion="DELETE")
    aws.schedule("rate(1 hour)", arn, "ends", EndDate=end, ActionAfterCompletion="DELETE")
    aws.schedule("rate(1 hour)", arn, "for-ever", ActionAfterCompletion="DELETE")
    aws.schedule("at(2030-01-01T01:00:00)", arn, "kept")
    aws.advance("59m")
    assert len(aws.names()) == 5
    aws.advance("11m")
    assert aws.names() == ["ends", "for-ever", "kept"]
    aws.advance("1h")
    assert aws.names() == ["for-ever", "kept"]
    assert len(aws.messages()) == 3 + 3 + 3
    deleted = [entry for entry in aws.server.journal("deleted") if entry["detail"]["operation"] == "ActionAfterCompletion"]
    assert [entry["subject"].split("/")[-1] for entry in deleted] == ["once", "flexible", "ends"]


def test_after_a_leap_only_the_latest_time_counts(aws):
    aws.set("2020-01-01T00:00:30Z")
    arn = aws.queue("jobs")
    for name, expression in [("minutes", "cron(* * * * ? *)"), ("old", "cron(0 1 1 1 ? 2020,2021)"),
                             ("once", "at(2020-01-01T02:00:00)")]:
        aws.schedule(expression, arn, name, target={"Input": name, "RetryPolicy": {"MaximumEventAgeInSeconds": 3600}})
    # Back to the system's clock, over years.
    aws.server.json("POST", "/_windtunnel/clock", {"resume": True})
    aws.settle()
    found = sorted(message["Body"] for message in aws.messages())
    # A second minute may have begun meanwhile.
    assert found in (["minutes", "once"], ["minutes", "minutes", "once"])


# Targets

def test_a_queue_gets_the_input_from_the_role(aws):
    aws.schedule("at(2030-01-01T01:00:00)", aws.queue("jobs"), target={"Input": json.dumps({
        "arn": "<aws.scheduler.schedule-arn>", "time": "<aws.scheduler.scheduled-time>",
        "id": "<aws.scheduler.execution-id>", "attempt": "<aws.scheduler.attempt-number>"})})
    aws.advance("1h")
    message = aws.messages()[0]
    body = json.loads(message["Body"])
    execution = body.pop("id")
    assert len(execution) == 16
    assert body == {"arn": f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/default/s", "time": "2030-01-01T01:00:00Z",
                    "attempt": "1"}
    sender = message["Attributes"]["SenderId"]
    assert sender.startswith("AROA") and sender.endswith(f":{execution}")


def test_without_an_input_a_notification_is_sent(aws):
    aws.schedule("at(2030-01-01T01:00:00)", aws.queue("jobs"))
    aws.advance("1h")
    body = json.loads(aws.messages()[0]["Body"])
    assert (body["source"], body["detail-type"], body["time"], body["detail"]) == (
        "aws.scheduler", "Scheduled Event", "2030-01-01T01:00:00Z", "{}")
    assert body["resources"] == [f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/default/s"]


def test_a_fifo_queue_gets_its_group(aws):
    arn = aws.queue("jobs.fifo", FifoQueue="true", ContentBasedDeduplication="true")
    aws.schedule("at(2030-01-01T01:00:00)", arn, target={"Input": "x", "SqsParameters": {"MessageGroupId": "g"}})
    aws.advance("1h")
    assert aws.messages("jobs.fifo")[0]["Attributes"]["MessageGroupId"] == "g"


def test_a_topic_publishes(aws):
    topic = aws.sns.create_topic(Name="news")["TopicArn"]
    aws.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=aws.queue("jobs"),
                      Attributes={"RawMessageDelivery": "true"})
    aws.schedule("at(2030-01-01T01:00:00)", topic, target={"Input": "hello"})
    aws.advance("1h")
    assert [message["Body"] for message in aws.messages()] == ["hello"]
    assert [one["state"] for one in aws.deliveries()] == ["delivered", "delivered"]


def test_a_bus_gets_an_event(aws):
    events = aws.server.client("events")
    events.put_rule(Name="ticks", EventPattern=json.dumps({"source": ["my.app"], "detail-type": ["Tick"]}))
    events.put_targets(Rule="ticks", Targets=[{"Id": "1", "Arn": aws.queue("jobs")}])
    bus = f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/default"
    parameters = {"EventBridgeParameters": {"Source": "my.app", "DetailType": "Tick"}}
    aws.schedule("at(2030-01-01T01:00:00)", bus, target={**parameters, "Input": json.dumps({"at": "<aws.scheduler.scheduled-time>"})})
    aws.schedule("at(2030-01-01T02:00:00)", bus, "bare", target=parameters)
    aws.advance("2h")
    found = [json.loads(message["Body"]) for message in aws.messages()]
    assert [event["detail"] for event in found] == [{"at": "2030-01-01T01:00:00Z"}, {}]
    assert found[0]["resources"] == [f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/default/s"]


def test_calls_of_universal_targets_are_told_to_eventbridge(aws):
    events = aws.server.client("events")
    events.put_rule(Name="calls", EventPattern=json.dumps({
        "detail-type": ["AWS API Call via CloudTrail"], "detail": {"eventName": ["PutParameter"]}}))
    events.put_targets(Rule="calls", Targets=[{"Id": "1", "Arn": aws.queue("jobs")}])
    aws.schedule("at(2030-01-01T01:00:00)", "arn:aws:scheduler:::aws-sdk:ssm:putParameter", target={
        "Input": json.dumps({"Name": "/a", "Value": "1", "Type": "String"})})
    aws.advance("1h")
    call = json.loads(aws.messages()[0]["Body"])["detail"]
    assert call["userIdentity"]["type"] == "AssumedRole" and call["requestParameters"]["name"] == "/a"


def test_a_universal_target_calls_any_operation(aws):
    aws.queue("jobs")
    aws.schedule("rate(1 hour)", "arn:aws:scheduler:::aws-sdk:ssm:putParameter", "ssm", target={"Input": json.dumps({
        "Name": "/last", "Value": "<aws.scheduler.scheduled-time>", "Type": "String", "Overwrite": True})})
    aws.schedule("at(2030-01-01T00:30:00)", "arn:aws:scheduler:::aws-sdk:sqs:sendMessage", "sqs", target={
        "Input": json.dumps({"QueueUrl": f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/jobs", "MessageBody": "hi",
                             "MessageAttributes": {"a": {"DataType": "String", "StringValue": "b"}}})})
    aws.schedule("at(2030-01-01T00:45:00)", "arn:aws:scheduler:::aws-sdk:scheduler:deleteSchedule", "stop", target={
        "Input": json.dumps({"Name": "ssm"})})
    assert aws.ssm.get_parameter(Name="/last")["Parameter"]["Value"] == "2030-01-01T00:00:00Z"
    user = aws.ssm.get_parameter_history(Name="/last")["Parameters"][0]["LastModifiedUser"]
    assert user.startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/runner/")
    aws.advance("3h")
    assert [(message["Body"], attributes(message)) for message in aws.messages()] == [("hi", {"a": "b"})]
    assert aws.ssm.get_parameter(Name="/last")["Parameter"]["Version"] == 1
    assert aws.names() == ["sqs", "stop"]


# Failures

def test_what_fails_for_good_is_a_dead_letter_at_once(aws):
    dead = aws.queue("dead")
    aws.schedule("at(2030-01-01T01:00:00)", f"arn:aws:sqs:us-east-1:{ACCOUNT}:gone",
                 target={"Input": "work", "DeadLetterConfig": {"Arn": dead}})
    aws.advance("1h")
    letter = aws.messages("dead")[0]
    assert letter["Body"] == (
        f'{{"MessageBody":"work","QueueUrl":"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/gone"}}')
    found = attributes(letter)
    assert len(found.pop("EXECUTION_ID")) == 16
    assert found == {
        "ERROR_CODE": "AWS.SimpleQueueService.NonExistentQueue",
        "ERROR_MESSAGE": "The specified queue does not exist for this wsdl version.",
        "IS_PAYLOAD_TRUNCATED": "false", "RETRY_ATTEMPTS": "0", "SCHEDULED_TIME": "2030-01-01T01:00:00Z",
        "SCHEDULE_ARN": f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/default/s",
        "TARGET_ARN": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"}
    delivery = aws.deliveries()[0]
    assert (delivery["state"], delivery["attempts"]) == ("deadLettered", 1)
    story = aws.story(delivery["delivery"])
    assert story[0] == f"2030-01-01T01:00:00.000Z arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule/default/s was due."
    assert story[-1] == f"2030-01-01T01:00:00.000Z It was put into the dead-letter queue {dead}."
    _, explained = aws.server.json("GET", f"/_windtunnel/explain?messageId={delivery['messageId']}")
    assert explained["subscriptions"][0]["state"] == "deadLettered"


def test_services_that_are_not_here_fail_with_a_word(aws):
    dead = {"DeadLetterConfig": {"Arn": aws.queue("dead")}}
    for name, arn, more in [
        ("lambda", f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f", {}),
        ("ec2", "arn:aws:scheduler:::aws-sdk:ec2:startInstances", {"Input": "{}"}),
    ]:
        aws.schedule("at(2030-01-01T01:00:00)", arn, name, target={**more, **dead})
    aws.advance("1h")
    found = [attributes(letter) for letter in aws.messages("dead")]
    assert {(one["TARGET_ARN"], one["ERROR_CODE"], one["ERROR_MESSAGE"]) for one in found} == {
        ("arn:aws:scheduler:::aws-sdk:lambda:invoke", "AWS.Scheduler.InternalServerError",
         "lambda:invoke is not served by Windtunnel yet."),
        ("arn:aws:scheduler:::aws-sdk:ec2:startInstances", "AWS.Scheduler.InternalServerError",
         "ec2:startInstances is not served by Windtunnel yet.")}


def test_an_operation_that_refuses_its_input_undoes_nothing_else(aws):
    dead = {"DeadLetterConfig": {"Arn": aws.queue("dead")}}
    aws.schedule("rate(1 hour)", "arn:aws:scheduler:::aws-sdk:ssm:putParameter", target={
        **dead, "Input": json.dumps({"Name": "bad name", "Value": "x", "Type": "String"})})
    found = attributes(aws.messages("dead")[0])
    assert found["ERROR_CODE"] == "ValidationException" and found["ERROR_MESSAGE"]
    aws.advance("1h")
    assert len(aws.messages("dead")) == 1


def test_without_a_dead_letter_queue_it_is_dropped(aws):
    aws.schedule("at(2030-01-01T01:00:00)", f"arn:aws:sqs:us-east-1:{ACCOUNT}:gone")
    aws.schedule("at(2030-01-01T01:00:00)", f"arn:aws:sqs:us-east-1:{ACCOUNT}:gone", "both",
                 target={"DeadLetterConfig": {"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:gone-too"}})
    aws.advance("1h")
    assert [one["state"] for one in aws.deliveries()] == ["dropped", "dropped"]
    assert "did not take it" in aws.story(2)[-1] or "did not take it" in aws.story(1)[-1]


def test_a_delivery_needs_no_permission_of_a_queue_in_its_account(start):
    aws = Clients(start("--permissions", "enforce"))
    aws.server.json("POST", "/_windtunnel/clock", {"freeze": True})
    aws.queue("jobs")
    aws.schedule("rate(1 hour)", f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs", target={"Input": "x"})
    assert [message["Body"] for message in aws.messages()] == ["x"]
    assert aws.server.journal("notEnforced") == []


def test_what_a_role_does_needs_no_permission_of_the_script(tmp_path):
    schedule = {"Name": "s", "ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": OFF,
                "Target": {"Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:jobs", "RoleArn": ROLE}}
    script = f"""
        curl -sf $AWS_ENDPOINT_URL/sqs/CreateQueue -d '{{"QueueName":"jobs"}}'
        curl -sf $AWS_ENDPOINT_URL/scheduler/CreateSchedule -d '{json.dumps(schedule)}'
        curl -sf -X POST $AWS_ENDPOINT_URL/_windtunnel/settle
        curl -sf $AWS_ENDPOINT_URL/_windtunnel/deliveries"""
    ended = subprocess.run([BINARY, "exec", "--policy", "least.json", "--", "sh", "-ec", script], cwd=tmp_path,
                           capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0 and '"state": "delivered"' in ended.stdout, ended.stdout + ended.stderr
    actions = {action for statement in json.loads((tmp_path / "least.json").read_text())["Statement"]
               for action in statement["Action"]}
    assert actions == {"sqs:CreateQueue", "scheduler:CreateSchedule", "iam:PassRole"}
