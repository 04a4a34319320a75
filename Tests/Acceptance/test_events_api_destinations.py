"""Events that go to API destinations: the requests, their retries by the clock, OAuth tokens, and what people see of it."""

import json
import socket
import urllib.parse

import pytest

from receiver import Receiver

ROLE = "arn:aws:iam::000000000000:role/r"
QUEUE = "arn:aws:sqs:us-east-1:000000000000:dead"
SECRET = "open sesame"
BASIC = {"BasicAuthParameters": {"Username": "user", "Password": SECRET}}
BASIC_HEADER = "Basic dXNlcjpvcGVuIHNlc2FtZQ=="


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def tokens():
    """An OAuth server that counts its tokens."""
    server = Receiver()
    give_token(server, "token 1", 3600)
    yield server
    server.stop()


@pytest.fixture
def events(frozen):
    return frozen.client("events")


@pytest.fixture
def sqs(frozen):
    sqs = frozen.client("sqs")
    sqs.create_queue(QueueName="dead")
    return sqs


def give_token(server, token, lifetime=None):
    answer = {"access_token": token, "token_type": "Bearer", "expires_in": lifetime}
    server.answer = json.dumps({name: value for name, value in answer.items() if value is not None}).encode()


def settle(server):
    return server.json("POST", "/_windtunnel/settle", {"seconds": 20})[1]


def oauth(server, method="POST", **more):
    return {"OAuthParameters": {"AuthorizationEndpoint": server.url, "HttpMethod": method, **more,
                                "ClientParameters": {"ClientID": "me", "ClientSecret": SECRET}}}


def connect(events, kind="BASIC", parameters=BASIC, added=None):
    parameters = {**parameters, **({"InvocationHttpParameters": added} if added else {})}
    return events.create_connection(Name="c", AuthorizationType=kind, AuthParameters=parameters)["ConnectionArn"]


def target(events, url, connection=None, method="POST", destination=None, **more):
    """A rule whose only target is an API destination."""
    arn = events.create_api_destination(
        Name="d", ConnectionArn=connection or connect(events), InvocationEndpoint=url, HttpMethod=method,
        **(destination or {}))["ApiDestinationArn"]
    events.put_rule(Name="r", EventPattern='{"source":["app"]}')
    put = events.put_targets(Rule="r", Targets=[
        {"Id": "t", "Arn": arn, "RoleArn": ROLE, "DeadLetterConfig": {"Arn": QUEUE}, **more}])
    assert put["FailedEntryCount"] == 0
    return arn


def put(events, detail=None, count=1):
    entry = {"Source": "app", "DetailType": "t", "Detail": json.dumps(detail or {"a": 1})}
    return events.put_events(Entries=[entry] * count)["Entries"][0]["EventId"]


def dead(sqs):
    """The attributes of the dead letters."""
    found = sqs.receive_message(QueueUrl="dead", MaxNumberOfMessages=10, MessageAttributeNames=["All"])
    return [{name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
            for message in found.get("Messages", [])]


def test_the_request_is_the_events_with_fixed_headers(frozen, events, receiver):
    target(events, receiver.url)
    event = put(events)
    settle(frozen)
    [(headers, body)] = receiver.requests
    assert receiver.lines == [("POST", "/hook")]
    assert json.loads(body)["id"] == event and json.loads(body)["detail"] == {"a": 1}
    assert headers == {
        "Host": receiver.url.split("/")[2], "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Amazon/EventBridge/ApiDestinations", "Range": "bytes=0-1048575", "Accept-Encoding": "gzip,deflate",
        "Connection": "close", "Content-Length": str(len(body)), "Authorization": BASIC_HEADER}


def test_a_role_is_needed(events, receiver):
    arn = target(events, receiver.url)
    with pytest.raises(Exception, match="RoleArn is required for target"):
        events.put_targets(Rule="r", Targets=[{"Id": "t", "Arn": arn}])


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_every_method_is_sent(frozen, events, receiver, method):
    target(events, receiver.url, method=method)
    put(events)
    assert settle(frozen)["settled"]
    assert receiver.lines == [(method, "/hook")]
    assert frozen.json("GET", "/_windtunnel/deliveries")[1]["deliveries"][0]["state"] == "delivered"


def test_connection_and_target_add_to_the_request_and_the_connection_wins(frozen, events, receiver):
    added = {"HeaderParameters": [{"Key": "X-Both", "Value": "connection"}, {"Key": "X-Own", "Value": "1"},
                                  {"Key": "User-Agent", "Value": "not taken"}],
             "QueryStringParameters": [{"Key": "both", "Value": "connection"}, {"Key": "odd", "Value": "a b&c"}],
             "BodyParameters": [{"Key": "added", "Value": "x"}, {"Key": "kept", "Value": "connection"}]}
    connection = connect(events, "API_KEY", {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": SECRET}}, added)
    url = receiver.url.replace("/hook", "/*/items/*?fixed=1&both=url")
    target(events, url, connection, InputPath="$.detail", HttpParameters={
        "PathParameterValues": ["a/b", "$.detail.id"],
        "HeaderParameters": {"x-both": "target", "X-Target": "$.source", "Content-Type": "text/csv"},
        "QueryStringParameters": {"both": "target", "mine": "2"}})
    put(events, {"kept": "event", "id": "i 7"})
    settle(frozen)
    [(headers, body)] = receiver.requests
    path, query = receiver.lines[0][1].split("?")
    assert path == "/a%2Fb/items/i%207"
    assert urllib.parse.parse_qsl(query) == [("fixed", "1"), ("mine", "2"), ("both", "connection"), ("odd", "a b&c")]
    assert json.loads(body) == {"kept": "connection", "id": "i 7", "added": "x"}
    lower = {name.lower(): value for name, value in headers.items()}
    assert lower["x-both"] == "connection" and lower["x-own"] == "1" and lower["x-target"] == "app"
    assert lower["x-key"] == SECRET and "authorization" not in lower
    assert lower["content-type"] == "text/csv" and lower["user-agent"] == "Amazon/EventBridge/ApiDestinations"


@pytest.mark.parametrize("more, added, why", [
    ({"HttpParameters": {"PathParameterValues": ["1", "2"]}}, None, "wildcards"),
    ({"Input": '"text"'}, {"BodyParameters": [{"Key": "k", "Value": "v"}]}, "no JSON object"),
])
def test_a_request_that_cannot_be_made_is_a_dead_letter_at_once(frozen, events, sqs, receiver, more, added, why):
    target(events, receiver.url.replace("/hook", "/*"), connect(events, added=added), **{
        "HttpParameters": {"PathParameterValues": ["1"]}, **more})
    put(events)
    settle(frozen)
    [letter] = dead(sqs)
    assert letter["ERROR_CODE"] == "INVALID_PARAMETER" and why in letter["ERROR_MESSAGE"]
    assert "RETRY_ATTEMPTS" not in letter and receiver.requests == []


@pytest.mark.parametrize("status", [301, 302, 400, 403, 404])
def test_a_final_answer_is_a_dead_letter_at_once(frozen, events, sqs, receiver, status):
    arn = target(events, receiver.url)
    receiver.statuses = [status]
    put(events)
    settle(frozen)
    frozen.advance("2h")
    [letter] = dead(sqs)
    assert letter == {"RULE_ARN": "arn:aws:events:us-east-1:000000000000:rule/r", "TARGET_ARN": arn,
                      "ERROR_CODE": "ERROR_FROM_TARGET", "ERROR_MESSAGE": f"The endpoint answered {status}"}
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("status", [401, 407, 409, 429, 500, 503])
def test_others_are_tried_again_by_the_clock(frozen, events, sqs, receiver, status):
    target(events, receiver.url, RetryPolicy={"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600})
    receiver.statuses = [status] * 3
    put(events)
    settle(frozen)
    assert len(receiver.requests) == 1 and dead(sqs) == []
    # The first delay is half a second to one; the second twice that.
    frozen.advance("1s")
    assert len(receiver.requests) == 2
    frozen.advance("2s")
    assert len(receiver.requests) == 3
    [letter] = dead(sqs)
    assert letter["ERROR_CODE"] == "ERROR_FROM_TARGET"
    assert letter["RETRY_ATTEMPTS"] == "2" and letter["EXHAUSTED_RETRY_CONDITION"] == "MaximumRetryAttempts"


def test_a_retry_that_succeeds_is_no_dead_letter(frozen, events, sqs, receiver):
    target(events, receiver.url)
    receiver.statuses = [503]
    put(events)
    settle(frozen)
    frozen.advance("1s")
    assert len(receiver.requests) == 2
    frozen.advance("1h")
    assert len(receiver.requests) == 2 and dead(sqs) == []


@pytest.mark.parametrize("value, before, after", [("600", "599s", "1s"), ("Tue, 01 Jan 2030 00:10:00 GMT", "599s", "1s")])
def test_retry_after_is_the_least_delay(frozen, events, receiver, value, before, after):
    target(events, receiver.url)
    receiver.statuses = [(429, {"Retry-After": value})]
    put(events)
    settle(frozen)
    frozen.advance(before)
    assert len(receiver.requests) == 1
    frozen.advance(after)
    assert len(receiver.requests) == 2


def test_a_negative_retry_after_ends_the_attempts_and_a_late_one_exceeds_the_age(frozen, events, sqs, receiver):
    target(events, receiver.url, RetryPolicy={"MaximumRetryAttempts": 9, "MaximumEventAgeInSeconds": 60})
    receiver.statuses = [(503, {"Retry-After": "-1"}), (503, {"Retry-After": "61"})]
    put(events)
    settle(frozen)
    assert "EXHAUSTED_RETRY_CONDITION" not in dead(sqs)[0]
    put(events)
    settle(frozen)
    assert dead(sqs)[0]["EXHAUSTED_RETRY_CONDITION"] == "MaximumEventAgeInSeconds"
    assert len(receiver.requests) == 2


def test_who_is_not_there_and_who_never_answers(frozen, events, sqs, receiver):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        target(events, f"http://127.0.0.1:{silent.getsockname()[1]}/x",
               RetryPolicy={"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60})
        put(events)
        assert settle(frozen)["settled"]
    assert [letter["ERROR_CODE"] for letter in dead(sqs)] == ["TIMEOUT"]
    put(events)
    settle(frozen)
    assert [letter["ERROR_CODE"] for letter in dead(sqs)] == ["CONNECTION_FAILURE"]
    # The next event goes where the destination is by then.
    events.update_api_destination(Name="d", InvocationEndpoint=receiver.url)
    put(events)
    settle(frozen)
    assert len(receiver.requests) == 1


def test_the_rate_is_the_destinations(frozen, events, receiver):
    arn = target(events, receiver.url, destination={"InvocationRateLimitPerSecond": 2})
    events.put_rule(Name="other", EventPattern='{"source":["app"]}')
    events.put_targets(Rule="other", Targets=[{"Id": "t", "Arn": arn, "RoleArn": ROLE}])
    put(events, count=3)
    for expected in (2, 4, 6):
        settle(frozen)
        assert len(receiver.requests) == expected
        frozen.advance("1s")
    assert len(receiver.requests) == 6


def test_what_was_deleted_or_deauthorized_is_not_called(frozen, events, sqs, receiver):
    target(events, receiver.url)
    receiver.statuses = [500, 500]
    put(events)
    settle(frozen)
    events.deauthorize_connection(Name="c")
    frozen.advance("1s")
    [letter] = dead(sqs)
    assert letter["ERROR_CODE"] == "ERROR_FROM_TARGET" and "authorization parameters" in letter["ERROR_MESSAGE"]
    events.update_connection(Name="c", AuthorizationType="BASIC", AuthParameters=BASIC)
    put(events)
    settle(frozen)
    events.delete_connection(Name="c")
    frozen.advance("1s")
    assert [letter["ERROR_CODE"] for letter in dead(sqs)] == ["NO_RESOURCE"]
    events.delete_api_destination(Name="d")
    put(events)
    assert [letter["ERROR_CODE"] for letter in dead(sqs)] == ["NO_RESOURCE"]
    assert len(receiver.requests) == 2


# OAuth


def test_a_token_is_fetched_once_and_used_until_it_expires(frozen, events, receiver, tokens):
    more = {"HeaderParameters": [{"Key": "X-Extra", "Value": "h"}],
            "QueryStringParameters": [{"Key": "q", "Value": "a b"}],
            "BodyParameters": [{"Key": "audience", "Value": "api & more"}]}
    connection = connect(events, "OAUTH_CLIENT_CREDENTIALS", oauth(tokens, OAuthHttpParameters=more))
    target(events, receiver.url, connection)
    settle(frozen)
    [(headers, body)] = tokens.requests
    assert tokens.lines == [("POST", "/hook?q=a%20b")] and headers["X-Extra"] == "h"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert dict(urllib.parse.parse_qsl(body)) == {
        "grant_type": "client_credentials", "client_id": "me", "client_secret": SECRET, "audience": "api & more"}
    assert events.describe_connection(Name="c")["ConnectionState"] == "AUTHORIZED"
    assert events.describe_api_destination(Name="d")["ApiDestinationState"] == "ACTIVE"
    put(events, count=3)
    settle(frozen)
    assert [headers["Authorization"] for headers, _ in receiver.requests] == ["Bearer token 1"] * 3
    give_token(tokens, "token 2")
    # It is renewed a minute before its end.
    frozen.advance("58m")
    put(events)
    settle(frozen)
    assert len(tokens.requests) == 1
    frozen.advance("1m")
    put(events)
    settle(frozen)
    assert receiver.requests[-1][0]["Authorization"] == "Bearer token 2" and len(tokens.requests) == 2
    # A token without an end is good until it is refused.
    frozen.advance("48h")
    put(events)
    settle(frozen)
    assert len(tokens.requests) == 2 and len(receiver.requests) == 6


def test_events_wait_for_the_first_token(frozen, events, receiver, tokens):
    connection = connect(events, "OAUTH_CLIENT_CREDENTIALS", oauth(tokens))
    target(events, receiver.url, connection)
    put(events, count=5)
    assert settle(frozen)["settled"]
    assert [headers["Authorization"] for headers, _ in receiver.requests] == ["Bearer token 1"] * 5
    assert len(tokens.requests) == 1


def test_a_token_request_by_get_is_in_the_url(frozen, events, tokens):
    connect(events, "OAUTH_CLIENT_CREDENTIALS", oauth(tokens, "GET"))
    settle(frozen)
    method, path = tokens.lines[0]
    assert method == "GET" and dict(urllib.parse.parse_qsl(path.split("?")[1])) == {
        "grant_type": "client_credentials", "client_id": "me", "client_secret": SECRET}


@pytest.mark.parametrize("status", [401, 407])
def test_a_refused_token_is_renewed_before_the_next_attempt(frozen, events, receiver, tokens, status):
    target(events, receiver.url, connect(events, "OAUTH_CLIENT_CREDENTIALS", oauth(tokens)))
    settle(frozen)
    give_token(tokens, "token 2", 3600)
    receiver.statuses = [status]
    put(events)
    settle(frozen)
    frozen.advance("1s")
    assert [headers["Authorization"] for headers, _ in receiver.requests] == ["Bearer token 1", "Bearer token 2"]
    assert len(tokens.requests) == 2
    assert events.describe_connection(Name="c")["ConnectionState"] == "AUTHORIZED"


@pytest.mark.parametrize("statuses, answer, reason", [
    ([401], b"{}", "answered 401"), ([], b"{}", "no access token"), ([503], b"{}", "answered 503"),
    ([], b'{"access_token":"x","token_type":"mac"}', "no bearer token"), ([302], b"", "answered 302"),
])
def test_without_a_first_token_the_connection_is_deauthorized(frozen, events, sqs, receiver, tokens, statuses, answer, reason):
    tokens.statuses, tokens.answer = statuses, answer
    target(events, receiver.url, connect(events, "OAUTH_CLIENT_CREDENTIALS", oauth(tokens)))
    put(events)
    settle(frozen)
    described = events.describe_connection(Name="c")
    assert described["ConnectionState"] == "DEAUTHORIZED" and reason in described["StateReason"]
    assert events.describe_api_destination(Name="d")["ApiDestinationState"] == "INACTIVE"
    [letter] = dead(sqs)
    assert reason in letter["ERROR_MESSAGE"] and receiver.requests == []
    # An update authorizes it anew.
    give_token(tokens, "token 2")
    answer = events.update_connection(Name="c", AuthorizationType="OAUTH_CLIENT_CREDENTIALS", AuthParameters=oauth(tokens))
    assert answer["ConnectionState"] == "AUTHORIZING"
    put(events)
    settle(frozen)
    assert receiver.requests[0][0]["Authorization"] == "Bearer token 2"
    assert "StateReason" not in events.describe_connection(Name="c")


def test_a_token_server_that_is_down_later_costs_attempts_only(frozen, events, receiver, tokens):
    target(events, receiver.url, connect(events, "OAUTH_CLIENT_CREDENTIALS", oauth(tokens)))
    settle(frozen)
    frozen.advance("2h")
    tokens.statuses = [(503, {"Retry-After": "30"})]
    put(events)
    settle(frozen)
    assert events.describe_connection(Name="c")["ConnectionState"] == "AUTHORIZED" and receiver.requests == []
    frozen.advance("29s")
    assert receiver.requests == []
    frozen.advance("1s")
    assert len(receiver.requests) == 1 and len(tokens.requests) == 3


def test_a_token_whose_request_was_lost_with_the_server_is_asked_for_again(start, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        server = start("--data", str(tmp_path))
        events = server.client("events")
        server.json("POST", "/_windtunnel/clock", {"freeze": True})
        parameters = {"OAuthParameters": {"AuthorizationEndpoint": f"http://127.0.0.1:{port}/hook", "HttpMethod": "POST",
                                          "ClientParameters": {"ClientID": "me", "ClientSecret": SECRET}}}
        connect(events, "OAUTH_CLIENT_CREDENTIALS", parameters)
        with silent.accept()[0]:
            server.process.kill()
            server.process.wait()
    tokens = Receiver(port)
    give_token(tokens, "token 1")
    server = start("--data", str(tmp_path))
    events = server.client("events")
    assert events.describe_connection(Name="c")["ConnectionState"] == "AUTHORIZING"
    server.advance("1m")
    assert events.describe_connection(Name="c")["ConnectionState"] == "AUTHORIZED"
    tokens.stop()


# What people see


def test_deliveries_and_explanations_show_the_request_without_secrets(frozen, events, receiver):
    secret = {"Value": "a hidden value", "IsValueSecret": True}
    added = {"HeaderParameters": [{"Key": "X-Secret", **secret}, {"Key": "X-Shown", "Value": "1"}],
             "QueryStringParameters": [{"Key": "key", **secret}], "BodyParameters": [{"Key": "pin", **secret}]}
    arn = target(events, receiver.url, connect(events, added=added))
    receiver.echoes, receiver.statuses = True, [503]
    event = put(events)
    settle(frozen)
    frozen.advance("1s")
    assert receiver.lines == [("POST", "/hook?key=a%20hidden%20value")] * 2
    pages = [frozen.json("GET", f"/_windtunnel/{page}")[1] for page in (
        "deliveries", "deliveries/1", f"explain?messageId={event}", f"explain?eventId={event}", "journal?limit=1000")]
    for secret in ("a hidden value", "a%20hidden", SECRET, BASIC_HEADER.split()[1]):
        assert secret not in json.dumps(pages)
    story = pages[1]
    assert story["destination"] == arn and story["state"] == "delivered"
    assert story["request"]["url"] == f"{receiver.url}?key=****" and story["request"]["method"] == "POST"
    assert story["request"]["headers"]["Authorization"] == "Basic ****"
    assert story["request"]["headers"]["X-Secret"] == "****" and story["request"]["headers"]["X-Shown"] == "1"
    assert json.loads(story["request"]["body"])["pin"] == "****"
    assert f"attempt 1, POST {receiver.url}?key=****: failed. The endpoint answered 503" in story["story"][2]
