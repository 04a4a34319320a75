"""What the default bus is told of connections and API destinations, as "Amazon EventBridge events detail reference" has it."""

import pytest

BASIC = {"AuthorizationType": "BASIC",
         "AuthParameters": {"BasicAuthParameters": {"Username": "user", "Password": "open sesame"}}}
# Nobody listens there.
OAUTH = {"AuthorizationType": "OAUTH_CLIENT_CREDENTIALS", "AuthParameters": {"OAuthParameters": {
    "AuthorizationEndpoint": "https://127.0.0.1:1/oauth", "HttpMethod": "POST",
    "ClientParameters": {"ClientID": "id", "ClientSecret": "client secret"}}}}


@pytest.fixture
def events(frozen):
    return frozen.client("events")


@pytest.fixture
def told(frozen):
    """Gives the types of the events since the last time, in their order."""
    seen = []

    def new():
        found = [entry["detail"]["detail-type"] for entry in frozen.journal("event")[len(seen):]]
        seen.extend(found)
        return found

    return new


def test_the_life_of_a_connection_is_told(events, told):
    events.create_connection(Name="c", **BASIC)
    assert told() == ["Connection Creation Started", "Connection Authorized"]
    events.update_connection(Name="c", **BASIC)
    assert told() == ["Connection Update Started", "Connection Authorized"]
    events.deauthorize_connection(Name="c")
    assert told() == ["Connection Deauthorization Started", "Connection Deauthorized"]
    events.deauthorize_connection(Name="c")
    assert told() == []
    events.delete_connection(Name="c")
    assert told() == ["Connection Deletion Started"]


def test_an_event_names_the_connection_and_the_reason(frozen, events):
    arn = events.create_connection(Name="c", **BASIC)["ConnectionArn"]
    events.deauthorize_connection(Name="c")
    started, *_, ended = [entry["detail"] for entry in frozen.journal("event")]
    assert {name: value for name, value in started.items() if name != "id"} == {
        "version": "0", "detail-type": "Connection Creation Started", "source": "aws.events", "account": "000000000000",
        "time": "2030-01-01T00:00:00Z", "region": "us-east-1", "resources": [arn],
        "detail": {"ConnectionName": "c", "Timestamp": "2030-01-01 00:00:00 +0000 UTC"}}
    assert ended["detail"] == {
        "ConnectionName": "c", "Timestamp": "2030-01-01 00:00:00 +0000 UTC",
        "StateReason": "The authorization parameters were removed from this connection by a DeauthorizeConnection operation."}


def test_a_token_that_does_not_come_is_told(frozen, events, told):
    events.create_connection(Name="c", **OAUTH)
    frozen.json("POST", "/_windtunnel/settle")
    assert told() == ["Connection Creation Started", "Connection Authorization Started", "Connection Deauthorized"]


def test_api_destinations_go_with_their_connection(frozen, events, told):
    arn = events.create_connection(Name="c", **BASIC)["ConnectionArn"]
    destination = events.create_api_destination(
        Name="d", ConnectionArn=arn, InvocationEndpoint="https://example.com", HttpMethod="POST")["ApiDestinationArn"]
    told()
    events.update_connection(Name="c", Description="changes nothing")
    assert told() == ["Connection Update Started", "Connection Authorized"]
    events.deauthorize_connection(Name="c")
    assert told()[-1] == "API Destination Deactivated"
    last = frozen.journal("event")[-1]["detail"]
    assert last["resources"] == [destination]
    assert last["detail"] == {"ApiDestinationName": "d", "Timestamp": "2030-01-01 00:00:00 +0000 UTC"}
    events.update_connection(Name="c", **BASIC)
    assert told()[-1] == "API Destination Activated"
    events.delete_connection(Name="c")
    assert told() == ["Connection Deletion Started", "API Destination Deactivated"]


def test_a_rule_hears_of_connections(frozen, events):
    sqs = frozen.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    events.put_rule(Name="r", EventPattern='{"source":["aws.events"],"detail-type":[{"prefix":"Connection "}]}')
    events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": "arn:aws:sqs:us-east-1:000000000000:q",
                                           "InputPath": "$.detail-type"}])
    events.create_connection(Name="c", **BASIC)
    bodies = [message["Body"] for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]]
    assert sorted(bodies) == ['"Connection Authorized"', '"Connection Creation Started"']
