"""EventBridge: buses, rules, targets and their errors."""

import json

import pytest
from botocore.exceptions import ClientError

from conftest import code_and_message

PATTERN = json.dumps({"source": ["shop"]})


@pytest.fixture
def events(server, account):
    return server.client("events", account)


def arn(account, resource):
    return f"arn:aws:events:us-east-1:{account}:{resource}"


def queue(account, name):
    return f"arn:aws:sqs:us-east-1:{account}:{name}"


def refused(call, **arguments):
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    return code_and_message(raised)


# Buses

def test_a_bus_is_made_shown_changed_and_deleted(events, account):
    made = events.create_event_bus(Name="orders", Description="all orders", Tags=[{"Key": "team", "Value": "shop"}])
    assert made["EventBusArn"] == arn(account, "event-bus/orders") and made["Description"] == "all orders"
    shown = events.describe_event_bus(Name="orders")
    assert (shown["Name"], shown["Arn"], shown["Description"]) == ("orders", made["EventBusArn"], "all orders")
    assert "Policy" not in shown and shown["CreationTime"] == shown["LastModifiedTime"]
    assert events.update_event_bus(Name="orders", Description="some")["Description"] == "some"
    assert events.describe_event_bus(Name=made["EventBusArn"])["Description"] == "some"
    assert events.list_tags_for_resource(ResourceARN=made["EventBusArn"])["Tags"] == [{"Key": "team", "Value": "shop"}]
    assert [bus["Name"] for bus in events.list_event_buses()["EventBuses"]] == ["default", "orders"]
    events.delete_event_bus(Name="orders")
    assert refused(events.describe_event_bus, Name="orders") == (
        "ResourceNotFoundException", "Event bus orders does not exist.")
    events.delete_event_bus(Name="orders")


def test_the_default_bus_is_always_there(events, account):
    shown = events.describe_event_bus()
    assert (shown["Name"], shown["Arn"]) == ("default", arn(account, "event-bus/default"))
    assert refused(events.delete_event_bus, Name="default") == (
        "ValidationException", "Cannot delete event bus default.")
    assert refused(events.create_event_bus, Name="default") == (
        "ResourceAlreadyExistsException", "Event bus default already exists.")


def test_buses_are_listed_in_pages_by_name(events):
    for name in ("a1", "a2", "b1"):
        events.create_event_bus(Name=name)
    first = events.list_event_buses(Limit=2)
    assert [bus["Name"] for bus in first["EventBuses"]] == ["a1", "a2"]
    rest = events.list_event_buses(Limit=2, NextToken=first["NextToken"])
    assert [bus["Name"] for bus in rest["EventBuses"]] == ["b1", "default"] and "NextToken" not in rest
    assert [bus["Name"] for bus in events.list_event_buses(NamePrefix="a")["EventBuses"]] == ["a1", "a2"]


def test_a_bus_with_rules_stays(events):
    events.create_event_bus(Name="orders")
    events.put_rule(Name="r", EventBusName="orders", EventPattern=PATTERN)
    assert refused(events.delete_event_bus, Name="orders")[0] == "ValidationException"


@pytest.mark.parametrize("name, code, message", [
    ("a/b", "ValidationException", "Event bus name must not contain '/'."),
    ("a b", "ValidationException", "1 validation error detected: Value 'a b' at 'name' failed to satisfy constraint: Member "
     "must satisfy regular expression pattern: [/\\.\\-_A-Za-z0-9]+"),
])
def test_a_bus_needs_a_proper_name(events, name, code, message):
    assert refused(events.create_event_bus, Name=name) == (code, message)


# Permissions

def test_permissions_make_a_policy_statement_by_statement(events, account):
    events.put_permission(StatementId="one", Action="events:PutEvents", Principal="222222222222")
    events.put_permission(StatementId="all", Action="events:PutEvents", Principal="*", Condition={
        "Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-0123456789"})
    bus = arn(account, "event-bus/default")
    assert json.loads(events.describe_event_bus()["Policy"]) == {"Version": "2012-10-17", "Statement": [
        {"Sid": "one", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::222222222222:root"},
         "Action": "events:PutEvents", "Resource": bus},
        {"Sid": "all", "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": bus,
         "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-0123456789"}}}]}
    events.remove_permission(StatementId="all")
    events.remove_permission(StatementId="one")
    assert "Policy" not in events.describe_event_bus()
    assert refused(events.remove_permission, StatementId="one") == (
        "ResourceNotFoundException", "Statement with the provided id does not exist.")


def allowing(bus, **members):
    statement = {"Sid": "s", "Effect": "Allow", "Principal": {"AWS": "222222222222"}, "Action": "events:PutEvents",
                 "Resource": bus, **members}
    return {name: value for name, value in statement.items() if value is not None}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, separators=(",", ":"))


def test_a_policy_that_is_put_as_a_whole_is_kept_with_the_accounts_arns(events, account):
    bus = arn(account, "event-bus/default")
    statement = allowing(bus, Action=["events:Put*", "events:DescribeRule"])
    events.put_permission(Policy=json.dumps({"Version": "2012-10-17", "Statement": statement}, indent=2))
    statement["Principal"] = {"AWS": "arn:aws:iam::222222222222:root"}
    assert events.describe_event_bus()["Policy"] == policy(statement)
    own = allowing(bus, Action="*", Resource=f"arn:*:events:*:{account}:event-bus/default")
    events.put_permission(Policy=policy(own))
    events.remove_permission(RemoveAllPermissions=True)
    assert "Policy" not in events.describe_event_bus()
    events.remove_permission(RemoveAllPermissions=True)


def test_the_same_policy_again_is_no_change(frozen):
    events = frozen.client("events", "111111111111")
    text = policy(allowing("arn:aws:events:us-east-1:111111111111:event-bus/default"))
    events.put_permission(Policy=text)
    put = events.describe_event_bus()["LastModifiedTime"]
    frozen.advance("1h")
    events.put_permission(Policy=text)
    assert events.describe_event_bus()["LastModifiedTime"] == put


@pytest.mark.parametrize("arguments, message", [
    ({}, "Parameter(s) Action must be specified."),
    ({"Action": "events:PutEvents"}, "Parameter(s) Principal must be specified."),
    ({"Action": "events:PutEvents", "Principal": "*"}, "Parameter(s) StatementId must be specified."),
    ({"Action": "events:PutRule", "Principal": "*", "StatementId": "s"},
     "Provided value in parameter 'action' is not supported."),
    *(({"Action": "events:PutEvents", "Principal": "*", "StatementId": "s", "Condition": condition},
       f"Provided value in parameter 'condition.{member}' is {problem}.") for member, problem, condition in [
           ("type", "not supported", {"Type": "StringLike", "Key": "aws:PrincipalOrgID", "Value": "o-0123456789"}),
           ("key", "not supported", {"Type": "StringEquals", "Key": "aws:SourceAccount", "Value": "o-0123456789"}),
           ("value", "invalid", {"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-1"})]),
    ({"Policy": "{}", "StatementId": "s"},
     "Action, Principal, StatementId and Condition could not be combined with Policy parameter."),
    ({"Policy": "{"}, "This policy contains invalid Json"),
    ({"Policy": "null"}, "This text appears not to be a policy"),
    ({"Policy": "{}"}, "Missing required field Version"),
    ({"Policy": policy()}, "Could not parse the policy: Statement is empty!"),
    *(({"Policy": policy(allowing("BUS", **members))}, message) for members, message in [
        ({"Sid": None}, "Missing required field Sid"),
        ({"Action": None, "NotAction": "events:PutEvents"}, "Has prohibited field NotAction"),
        ({"Action": "sqs:SendMessage"}, "Invalid statement at line 1 column 38: Action field includes AWS services that are "
                                        "inconsistent with specified vendor"),
        ({"Action": ["events:PutPermission", "events:RemovePermission"]},
         "Invalid statement at line 1 column 38: The following action names are invalid: \"events:RemovePermission\", "
         "\"events:PutPermission\""),
        ({"Action": "events:NoSuch*"},
         "Invalid statement at line 1 column 38: The following action names are invalid: \"events:NoSuch*\""),
        ({"Resource": "arn:aws:events:us-east-1:ACCOUNT:event-bus/*"},
         "The relative-id \"event-bus/*\" is invalid for ARN \"arn:aws:events:us-east-1:ACCOUNT:event-bus/*\""),
        ({"Resource": "arn:aws:events:us-east-1:*:event-bus/orders"},
         "The namespace \"*\" is invalid for ARN \"arn:aws:events:us-east-1:*:event-bus/orders\"")]),
    ({"Policy": policy(allowing("BUS"), allowing("BUS"))},
     "Invalid statement at line 1 column COLUMN: The Statement Ids in the policy are not unique"),
])
def test_permissions_that_are_refused(events, account, arguments, message):
    bus = arn(account, "event-bus/orders")
    events.create_event_bus(Name="orders")
    if "Policy" in arguments:
        arguments = {**arguments, "Policy": arguments["Policy"].replace("BUS", bus).replace("ACCOUNT", account)}
    column = len(policy(allowing(bus)).removesuffix("]}")) + 2
    message = message.replace("ACCOUNT", account).replace("COLUMN", str(column))
    assert refused(events.put_permission, EventBusName="orders", **arguments) == ("ValidationException", message)


def test_a_policy_has_30720_bytes_at_most(events, account):
    def sized(size):
        def text(filler):
            condition = {"StringEquals": {"events:source": filler}}
            return policy(allowing(arn(account, "event-bus/default"), Condition=condition,
                                   Principal={"AWS": "arn:aws:iam::222222222222:root"}))
        return text("x" * (size - len(text(""))))

    events.put_permission(Policy=sized(30_720))
    assert refused(events.put_permission, Policy=sized(30_721)) == (
        "PolicyLengthExceededException", "Policy size would be larger than the maximum allowed.")


def test_permissions_are_removed_by_name_or_all_at_once(events):
    assert refused(events.remove_permission) == (
        "ValidationException", "Parameter(s) StatementId must be specified.")
    assert refused(events.remove_permission, RemoveAllPermissions=True, StatementId="s") == (
        "ValidationException", "StatementId could not be combined with All parameter.")


def test_another_account_puts_events_where_the_policy_lets_it(server, events, account):
    bus = arn(account, "event-bus/default")
    other = server.client("events", "222222222222")
    entry = {"Source": "shop", "DetailType": "t", "Detail": "{}", "EventBusName": bus}
    assert refused(other.put_events, Entries=[entry])[0] == "AccessDeniedException"
    events.put_permission(StatementId="one", Action="events:PutEvents", Principal="222222222222")
    assert other.put_events(Entries=[entry])["FailedEntryCount"] == 0


def test_an_error_shows_entries_as_they_are_inside_aws(events):
    entry = ("PutEventsRequestEntry(time=null, source=s, resources=null, detailType=t, detail={}, eventBusName=null, "
             "traceHeader=null, kmsKeyIdentifier=null, internalMetadata=null)")
    assert refused(events.put_events, Entries=[{"Source": "s", "DetailType": "t", "Detail": "{}"}] * 11) == (
        "ValidationException", f"1 validation error detected: Value '[{', '.join([entry] * 11)}]' at 'entries' failed to "
        "satisfy constraint: Member must have length less than or equal to 10")


# Rules

def test_a_rule_is_replaced_as_a_whole_and_keeps_its_targets(events, account):
    made = events.put_rule(Name="r", EventPattern=PATTERN, Description="first", State="DISABLED")
    assert made["RuleArn"] == arn(account, "rule/r")
    events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": queue(account, "q")}])
    events.put_rule(Name="r", EventPattern=PATTERN)
    shown = events.describe_rule(Name="r")
    assert {name: shown[name] for name in ("Name", "Arn", "EventPattern", "State", "EventBusName", "CreatedBy")} == {
        "Name": "r", "Arn": made["RuleArn"], "EventPattern": PATTERN, "State": "ENABLED", "EventBusName": "default",
        "CreatedBy": account}
    assert "Description" not in shown
    assert len(events.list_targets_by_rule(Rule="r")["Targets"]) == 1


def test_a_rule_of_another_bus_has_the_bus_in_its_arn(events, account):
    events.create_event_bus(Name="orders")
    assert events.put_rule(Name="r", EventBusName="orders", EventPattern=PATTERN)["RuleArn"] == arn(account, "rule/orders/r")
    assert events.list_rules()["Rules"] == []
    assert [rule["Name"] for rule in events.list_rules(EventBusName="orders")["Rules"]] == ["r"]


def test_rules_are_enabled_disabled_and_deleted(events, account):
    events.put_rule(Name="r", EventPattern=PATTERN)
    events.disable_rule(Name="r")
    assert events.describe_rule(Name="r")["State"] == "DISABLED"
    events.enable_rule(Name="r")
    assert events.describe_rule(Name="r")["State"] == "ENABLED"
    events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": queue(account, "q")}])
    assert refused(events.delete_rule, Name="r") == ("ValidationException", "Rule can't be deleted since it has targets.")
    events.remove_targets(Rule="r", Ids=["1", "unknown"])
    events.delete_rule(Name="r")
    events.delete_rule(Name="r")
    assert refused(events.describe_rule, Name="r") == (
        "ResourceNotFoundException", "Rule r does not exist on EventBus default.")
    assert refused(events.enable_rule, Name="r")[0] == "ResourceNotFoundException"


@pytest.mark.parametrize("arguments, code, message", [
    ({}, "ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified."),
    ({"ScheduleExpression": "rate(1 minutes)"}, "ValidationException", "Parameter ScheduleExpression is not valid."),
    ({"ScheduleExpression": "cron(0 20 * *)"}, "ValidationException", "Parameter ScheduleExpression is not valid."),
    ({"EventPattern": PATTERN, "EventBusName": "none"}, "ResourceNotFoundException", "Event bus none does not exist."),
    ({"EventPattern": json.dumps({"source": ["x" * 2048]})}, "ValidationException",
     "Parameter EventPattern for rule r exceeds limit of 2048."),
    ({"EventPattern": "this is no JSON"}, "InvalidEventPatternException", None),
    ({"EventPattern": '{"source":[]}'}, "InvalidEventPatternException", None),
])
def test_a_bad_rule_is_refused(events, arguments, code, message):
    found = refused(events.put_rule, Name="r", **arguments)
    assert found[0] == code
    assert found[1] == message if message else found[1].startswith("Event pattern is not valid. Reason: ")
    assert events.list_rules()["Rules"] == []


def test_schedules_belong_to_the_default_bus(events):
    events.create_event_bus(Name="orders")
    assert refused(events.put_rule, Name="r", EventBusName="orders", ScheduleExpression="rate(1 minute)") == (
        "ValidationException", "ScheduleExpression is supported only on the default event bus.")
    # Recorded: an empty one is one too.
    assert refused(events.put_rule, Name="r", EventBusName="orders", ScheduleExpression="", EventPattern=PATTERN) == (
        "ValidationException", "ScheduleExpression is supported only on the default event bus.")
    events.put_rule(Name="r", ScheduleExpression="", EventPattern=PATTERN)


def test_a_schedule_has_no_calls_to_see(events):
    state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    assert refused(events.put_rule, Name="r", ScheduleExpression="rate(1 minute)", State=state)[0] == (
        "ValidationException")
    events.put_rule(Name="r", ScheduleExpression="", EventPattern=PATTERN, State=state)
    assert events.describe_rule(Name="r")["State"] == state


# Targets

def test_targets_are_replaced_by_id_and_shown_as_they_were_put(events, account):
    events.put_rule(Name="r", EventPattern=PATTERN)
    answer = events.put_targets(Rule="r", Targets=[{"Id": "a", "Arn": queue(account, "q")}, {
        "Id": "b", "Arn": queue(account, "q"), "Input": '{"a":1}', "RetryPolicy": {"MaximumRetryAttempts": 2}}])
    assert answer["FailedEntryCount"] == 0 and answer["FailedEntries"] == []
    events.put_targets(Rule="r", Targets=[{"Id": "a", "Arn": queue(account, "other")}])
    assert events.list_targets_by_rule(Rule="r")["Targets"] == [
        {"Id": "a", "Arn": queue(account, "other")},
        {"Id": "b", "Arn": queue(account, "q"), "Input": '{"a":1}', "RetryPolicy": {"MaximumRetryAttempts": 2}}]
    first = events.list_targets_by_rule(Rule="r", Limit=1)
    assert [target["Id"] for target in first["Targets"]] == ["a"]
    rest = events.list_targets_by_rule(Rule="r", Limit=1, NextToken=first["NextToken"])
    assert [target["Id"] for target in rest["Targets"]] == ["b"] and "NextToken" not in rest
    assert events.list_rule_names_by_target(TargetArn=queue(account, "q"))["RuleNames"] == ["r"]
    assert events.list_rule_names_by_target(TargetArn=queue(account, "none"))["RuleNames"] == []


def test_a_rule_has_five_targets_at_most(events, account):
    events.put_rule(Name="r", EventPattern=PATTERN)
    targets = [{"Id": str(number), "Arn": queue(account, "q")} for number in range(6)]
    assert refused(events.put_targets, Rule="r", Targets=targets) == (
        "LimitExceededException", "The requested resource exceeds the maximum number allowed.")
    assert events.list_targets_by_rule(Rule="r")["Targets"] == []


ROLE = "arn:aws:iam::000000000000:role/r"


@pytest.mark.parametrize("target, message", [
    ({"Arn": "nothing"}, "Parameter nothing is not valid. Reason: Provided Arn is not in correct format."),
    ({"Arn": "arn:aws:states:us-east-1:000000000000:stateMachine:s"},
     "RoleArn is required for target arn:aws:states:us-east-1:000000000000:stateMachine:s."),
    ({"Arn": "arn:aws:sqs:us-east-1:000000000000:q.fifo"}, "Parameter(s) SqsParameters must be specified for target: t."),
    ({"Arn": "arn:aws:sns:us-east-1:000000000000:t", "SqsParameters": {"MessageGroupId": "g"}},
     "Parameter(s) SqsParameters not supported for target: t."),
    ({"Arn": queue("000000000000", "q"), "Input": "{}", "InputPath": "$.a"},
     "Only one of Input, InputPath, or InputTransformer must be provided for target t."),
    ({"Arn": queue("000000000000", "q"), "InputPath": "a"}, "InputPath for target t is invalid."),
    ({"Arn": queue("000000000000", "q"), "InputTransformer": {"InputPathsMap": {"a": "$.a"}, "InputTemplate": '"<b>"'}},
     "InputTemplate for target t contains invalid placeholder b."),
    ({"Arn": queue("000000000000", "q"), "DeadLetterConfig": {"Arn": "arn:aws:sns:us-east-1:000000000000:t"}},
     "sns is not supported as a dead letter resource."),
    ({"Arn": queue("000000000000", "q"), "DeadLetterConfig": {"Arn": queue("000000000000", "d.fifo")}},
     "SQS FIFO is not supported by Dead Letter Queues."),
    ({"Arn": "arn:aws:ecs:us-east-1:000000000000:cluster/c", "RoleArn": ROLE},
     "Parameter(s) EcsParameters must be specified for target: t."),
    ({"Arn": "arn:aws:ecs:us-east-1:000000000000:cluster/c", "RoleArn": ROLE, "EcsParameters": {
        "TaskDefinitionArn": "arn:aws:ecs:us-east-1:000000000000:task-definition/d", "LaunchType": "FARGATE"}},
     "Parameter NetworkConfiguration must be specified for target t when launch type is FARGATE."),
])
def test_a_bad_target_is_refused(events, target, message):
    events.put_rule(Name="r", EventPattern=PATTERN)
    assert refused(events.put_targets, Rule="r", Targets=[{"Id": "t", **target}]) == ("ValidationException", message)
    assert events.list_targets_by_rule(Rule="r")["Targets"] == []


def test_two_targets_with_one_id_are_refused(events, account):
    events.put_rule(Name="r", EventPattern=PATTERN)
    assert refused(events.put_targets, Rule="r", Targets=[{"Id": "1", "Arn": queue(account, "q")}] * 2) == (
        "ValidationException",
        "Parameter targets is not valid. Reason: More than one target with Id '1' is provided.")


# Tags and patterns

def test_rules_have_tags(events, account):
    rule = events.put_rule(Name="r", EventPattern=PATTERN, Tags=[{"Key": "a", "Value": "1"}])["RuleArn"]
    events.tag_resource(ResourceARN=rule, Tags=[{"Key": "b", "Value": "2"}])
    events.untag_resource(ResourceARN=rule, TagKeys=["a", "unknown"])
    assert events.list_tags_for_resource(ResourceARN=rule)["Tags"] == [{"Key": "b", "Value": "2"}]
    assert refused(events.list_tags_for_resource, ResourceARN=arn(account, "rule/none")) == (
        "ResourceNotFoundException", "Rule none does not exist on EventBus default.")


EVENT = {"id": "1", "account": "1", "source": "shop", "time": "2030-01-01T00:00:00Z", "region": "us-east-1", "resources": [],
         "detail-type": "t", "detail": {"n": 1.0, "list": ["a", "b"]}}


@pytest.mark.parametrize("pattern, matches", [
    ({"source": ["shop"]}, True), ({"source": ["other"]}, False), ({"detail": {"n": [1]}}, True),
    ({"detail": {"list": [{"anything-but": "a"}]}}, True), ({"detail": {"none": [{"exists": False}]}}, True),
    ({"$or": [{"source": ["x"]}, {"detail": {"n": [{"numeric": [">", 0]}]}}]}, True),
])
def test_patterns_can_be_tried(events, pattern, matches):
    assert events.test_event_pattern(EventPattern=json.dumps(pattern), Event=json.dumps(EVENT))["Result"] is matches


@pytest.mark.parametrize("event", ["text", "[]", '{"source":"shop"}', "{"])
def test_an_event_to_try_must_be_one(events, event):
    assert refused(events.test_event_pattern, EventPattern=PATTERN, Event=event) == (
        "ValidationException", "Parameter Event is not valid.")
