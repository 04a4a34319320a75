"""Pipes that are enriched by, or lead to, API destinations: what is sent, what the answers do, and what people see of it."""

import json

import pytest

from receiver import Receiver
from test_pipes_runs import ROLE, World, arn

SECRET = "open sesame"


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def world(frozen):
    world = World(frozen)
    world.queue("in")
    world.queue("out")
    return world


def destination(world, url, name="d", method="POST", **more):
    events = world.server.client("events")
    connection = events.create_connection(Name=name, AuthorizationType="BASIC", AuthParameters={
        "BasicAuthParameters": {"Username": "user", "Password": SECRET}})["ConnectionArn"]
    world.settle()
    return events.create_api_destination(Name=name, ConnectionArn=connection, InvocationEndpoint=url,
                                         HttpMethod=method, **more)["ApiDestinationArn"]


# As a target

def test_a_target_gets_one_request_for_each_record(world, receiver):
    target = destination(world, receiver.url + "/*")
    world.pipe(target, template='{"text":"order <$.body.id>"}', target_parameters={"HttpParameters": {
        "PathParameterValues": ["$.body.path"], "HeaderParameters": {"X-Id": "$.body.id", "X-Fixed": "f"},
        "QueryStringParameters": {"q": "$.messageId"}}})
    messages = [world.send({"id": number, "path": "a b"}) for number in range(2)]
    world.settle()
    assert sorted(receiver.messages(), key=str) == [{"text": "order 0"}, {"text": "order 1"}]
    assert sorted(receiver.lines) == sorted(("POST", f"/hook/a%20b?q={message}") for message in messages)
    headers = receiver.requests[0][0]
    assert headers["X-Fixed"] == "f" and headers["X-Id"] in "01" and headers["Authorization"].startswith("Basic ")
    assert world.left() == [0, 0]


def test_a_target_that_refuses_gets_the_record_again_when_it_is_visible(world, receiver):
    receiver.statuses = [500]
    pipe = world.pipe(destination(world, receiver.url), template="<$.body>")
    message = world.send("a")
    world.settle()
    assert world.left() == [0, 1]
    [verdict] = world.explain(message)["subscriptions"]
    assert verdict["got"] is False and "The endpoint answered 500: seen" in verdict["text"]
    world.server.advance("30s")
    world.settle()
    assert [body for _, body in receiver.requests] == ["a", "a"]
    assert world.left() == [0, 0] and world.explain(message)["subscriptions"][0]["got"] is True
    found = world.server.json("GET", f"/_windtunnel/deliveries?topic={pipe}")[1]["deliveries"]
    assert [delivery["state"] for delivery in found] == ["delivered", "dropped"]
    story = world.server.json("GET", f"/_windtunnel/deliveries/{found[0]['delivery']}")[1]
    assert story["request"] == {"method": "POST", "url": receiver.url, "body": "a"}
    assert SECRET not in json.dumps(story)


def test_a_target_may_name_the_record_as_failed(world, receiver):
    world.pipe(destination(world, receiver.url))
    receiver.answer = b'{"batchItemFailures":[{"itemIdentifier":"x"}]}'
    world.send("a")
    world.settle()
    assert world.left() == [0, 1]
    receiver.answer = b'{"batchItemFailures":[]}'
    world.server.advance("30s")
    world.settle()
    assert world.left() == [0, 0] and len(receiver.requests) == 2


def test_a_target_that_is_not_there_any_more(world, receiver):
    target = destination(world, receiver.url)
    world.pipe(target)
    world.server.client("events").delete_api_destination(Name="d")
    message = world.send("a")
    world.settle()
    assert world.left() == [0, 1] and receiver.requests == []
    assert "does not exist" in world.explain(message)["subscriptions"][0]["text"]


def test_what_is_too_fast_for_a_destination_waits(world, receiver):
    world.pipe(destination(world, receiver.url, InvocationRateLimitPerSecond=1), template="<$.body>")
    for number in range(3):
        world.send(str(number))
    world.settle()
    assert len(receiver.requests) == 1
    world.server.advance("2s")
    world.settle()
    assert len(receiver.requests) == 3 and world.left() == [0, 0]


# As an enrichment

def enriched(world, receiver, **more):
    return world.pipe(Enrichment=destination(world, receiver.url), **more)


def test_the_target_gets_what_the_enrichment_answers(world, receiver):
    receiver.answer = b'{"price":12,"name":"tea"}'
    enriched(world, receiver, template='{"p":<$.price>,"e":<aws.pipes.event.json>}', EnrichmentParameters={
        "InputTemplate": '{"id":<$.body.id>}', "HttpParameters": {"HeaderParameters": {"X-Id": "$.body.id"}}})
    message = world.send({"id": 7})
    assert [json.loads(body) for body in world.bodies()] == [{"p": 12, "e": {"price": 12, "name": "tea"}}]
    assert receiver.messages() == [{"id": 7}] and receiver.requests[0][0]["X-Id"] == "7"
    assert world.left() == [0, 0]
    assert [row["got"] for row in world.explain(message)["subscriptions"]] == [True, True]


def test_an_enrichment_without_a_template_gets_the_record(world, receiver):
    receiver.answer = b"plain text"
    enriched(world, receiver)
    message = world.send("x")
    assert world.bodies() == ["plain text"]
    assert receiver.messages()[0]["messageId"] == message


def test_an_enrichment_may_answer_several_items(world, receiver):
    receiver.answer = b'[{"n":1},{"n":2}]'
    enriched(world, receiver, template="<$.n>")
    world.send("x")
    assert world.bodies() == ["1", "2"] and world.left() == [0, 0]


def test_more_items_than_the_target_takes_are_a_failure(world, receiver):
    receiver.answer = json.dumps(list(range(11))).encode()
    enriched(world, receiver)
    message = world.send("x")
    assert world.bodies() == [] and world.left() == [0, 1]
    [row] = world.server.journal("pipeFailed")
    assert row["detail"]["messageId"] == message and "11 items" in row["detail"]["reason"]


@pytest.mark.parametrize("answer", ["", '""', "{}", "[]", "null"])
def test_an_empty_answer_keeps_the_target_from_being_called(world, receiver, answer):
    receiver.answer = answer.encode()
    enriched(world, receiver)
    message = world.send("x")
    assert world.bodies() == [] and world.left() == [0, 0]
    assert [row["detail"]["messageId"] for row in world.server.journal("pipeSkipped")] == [message]
    assert [row["got"] for row in world.explain(message)["subscriptions"]] == [True, False]


def test_an_enrichment_that_fails_is_told_and_tried_again(world, receiver):
    receiver.statuses = [404]
    receiver.answer = b'{"n":1}'
    enriched(world, receiver, template="<$.n>")
    message = world.send("x")
    assert world.bodies() == [] and world.left() == [0, 1]
    first, second = world.explain(message)["subscriptions"]
    assert first["got"] is False and "The endpoint answered 404" in first["text"]
    assert second["got"] is False
    world.server.advance("30s")
    assert world.bodies() == ["1"] and world.left() == [0, 0]


def test_an_enrichment_before_an_api_destination(world, receiver):
    target = Receiver()
    try:
        receiver.answer = b'{"n":1}'
        enriched(world, receiver, target=destination(world, target.url, "t"), template='{"got":<$.n>}')
        world.send("x")
        world.settle()
        assert target.messages() == [{"got": 1}] and world.left() == [0, 0]
    finally:
        target.stop()


def test_a_long_answer_is_taken_whole(world, receiver):
    receiver.answer = json.dumps({"text": "x" * 100_000}).encode()
    enriched(world, receiver, template="<$.text>")
    world.send("x")
    assert world.bodies() == ["x" * 100_000]
    assert ROLE not in json.dumps(receiver.requests)


def test_the_log_tells_of_both_stages(world, receiver):
    receiver.statuses = [200, 500]
    receiver.answer = b'{"n":1}'
    enriched(world, receiver, LogConfiguration={
        "Level": "INFO", "CloudwatchLogsLogDestination": {"LogGroupArn": arn("logs", "log-group:/pipes")}})
    world.send("x")
    world.settle()

    def steps():
        lines = world.server.json("GET", "/_windtunnel/logs?group=/pipes")[1]["events"]
        return [json.loads(line["message"])["messageType"] for line in lines]

    assert steps() == ["ExecutionStarted", "EnrichmentStageEntered", "EnrichmentStageSucceeded", "TargetStageEntered",
                       "TargetStageSucceeded", "ExecutionSucceeded"]
    world.send("y")
    world.settle()
    assert steps()[6:] == ["ExecutionStarted", "EnrichmentStageEntered", "EnrichmentInvocationFailed",
                           "EnrichmentStageFailed", "ExecutionFailed"]


# Connections

def test_an_oauth_token_is_fetched_first_and_never_shown(world, receiver):
    tokens = Receiver()
    try:
        tokens.answer = json.dumps({"access_token": "token 1", "token_type": "Bearer", "expires_in": 60}).encode()
        events = world.server.client("events")
        connection = events.create_connection(Name="o", AuthorizationType="OAUTH_CLIENT_CREDENTIALS", AuthParameters={
            "OAuthParameters": {"AuthorizationEndpoint": tokens.url, "HttpMethod": "POST", "ClientParameters": {
                "ClientID": "me", "ClientSecret": SECRET}}})["ConnectionArn"]
        world.settle()
        world.pipe(events.create_api_destination(
            Name="d", ConnectionArn=connection, InvocationEndpoint=receiver.url, HttpMethod="POST")["ApiDestinationArn"])
        world.send("a")
        world.settle()
        tokens.answer = tokens.answer.replace(b"token 1", b"token 2")
        world.server.advance("1h")
        receiver.echoes = True
        world.send("b")
        world.settle()
        assert [headers["Authorization"] for headers, _ in receiver.requests] == ["Bearer token 1", "Bearer token 2"]
        assert world.left() == [0, 0]
        shown = json.dumps(world.server.json("GET", "/_windtunnel/deliveries")[1])
        assert "token 2" not in shown and "****" in shown
    finally:
        tokens.stop()


def test_a_connection_that_gets_no_token_any_more_leaves_the_record_in_the_queue(world, receiver):
    tokens = Receiver()
    tokens.answer = json.dumps({"access_token": "t", "token_type": "Bearer", "expires_in": 60}).encode()
    events = world.server.client("events")
    connection = events.create_connection(Name="o", AuthorizationType="OAUTH_CLIENT_CREDENTIALS", AuthParameters={
        "OAuthParameters": {"AuthorizationEndpoint": tokens.url, "HttpMethod": "POST", "ClientParameters": {
            "ClientID": "me", "ClientSecret": SECRET}}})["ConnectionArn"]
    world.settle()
    world.pipe(events.create_api_destination(
        Name="d", ConnectionArn=connection, InvocationEndpoint=receiver.url, HttpMethod="POST")["ApiDestinationArn"])
    world.server.advance("1h")
    tokens.statuses = [500]
    message = world.send("a")
    world.settle()
    tokens.stop()
    assert receiver.requests == [] and world.left() == [0, 1]
    assert world.explain(message)["subscriptions"][0]["got"] is False
