"""Archives of event buses and replays of what they hold."""

import datetime
import json

import pytest
from botocore.exceptions import ClientError

from conftest import code_and_message

BUS = "arn:aws:events:us-east-1:000000000000:event-bus/"
ARCHIVE = "arn:aws:events:us-east-1:000000000000:archive/"
REPLAY = "arn:aws:events:us-east-1:000000000000:replay/"
UTC = datetime.timezone.utc
START = datetime.datetime(2030, 1, 1, tzinfo=UTC)
VALIDATION = "1 validation error detected: Value "


def at(seconds):
    return START + datetime.timedelta(seconds=seconds)


@pytest.fixture
def events(frozen):
    return frozen.client("events")


@pytest.fixture
def queue(frozen):
    """Gives a queue that gets what a rule matches, and how to empty it."""
    sqs = frozen.client("sqs")
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}]}
    events = frozen.client("events")

    def make(rule, pattern=None, bus="default"):
        url = sqs.create_queue(QueueName=rule, Attributes={"Policy": json.dumps(policy)})["QueueUrl"]
        arn = events.put_rule(Name=rule, EventBusName=bus,
                              EventPattern=json.dumps(pattern or {"source": ["shop"]}))["RuleArn"]
        events.put_targets(Rule=rule, EventBusName=bus,
                           Targets=[{"Id": "q", "Arn": f"arn:aws:sqs:us-east-1:000000000000:{rule}"}])

        def receive():
            found = []
            while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
                for message in messages:
                    found.append(json.loads(message["Body"]))
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            return found

        receive.arn = arn
        return receive

    return make


def put(events, *numbers, bus="default", time=None, **more):
    entries = [{"Source": "shop", "DetailType": "order", "Detail": json.dumps({"n": n}), "EventBusName": bus,
                **({"Time": time} if time else {}), **more} for n in numbers]
    for begin in range(0, len(entries), 10):
        assert events.put_events(Entries=entries[begin:begin + 10])["FailedEntryCount"] == 0


def start(events, name="r", archive="a", bus="default", begin=START, end=at(3600), **destination):
    return events.start_replay(ReplayName=name, EventSourceArn=ARCHIVE + archive, EventStartTime=begin,
                               EventEndTime=end, Destination={"Arn": BUS + bus, **destination})


def plain(answer):
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


# Archives

def test_an_archive_shows_what_was_given(events):
    pattern = '{ "source" : [ "shop" ] }'
    created = events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default", Description="orders",
                                    EventPattern=pattern, RetentionDays=7)
    assert plain(created) == {"ArchiveArn": ARCHIVE + "a", "State": "ENABLED", "CreationTime": START}
    assert plain(events.describe_archive(ArchiveName="a")) == {
        "ArchiveArn": ARCHIVE + "a", "ArchiveName": "a", "EventSourceArn": BUS + "default", "Description": "orders",
        "EventPattern": pattern, "State": "ENABLED", "RetentionDays": 7, "SizeBytes": 0, "EventCount": 0,
        "CreationTime": START}
    assert events.list_archives()["Archives"] == [
        {"ArchiveName": "a", "EventSourceArn": BUS + "default", "State": "ENABLED", "RetentionDays": 7,
         "SizeBytes": 0, "EventCount": 0, "CreationTime": START}]
    assert plain(events.delete_archive(ArchiveName="a")) == {}
    assert events.list_archives()["Archives"] == []


def test_an_update_changes_what_it_names(events, frozen):
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default", Description="", EventPattern="")
    created = plain(events.describe_archive(ArchiveName="a"))
    assert "Description" not in created and "EventPattern" not in created and created["RetentionDays"] == 0
    frozen.advance("1h")
    updated = events.update_archive(ArchiveName="a", Description="d", EventPattern='{"source":["s"]}', RetentionDays=3)
    assert plain(updated) == {"ArchiveArn": ARCHIVE + "a", "State": "ENABLED", "CreationTime": START}
    events.update_archive(ArchiveName="a", Description="only")
    shown = plain(events.describe_archive(ArchiveName="a"))
    assert (shown["Description"], shown["EventPattern"], shown["RetentionDays"]) == ("only", '{"source":["s"]}', 3)
    events.update_archive(ArchiveName="a", Description="", EventPattern="", RetentionDays=0, KmsKeyIdentifier="")
    assert plain(events.describe_archive(ArchiveName="a")) == {**created, "CreationTime": START}


@pytest.mark.parametrize("call, code, message", [
    ({"EventSourceArn": BUS + "no"}, "ResourceNotFoundException", "Event bus no does not exist."),
    ({"EventSourceArn": "default"}, "ValidationException",
     VALIDATION + "'default' at 'eventSourceArn' failed to satisfy constraint: Member must satisfy regular expression "
     r"pattern: ^arn:aws([a-z]|\-)*:events:([a-z]|\d|\-)*:([0-9]{12})?:.+\/.+$"),
    ({"EventSourceArn": "arn:aws:events:us-east-1:000000000000:rule/x"}, "ValidationException",
     "Parameter EventSourceArn is not valid. Reason: Must contain an event bus ARN."),
    ({"EventSourceArn": "arn:aws:events:eu-west-1:000000000000:event-bus/default"}, "ValidationException",
     "Parameter EventSourceArn is not valid. Reason: Creating cross-region archive is not permitted."),
    ({"EventSourceArn": "arn:aws:events:us-east-1:111111111111:event-bus/default"}, "ValidationException",
     "Parameter EventSourceArn is not valid. Reason: Creating cross-account archive is not permitted."),
    ({"EventSourceArn": "arn:aws-cn:events:us-east-1:000000000000:event-bus/default"}, "ValidationException",
     "Parameter EventSourceArn is not valid. Reason: Creating cross-partition archive is not permitted."),
    ({"ArchiveName": "a" * 49}, "ValidationException",
     VALIDATION + f"'{'a' * 49}' at 'archiveName' failed to satisfy constraint: Member must have length less than or "
     "equal to 48"),
    ({"ArchiveName": "taken"}, "ResourceAlreadyExistsException", "Archive taken already exists."),
    ({"ArchiveName": "ruled"}, "ResourceAlreadyExistsException",
     "A rule with the pattern 'Events-Archive-ruled' already exists. Please choose a different archive name or delete "
     "your rule, then, try again."),
])
def test_what_create_archive_refuses(events, call, code, message):
    events.create_archive(ArchiveName="taken", EventSourceArn=BUS + "default")
    events.put_rule(Name="Events-Archive-ruled", EventPattern='{"source":["x"]}')
    with pytest.raises(ClientError) as raised:
        events.create_archive(**{"ArchiveName": "a", "EventSourceArn": BUS + "default", **call})
    assert code_and_message(raised) == (code, message)


def test_patterns_are_checked_before_anything_changes(events):
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default", Description="kept")
    for call in (events.update_archive, lambda **more: events.create_archive(
            EventSourceArn=BUS + "default", **{**more, "ArchiveName": "b"})):
        with pytest.raises(ClientError) as raised:
            call(ArchiveName="a", Description="new", EventPattern="[]")
        code, message = code_and_message(raised)
        assert code == "InvalidEventPatternException"
        assert message.startswith("Event pattern is not valid. Reason: Filter is not an object")
    assert events.describe_archive(ArchiveName="a")["Description"] == "kept"


def test_what_is_not_there(events):
    for call in (events.describe_archive, events.delete_archive, lambda **more: events.update_archive(
            Description="d", **more)):
        with pytest.raises(ClientError) as raised:
            call(ArchiveName="no")
        assert code_and_message(raised) == ("ResourceNotFoundException", "Archive no does not exist.")
    # Whether there is anything to change is asked first.
    with pytest.raises(ClientError) as raised:
        events.update_archive(ArchiveName="no")
    assert code_and_message(raised) == (
        "ValidationException", "At least one of EventPattern, RetentionDays or Description must be provided.")


def test_lists_take_one_filter_and_pages(events):
    events.create_event_bus(Name="bus")
    for name, bus in (("a1", "default"), ("a2", "bus"), ("b1", "bus")):
        events.create_archive(ArchiveName=name, EventSourceArn=BUS + bus)

    def names(**call):
        return [archive["ArchiveName"] for archive in events.list_archives(**call)["Archives"]]

    assert names() == ["a1", "a2", "b1"]
    assert names(NamePrefix="a") == ["a1", "a2"]
    assert names(EventSourceArn=BUS + "bus") == ["a2", "b1"]
    assert names(State="ENABLED") == ["a1", "a2", "b1"] and names(State="DISABLED") == []
    first = events.list_archives(NamePrefix="a", Limit=1)
    assert names(NamePrefix="a", Limit=9, NextToken=first["NextToken"]) == ["a2"]
    for call, message in (
            ({"NamePrefix": "b", "NextToken": first["NextToken"]},
             "Parameter NextToken is not valid. Reason: Token invalid."),
            ({"NextToken": "bogus"}, "Parameter NextToken is not valid. Reason: Malformed request."),
            ({"NamePrefix": "a", "State": "ENABLED"},
             "At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.")):
        with pytest.raises(ClientError) as raised:
            names(**call)
        assert code_and_message(raised) == ("ValidationException", message)
    with pytest.raises(ClientError) as raised:
        names(EventSourceArn=BUS + "no")
    assert code_and_message(raised) == ("ResourceNotFoundException", "Event bus no does not exist.")


# The managed rule

def test_an_archive_owns_a_rule(events):
    events.create_event_bus(Name="bus")
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "bus", EventPattern='{"source":["shop"]}')
    rule = plain(events.describe_rule(Name="Events-Archive-a", EventBusName="bus"))
    assert rule == {
        "Name": "Events-Archive-a", "Arn": "arn:aws:events:us-east-1:000000000000:rule/bus/Events-Archive-a",
        "EventPattern": '{"replay-name":[{"exists":false}],"source":["shop"]}', "State": "ENABLED",
        "ManagedBy": "prod.vhs.events.aws.internal", "EventBusName": "bus", "CreatedBy": "000000000000"}
    assert events.list_rules(EventBusName="bus")["Rules"][0]["ManagedBy"] == "prod.vhs.events.aws.internal"
    (target,) = events.list_targets_by_rule(Rule="Events-Archive-a", EventBusName="bus")["Targets"]
    template = target["InputTransformer"].pop("InputTemplate")
    assert target == {"Id": "Events-Archive-a", "Arn": "arn:aws:events:us-east-1:::",
                      "InputTransformer": {"InputPathsMap": {}}}
    assert template.startswith('{"archive-arn": "' + ARCHIVE + "a:")
    assert template.endswith('","event": <aws.events.event.json>,'
                             '"ingestion-time": <aws.events.event.ingestion-time>}')
    events.update_archive(ArchiveName="a", EventPattern='{"replay-name":[{"exists":true}],"source":["other"]}')
    rule = events.describe_rule(Name="Events-Archive-a", EventBusName="bus")
    assert rule["EventPattern"] == '{"replay-name":[{"exists":false}],"source":["other"]}'
    events.delete_archive(ArchiveName="a")
    assert events.list_rules(EventBusName="bus")["Rules"] == []


def test_nobody_else_changes_the_rule(events):
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default")
    name, managed = "Events-Archive-a", "Events-Archive-a is a managed rule."
    arn = f"arn:aws:events:us-east-1:000000000000:rule/{name}"
    queue = {"Id": "q", "Arn": "arn:aws:sqs:us-east-1:000000000000:q"}
    tags = f"Tag related operations on the managed rule {name} is not allowed."
    force = managed + " Set 'force' parameter to true to override."
    for call, message in (
            (lambda: events.put_rule(Name=name, EventPattern='{"source":["x"]}'), managed),
            (lambda: events.enable_rule(Name=name), managed),
            (lambda: events.disable_rule(Name=name), managed),
            (lambda: events.put_targets(Rule=name, Targets=[queue]), managed),
            (lambda: events.remove_targets(Rule=name, Ids=[name]), force),
            (lambda: events.delete_rule(Name=name), force),
            (lambda: events.tag_resource(ResourceARN=arn, Tags=[{"Key": "k", "Value": "v"}]), tags),
            (lambda: events.untag_resource(ResourceARN=arn, TagKeys=["k"]), tags)):
        with pytest.raises(ClientError) as raised:
            call()
        assert code_and_message(raised) == ("ManagedRuleException", message)
    assert events.list_tags_for_resource(ResourceARN=arn)["Tags"] == []


def test_force_disables_the_archive_and_an_update_mends_it(events):
    events.create_event_bus(Name="bus")
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "bus")
    name = "Events-Archive-a"
    with pytest.raises(ClientError) as raised:
        events.delete_event_bus(Name="bus")
    assert code_and_message(raised) == ("ValidationException", "EventBus can't be deleted since it has rules.")
    with pytest.raises(ClientError) as raised:
        events.delete_rule(Name=name, EventBusName="bus", Force=True)
    assert code_and_message(raised) == ("ValidationException", "Rule can't be deleted since it has targets.")
    events.remove_targets(Rule=name, EventBusName="bus", Ids=[name], Force=True)
    put(events, 1, bus="bus")
    archive = events.describe_archive(ArchiveName="a")
    assert (archive["State"], archive["StateReason"], archive["EventCount"]) == (
        "DISABLED", "Managed rule for the archive was forcefully deleted.", 0)
    events.delete_rule(Name=name, EventBusName="bus", Force=True)
    assert events.list_archives(State="DISABLED")["Archives"][0]["StateReason"]
    assert events.update_archive(ArchiveName="a", Description="mended")["State"] == "ENABLED"
    put(events, 2, bus="bus")
    archive = events.describe_archive(ArchiveName="a")
    assert (archive["State"], archive["EventCount"]) == ("ENABLED", 1) and "StateReason" not in archive
    # A bus may go before its archive where its rule has gone.
    events.remove_targets(Rule=name, EventBusName="bus", Ids=[name], Force=True)
    events.delete_rule(Name=name, EventBusName="bus", Force=True)
    events.delete_event_bus(Name="bus")
    with pytest.raises(ClientError) as raised:
        events.update_archive(ArchiveName="a", Description="no")
    assert code_and_message(raised) == (
        "ResourceNotFoundException", "Archive a managed rule does not exist.")
    events.delete_archive(ArchiveName="a")


# What is kept

def test_what_matches_is_kept_once(events, queue):
    received = queue("all")
    events.create_archive(ArchiveName="all", EventSourceArn=BUS + "default")
    events.create_archive(ArchiveName="some", EventSourceArn=BUS + "default", EventPattern='{"detail":{"n":[2,3]}}')
    events.create_archive(ArchiveName="none", EventSourceArn=BUS + "default", EventPattern='{"source":["other"]}')
    put(events, 1, 2, 3)
    counts = {archive["ArchiveName"]: archive["EventCount"] for archive in events.list_archives()["Archives"]}
    assert counts == {"all": 3, "none": 0, "some": 2} and len(received()) == 3


def test_the_size_is_what_aws_counts(events):
    """The figures of two recordings: 159 bytes for the one event, 888 for four others."""
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default")
    kind = "core.update-account-command"
    detail = {"command": "update-account", "payload": {"acc_id": "0a787ecb-4015", "sf_id": "baz"}}
    events.put_events(Entries=[{"Source": kind, "DetailType": kind, "Detail": json.dumps(detail)}])
    assert events.describe_archive(ArchiveName="a")["SizeBytes"] == 159


def test_retention_counts_from_when_an_event_came(events, frozen):
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default", RetentionDays=2)
    put(events, 1, time=at(-86_400 * 30))
    frozen.advance("1d")
    put(events, 2, time=at(86_400 * 30))

    def count():
        archive = events.describe_archive(ArchiveName="a")
        return archive["EventCount"], archive["SizeBytes"]

    one = count()[1] // 2
    assert count() == (2, 2 * one)
    frozen.advance("23h")
    assert count() == (2, 2 * one)
    frozen.advance("1h")
    assert count() == (1, one)
    frozen.advance("1d")
    assert count() == (0, 0)
    put(events, 3)
    assert count() == (1, one)


def test_a_recreated_archive_is_empty(events):
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default")
    put(events, *range(20))
    events.delete_archive(ArchiveName="a")
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default")
    assert events.describe_archive(ArchiveName="a")["EventCount"] == 0


def test_an_archive_keeps_what_other_services_report(events, frozen):
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default", EventPattern='{"source":["aws.ssm"]}')
    frozen.client("ssm").put_parameter(Name="p", Value="v", Type="String")
    assert events.describe_archive(ArchiveName="a")["EventCount"] == 1


def test_the_explanation_names_the_archive(events, frozen):
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default")
    event = events.put_events(Entries=[{"Source": "s", "DetailType": "t", "Detail": "{}"}])["Entries"][0]["EventId"]
    _, story = frozen.json("GET", f"/_windtunnel/explain?eventId={event}")
    assert "  The archive a kept it." in story["story"]


def test_events_of_another_account_are_kept_as_they_are(events, frozen, queue):
    received = queue("orders")
    events.put_permission(StatementId="s", Action="events:PutEvents", Principal="111111111111")
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default")
    put(frozen.client("events", "111111111111"), 1, bus=BUS + "default")
    assert received()[0]["account"] == "111111111111"
    assert events.describe_archive(ArchiveName="a")["EventCount"] == 1
    start(events)
    frozen.advance("2s")
    (event,) = received()
    assert (event["account"], event["replay-name"]) == ("111111111111", "r")


# Replays

def test_a_replay_puts_events_on_the_bus_again(events, frozen, queue):
    received = queue("orders")
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default")
    put(events, 1, Resources=["r"])
    (original,) = received()
    frozen.advance("1h")
    started = start(events)
    assert plain(started) == {"ReplayArn": REPLAY + "r", "State": "STARTING", "ReplayStartTime": at(3600)}
    assert received() == []
    frozen.advance("1s")
    assert events.describe_replay(ReplayName="r")["State"] == "RUNNING" and received() == []
    frozen.advance("1s")
    (replayed,) = received()
    assert list(replayed) == ["version", "id", "detail-type", "source", "account", "time", "region", "replay-name",
                              "resources", "detail"]
    assert replayed["replay-name"] == "r" and replayed["id"] != original["id"]
    assert {**replayed, "id": original["id"]} == {**original, "replay-name": "r"}
    assert plain(events.describe_replay(ReplayName="r")) == {
        "ReplayName": "r", "ReplayArn": REPLAY + "r", "State": "COMPLETED", "EventSourceArn": ARCHIVE + "a",
        "Destination": {"Arn": BUS + "default"}, "EventStartTime": START, "EventEndTime": at(3600),
        "EventLastReplayedTime": START, "ReplayStartTime": at(3600), "ReplayEndTime": at(3602)}
    assert events.list_replays()["Replays"] == [
        {"ReplayName": "r", "EventSourceArn": ARCHIVE + "a", "State": "COMPLETED", "EventStartTime": START,
         "EventEndTime": at(3600), "EventLastReplayedTime": START, "ReplayStartTime": at(3600),
         "ReplayEndTime": at(3602)}]
    # What was replayed is not archived again.
    assert events.describe_archive(ArchiveName="a")["EventCount"] == 1


def test_a_replay_takes_events_by_their_own_time(events, frozen, queue):
    received = queue("orders")
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default")
    for number, seconds in enumerate((59, 60, 100, 119, 120)):
        put(events, number, time=at(seconds))
    received()

    def replay(name, begin, end):
        start(events, name, begin=at(begin), end=at(end))
        frozen.advance("2s")
        last = events.describe_replay(ReplayName=name).get("EventLastReplayedTime")
        return [event["detail"]["n"] for event in received()], last

    assert replay("inside", 60, 120) == ([1, 2, 3], at(60))
    assert replay("all", 0, 121) == ([0, 1, 2, 3, 4], at(120))
    # Minutes are read as a whole, and the last one is shown even where nothing of it was within the bounds.
    assert replay("between", 61, 99) == ([], at(60))
    assert replay("before", 0, 59) == ([], START)
    assert replay("later", 7200, 7201) == ([], None)


def test_filters_name_the_rules_that_may_match(events, frozen, queue):
    first, second = queue("first"), queue("second")
    disabled = queue("disabled")
    events.disable_rule(Name="disabled")
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default")
    put(events, 1)
    assert len(first()) == len(second()) == 1
    start(events, "only-second", FilterArns=[second.arn, disabled.arn])
    shown = events.describe_replay(ReplayName="only-second")["Destination"]
    assert shown == {"Arn": BUS + "default", "FilterArns": [second.arn, disabled.arn]}
    frozen.advance("2s")
    assert (len(first()), len(disabled())) == (0, 0)
    (replayed,) = second()
    _, story = frozen.json("GET", f"/_windtunnel/explain?eventId={replayed['id']}")
    assert "Rule first did not fire. The replay only-second goes to other rules only." in story["story"]
    assert "Rule second matched." in story["story"]
    start(events, "everyone", FilterArns=[])
    frozen.advance("2s")
    assert (len(first()), len(second())) == (1, 1)


def test_a_replay_goes_to_the_bus_of_the_archive(events, frozen, queue):
    events.create_event_bus(Name="bus")
    received = queue("orders", bus="bus")
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "bus")
    put(events, 1, bus="bus")
    received()
    start(events, bus="bus", FilterArns=[received.arn])
    frozen.advance("2s")
    assert [event["replay-name"] for event in received()] == ["r"]


def test_many_events_come_some_at_a_time(events, frozen, queue):
    received = queue("orders")
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default")
    put(events, *range(150))
    assert len(received()) == 150
    start(events)
    frozen.advance("2s")
    replayed = received()
    assert sorted(event["detail"]["n"] for event in replayed) == list(range(150))
    assert len({event["id"] for event in replayed}) == 150
    assert events.describe_replay(ReplayName="r")["State"] == "COMPLETED"


def test_a_cancelled_replay_puts_nothing_more(events, frozen, queue):
    received = queue("orders")
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default")
    put(events, 1)
    received()
    start(events)
    frozen.advance("1s")
    assert plain(events.cancel_replay(ReplayName="r")) == {"ReplayArn": REPLAY + "r", "State": "CANCELLING"}
    assert events.describe_replay(ReplayName="r")["State"] == "CANCELLING"
    illegal = ("IllegalStatusException", "Replay r is not in a valid state for this operation.")
    with pytest.raises(ClientError) as raised:
        events.cancel_replay(ReplayName="r")
    assert code_and_message(raised) == illegal
    frozen.advance("1s")
    replay = events.describe_replay(ReplayName="r")
    assert (replay["State"], replay["ReplayEndTime"]) == ("CANCELLED", at(2)) and "EventLastReplayedTime" not in replay
    frozen.advance("1m")
    assert received() == []
    with pytest.raises(ClientError) as raised:
        events.cancel_replay(ReplayName="r")
    assert code_and_message(raised) == illegal


def test_a_replay_fails_when_its_archive_is_deleted(events, frozen):
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default")
    put(events, 1)
    start(events)
    events.delete_archive(ArchiveName="a")
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default")
    frozen.advance("1s")
    replay = events.describe_replay(ReplayName="r")
    assert (replay["State"], replay["StateReason"]) == ("FAILED", "Archive resource not found.")
    assert events.list_replays(State="FAILED")["Replays"][0]["StateReason"] == "Archive resource not found."


def test_replays_are_forgotten_after_ninety_days(events, frozen):
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default")
    start(events)
    frozen.advance("89d")
    assert len(events.list_replays()["Replays"]) == 1
    frozen.advance("2d")
    assert events.list_replays()["Replays"] == []
    start(events)


def test_ten_replays_at_a_time(events, frozen):
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default")
    for number in range(10):
        start(events, f"r{number}")
    with pytest.raises(ClientError) as raised:
        start(events, "r10")
    assert code_and_message(raised) == (
        "LimitExceededException", "The requested resource exceeds the maximum number allowed.")
    frozen.advance("2s")
    start(events, "r10")


@pytest.mark.parametrize("call, code, message", [
    ({"archive": "no"}, "ValidationException",
     "Parameter EventSourceArn is not valid. Reason: Archive no does not exist."),
    ({"bus": "no"}, "ResourceNotFoundException", "Event bus no does not exist."),
    ({"bus": "bus"}, "ValidationException",
     "Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted."),
    ({"Arn": "invalid"}, "ValidationException",
     "Parameter Destination.Arn is not valid. Reason: Must contain an event bus ARN."),
    ({"name": "taken"}, "ResourceAlreadyExistsException", "Replay taken already exists."),
    ({"end": START}, "ValidationException",
     "Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime."),
    ({"FilterArns": ["arn:aws:events:us-east-1:000000000000:rule/no"]}, "ResourceNotFoundException",
     "Rule no does not exist on EventBus default."),
])
def test_what_start_replay_refuses(events, call, code, message):
    events.create_event_bus(Name="bus")
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default")
    start(events, "taken")
    with pytest.raises(ClientError) as raised:
        start(events, **call)
    assert code_and_message(raised) == (code, message)


def test_lists_of_replays(events):
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default")
    events.create_archive(ArchiveName="b", EventSourceArn=BUS + "default")
    for name, archive in (("x1", "a"), ("x2", "b"), ("y", "b")):
        start(events, name, archive)

    def names(**call):
        return [replay["ReplayName"] for replay in events.list_replays(**call)["Replays"]]

    assert names(NamePrefix="x") == ["x1", "x2"] and names(EventSourceArn=ARCHIVE + "b") == ["x2", "y"]
    assert names(State="STARTING") == ["x1", "x2", "y"] and names(State="COMPLETED") == []
    first = events.list_replays(NamePrefix="x", Limit=1)
    assert names(NamePrefix="x", NextToken=first["NextToken"]) == ["x2"]
    with pytest.raises(ClientError) as raised:
        names(NamePrefix="x", State="STARTING")
    assert code_and_message(raised) == (
        "ValidationException",
        "At most one filter is allowed for ListReplays. Use either : State, EventSourceArn, or NamePrefix.")
    for call in (events.describe_replay, events.cancel_replay):
        with pytest.raises(ClientError) as raised:
            call(ReplayName="no")
        assert code_and_message(raised) == ("ResourceNotFoundException", "Replay no does not exist.")


def test_archives_and_replays_outlive_the_server(start, tmp_path):
    server = start("--data", str(tmp_path))
    server.json("POST", "/_windtunnel/clock", {"freeze": True})
    server.json("POST", "/_windtunnel/clock", {"set": "2030-01-01T00:00:00Z"})
    events = server.client("events")
    events.create_archive(ArchiveName="a", EventSourceArn=BUS + "default")
    put(events, 1)
    events.start_replay(ReplayName="r", EventSourceArn=ARCHIVE + "a", EventStartTime=START, EventEndTime=at(60),
                        Destination={"Arn": BUS + "default"})
    assert server.stop() == 0
    server = start("--data", str(tmp_path))
    events = server.client("events")
    assert events.describe_replay(ReplayName="r")["State"] == "STARTING"
    server.advance("2s")
    assert events.describe_replay(ReplayName="r")["State"] == "COMPLETED"
    assert [event["replay-name"] for event in server.events("000000000000") if "replay-name" in event] == ["r"]
