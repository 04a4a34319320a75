"""What goes over the wire: protocols, errors before the operation, and the plain JSON surface."""

import json
import re

import pytest

TARGET = {"Content-Type": "application/x-amz-json-1.1"}


def call(server, operation, body, **headers):
    status, found, content = server.http("POST", "/", body, {**TARGET, "X-Amz-Target": f"AmazonSSM.{operation}", **headers})
    return status, found, json.loads(content)


def test_an_answer_has_a_request_id_and_the_content_type_of_its_protocol(server):
    status, headers, body = call(server, "DescribeParameters", "{}")
    assert (status, headers["content-type"]) == (200, "application/x-amz-json-1.1")
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", headers["x-amzn-requestid"])
    assert "date" in headers and isinstance(body["Parameters"], list)


def test_an_unknown_operation_is_named_in_health(server):
    for operation in ("ListCommands", "NoSuchThing"):
        assert call(server, operation, "{}")[::2] == (400, {"__type": "UnknownOperationException"})
    names = [entry["operation"] for entry in server.json("GET", "/_windtunnel/health")[1]["notServed"]]
    assert "ListCommands" in names and "NoSuchThing" not in names


@pytest.mark.parametrize("body", ["{", "[]", "null", '{"Name":1}', '{"Name":["a"]}', '{"Name":"a"} x', '{"Name":"a","WithDecryption":"yes"}'])
def test_what_is_not_the_modelled_json_cannot_be_read(server, body):
    status, _, answer = call(server, "GetParameter", body)
    assert (status, answer["__type"]) == (400, "SerializationException")


def test_null_is_the_same_as_absent_and_unknown_members_are_read_over(server):
    assert call(server, "GetParameter", '{"Name":null}')[2] == {
        "__type": "ValidationException", "message": "1 validation error detected: Value null at 'name' failed to satisfy "
        "constraint: Member must not be null"}
    assert call(server, "DescribeParameters", '{"Colour":"red","NextToken":null}')[0] == 200


def test_failures_name_list_items_by_their_list(server):
    message = call(server, "GetParameters", json.dumps({"Names": ["a"] * 11}))[2]["message"]
    assert message == ("1 validation error detected: Value '[a, a, a, a, a, a, a, a, a, a, a]' at 'names' failed to satisfy "
                       "constraint: Member must have length less than or equal to 10")


def test_credentials_choose_account_and_region(server):
    signed = "AWS4-HMAC-SHA256 Credential=400000000001/20260101/eu-north-1/ssm/aws4_request, SignedHeaders=host, Signature=0"
    call(server, "PutParameter", '{"Name":"/w","Value":"v","Type":"String"}', Authorization=signed)
    found = server.json("POST", "/ssm/GetParameter", {"Name": "/w"}, {"X-Account": "400000000001", "X-Region": "eu-north-1"})
    assert found[1]["Parameter"]["ARN"] == "arn:aws:ssm:eu-north-1:400000000001:parameter/w"


def test_the_query_protocol_answers_in_xml(server):
    status, headers, body = server.http("POST", "/", "Action=GetCallerIdentity&Version=2011-06-15",
                                        {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})
    assert (status, headers["content-type"]) == (200, "text/xml")
    assert body.decode().startswith('<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
                                    "<GetCallerIdentityResult><UserId>000000000000</UserId>")
    assert f"<RequestId>{headers['x-amzn-requestid']}</RequestId>" in body.decode()


def test_a_presigned_identity_is_a_get(server, account):
    url = server.client("sts", account).generate_presigned_url("get_caller_identity", HttpMethod="GET")
    status, _, body = server.http("GET", url[len(server.url):])
    assert status == 200 and f"<Account>{account}</Account>" in body.decode()


def test_an_unknown_action_is_invalid(server):
    status, _, body = server.http("POST", "/", "Action=Nothing&Version=2011-06-15",
                                  {"Content-Type": "application/x-www-form-urlencoded"})
    assert status == 400
    assert '<ErrorResponse xmlns="http://webservices.amazon.com/AWSFault/2005-15-09"><Error><Type>Sender</Type>' in body.decode()
    assert "<Code>InvalidAction</Code><Message>Could not find operation Nothing for version 2011-06-15</Message>" in body.decode()


def test_people_speak_plain_json(server):
    assert server.json("POST", "/ssm/PutParameter", {"Name": "/curl", "Value": "v", "Type": "String"}) == (
        200, {"Version": 1, "Tier": "Standard"})
    status, error = server.json("POST", "/ssm/GetParameter", {"Name": "/no"})
    assert (status, error["error"]) == (400, "ParameterNotFound") and error["message"] and error["hint"]
    assert server.json("POST", "/sts/GetCallerIdentity", {}, {"X-Account": "400000000002"})[1]["Account"] == "400000000002"
    assert server.json("POST", "/ssm/ListCommands", {})[1]["message"] == "ListCommands is not served by Windtunnel yet."


def test_the_surface_describes_itself(server):
    assert set(server.json("GET", "/")[1]["services"]) == {"config", "events", "pipes", "scheduler", "sns", "sqs", "ssm", "sts"}
    assert server.http("GET", "/", headers={"Accept": "text/html"})[1]["content-type"].startswith("text/html")
    operations = server.json("GET", "/ssm")[1]["operations"]
    assert operations["PutParameter"] == "served" and operations["ListCommands"] == "not served"
    page = server.json("GET", "/ssm/PutParameter")[1]
    assert page["input"]["Name"] == {"type": "string", "required": True, "min": 1, "max": 2048}
    assert page["errors"]["ParameterAlreadyExists"] == 400 and "/ssm/PutParameter" in page["curl"]
    assert server.json("GET", "/_localstack/health")[1]["services"]["ssm"] == "running"
    assert server.json("GET", "/nothing")[0] == 404
