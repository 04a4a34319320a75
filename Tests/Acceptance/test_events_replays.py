"""Replays of what archives hold."""

import pytest
from botocore.exceptions import ClientError

from archives import ARCHIVE, BUS, REPLAY, START, at, events, plain, put, queue, start
from conftest import code_and_message


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
