"""Connections and API destinations as operations see them; the shapes and texts are those that AWS was seen to answer."""

import json
import re

import pytest
from botocore.exceptions import ClientError

from conftest import code_and_message
from receiver import Receiver

BASIC = {"BasicAuthParameters": {"Username": "user", "Password": "open sesame"}}
API_KEY = {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "open sesame"}}
PARAMETERS = {
    "HeaderParameters": [{"Key": "X-A", "Value": "shown", "IsValueSecret": False},
                         {"Key": "X-B", "Value": "hidden value", "IsValueSecret": True}],
    "QueryStringParameters": [{"Key": "q", "Value": "1"}],
    "BodyParameters": [{"Key": "b", "Value": "hidden body", "IsValueSecret": True}]}
SHOWN = {
    "HeaderParameters": [{"Key": "X-A", "Value": "shown", "IsValueSecret": False}, {"Key": "X-B", "IsValueSecret": True}],
    "QueryStringParameters": [{"Key": "q", "Value": "1", "IsValueSecret": False}],
    "BodyParameters": [{"Key": "b", "IsValueSecret": True}]}


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def events(frozen):
    return frozen.client("events")


def settle(server):
    return server.json("POST", "/_windtunnel/settle")[1]


def bare(answer):
    return {name: value for name, value in answer.items() if name != "ResponseMetadata" and not name.endswith("Time")}


def oauth(endpoint="https://127.0.0.1:1/oauth", **more):
    return {"OAuthParameters": {"AuthorizationEndpoint": endpoint, "HttpMethod": "POST", **more,
                                "ClientParameters": {"ClientID": "id", "ClientSecret": "client secret"}}}


def connect(events, name="c", kind="BASIC", parameters=BASIC, **more):
    return events.create_connection(Name=name, AuthorizationType=kind, AuthParameters=parameters, **more)["ConnectionArn"]


@pytest.mark.parametrize("kind, parameters, shown", [
    ("BASIC", BASIC, {"BasicAuthParameters": {"Username": "user"}}),
    ("API_KEY", {**API_KEY, "InvocationHttpParameters": {}},
     {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key"}, "InvocationHttpParameters": {}}),
    ("BASIC", {**BASIC, "InvocationHttpParameters": PARAMETERS},
     {"BasicAuthParameters": {"Username": "user"}, "InvocationHttpParameters": SHOWN}),
])
def test_a_connection_shows_all_but_its_secrets(events, kind, parameters, shown):
    created = events.create_connection(Name="c", Description="d", AuthorizationType=kind, AuthParameters=parameters)
    assert set(created) == {"ConnectionArn", "ConnectionState", "CreationTime", "LastModifiedTime", "ResponseMetadata"}
    assert created["ConnectionState"] == "AUTHORIZED"
    arn = created["ConnectionArn"]
    assert re.fullmatch(r"arn:aws:events:us-east-1:000000000000:connection/c/[0-9a-f-]{36}", arn)
    described = events.describe_connection(Name="c")
    secret = described.pop("SecretArn")
    assert re.fullmatch(r"arn:aws:secretsmanager:us-east-1:000000000000:secret:events!connection/c/[0-9a-f-]{36}-\w{6}",
                        secret)
    assert bare(described) == {"Name": "c", "Description": "d", "ConnectionArn": arn, "AuthorizationType": kind,
                               "ConnectionState": "AUTHORIZED", "AuthParameters": shown}
    assert {"CreationTime", "LastModifiedTime", "LastAuthorizedTime"} <= set(described)
    listed = events.list_connections(NamePrefix="c")["Connections"]
    assert [bare(c) for c in listed] == [{"Name": "c", "ConnectionArn": arn, "AuthorizationType": kind,
                                          "ConnectionState": "AUTHORIZED"}]


def test_an_oauth_connection_begins_authorizing_and_ends_deauthorized_where_nobody_gives_a_token(frozen, events):
    parameters = {"HeaderParameters": [{"Key": "h", "Value": "v", "IsValueSecret": False}]}
    created = events.create_connection(Name="c", AuthorizationType="OAUTH_CLIENT_CREDENTIALS",
                                       AuthParameters=oauth(OAuthHttpParameters=parameters))
    assert created["ConnectionState"] == "AUTHORIZING"
    settle(frozen)
    described = events.describe_connection(Name="c")
    assert described["ConnectionState"] == "DEAUTHORIZED" and "no answer" in described["StateReason"]
    assert described["AuthParameters"] == {"OAuthParameters": {
        "AuthorizationEndpoint": "https://127.0.0.1:1/oauth", "ClientParameters": {"ClientID": "id"}, "HttpMethod": "POST",
        "OAuthHttpParameters": parameters}}


def test_an_update_keeps_what_it_does_not_name(events):
    arn = connect(events, parameters={**BASIC, "InvocationHttpParameters": PARAMETERS})
    secret = events.describe_connection(Name="c")["SecretArn"]
    updated = events.update_connection(Name="c", AuthorizationType="BASIC",
                                       AuthParameters={"BasicAuthParameters": {"Username": "new"}})
    assert bare(updated) == {"ConnectionArn": arn, "ConnectionState": "AUTHORIZED"} and "LastAuthorizedTime" in updated
    described = events.describe_connection(Name="c")
    assert described["AuthParameters"] == {"BasicAuthParameters": {"Username": "new"}, "InvocationHttpParameters": SHOWN}
    assert described["SecretArn"] == secret
    events.update_connection(Name="c", Description="only this")
    assert events.describe_connection(Name="c")["Description"] == "only this"
    # Another type keeps nothing of the old one.
    events.update_connection(Name="c", AuthorizationType="API_KEY", AuthParameters=API_KEY)
    assert events.describe_connection(Name="c")["AuthParameters"] == {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key"}}
    with pytest.raises(ClientError) as raised:
        events.update_connection(Name="c", AuthorizationType="BASIC",
                                 AuthParameters={"BasicAuthParameters": {"Username": "half"}})
    assert "Parameter BasicAuthParameters is not valid. Reason: Missing required field(s)" in str(raised.value)


def test_deauthorizing_takes_the_secret_away_and_an_update_gives_another(events):
    connect(events)
    secret = events.describe_connection(Name="c")["SecretArn"]
    assert events.deauthorize_connection(Name="c")["ConnectionState"] == "DEAUTHORIZING"
    described = events.describe_connection(Name="c")
    assert described["ConnectionState"] == "DEAUTHORIZED" and "SecretArn" not in described
    assert described["StateReason"] == (
        "The authorization parameters were removed from this connection by a DeauthorizeConnection operation.")
    assert described["AuthParameters"] == {}
    events.update_connection(Name="c", AuthorizationType="BASIC", AuthParameters=BASIC)
    described = events.describe_connection(Name="c")
    assert described["ConnectionState"] == "AUTHORIZED" and described["SecretArn"] != secret
    assert "StateReason" not in described


def test_a_deleted_connection_is_gone_and_its_destination_is_inactive(events):
    arn = connect(events)
    events.create_api_destination(Name="d", ConnectionArn=arn, InvocationEndpoint="https://example.com", HttpMethod="POST")
    deleted = events.delete_connection(Name="c")
    assert bare(deleted) == {"ConnectionArn": arn, "ConnectionState": "DELETING"} and "LastAuthorizedTime" in deleted
    for operation in (events.describe_connection, events.delete_connection, events.deauthorize_connection):
        with pytest.raises(events.exceptions.ResourceNotFoundException) as raised:
            operation(Name="c")
        assert code_and_message(raised)[1] == (
            "Failed to describe the connection(s). Connection 'c' does not exist.")
    # Another connection of the same name is another connection.
    connect(events)
    destination = events.describe_api_destination(Name="d")
    assert destination["ApiDestinationState"] == "INACTIVE" and "ConnectionArn" not in destination


@pytest.mark.parametrize("kind, parameters, message", [
    ("INVALID", {}, "1 validation error detected: Value 'INVALID' at 'authorizationType' failed to satisfy constraint: "
                    "Member must satisfy enum value set: [BASIC, OAUTH_CLIENT_CREDENTIALS, API_KEY]"),
    ("BASIC", API_KEY, "Failed to create the connection(s). Parameter BasicAuthParameters is not valid. "
                       "Reason: Missing required field(s)"),
    ("API_KEY", {}, "Failed to create the connection(s). Parameter ApiKeyAuthParameters is not valid. "
                    "Reason: Missing required field(s)"),
    ("OAUTH_CLIENT_CREDENTIALS", BASIC, "Failed to create the connection(s). Parameter OAuthParameters is not valid. "
                                        "Reason: Missing required field(s)"),
    ("OAUTH_CLIENT_CREDENTIALS", oauth("http://example.com"),
     "Failed to create the connection(s). Parameter AuthorizationEndpoint is not valid. "
     "Reason: Endpoint 'http://example.com' is invalid, please provide a valid HTTPS endpoint URL."),
])
def test_connections_that_are_refused(events, kind, parameters, message):
    with pytest.raises(ClientError) as raised:
        connect(events, "c", kind, parameters)
    assert code_and_message(raised) == ("ValidationException", message)


def test_names_are_checked_and_taken_once(events):
    arn = connect(events)
    with pytest.raises(events.exceptions.ResourceAlreadyExistsException):
        connect(events)
    with pytest.raises(ClientError) as raised:
        connect(events, "Invalid Name With Spaces!")
    assert code_and_message(raised)[1] == (
        "1 validation error detected: Value 'Invalid Name With Spaces!' at 'name' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+")
    wanted = {"Name": "d", "ConnectionArn": arn, "InvocationEndpoint": "https://example.com", "HttpMethod": "POST"}
    events.create_api_destination(**wanted)
    with pytest.raises(events.exceptions.ResourceAlreadyExistsException) as raised:
        events.create_api_destination(**wanted)
    assert code_and_message(raised)[1] == (
        "Failed to create the api-destination(s). An api-destination with name 'd' already exists.")
    with pytest.raises(ClientError) as raised:
        events.update_connection(Name="c", AuthParameters=BASIC)
    assert code_and_message(raised)[1].startswith("Failed to update the connection(s). At least one of the following")


def test_lists_come_in_pages(events):
    arns = [connect(events, f"c{number}") for number in range(5)]
    for number in range(5):
        events.create_api_destination(Name=f"d{number}", ConnectionArn=arns[number % 2], HttpMethod="GET",
                                      InvocationEndpoint="https://example.com")
    pages = []
    for operation, member, more in ((events.list_connections, "Connections", {}),
                                    (events.list_api_destinations, "ApiDestinations", {})):
        names, token = [], {}
        while True:
            page = operation(Limit=2, **token, **more)
            names.append([item["Name"][1:] for item in page[member]])
            if "NextToken" not in page:
                break
            token = {"NextToken": page["NextToken"]}
        pages.append(names)
    assert pages == [[["0", "1"], ["2", "3"], ["4"]]] * 2
    events.deauthorize_connection(Name="c3")
    assert [c["Name"] for c in events.list_connections(ConnectionState="DEAUTHORIZED")["Connections"]] == ["c3"]
    assert [d["Name"] for d in events.list_api_destinations(ConnectionArn=arns[1])["ApiDestinations"]] == ["d1", "d3"]
    assert [d["Name"] for d in events.list_api_destinations(NamePrefix="d4")["ApiDestinations"]] == ["d4"]
    with pytest.raises(ClientError) as raised:
        events.list_api_destinations(NamePrefix="d", ConnectionArn=arns[0])
    assert "only one filter is supported per request" in str(raised.value)


def test_an_api_destination_from_creation_to_deletion(events):
    connection = connect(events)
    created = events.create_api_destination(Name="d", Description="D", ConnectionArn=connection, HttpMethod="POST",
                                            InvocationEndpoint="https://example.com/api")
    arn = created["ApiDestinationArn"]
    assert re.fullmatch(r"arn:aws:events:us-east-1:000000000000:api-destination/d/[0-9a-f-]{36}", arn)
    assert bare(created) == {"ApiDestinationArn": arn, "ApiDestinationState": "ACTIVE"}
    shown = {"Name": "d", "ApiDestinationArn": arn, "ApiDestinationState": "ACTIVE", "ConnectionArn": connection,
             "InvocationEndpoint": "https://example.com/api", "HttpMethod": "POST", "InvocationRateLimitPerSecond": 300}
    assert bare(events.describe_api_destination(Name="d")) == {**shown, "Description": "D"}
    assert [bare(d) for d in events.list_api_destinations()["ApiDestinations"]] == [shown]
    assert bare(events.update_api_destination(Name="d", HttpMethod="PUT", InvocationRateLimitPerSecond=5)) == bare(created)
    assert bare(events.describe_api_destination(Name="d")) == {**shown, "Description": "D", "HttpMethod": "PUT",
                                                               "InvocationRateLimitPerSecond": 5}
    assert bare(events.delete_api_destination(Name="d")) == {}
    for operation, word in ((events.describe_api_destination, "describe"), (events.update_api_destination, "update"),
                            (events.delete_api_destination, "delete")):
        with pytest.raises(events.exceptions.ResourceNotFoundException) as raised:
            operation(Name="d")
        assert code_and_message(raised)[1] == (
            f"Failed to {word} the api-destination(s). An api-destination 'd' does not exist.")


def test_api_destinations_that_are_refused(events):
    connection = connect(events)

    def refused(**changes):
        with pytest.raises(ClientError) as raised:
            events.create_api_destination(**{"Name": "d", "ConnectionArn": connection, "HttpMethod": "POST",
                                             "InvocationEndpoint": "https://example.com", **changes})
        return code_and_message(raised)

    assert refused(ConnectionArn="invalid-connection-arn", HttpMethod="INVALID_METHOD", InvocationEndpoint="invalid") == (
        "ValidationException",
        "2 validation errors detected: Value 'invalid-connection-arn' at 'connectionArn' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: "
        "^arn:aws([a-z]|\\-)*:events:([a-z]|\\d|\\-)*:([0-9]{12})?:connection\\/[\\.\\-_A-Za-z0-9]+\\/[\\-A-Za-z0-9]+$; "
        "Value 'INVALID_METHOD' at 'httpMethod' failed to satisfy constraint: Member must satisfy enum value set: "
        "[HEAD, POST, PATCH, DELETE, PUT, GET, OPTIONS]")
    assert refused(InvocationEndpoint="http://example.com/x") == (
        "ValidationException",
        "Failed to create the api-destination(s). Parameter InvocationEndpoint is not valid. "
        "Reason: Endpoint 'http://example.com/x' is invalid, please provide a valid HTTPS endpoint URL.")
    assert refused(InvocationEndpoint="http://localhost.example.com/x")[0] == "ValidationException"
    elsewhere = connection.replace("us-east-1", "us-west-2")
    assert refused(ConnectionArn=elsewhere) == ("ValidationException", f"Invalid ARN: '{elsewhere}'")
    missing = connection.replace("connection/c/", "connection/gone/")
    assert refused(ConnectionArn=missing) == (
        "ResourceNotFoundException",
        f"Failed to create the api-destination(s). Connection '{missing}' does not exist.")
    assert refused(InvocationRateLimitPerSecond=301) == (
        "LimitExceededException",
        "Failed to create the api-destination(s). Invalid Invocation Rate Limit: Rate specified '301' for 'd' exceeds "
        "maximum allowed of '300'.")
    for endpoint in ("http://127.0.0.1:8080/x", "http://localhost/x", "https://example.com/*/x"):
        events.create_api_destination(Name=re.sub(r"\W", "-", endpoint), ConnectionArn=connection, HttpMethod="POST",
                                      InvocationEndpoint=endpoint)


def test_no_secret_stands_in_the_store_or_the_journal(start, tmp_path, receiver):
    server = start("--data", str(tmp_path))
    events = server.client("events")
    receiver.answer = json.dumps({"access_token": "token of gold", "expires_in": 3600}).encode()
    events.put_rule(Name="calls", EventPattern='{"detail-type":["AWS API Call via CloudTrail"]}')
    connect(events, "basic", parameters={**BASIC, "InvocationHttpParameters": PARAMETERS})
    connect(events, "oauth", "OAUTH_CLIENT_CREDENTIALS", oauth(receiver.url))
    settle(server)
    assert events.describe_connection(Name="oauth")["ConnectionState"] == "AUTHORIZED"
    journal = json.dumps(server.json("GET", "/_windtunnel/journal?limit=1000")[1])
    assert "HIDDEN_DUE_TO_SECURITY_REASONS" in journal
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for secret in ("open sesame", "hidden value", "hidden body", "client secret", "token of gold"):
        assert secret not in journal and secret.encode() not in files
