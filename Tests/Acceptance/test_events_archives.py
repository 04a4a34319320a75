"""Archives of event buses."""

import json

import pytest
from botocore.exceptions import ClientError

from archives import ARCHIVE, BUS, START, VALIDATION, at, events, plain, put, queue, start
from conftest import code_and_message


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
