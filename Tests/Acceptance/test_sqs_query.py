"""SQS as older clients call it: the query protocol, XML, and requests to the queue's URL."""

import json
import urllib.parse
import xml.etree.ElementTree

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


def test_who_asks_for_json_gets_the_same_tree(server, account):
    query = Query(server, account)
    query(Action="CreateQueue", QueueName="tree")
    status, answer = query(f"/{account}/tree", accept="application/json", Action="GetQueueAttributes",
                           AttributeName__1="DelaySeconds")
    assert status == 200 and answer["GetQueueAttributesResponse"]["GetQueueAttributesResult"] == {
        "Attribute": [{"Name": "DelaySeconds", "Value": "0"}]}


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


def test_messages_are_looked_at_without_being_received(server, account, sqs):
    queue = sqs.create_queue(QueueName="shown")["QueueUrl"]
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    page = f"/_aws/sqs/messages?QueueUrl={queue}"
    for _ in range(2):
        status, answer = server.json("GET", page, headers={"Accept": "application/json"})
        messages = answer["ReceiveMessageResponse"]["ReceiveMessageResult"]["Message"]
        assert status == 200 and [message["Body"] for message in messages] == ["x"]
    assert b"<Body>x</Body>" in server.http("GET", page)[2]
    assert server.http("DELETE", page)[0] == 200
    assert "Messages" not in sqs.receive_message(QueueUrl=queue)
