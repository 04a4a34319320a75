"""Partner event sources, and global endpoints."""

import datetime
import json

import pytest
from botocore.exceptions import ClientError

from conftest import code_and_message

PARTNER, CUSTOMER, OTHER = "111111111111", "222222222222", "333333333333"
NAME = "aws.partner/example.com/orders/new"
ARN = f"arn:aws:events:us-east-1::event-source/{NAME}"
BUS = f"arn:aws:events:us-east-1:{CUSTOMER}:event-bus/"
UTC = datetime.timezone.utc
START = datetime.datetime(2030, 1, 1, tzinfo=UTC)
FORTNIGHT = START + datetime.timedelta(days=14)


@pytest.fixture
def partner(frozen):
    return frozen.client("events", PARTNER)


@pytest.fixture
def customer(frozen):
    return frozen.client("events", CUSTOMER)


def plain(answer):
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def state(customer):
    return customer.describe_event_source(Name=NAME)["State"]


def put(partner, source=NAME, **more):
    entry = {"Source": source, "DetailType": "order", "Detail": '{"n":1}', **more}
    return plain(partner.put_partner_events(Entries=[entry]))


def on_bus(frozen, bus):
    return [entry["detail"] for entry in frozen.journal("event") if entry["subject"] == bus]


# Partner event sources

def test_a_source_waits_for_a_bus(partner, customer):
    assert plain(partner.create_partner_event_source(Name=NAME, Account=CUSTOMER)) == {"EventSourceArn": ARN}
    assert plain(partner.describe_partner_event_source(Name=NAME)) == {"Arn": ARN, "Name": NAME}
    assert partner.list_partner_event_sources(NamePrefix="aws.partner/example.com/")["PartnerEventSources"] == [
        {"Arn": ARN, "Name": NAME}]
    assert partner.list_partner_event_source_accounts(EventSourceName=NAME)["PartnerEventSourceAccounts"] == [
        {"Account": CUSTOMER, "CreationTime": START, "ExpirationTime": FORTNIGHT, "State": "PENDING"}]
    shown = {"Arn": ARN, "CreatedBy": "aws.partner/example.com", "CreationTime": START, "ExpirationTime": FORTNIGHT,
             "Name": NAME, "State": "PENDING"}
    assert plain(customer.describe_event_source(Name=NAME)) == shown
    assert customer.list_event_sources(NamePrefix="aws.partner/example.com")["EventSources"] == [shown]
    assert customer.create_event_bus(Name=NAME, EventSourceName=NAME)["EventBusArn"] == BUS + NAME
    shown.pop("ExpirationTime")
    assert plain(customer.describe_event_source(Name=NAME)) == {**shown, "State": "ACTIVE"}
    assert partner.list_partner_event_source_accounts(EventSourceName=NAME)["PartnerEventSourceAccounts"] == [
        {"Account": CUSTOMER, "CreationTime": START, "State": "ACTIVE"}]


def test_events_come_to_the_bus_that_is_joined(frozen, partner, customer):
    partner.create_partner_event_source(Name=NAME, Account=CUSTOMER)
    customer.create_event_bus(Name=NAME, EventSourceName=NAME)
    sqs = frozen.client("sqs", CUSTOMER)
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    customer.put_rule(Name="r", EventBusName=NAME, EventPattern=json.dumps({"account": [CUSTOMER]}))
    customer.put_targets(Rule="r", EventBusName=NAME,
                         Targets=[{"Id": "q", "Arn": f"arn:aws:sqs:us-east-1:{CUSTOMER}:q"}])
    answer = put(partner, Resources=["x"], Time=datetime.datetime(2029, 5, 6, tzinfo=UTC))
    assert answer["FailedEntryCount"] == 0
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"]) == {
        "version": "0", "id": answer["Entries"][0]["EventId"], "detail-type": "order", "source": NAME,
        "account": CUSTOMER, "time": "2029-05-06T00:00:00Z", "region": "us-east-1", "resources": ["x"],
        "detail": {"n": 1}}


def test_each_customer_has_a_source_of_the_name(frozen, partner, customer):
    for account in (CUSTOMER, OTHER):
        partner.create_partner_event_source(Name=NAME, Account=account)
        frozen.client("events", account).create_event_bus(Name=NAME, EventSourceName=NAME)
    accounts = partner.list_partner_event_source_accounts(EventSourceName=NAME)["PartnerEventSourceAccounts"]
    assert [account["Account"] for account in accounts] == [CUSTOMER, OTHER]
    (result,) = put(partner)["Entries"]
    for account in (CUSTOMER, OTHER):
        (event,) = on_bus(frozen, f"arn:aws:events:us-east-1:{account}:event-bus/{NAME}")
        assert (event["account"], event["id"]) == (account, result["EventId"])


def test_a_deactivated_source_gets_nothing(frozen, partner, customer):
    partner.create_partner_event_source(Name=NAME, Account=CUSTOMER)
    customer.create_event_bus(Name=NAME, EventSourceName=NAME)
    customer.deactivate_event_source(Name=NAME)
    assert state(customer) == "PENDING"
    assert put(partner)["FailedEntryCount"] == 0 and on_bus(frozen, BUS + NAME) == []
    assert frozen.journal("eventDropped")
    customer.activate_event_source(Name=NAME)
    assert state(customer) == "ACTIVE"
    put(partner)
    assert len(on_bus(frozen, BUS + NAME)) == 1


def test_a_source_that_waits_too_long_is_gone(frozen, partner, customer):
    partner.create_partner_event_source(Name=NAME, Account=CUSTOMER)
    frozen.advance("13d")
    customer.create_event_bus(Name=NAME, EventSourceName=NAME)
    frozen.advance("30d")
    assert state(customer) == "ACTIVE"
    customer.deactivate_event_source(Name=NAME)
    frozen.advance("14d")
    with pytest.raises(ClientError) as raised:
        state(customer)
    assert code_and_message(raised) == ("ResourceNotFoundException", f"Event source {NAME} does not exist.")
    assert partner.list_partner_event_sources(NamePrefix="aws.partner/example.com/")["PartnerEventSources"] == []


def test_the_partner_withdraws_a_source(frozen, partner, customer):
    partner.create_partner_event_source(Name=NAME, Account=CUSTOMER)
    customer.create_event_bus(Name=NAME, EventSourceName=NAME)
    partner.delete_partner_event_source(Name=NAME, Account=CUSTOMER)
    assert state(customer) == "DELETED"
    assert put(partner)["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"
    for call in (customer.activate_event_source, customer.deactivate_event_source):
        with pytest.raises(ClientError) as raised:
            call(Name=NAME)
        assert raised.value.response["Error"]["Code"] == "InvalidStateException"
    with pytest.raises(ClientError) as raised:
        partner.describe_partner_event_source(Name=NAME)
    assert raised.value.response["Error"]["Code"] == "ResourceNotFoundException"
    partner.delete_partner_event_source(Name=NAME, Account=CUSTOMER)
    customer.delete_event_bus(Name=NAME)
    assert customer.list_event_sources()["EventSources"] == []
    partner.create_partner_event_source(Name=NAME, Account=CUSTOMER)
    assert state(customer) == "PENDING"


def test_a_source_waits_again_when_its_bus_is_deleted(partner, customer):
    partner.create_partner_event_source(Name=NAME, Account=CUSTOMER)
    customer.create_event_bus(Name=NAME, EventSourceName=NAME)
    customer.delete_event_bus(Name=NAME)
    assert state(customer) == "PENDING"
    with pytest.raises(ClientError) as raised:
        customer.activate_event_source(Name=NAME)
    assert raised.value.response["Error"]["Code"] == "InvalidStateException"


def test_what_is_refused_of_sources(frozen, partner, customer):
    partner.create_partner_event_source(Name=NAME, Account=CUSTOMER)
    exists = ("ResourceAlreadyExistsException", f"Event source {NAME} already exists.")
    for client, account in ((partner, CUSTOMER), (frozen.client("events", OTHER), OTHER)):
        with pytest.raises(ClientError) as raised:
            client.create_partner_event_source(Name=NAME, Account=account)
        assert code_and_message(raised) == exists
    missing = "aws.partner/example.com/no"
    with pytest.raises(ClientError) as raised:
        customer.create_event_bus(Name=missing, EventSourceName=missing)
    assert code_and_message(raised) == ("ResourceNotFoundException", f"Event source {missing} does not exist.")
    with pytest.raises(ClientError) as raised:
        customer.create_event_bus(Name="x", EventSourceName=NAME)
    assert code_and_message(raised) == ("ValidationException", "Event bus name must match event source name.")
    with pytest.raises(ClientError) as raised:
        customer.create_event_bus(Name=NAME)
    assert code_and_message(raised) == ("ValidationException", "Event bus name must not contain '/'.")
    with pytest.raises(ClientError) as raised:
        partner.create_partner_event_source(Name="example.com/x", Account=CUSTOMER)
    assert raised.value.response["Error"]["Code"] == "ValidationException"


@pytest.mark.parametrize("entry, code, message", [
    ({"Source": "aws.partner/example.com/no"}, "NotAuthorizedForSourceException", "Not authorized for the source."),
    ({"DetailType": ""}, "InvalidArgument",
     "Parameter DetailType is not valid. Reason: DetailType is a required argument."),
    ({"Detail": "[]"}, "MalformedDetail", "Detail is malformed."),
])
def test_what_is_refused_of_partner_events(partner, entry, code, message):
    partner.create_partner_event_source(Name=NAME, Account=CUSTOMER)
    entry = {"Source": NAME, "DetailType": "t", "Detail": "{}", **entry}
    assert plain(partner.put_partner_events(Entries=[entry])) == {
        "FailedEntryCount": 1, "Entries": [{"ErrorCode": code, "ErrorMessage": message}]}


def test_pages_of_sources(partner, customer):
    names = [f"aws.partner/example.com/{number}" for number in range(3)]
    for name in names:
        partner.create_partner_event_source(Name=name, Account=CUSTOMER)

    def pages(call, key, **more):
        answer = call(Limit=2, **more)
        rest = call(Limit=2, NextToken=answer["NextToken"], **more)
        assert "NextToken" not in rest
        return [source["Name"] for source in answer[key] + rest[key]]

    assert pages(customer.list_event_sources, "EventSources") == names
    assert pages(partner.list_partner_event_sources, "PartnerEventSources",
                 NamePrefix="aws.partner/example.com/") == names


# Global endpoints

ROUTING = {"FailoverConfig": {"Primary": {"HealthCheck": "arn:aws:route53:::healthcheck/abc"},
                              "Secondary": {"Route": "us-west-2"}}}
ROLE = "arn:aws:iam::222222222222:role/replicate"
ENDPOINT = f"arn:aws:events:us-east-1:{CUSTOMER}:endpoint/e"


def buses(name="bus", account=CUSTOMER, regions=("us-east-1", "us-west-2")):
    return [{"EventBusArn": f"arn:aws:events:{region}:{account}:event-bus/{name}"} for region in regions]


@pytest.fixture
def create(frozen, customer):
    for region in ("us-east-1", "us-west-2"):
        frozen.client("events", CUSTOMER, region).create_event_bus(Name="bus")

    def create(**more):
        return customer.create_endpoint(
            **{"Name": "e", "RoutingConfig": ROUTING, "EventBuses": buses(), "RoleArn": ROLE, **more})

    return create


def test_the_life_of_an_endpoint(frozen, customer, create):
    shown = {"Name": "e", "Arn": ENDPOINT, "RoutingConfig": ROUTING, "ReplicationConfig": {"State": "ENABLED"},
             "EventBuses": buses(), "RoleArn": ROLE}
    assert plain(create(Description="d")) == {**shown, "State": "CREATING"}
    assert customer.describe_endpoint(Name="e")["State"] == "CREATING"
    frozen.advance("1s")
    endpoint = plain(customer.describe_endpoint(Name="e"))
    name = endpoint["EndpointId"]
    second = datetime.timedelta(seconds=1)
    assert endpoint == {
        **shown, "Description": "d", "State": "ACTIVE", "EndpointId": name, "CreationTime": START,
        "EndpointUrl": f"https://{name}.endpoint.events.amazonaws.com", "LastModifiedTime": START + second}
    assert customer.list_endpoints(NamePrefix="e")["Endpoints"] == [endpoint]
    west = frozen.client("events", CUSTOMER, "us-west-2")
    assert west.list_endpoints()["Endpoints"] == []
    assert west.describe_endpoint(Name="e", HomeRegion="us-east-1")["EndpointId"] == name
    updated = customer.update_endpoint(Name="e", ReplicationConfig={"State": "DISABLED"})
    assert (updated["State"], updated["EndpointId"], updated["ReplicationConfig"]) == (
        "UPDATING", name, {"State": "DISABLED"})
    frozen.advance("1s")
    assert customer.describe_endpoint(Name="e")["State"] == "ACTIVE"
    assert plain(customer.delete_endpoint(Name="e")) == {}
    assert customer.describe_endpoint(Name="e")["State"] == "DELETING"
    frozen.advance("1s")
    with pytest.raises(ClientError) as raised:
        customer.describe_endpoint(Name="e")
    assert raised.value.response["Error"]["Code"] == "ResourceNotFoundException"


def put_through(frozen, endpoint, **entry):
    """Version 4A signatures, which clients make for endpoints, need a library: plain JSON needs none."""
    entry = {"Source": "s", "DetailType": "t", "Detail": "{}", "EventBusName": "bus", **entry}
    return frozen.json("POST", "/events/PutEvents", {"EndpointId": endpoint, "Entries": [entry]},
                       {"X-Account": CUSTOMER, "X-Region": "us-west-2"})


def test_events_come_to_both_regions(frozen, customer, create):
    create()
    frozen.advance("1s")
    endpoint = customer.describe_endpoint(Name="e")["EndpointId"]
    status, answer = put_through(frozen, endpoint)
    assert status == 200 and answer["FailedEntryCount"] == 0
    east, west = (bus["EventBusArn"] for bus in buses())
    (first,), (second,) = on_bus(frozen, east), on_bus(frozen, west)
    assert (first["id"], first["region"]) == (answer["Entries"][0]["EventId"], "us-east-1")
    assert second["id"] != first["id"] and {**second, "id": first["id"]} == first
    customer.update_endpoint(Name="e", ReplicationConfig={"State": "DISABLED"})
    put_through(frozen, endpoint, EventBusName=west)
    assert (len(on_bus(frozen, east)), len(on_bus(frozen, west))) == (2, 1)
    status, answer = put_through(frozen, endpoint, EventBusName="other")
    assert status == 400
    assert put_through(frozen, "no.veo")[0] == 400


@pytest.mark.parametrize("call", [
    {"EventBuses": buses()[:1] + buses("other")[1:]}, {"EventBuses": buses(account=OTHER)},
    {"EventBuses": buses(regions=("eu-west-1", "us-west-2"))},
    {"EventBuses": buses(regions=("us-east-1", "eu-west-1"))}, {"RoleArn": None},
])
def test_what_create_endpoint_refuses(create, customer, call):
    call = {key: value for key, value in {"Name": "e", "RoutingConfig": ROUTING, "EventBuses": buses(),
                                          "RoleArn": ROLE, **call}.items() if value}
    with pytest.raises(ClientError) as raised:
        customer.create_endpoint(**call)
    assert raised.value.response["Error"]["Code"] == "ValidationException"


def test_an_endpoint_needs_its_buses(frozen, customer, create):
    create(EventBuses=buses("missing"))
    with pytest.raises(ClientError) as raised:
        create()
    assert raised.value.response["Error"]["Code"] == "ResourceAlreadyExistsException"
    frozen.advance("1s")
    endpoint = customer.describe_endpoint(Name="e")
    assert endpoint["State"] == "CREATE_FAILED" and "missing does not exist" in endpoint["StateReason"]
    for call in (customer.update_endpoint, customer.delete_endpoint, customer.describe_endpoint):
        with pytest.raises(ClientError) as raised:
            call(Name="no")
        assert raised.value.response["Error"]["Code"] == "ResourceNotFoundException"
