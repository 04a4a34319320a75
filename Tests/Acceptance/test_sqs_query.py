"""SQS as older clients call it: the query protocol, XML, and requests to the queue's URL."""

import json
import urllib.parse
import xml.etree.ElementTree

import boto3
import pytest
from botocore.exceptions import ClientError

from conftest import code_and_message

NAMESPACE = "{http://queue.amazonaws.com/doc/2012-11-05/}"
AUTHORIZATION = "AWS4-HMAC-SHA256 Credential={}/20300101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0"


class Query:
    def __init__(self, server, account):
        self.server, self.account = server, account

    def __call__(self, path="/", accept=None, **fields):
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": AUTHORIZATION.format(self.account)}
        if accept:
            headers["Accept"] = accept
        fields = {name.replace("__", "."): value for name, value in fields.items()}
        status, _, body = self.server.http(
            "POST", path, urllib.parse.urlencode({"Version": "2012-11-05", **fields}), headers)
        return status, json.loads(body) if accept else xml.etree.ElementTree.fromstring(body)


def text(tree, path):
    return tree.findtext("/".join(NAMESPACE + part for part in path.split("/")))


def test_a_queue_is_used_by_its_url(server, account):
    query = Query(server, account)
    status, made = query(Action="CreateQueue", QueueName="old", Attribute__1__Name="DelaySeconds", Attribute__1__Value="0",
                         Tag__1__Key="k", Tag__1__Value="v")
    url = text(made, "CreateQueueResult/QueueUrl")
    assert status == 200 and url == f"{server.url}/{account}/old"
    path = urllib.parse.urlsplit(url).path
    _, sent = query(path, Action="SendMessage", MessageBody="a < b", MessageAttribute__1__Name="n",
                    MessageAttribute__1__Value__DataType="Number", MessageAttribute__1__Value__StringValue="7")
    _, got = query(path, Action="ReceiveMessage", AttributeName__1="SenderId", MessageAttributeName__1="All")
    message = "ReceiveMessageResult/Message/"
    assert text(got, message + "Body") == "a < b"
    assert (text(got, message + "Attribute/Name"), text(got, message + "Attribute/Value")) == ("SenderId", account)
    assert text(got, message + "MessageAttribute/Value/StringValue") == "7"
    handle = text(got, message + "ReceiptHandle")
    status, _ = query(path, Action="DeleteMessageBatch", DeleteMessageBatchRequestEntry__1__Id="e",
                      DeleteMessageBatchRequestEntry__1__ReceiptHandle=handle)
    assert status == 200
    _, empty = query(path, Action="ReceiveMessage")
    assert list(empty.find(NAMESPACE + "ReceiveMessageResult")) == []


def test_errors_have_the_old_codes_and_texts(server, account):
    query = Query(server, account)
    status, error = query(f"/{account}/missing", Action="ReceiveMessage")
    assert status == 400 and text(error, "Error/Code") == "AWS.SimpleQueueService.NonExistentQueue"
    assert text(error, "Error/Message") == "The specified queue does not exist for this wsdl version."
    status, error = query(Action="SendMessage", QueueUrl="x")
    assert (status, text(error, "Error/Code")) == (400, "MissingParameter")
    assert text(error, "Error/Message") == "The request must contain the parameter MessageBody."


def test_who_asks_for_json_gets_the_members_of_the_api(server, account):
    query = Query(server, account)
    query(Action="CreateQueue", QueueName="tree")
    queue = f"/{account}/tree"
    status, answer = query(queue, accept="application/json", Action="GetQueueAttributes", AttributeName__1="DelaySeconds")
    assert status == 200 and answer["GetQueueAttributesResponse"]["GetQueueAttributesResult"] == {
        "Attributes": [{"Name": "DelaySeconds", "Value": "0"}]}
    _, answer = query(accept="application/json", Action="ListQueues")
    assert answer["ListQueuesResponse"]["ListQueuesResult"] == {
        "queueUrls": [f"{server.url}{queue}"], "NextToken": None}
    _, answer = query(queue, accept="application/json", Action="ReceiveMessage")
    assert answer["ReceiveMessageResponse"]["ReceiveMessageResult"] == {"messages": None}
    query(queue, Action="SendMessage", MessageBody="x")
    _, answer = query(queue, accept="application/json", Action="ReceiveMessage")
    message = answer["ReceiveMessageResponse"]["ReceiveMessageResult"]["messages"][0]
    assert (message["Body"], message["Attributes"], message["MessageAttributes"]) == ("x", None, None)


def test_what_has_one_item_needs_no_index(server, account):
    query = Query(server, account)
    query(Action="CreateQueue", QueueName="one")
    queue = f"/{account}/one"
    query(queue, Action="SetQueueAttributes", Attribute__Name="VisibilityTimeout", Attribute__Value="35")
    _, answer = query(queue, Action="GetQueueAttributes", AttributeName="VisibilityTimeout")
    assert text(answer, "GetQueueAttributesResult/Attribute/Value") == "35"


@pytest.mark.parametrize("action, code, message", [
    ("SendMessageBatch", "AWS.SimpleQueueService.EmptyBatchRequest",
     "There should be at least one SendMessageBatchRequestEntry in the request."),
    ("SetQueueAttributes", "MissingParameter", "The request must contain the parameter Attribute.Name."),
    ("UntagQueue", "InvalidParameterValue", "Tag keys must be between 1 and 128 characters in length."),
])
def test_lists_without_items_are_empty(server, account, action, code, message):
    query = Query(server, account)
    query(Action="CreateQueue", QueueName="none")
    _, error = query(f"/{account}/none", Action=action)
    assert (text(error, "Error/Code"), text(error, "Error/Message")) == (code, message)


def test_what_is_empty_is_one_element(server, account):
    query = Query(server, account)
    query(Action="CreateQueue", QueueName="empty")
    _, _, body = server.http("GET", f"/{account}/empty?Action=ReceiveMessage",
                             headers={"Authorization": AUTHORIZATION.format(account)})
    assert b"<ReceiveMessageResult/>" in body
    _, _, body = server.http("GET", f"/{account}/empty?Action=SendMessage",
                             headers={"Authorization": AUTHORIZATION.format(account)})
    assert b"<Message>The request must contain the parameter MessageBody.</Message><Detail/></Error>" in body


@pytest.mark.parametrize("action, version", [
    ("FooBar", "2012-11-05"), ("FooBar", None), ("CreateQueue", None), ("ListQueues", "2012-11-05")])
def test_a_queues_url_takes_actions_on_queues_only(server, account, action, version):
    query = Query(server, account)
    query(Action="CreateQueue", QueueName="only")
    fields = {"Action": action, "QueueName": "other"} | ({"Version": version} if version else {})
    path = f"/{account}/only?" + urllib.parse.urlencode(fields)
    status, _, body = server.http("GET", path)
    error = xml.etree.ElementTree.fromstring(body)
    assert (status, text(error, "Error/Code"), text(error, "Error/Message")) == (
        400, "InvalidAction", f"The action {action} is not valid for this endpoint.")
    status, _, body = server.http("GET", path, headers={"Accept": "application/json"})
    assert status == 400 and json.loads(body)["Error"]["Code"] == "InvalidAction"


def test_the_host_of_a_queues_url_names_its_region(server):
    sqs = server.client("sqs", region="eu-central-1")
    sqs.create_queue(QueueName="far")
    query = "?Action=GetQueueAttributes&AttributeName.1=QueueArn"
    for host, path in (("eu-central-1.queue.localhost.localstack.cloud:4566", "/000000000000/far"),
                       ("sqs.eu-central-1.localhost:4566", "/000000000000/far"),
                       ("localhost:4566", "/queue/eu-central-1/000000000000/far")):
        status, _, body = server.http("GET", path + query, headers={"Host": host})
        assert status == 200 and b"arn:aws:sqs:eu-central-1:000000000000:far" in body
        status, _, body = server.http("GET", path, headers={"Host": host})
        assert (status, body.strip()) == (404, b"<UnknownOperationException/>")


def test_the_url_alone_is_no_operation(server, account):
    Query(server, account)(Action="CreateQueue", QueueName="bare")
    status, _, body = server.http("GET", f"/{account}/bare")
    assert (status, body.strip()) == (404, b"<UnknownOperationException/>")


def test_people_use_plain_json(server, account):
    headers = {"X-Account": account}
    _, made = server.json("POST", "/sqs/CreateQueue", {"QueueName": "curl"}, headers)
    assert server.json("POST", "/sqs/SendMessage", {"QueueUrl": made["QueueUrl"], "MessageBody": "hi"}, headers)[0] == 200
    status, got = server.json("POST", "/sqs/ReceiveMessage", {"QueueUrl": "curl"}, headers)
    assert status == 200 and got["Messages"][0]["Body"] == "hi"
    assert server.json("POST", "/sqs/ReceiveMessage", {"QueueUrl": "curl"}, headers) == (200, {})


class Page:
    """The page of messages, as JSON."""

    def __init__(self, server):
        self.server = server

    def __call__(self, path="", **query):
        return self.server.json("GET", f"/_aws/sqs/messages{path}?{urllib.parse.urlencode(query)}",
                                headers={"Accept": "application/json"})

    def messages(self, *path, **query):
        found = self(*path, **query)[1]["ReceiveMessageResponse"]["ReceiveMessageResult"] or {"Message": []}
        # As from XML, one alone is no list.
        return found["Message"] if isinstance(found["Message"], list) else [found["Message"]]

    def bodies(self, *path, **query):
        return [message["Body"] for message in self.messages(*path, **query)]


def attribute(message, name):
    return {one["Name"]: one["Value"] for one in message["Attribute"]}[name]


def test_messages_are_looked_at_without_being_received(server, account, sqs):
    queue = sqs.create_queue(QueueName="shown")["QueueUrl"]
    page = Page(server)
    assert page.bodies(QueueUrl=queue) == []
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    assert page.bodies(QueueUrl=queue) == page.bodies(f"/us-east-1/{account}/shown") == ["x"]
    sqs.send_message(QueueUrl=queue, MessageBody="y")
    assert page.bodies(QueueUrl=queue) == ["x", "y"]
    assert [attribute(message, "ApproximateReceiveCount") for message in page.messages(QueueUrl=queue)] == ["0", "0"]
    path = f"/_aws/sqs/messages?QueueUrl={queue}"
    assert b"<Body>x</Body>" in server.http("GET", path)[2]
    assert server.http("DELETE", path)[0] == 200
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)


def test_messages_that_cannot_be_received_are_shown_on_request(server, sqs):
    queue = sqs.create_queue(QueueName="hidden")["QueueUrl"]
    for body, delay in (("held", 0), ("free", 0), ("late", 60)):
        sqs.send_message(QueueUrl=queue, MessageBody=body, DelaySeconds=delay)
    sqs.receive_message(QueueUrl=queue)
    page = Page(server)
    assert page.bodies(QueueUrl=queue) == page.bodies(QueueUrl=queue, ShowInvisible="False") == ["free"]
    assert page.bodies(QueueUrl=queue, ShowInvisible="True") == ["held", "free"]
    everything = page.messages(QueueUrl=queue, ShowInvisible="true", ShowDelayed="true")
    assert [(message["Body"], attribute(message, "IsVisible"), attribute(message, "IsDelayed")) for message in everything] == [
        ("held", "false", "false"), ("free", "true", "false"), ("late", "true", "true")]


def test_messages_behind_one_in_flight_are_hidden_with_it(server, sqs):
    queue = sqs.create_queue(QueueName="hidden.fifo", Attributes={
        "FifoQueue": "true", "ContentBasedDeduplication": "true"})["QueueUrl"]
    for body in ("a1", "a2", "b1"):
        sqs.send_message(QueueUrl=queue, MessageBody=body, MessageGroupId=body[0])
    sqs.receive_message(QueueUrl=queue)
    page = Page(server)
    assert page.bodies(QueueUrl=queue) == ["b1"]
    assert page.bodies(QueueUrl=queue, ShowInvisible="True") == ["a1", "a2", "b1"]


@pytest.mark.parametrize("path, query, status, code", [
    ("", {}, 400, "AWS.SimpleQueueService.NonExistentQueue"),
    ("", {"QueueUrl": "http://localhost:4566/nonsense"}, 404, "InvalidAddress"),
    ("", {"QueueUrl": "http://localhost:4566/000000000000/missing"}, 400, "AWS.SimpleQueueService.NonExistentQueue"),
    ("/us-east-1/000000000000/missing", {}, 400, "AWS.SimpleQueueService.NonExistentQueue"),
])
def test_the_page_of_messages_fails_as_a_receive_does(server, path, query, status, code):
    answered, error = Page(server)(path, **query)
    assert (answered, error["ErrorResponse"]["Error"]["Code"]) == (status, code)


def test_the_page_of_messages_is_an_endpoint_for_clients(server, account, sqs):
    queue = sqs.create_queue(QueueName="endpoint")["QueueUrl"]
    for body in "xy":
        sqs.send_message(QueueUrl=queue, MessageBody=body)
    client = boto3.client("sqs", endpoint_url=f"{server.url}/_aws/sqs/messages", region_name="us-east-1",
                          aws_access_key_id=account, aws_secret_access_key="test")
    messages = client.receive_message(QueueUrl=queue, MaxNumberOfMessages=1)["Messages"]
    assert [(message["Body"], message["Attributes"]["ApproximateReceiveCount"]) for message in messages] == [
        ("x", "0"), ("y", "0")]
    with pytest.raises(ClientError) as raised:
        client.send_message(QueueUrl=queue, MessageBody="z")
    assert code_and_message(raised) == ("InvalidRequest", "This endpoint only accepts ReceiveMessage calls")
    query = Query(server, account)
    _, answer = query("/_aws/sqs/messages", Action="ReceiveMessage", QueueUrl=queue)
    assert text(answer, "ReceiveMessageResult/Message/Body") == "x"
