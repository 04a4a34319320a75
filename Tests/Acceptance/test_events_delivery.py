"""EventBridge: from an event to its targets, by the clock, and why not."""

import json
import re

import pytest

A = "arn:aws:sqs:us-east-1:000000000000:"
ROLE = "arn:aws:iam::000000000000:role/r"


@pytest.fixture
def events(frozen):
    return frozen.client("events")


@pytest.fixture
def sqs(frozen):
    sqs = frozen.client("sqs")
    for name in ("q", "dlq"):
        sqs.create_queue(QueueName=name)
    return sqs


def bodies(sqs, queue="q"):
    found = []
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=40000).get("Messages"):
        found += [message["Body"] for message in messages]
    return found


def rule(events, pattern, *targets, name="r", **arguments):
    events.put_rule(Name=name, EventPattern=json.dumps(pattern), **arguments)
    events.put_targets(Rule=name, Targets=[{"Id": str(number), **target} for number, target in enumerate(targets)], **{
        key: value for key, value in arguments.items() if key == "EventBusName"})


def put(events, detail="{}", **more):
    entry = {"Source": "shop", "DetailType": "t", "Detail": detail, **more}
    return events.put_events(Entries=[entry])["Entries"][0]["EventId"]


def test_an_event_arrives_as_aws_writes_it(events, sqs):
    rule(events, {"source": ["shop"]}, {"Arn": A + "q"})
    id = put(events, '{"b": 1.0, "a": [1e3]}', Resources=["arn:x"], Time=0)
    assert bodies(sqs) == [
        f'{{"version":"0","id":"{id}","detail-type":"t","source":"shop","account":"000000000000",'
        '"time":"1970-01-01T00:00:00Z","region":"us-east-1","resources":["arn:x"],"detail":{"b":1.0,"a":[1e3]}}']


def test_every_entry_has_its_own_answer(events, sqs):
    rule(events, {"source": [{"prefix": ""}]}, {"Arn": A + "q"})
    good = {"Source": "shop", "DetailType": "t", "Detail": "{}"}
    answer = events.put_events(Entries=[
        good, {**good, "Detail": "[1]"}, {**good, "Source": ""}, {"Source": "s", "Detail": "{}"},
        {**good, "Source": "aws.ssm"}, {**good, "EventBusName": "missing"}])
    assert answer["FailedEntryCount"] == 4
    assert [entry.get("ErrorMessage") for entry in answer["Entries"]] == [
        None, "Detail is malformed.", "Parameter Source is not valid. Reason: Source is a required argument.",
        "Parameter DetailType is not valid. Reason: DetailType is a required argument.", "Not authorized for the source.", None]
    assert len(bodies(sqs)) == 1


def test_an_event_for_a_missing_bus_is_dropped_for_a_reason(frozen, events):
    id = put(events, EventBusName="missing")
    dropped = frozen.journal("eventDropped")[0]
    assert dropped["detail"]["event"]["id"] == id and dropped["detail"]["reason"] == "the event bus does not exist"


def test_too_large_events_are_refused_together(events):
    with pytest.raises(events.exceptions.ClientError) as raised:
        put(events, json.dumps({"a": "x" * 262_144}))
    assert raised.value.response["Error"]["Message"] == "Total size of the entries in the request is over the limit."


def test_a_changed_parameter_fires_the_rule_that_watches_for_it(frozen, events, sqs):
    rule(events, {"source": ["aws.ssm"], "detail-type": ["Parameter Store Change"], "detail": {"name": [{"prefix": "/app/"}]}},
         {"Arn": A + "q", "InputPath": "$.detail"})
    frozen.client("ssm").put_parameter(Name="/app/db", Value="v", Type="String")
    frozen.client("ssm").put_parameter(Name="/other", Value="v", Type="String")
    assert [json.loads(body) for body in bodies(sqs)] == [{"operation": "Create", "name": "/app/db", "type": "String"}]


def test_a_call_that_changes_something_is_told_without_its_secrets(frozen, events, sqs):
    rule(events, {"detail-type": ["AWS API Call via CloudTrail"], "detail": {"eventName": ["PutParameter"]}}, {"Arn": A + "q"})
    ssm = frozen.client("ssm")
    ssm.put_parameter(Name="/secret", Value="swordfish", Type="SecureString")
    ssm.get_parameter(Name="/secret")
    body, = bodies(sqs)
    assert "swordfish" not in body
    event = json.loads(body)
    assert event["source"] == "aws.ssm"
    detail = event["detail"]
    assert detail["eventSource"] == "ssm.amazonaws.com" and detail["readOnly"] is False
    assert detail["requestParameters"] == {"name": "/secret", "value": "HIDDEN_DUE_TO_SECURITY_REASONS", "type": "SecureString"}
    assert detail["responseElements"] == {"version": 1, "tier": "Standard"}
    assert detail["userIdentity"]["accountId"] == "000000000000"


def test_who_does_not_ask_for_calls_gets_none(frozen, events, sqs):
    rule(events, {"source": [{"prefix": "aws."}]}, {"Arn": A + "q"})
    frozen.client("ssm").put_parameter(Name="/p", Value="v", Type="String")
    assert [json.loads(body)["detail-type"] for body in bodies(sqs)] == ["Parameter Store Change"]


def test_a_disabled_rule_and_a_schedule_match_nothing(frozen, events, sqs):
    rule(events, {"source": ["shop"]}, {"Arn": A + "q"}, State="DISABLED")
    events.put_rule(Name="s", ScheduleExpression="rate(1 hour)")
    events.put_targets(Rule="s", Targets=[{"Id": "1", "Arn": A + "q"}])
    put(events)
    assert bodies(sqs) == []


def test_inputs(events, sqs):
    rule(events, {"source": ["shop"]}, {"Arn": A + "q", "Input": '"constant"'}, {"Arn": A + "q", "InputPath": "$.detail.who"},
         {"Arn": A + "q", "InputTransformer": {
             "InputPathsMap": {"who": "$.detail.who", "list": "$.detail.list"},
             "InputTemplate": '{"to": <who>, "text": "hello <who>", "list": <list>, "rule": "<aws.events.rule-name>"}'}},
         {"Arn": A + "q", "InputTransformer": {"InputPathsMap": {"who": "$.detail.who"}, "InputTemplate": '"hello <who>"'}})
    put(events, '{"who": "me", "list": [1, 2]}')
    assert sorted(bodies(sqs)) == sorted([
        '"constant"', '"me"', '{"to": "me", "text": "hello me", "list": [1,2], "rule": "r"}', '"hello me"'])


def letters(sqs):
    """The dead letters, and their attributes."""
    messages = sqs.receive_message(QueueUrl="dlq", MessageAttributeNames=["All"], MaxNumberOfMessages=10)["Messages"]
    return [(message["Body"], {name: value["StringValue"] for name, value in message["MessageAttributes"].items()})
            for message in messages]


def anonymous(attributes):
    text = re.sub("Request ID: [0-9a-f-]{36};", "Request ID: <id>;", attributes["ERROR_MESSAGE"])
    return {**attributes, "ERROR_MESSAGE": text}


def test_a_target_that_is_gone_is_final(frozen, events, sqs):
    rule(events, {"source": ["shop"]}, {"Arn": A + "gone", "DeadLetterConfig": {"Arn": A + "dlq"}})
    id = put(events)
    [(body, attributes)] = letters(sqs)
    assert json.loads(body)["id"] == id
    assert anonymous(attributes) == {
        "RULE_ARN": "arn:aws:events:us-east-1:000000000000:rule/r", "TARGET_ARN": A + "gone", "ERROR_CODE": "NO_RESOURCE",
        "ERROR_MESSAGE": "The specified queue does not exist or you do not have access to it. (Service: AmazonSQS; Status "
        "Code: 400; Error Code: AWS.SimpleQueueService.NonExistentQueue; Request ID: <id>; Proxy: null)"}


@pytest.mark.parametrize("input, body", [
    ({"Input": '{"a": 1}'}, '{"a": 1}'),
    ({"InputPath": "$.detail"}, '{"b":2}'),
    ({"InputTransformer": {"InputPathsMap": {"b": "$.detail.b"}, "InputTemplate": '"got <b>"'}}, '"got 2"'),
])
def test_a_dead_letter_is_what_the_target_was_to_get(events, sqs, input, body):
    rule(events, {"source": ["shop"]}, {"Arn": A + "gone", "DeadLetterConfig": {"Arn": A + "dlq"}, **input})
    put(events, '{"b": 2}')
    assert [body for body, _ in letters(sqs)] == [body]


def test_a_queue_says_whom_it_does_not_let_in(start):
    server = start("--permissions", "enforce")
    events, sqs = server.client("events"), server.client("sqs")
    sqs.create_queue(QueueName="q")
    sqs.create_queue(QueueName="dlq", Attributes={"Policy": json.dumps({"Statement": [{
        "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}]})})
    rule(events, {"source": ["shop"]}, {"Arn": A + "q", "DeadLetterConfig": {"Arn": A + "dlq"}, "Input": '"x"'})
    put(events)
    [(body, attributes)] = letters(sqs)
    assert body == '"x"' and attributes["ERROR_CODE"] == "NO_PERMISSIONS"
    assert anonymous(attributes)["ERROR_MESSAGE"] == (
        f"User: events.amazonaws.com is not authorized to perform: sqs:sendmessage on resource: {A}q because no "
        "resource-based policy allows the sqs:sendmessage action (Service: AmazonSQS; Status Code: 403; Error Code: "
        "AccessDenied; Request ID: <id>; Proxy: null)")


def test_a_service_that_is_not_served_ends_in_the_dead_letter_queue(events, sqs):
    function = "arn:aws:lambda:us-east-1:000000000000:function:f"
    rule(events, {"source": ["shop"]}, {"Arn": function, "DeadLetterConfig": {"Arn": A + "dlq"}})
    put(events)
    message = sqs.receive_message(QueueUrl="dlq", MessageAttributeNames=["All"])["Messages"][0]
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_RESOURCE"
    assert "nothing that Windtunnel serves" in message["MessageAttributes"]["ERROR_MESSAGE"]["StringValue"]


def test_a_template_that_makes_no_json_ends_in_the_dead_letter_queue(events, sqs):
    rule(events, {"source": ["shop"]}, {"Arn": A + "q", "DeadLetterConfig": {"Arn": A + "dlq"}, "InputTransformer": {
        "InputPathsMap": {"a": "$.detail.a"}, "InputTemplate": '"they <a>"'}})
    put(events, '{"a": "say \\"hi\\""}')
    assert bodies(sqs) == []
    message = sqs.receive_message(QueueUrl="dlq", MessageAttributeNames=["All"])["Messages"][0]
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "INVALID_JSON"
    assert message["Body"] == '"they say "hi""'


def test_a_fifo_queue_gets_the_group(events, sqs):
    sqs.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"})
    rule(events, {"source": ["shop"]}, {"Arn": A + "q.fifo", "SqsParameters": {"MessageGroupId": "$.detail.customer"}})
    put(events, '{"customer": "c1"}')
    message = sqs.receive_message(QueueUrl="q.fifo", AttributeNames=["All"])["Messages"][0]
    assert message["Attributes"]["MessageGroupId"] == "c1"


def test_a_topic_passes_events_on(frozen, events, sqs):
    sns = frozen.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=A + "q", Attributes={"RawMessageDelivery": "true"})
    rule(events, {"source": ["shop"]}, {"Arn": topic})
    id = put(events)
    assert json.loads(bodies(sqs)[0])["id"] == id


def test_a_trace_header_reaches_the_queue(events, sqs):
    rule(events, {"source": ["shop"]}, {"Arn": A + "q"})
    put(events, TraceHeader="Root=1-5759e988-bd862e3fe1be46a994272793")
    message = sqs.receive_message(QueueUrl="q", AttributeNames=["All"])["Messages"][0]
    assert message["Attributes"]["AWSTraceHeader"] == "Root=1-5759e988-bd862e3fe1be46a994272793"


def test_a_log_group_can_be_read(frozen, events):
    rule(events, {"source": ["shop"]}, {"Arn": "arn:aws:logs:us-east-1:000000000000:log-group:/aws/events/shop"})
    id = put(events)
    lines = frozen.json("GET", "/_windtunnel/logs?group=/aws/events/shop")[1]["events"]
    assert [json.loads(line["message"])["id"] for line in lines] == [id]


# From bus to bus

def bus(events, name):
    return events.create_event_bus(Name=name)["EventBusArn"]


def test_a_bus_gets_the_event_as_it_is(events, sqs):
    rule(events, {"source": ["shop"]}, {"Arn": bus(events, "b"), "RoleArn": ROLE})
    rule(events, {"source": ["shop"]}, {"Arn": A + "q"}, EventBusName="b")
    id = put(events)
    assert json.loads(bodies(sqs)[0])["id"] == id


def test_a_second_hop_is_one_too_many(frozen, events, sqs):
    rule(events, {"source": ["shop"]}, {"Arn": bus(events, "b"), "RoleArn": ROLE})
    rule(events, {"source": ["shop"]}, {"Arn": bus(events, "c"), "RoleArn": ROLE, "DeadLetterConfig": {"Arn": A + "dlq"}},
         EventBusName="b")
    rule(events, {"source": ["shop"]}, {"Arn": A + "q"}, EventBusName="c")
    put(events)
    assert bodies(sqs) == []
    message = sqs.receive_message(QueueUrl="dlq", MessageAttributeNames=["All"])["Messages"][0]
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "THIRD_ACCOUNT_HOP_DETECTED"


def test_another_region_gives_a_new_id(frozen, events, sqs):
    rule(events, {"source": ["shop"]}, {"Arn": "arn:aws:events:eu-west-1:000000000000:event-bus/default", "RoleArn": ROLE})
    frozen.client("sqs", region="eu-west-1").create_queue(QueueName="q")
    there = frozen.client("events", region="eu-west-1")
    rule(there, {"source": ["shop"]}, {"Arn": "arn:aws:sqs:eu-west-1:000000000000:q"})
    frozen.advance("1h")
    id = put(events, Time=0)
    event = json.loads(bodies(frozen.client("sqs", region="eu-west-1"))[0])
    assert event["id"] != id and event["time"] == "2030-01-01T01:00:00Z" and event["region"] == "us-east-1"


def test_another_account_must_let_events_in(start):
    server = start("--permissions", "enforce")
    events, there = server.client("events"), server.client("events", "222222222222")
    sqs = server.client("sqs")
    sqs.create_queue(QueueName="dlq", Attributes={"Policy": json.dumps({"Statement": [{
        "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*"}]})})
    rule(events, {"source": ["shop"]}, {"Arn": "arn:aws:events:us-east-1:222222222222:event-bus/default", "RoleArn": ROLE,
                                        "DeadLetterConfig": {"Arn": A + "dlq"}})
    put(events)
    message = sqs.receive_message(QueueUrl="dlq", MessageAttributeNames=["All"])["Messages"][0]
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "NO_PERMISSIONS"
    there.put_permission(StatementId="s", Action="events:PutEvents", Principal="000000000000")
    id = put(events)
    assert [event["id"] for event in server.events("222222222222")] == [id]


# Schedules

def schedule(events, expression, **more):
    events.put_rule(Name="s", ScheduleExpression=expression, **more)
    events.put_targets(Rule="s", Targets=[{"Id": "1", "Arn": A + "q"}])


def test_a_rate_fires_after_each_period(frozen, events, sqs):
    schedule(events, "rate(5 minutes)")
    frozen.advance("4m")
    assert bodies(sqs) == []
    frozen.advance("12m")
    found = [json.loads(body) for body in bodies(sqs)]
    assert [event["time"] for event in found] == [
        "2030-01-01T00:05:00Z", "2030-01-01T00:10:00Z", "2030-01-01T00:15:00Z"]
    assert found[0]["source"] == "aws.events" and found[0]["detail-type"] == "Scheduled Event" and found[0]["detail"] == {}
    assert found[0]["resources"] == ["arn:aws:events:us-east-1:000000000000:rule/s"]


def test_cron_goes_by_utc_across_years(frozen, events, sqs):
    events.put_rule(Name="s", ScheduleExpression="cron(30 6 L 2 ? *)")
    events.put_targets(Rule="s", Targets=[{"Id": "1", "Arn": "arn:aws:logs:us-east-1:000000000000:log-group:g"}])
    frozen.advance("1000d")
    lines = frozen.json("GET", "/_windtunnel/logs?group=g")[1]["events"]
    assert [json.loads(line["message"])["time"] for line in lines] == [
        "2030-02-28T06:30:00Z", "2031-02-28T06:30:00Z", "2032-02-29T06:30:00Z"]


def test_the_same_expression_keeps_its_cadence_and_another_begins_anew(frozen, events, sqs):
    schedule(events, "rate(10 minutes)")
    frozen.advance("7m")
    events.put_rule(Name="s", ScheduleExpression="rate(10 minutes)", Description="new")
    frozen.advance("3m")
    assert len(bodies(sqs)) == 1
    events.put_rule(Name="s", ScheduleExpression="rate(20 minutes)")
    frozen.advance("19m")
    assert bodies(sqs) == []
    frozen.advance("1m")
    assert len(bodies(sqs)) == 1
    events.disable_rule(Name="s")
    frozen.advance("1h")
    assert bodies(sqs) == []


def test_what_was_missed_is_not_made_up_for(start, tmp_path):
    state = str(tmp_path / "state")
    server = start("--data", state)
    server.json("POST", "/_windtunnel/clock", {"freeze": True})
    server.json("POST", "/_windtunnel/clock", {"set": "2030-01-01T00:00:00Z"})
    events, sqs = server.client("events"), server.client("sqs")
    sqs.create_queue(QueueName="q")
    schedule(events, "rate(1 hour)")
    # The clock jumps while the rule is not looked at: a disabled rule has no times.
    events.disable_rule(Name="s")
    server.advance("10h")
    events.enable_rule(Name="s")
    server.stop()
    server = start("--data", state)
    server.advance("1h")
    assert len(bodies(server.client("sqs"))) == 1


# Why

def explain(server, id, **query):
    arguments = "".join(f"&{name}={value}" for name, value in query.items())
    return server.json("GET", f"/_windtunnel/explain?eventId={id}{arguments}")[1]


def test_every_rule_says_why(frozen, events, sqs):
    rule(events, {"source": ["shop"], "detail": {"state": ["paid"]}}, {"Arn": A + "q"}, name="fits")
    rule(events, {"source": ["shop"], "detail": {"state": ["new"]}}, {"Arn": A + "q"}, name="misses")
    rule(events, {"source": ["shop"]}, {"Arn": A + "q"}, name="off", State="DISABLED")
    events.put_rule(Name="clock", ScheduleExpression="rate(1 day)")
    id = put(events, '{"state": "paid"}')
    rules = {entry["rule"]: entry for entry in explain(frozen, id)["buses"][0]["rules"]}
    assert {name: entry["outcome"] for name, entry in rules.items()} == {
        "fits": "matched", "misses": "notMatched", "off": "disabled", "clock": "scheduleOnly"}
    assert rules["misses"]["failures"] == [{
        "path": "detail.state", "clause": '["new"]', "found": ["paid"],
        "text": 'detail.state is "paid", and the pattern asks for ["new"].'}]
    target = rules["fits"]["targets"][0]
    assert (target["target"], target["state"], json.loads(target["input"])["id"]) == ("0", "delivered", id)
    assert [entry["rule"] for entry in explain(frozen, id, rule="off")["buses"][0]["rules"]] == ["off"]


def test_rules_are_judged_as_they_were(frozen, events, sqs):
    rule(events, {"source": ["shop"]}, {"Arn": A + "q"})
    id = put(events)
    rule(events, {"source": ["other"]}, {"Arn": A + "q"})
    later = put(events)
    events.remove_targets(Rule="r", Ids=["0"])
    events.delete_rule(Name="r")
    assert explain(frozen, id)["buses"][0]["rules"][0]["outcome"] == "matched"
    assert explain(frozen, later)["buses"][0]["rules"][0]["outcome"] == "notMatched"
    assert explain(frozen, put(events))["story"][-1] == "The bus had no rules then."


def test_the_story_is_plain_text_for_a_terminal(frozen, events, sqs):
    rule(events, {"source": ["shop"]}, {"Arn": A + "gone", "DeadLetterConfig": {"Arn": A + "dlq"}, "Input": "{}"})
    id = put(events)
    status, headers, body = frozen.http("GET", f"/_windtunnel/explain?eventId={id}", headers={"Accept": "text/plain"})
    assert status == 200 and headers["content-type"].startswith("text/plain")
    assert body.decode().splitlines() == [
        f'2030-01-01T00:00:00.000Z event {id}, "t" of shop, was put on arn:aws:events:us-east-1:000000000000:event-bus/default.',
        "Rule r matched.", f"  Target 0, {A}gone, got: {{}}",
        f"    2030-01-01T00:00:00.000Z attempt 1: failed. The specified queue does not exist: {A}gone.",
        f"    2030-01-01T00:00:00.000Z It was put into the dead-letter queue {A}dlq."]


def test_events_are_listed_newest_first(frozen, events):
    first, second = put(events), put(events, Source="other")
    listed = frozen.json("GET", "/_windtunnel/events")[1]["events"]
    assert [entry["event"]["id"] for entry in listed] == [second, first]
    listed = frozen.json("GET", "/_windtunnel/events?source=shop&bus=default")[1]["events"]
    assert [entry["event"]["id"] for entry in listed] == [first]


def test_a_pattern_and_an_event_can_be_tried_with_curl(frozen):
    status, answer = frozen.json("POST", "/_windtunnel/events/match", {
        "pattern": {"a": [{"numeric": [">", 3]}]}, "event": {"a": 2}})
    assert status == 200 and answer["matches"] is False and answer["failures"][0]["path"] == "a"
    assert answer["clauses"]["holds"] is False
    status, answer = frozen.json("POST", "/_windtunnel/events/match", {"pattern": {"a": 1}, "event": {}})
    assert status == 400 and answer["message"] == '"a" must be an object or an array' and answer["line"] == 1
