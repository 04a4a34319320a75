"""STS as SDKs use it for their credentials."""

import base64
import json
import urllib.parse

import boto3
import pytest
from botocore.exceptions import ClientError

from conftest import code_and_message


@pytest.fixture
def sts(server, account):
    return server.client("sts", account)


def session(server, credentials):
    return boto3.client("sts", endpoint_url=server.url, region_name="us-east-1", aws_access_key_id=credentials["AccessKeyId"],
                        aws_secret_access_key=credentials["SecretAccessKey"], aws_session_token=credentials["SessionToken"])


def test_the_key_id_is_the_account(sts, account):
    identity = sts.get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == (account, f"arn:aws:iam::{account}:root")


def test_an_assumed_role_is_who_calls(server, sts):
    answer = sts.assume_role(RoleArn="arn:aws:iam::300000000001:role/path/Deploy", RoleSessionName="ci")
    assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::300000000001:assumed-role/Deploy/ci"
    assert answer["Credentials"]["AccessKeyId"].startswith("ASIA") and "PackedPolicySize" not in answer
    assumed = session(server, answer["Credentials"])
    identity = assumed.get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::300000000001:assumed-role/Deploy/ci"
    assert identity["Account"] == "300000000001" and identity["UserId"] == answer["AssumedRoleUser"]["AssumedRoleId"]
    assert sts.get_access_key_info(AccessKeyId=answer["Credentials"]["AccessKeyId"])["Account"] == "300000000001"
    with pytest.raises(ClientError) as raised:
        assumed.get_session_token()
    assert code_and_message(raised) == ("AccessDenied", "Cannot call GetSessionToken with session credentials")


def test_session_credentials_end_with_their_time(start):
    server = start()
    credentials = server.client("sts").get_session_token(DurationSeconds=900)["Credentials"]
    assert session(server, credentials).get_caller_identity()["Account"] == "000000000000"
    server.json("POST", "/_windtunnel/clock", {"advance": "16m"})
    with pytest.raises(ClientError) as raised:
        session(server, credentials).get_caller_identity()
    assert code_and_message(raised) == ("ExpiredToken", "The security token included in the request is expired")


@pytest.mark.parametrize("text, code", [
    ("0900", None), ("+900", None), (" 900 ", "MalformedInput"), ("900.0", "MalformedInput"), ("9e2", "MalformedInput"),
    ("2147483648", "MalformedInput"), ("0", "ValidationError")])
def test_a_number_is_read_as_aws_reads_it(server, text, code):
    query = urllib.parse.urlencode({"Action": "GetSessionToken", "Version": "2011-06-15", "DurationSeconds": text})
    status, _, content = server.http("POST", "/", query, {
        "Content-Type": "application/x-www-form-urlencoded", "Authorization": "AWS4-HMAC-SHA256 Credential="
        "000000000000/20300101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0"})
    assert status == (400 if code else 200)
    assert code is None or f"<Code>{code}</Code>" in content.decode()


def test_a_federated_user_has_a_name(server, sts, account):
    answer = sts.get_federation_token(Name="Bob")
    assert answer["FederatedUser"] == {"FederatedUserId": f"{account}:Bob", "Arn": f"arn:aws:sts::{account}:federated-user/Bob"}
    assert session(server, answer["Credentials"]).get_caller_identity()["Arn"] == answer["FederatedUser"]["Arn"]


def test_a_web_identity_becomes_a_role(server, sts):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
    token = ".".join([part({"alg": "none"}), part({"sub": "me", "iss": "https://idp.example", "aud": "app"}), "c2ln"])
    answer = sts.assume_role_with_web_identity(RoleArn="arn:aws:iam::300000000002:role/Web", RoleSessionName="web",
                                               WebIdentityToken=token)
    assert (answer["SubjectFromWebIdentityToken"], answer["Audience"], answer["Provider"]) == (
        "me", "app", "https://idp.example")
    assert session(server, answer["Credentials"]).get_caller_identity()["Arn"].endswith("assumed-role/Web/web")


def test_a_saml_assertion_becomes_a_role(server, sts):
    xml = ('<samlp:Response><saml:Assertion><saml:Issuer>https://idp</saml:Issuer><saml:Subject><saml:NameID Format="urn:oasis:'
           'names:tc:SAML:2.0:nameid-format:persistent">user</saml:NameID></saml:Subject><saml:AttributeStatement><saml:Attribute '
           'Name="https://aws.amazon.com/SAML/Attributes/RoleSessionName"><saml:AttributeValue>sam</saml:AttributeValue>'
           '</saml:Attribute></saml:AttributeStatement></saml:Assertion></samlp:Response>')
    answer = sts.assume_role_with_saml(RoleArn="arn:aws:iam::300000000003:role/Saml", SAMLAssertion=base64.b64encode(
        xml.encode()).decode(), PrincipalArn="arn:aws:iam::300000000003:saml-provider/idp")
    assert (answer["Subject"], answer["SubjectType"], answer["Issuer"]) == ("user", "persistent", "https://idp")
    assert answer["AssumedRoleUser"]["Arn"].endswith(":assumed-role/Saml/sam")


@pytest.mark.parametrize("arguments, code, text", [
    ({"RoleArn": "x" * 20}, "ValidationError", "x" * 20 + " is invalid"),
    ({"RoleSessionName": "a b"}, "ValidationError", "at 'roleSessionName' failed to satisfy constraint: Member must satisfy "
     "regular expression pattern: [\\w+=,.@-]*"),
    ({"DurationSeconds": 50000}, "ValidationError", "Member must have value less than or equal to 43200"),
    ({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]}, "InvalidParameterValue",
     "Duplicate tag keys found. Please note that Tag keys are case insensitive."),
    ({"Policy": "{"}, "MalformedPolicyDocument", "not in the valid JSON format"),
])
def test_wrong_requests_are_refused(sts, arguments, code, text):
    with pytest.raises(ClientError) as raised:
        sts.assume_role(**{"RoleArn": "arn:aws:iam::300000000001:role/R", "RoleSessionName": "ok", **arguments})
    found, message = code_and_message(raised)
    assert found == code and text in message


def test_garbage_cannot_be_decoded(sts):
    with pytest.raises(ClientError) as raised:
        sts.decode_authorization_message(EncodedMessage="garbage")
    assert raised.value.response["Error"]["Code"] == "InvalidAuthorizationMessageException"
