"""Parameter policies, driven by the clock of servers of their own."""

import json

import pytest
from botocore.exceptions import ClientError

from conftest import code_and_message


def policy(kind, **attributes):
    return {"Type": kind, "Version": "1.0", "Attributes": attributes}


def put(ssm, name, *policies, **more):
    return ssm.put_parameter(Name=name, Value="v", Type="String", Tier="Advanced", Policies=json.dumps(policies), **more)


def actions(server, account="000000000000"):
    return [(e["detail"]["parameter-name"], e["detail"]["policy-type"]) for e in server.events(account)
            if e["detail-type"] == "Parameter Store Policy Action"]


def test_an_expired_parameter_is_gone_after_its_notification(frozen):
    ssm = frozen.client("ssm")
    put(ssm, "/e", policy("Expiration", Timestamp="2030-01-10T00:00:00.000Z"),
        policy("ExpirationNotification", Before="2", Unit="Days"))
    frozen.json("POST", "/_windtunnel/clock", {"advance": "8d"})
    assert actions(frozen) == [("/e", "ExpirationNotification")]
    frozen.json("POST", "/_windtunnel/clock", {"advance": "23h"})
    assert ssm.get_parameter(Name="/e")["Parameter"]["Value"] == "v"
    frozen.json("POST", "/_windtunnel/clock", {"advance": "2h"})
    with pytest.raises(ssm.exceptions.ParameterNotFound):
        ssm.get_parameter(Name="/e")
    assert actions(frozen)[-1] == ("/e", "Expiration")
    assert [e["detail"]["operation"] for e in frozen.events("000000000000") if "operation" in e["detail"]] == [
        "Create", "Delete"]


def test_a_change_starts_the_wait_of_no_change_anew(frozen):
    ssm = frozen.client("ssm")
    put(ssm, "/n", policy("NoChangeNotification", After="20", Unit="hours"))
    frozen.json("POST", "/_windtunnel/clock", {"advance": "19h"})
    ssm.put_parameter(Name="/n", Value="new", Overwrite=True)
    frozen.json("POST", "/_windtunnel/clock", {"advance": "19h"})
    assert actions(frozen) == []
    frozen.json("POST", "/_windtunnel/clock", {"advance": "1h"})
    assert actions(frozen) == [("/n", "NoChangeNotification")]


def test_policies_are_kept_by_an_update_and_removed_by_an_empty_list(frozen):
    ssm = frozen.client("ssm")
    put(ssm, "/k", policy("Expiration", Timestamp="2030-02-01T00:00:00Z"))
    ssm.put_parameter(Name="/k", Value="w", Overwrite=True)
    shown = ssm.describe_parameters()["Parameters"][0]["Policies"]
    assert [(p["PolicyType"], p["PolicyStatus"]) for p in shown] == [("Expiration", "Pending")]
    ssm.put_parameter(Name="/k", Value="x", Overwrite=True, Policies="[{}]")
    assert ssm.describe_parameters()["Parameters"][0]["Policies"] == []
    frozen.json("POST", "/_windtunnel/clock", {"advance": "60d"})
    assert ssm.get_parameter(Name="/k")["Parameter"]["Value"] == "x"


def test_a_policy_acts_after_a_restart_too(start, tmp_path):
    first = start("--data", str(tmp_path))
    first.json("POST", "/_windtunnel/clock", {"set": "2020-01-01T00:00:00Z"})
    put(first.client("ssm"), "/e", policy("Expiration", Timestamp="2020-06-01T00:00:00Z"))
    first.stop()
    second = start("--data", str(tmp_path))
    assert second.json("POST", "/ssm/GetParameter", {"Name": "/e"})[0] == 200
    second.json("POST", "/_windtunnel/clock", {"set": "2020-06-01T00:00:00Z"})
    assert second.json("POST", "/ssm/GetParameter", {"Name": "/e"})[0] == 400


@pytest.mark.parametrize("policies, code, message", [
    ("nonsense", "ValidationException", "Invalid policies input: nonsense."),
    ([policy("Wrong")], "InvalidPolicyTypeException", "Policy type Wrong is not supported."),
    ([{"Type": "Expiration", "Version": "2.0"}], "InvalidPolicyAttributeException", "Unsupported policy version."),
    ([{"Type": "Expiration", "Version": "1.0"}], "InvalidPolicyAttributeException",
     "Mandatory policy attribute Attributes is missing."),
    ([policy("Expiration")], "InvalidPolicyAttributeException", "A valid Expiration policy must have an attribute of Timestamp."),
    ([policy("Expiration", Timestamp="soon")], "InvalidPolicyAttributeException", "Invalid timestamp format"),
    ([policy("Expiration", Timestamp=f"203{n}-01-01T00:00:00Z") for n in (0, 1)], "IncompatiblePolicyException",
     "There can be only one expiration policy"),
    ([policy("ExpirationNotification", Before="1", Unit="Days")], "IncompatiblePolicyException",
     "Expiration notification policies are missing expiration policy"),
    ([policy("NoChangeNotification", After="-1", Unit="Days")], "InvalidPolicyAttributeException",
     "Attribute After must be a positive integer."),
    ([policy("NoChangeNotification", After="1", Unit="Weeks")], "InvalidPolicyAttributeException",
     "Supported time units: DAYS HOURS"),
    ([policy("NoChangeNotification", After="1", Unit="Days")] * 11, "PoliciesLimitExceededException",
     "Number of policies attached to a parameter cannot exceed 10"),
])
def test_wrong_policies_are_refused(ssm, policies, code, message):
    text = policies if isinstance(policies, str) else json.dumps(policies)
    with pytest.raises(ClientError) as raised:
        ssm.put_parameter(Name="/p", Value="v", Type="String", Tier="Advanced", Policies=text)
    assert code_and_message(raised) == (code, message)
