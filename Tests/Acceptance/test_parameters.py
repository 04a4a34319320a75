"""Parameter Store as boto3 sees it."""

import pytest
from botocore.exceptions import ClientError

from conftest import code_and_message


def put(ssm, name, value="v", **more):
    return ssm.put_parameter(Name=name, Value=value, **{"Type": "String", **more})


def refused(call, **arguments):
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    return code_and_message(raised)


def test_a_parameter_is_read_back_as_it_was_put(ssm, account):
    assert put(ssm, "/app/db", "localhost")["Version"] == 1
    parameter = ssm.get_parameter(Name="/app/db")["Parameter"]
    assert parameter.pop("LastModifiedDate")
    assert parameter == {"Name": "/app/db", "Type": "String", "Value": "localhost", "Version": 1, "DataType": "text",
                         "ARN": f"arn:aws:ssm:us-east-1:{account}:parameter/app/db"}


def test_an_unknown_parameter_is_not_found_and_says_nothing_more(ssm):
    for call in (ssm.get_parameter, ssm.delete_parameter, ssm.get_parameter_history):
        assert refused(call, Name="/none") == ("ParameterNotFound", "")


def test_overwriting_counts_versions_and_keeps_what_is_left_out(ssm):
    put(ssm, "/a", "1", Description="first")
    assert refused(ssm.put_parameter, Name="/a", Value="2") == (
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")
    assert ssm.put_parameter(Name="/a", Value="2", Overwrite=True)["Version"] == 2
    assert ssm.put_parameter(Name="/a", Value="2", Overwrite=True)["Version"] == 3
    described = ssm.describe_parameters()["Parameters"][0]
    assert (described["Description"], described["Type"], described["Version"]) == ("first", "String", 3)


def test_name_and_slash_name_are_one_parameter(ssm):
    put(ssm, "db", "x")
    assert ssm.get_parameter(Name="/db")["Parameter"]["Name"] == "/db"
    assert refused(ssm.put_parameter, Name="/db", Value="y", Type="String")[0] == "ParameterAlreadyExists"
    ssm.delete_parameter(Name="/db")
    assert refused(ssm.get_parameter, Name="db")[0] == "ParameterNotFound"


@pytest.mark.parametrize("name, code, text", [
    ("a/b", "ValidationException", "Parameter name must be a fully qualified name."),
    ("/a/", "ValidationException", "Parameter name must not end with slash."),
    ("aws", "ValidationException", 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).'),
    ("/SSMx", "ValidationException", 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).'),
    ("/awsx/a", "AccessDeniedException", "No access to reserved parameter name: /awsx/a."),
    ("/a b", "ValidationException", "sub-paths divided by slash symbol"),
    ("/a//b", "ValidationException", "sub-paths divided by slash symbol"),
    ("/ssm/a", "ValidationException", "sub-paths divided by slash symbol"),
    ("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", "HierarchyLevelLimitExceededException", "15 levels"),
])
def test_names_that_cannot_be_are_refused(ssm, name, code, text):
    found, message = refused(ssm.put_parameter, Name=name, Value="v", Type="String")
    assert found == code and text in message


def test_selectors_pick_versions_and_labels(ssm, account):
    put(ssm, "/a", "one")
    put(ssm, "/a", "two", Overwrite=True)
    ssm.label_parameter_version(Name="/a", ParameterVersion=1, Labels=["live"])
    for selector, value in ((":1", "one"), (":live", "one"), (":2", "two")):
        parameter = ssm.get_parameter(Name="/a" + selector)["Parameter"]
        assert (parameter["Name"], parameter["Selector"], parameter["Value"]) == ("/a", selector, value)
    arn = f"arn:aws:ssm:us-east-1:{account}:parameter/a"
    assert ssm.get_parameter(Name=arn + ":1")["Parameter"]["Value"] == "one"
    assert refused(ssm.get_parameter, Name="/a:9") == (
        "ParameterVersionNotFound", "Systems Manager could not find version 9 of /a. Verify the version and try again.")
    assert refused(ssm.get_parameter, Name="/a:no")[0] == "ParameterVersionNotFound"
    assert "<name>:<version/label>" in refused(ssm.get_parameter, Name="/a:1:2")[1]
    answer = ssm.get_parameters(Names=["/a:live", "/a:9", "/none", "/a:live"])
    assert [p["Value"] for p in answer["Parameters"]] == ["one"]
    assert answer["InvalidParameters"] == ["/a:9", "/none"]
    put(ssm, "/0", "zero")
    answer = ssm.get_parameters(Names=["/z", "/a:2", "/a", "/a:1", arn, "/0", "/a:0"])
    assert [(p["Name"], p.get("Selector")) for p in answer["Parameters"]] == [
        ("/0", None), ("/a", ":2"), ("/a", ":1"), ("/a", None), ("/a", None)]
    assert answer["InvalidParameters"] == ["/a:0", "/z"]


def test_secure_strings_are_ciphertext_until_decrypted(ssm):
    put(ssm, "/secret", "open sesame", Type="SecureString")
    sealed = ssm.get_parameter(Name="/secret")["Parameter"]["Value"]
    assert "sesame" not in sealed and len(sealed) > 20
    assert ssm.get_parameter(Name="/secret", WithDecryption=True)["Parameter"]["Value"] == "open sesame"
    assert ssm.describe_parameters()["Parameters"][0]["KeyId"] == "alias/aws/ssm"
    assert refused(ssm.put_parameter, Name="/s", Value="v", Type="SecureString", KeyId="nonsense")[0] == "InvalidKeyId"


def test_tiers_follow_the_size(ssm):
    put(ssm, "/small", "x" * 4096)
    code, message = refused(ssm.put_parameter, Name="/big", Value="x" * 4097, Type="String")
    assert code == "ValidationException" and message.startswith("Standard tier parameters support a maximum")
    assert put(ssm, "/big", "x" * 4097, Tier="Intelligent-Tiering")["Tier"] == "Advanced"
    assert put(ssm, "/little", "x", Tier="Intelligent-Tiering")["Tier"] == "Standard"
    assert refused(ssm.put_parameter, Name="/big", Value="x", Overwrite=True, Tier="Standard")[1].startswith(
        "This parameter uses the advanced-parameter tier. You can't downgrade")
    assert refused(ssm.put_parameter, Name="/h", Value="x" * 8193, Type="String", Tier="Advanced")[0] == "ValidationException"


def test_allowed_patterns_hold_for_later_values_too(ssm):
    put(ssm, "/p", "123", AllowedPattern=r"\d+")
    assert refused(ssm.put_parameter, Name="/p", Value="abc", Overwrite=True) == (
        "ParameterPatternMismatchException", r"Parameter value, cannot be validated against allowedPattern: \d+")
    assert refused(ssm.put_parameter, Name="/q", Value="x", Type="String", AllowedPattern="(")[0] == (
        "InvalidAllowedPatternException")


def test_policies_are_for_advanced_parameters(ssm):
    policies = ('[{"Type":"NoChangeNotification","Version":"1.0","Attributes":{"After":"1","Unit":"Days"}}]')
    assert refused(ssm.put_parameter, Name="/p", Value="v", Type="String", Tier="Standard", Policies=policies) == (
        "ValidationException",
        "You can't assign parameter policies to a standard-parameter tier. You must upgrade the parameter to use the "
        "advanced-parameter tier. For more information, see "
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html")


def test_an_empty_value_is_refused_unseen(ssm):
    assert refused(ssm.put_parameter, Name="/p", Value="", Type="String") == (
        "ValidationException", "1 validation error detected: Value at 'value' failed to satisfy constraint: Member must have "
        "length greater than or equal to 1")


def test_a_pattern_that_runs_away_does_not_hang_the_server(ssm):
    assert refused(ssm.put_parameter, Name="/p", Value="a" * 60 + "!", Type="String", AllowedPattern="(a+)+")[0] == (
        "ParameterPatternMismatchException")


@pytest.mark.parametrize("data_type, value, kind, text", [
    ("Text", "v", "String", "The following data type is not supported: Text. (Data type names are all lowercase.)"),
    ("aws:ec2:image", "ami-1,ami-2", "StringList",
     "The aws:ec2:image data type is not supported for the following input type: StringList"),
    ("aws:ssm:integration", "v", "String", "Parameters with data type: aws:ssm:integration must start with prefix: "
     "/d9d01087-4a3f-49e0-b0b4-d568d7826553/ssm/integrations"),
])
def test_data_types_are_checked(ssm, data_type, value, kind, text):
    assert refused(ssm.put_parameter, Name="/i", Value=value, Type=kind, DataType=data_type) == ("ValidationException", text)


def test_an_image_id_is_an_image(ssm):
    put(ssm, "/image", "ami-0123456789abcdef0", DataType="aws:ec2:image")
    assert ssm.get_parameter(Name="/image")["Parameter"]["DataType"] == "aws:ec2:image"


def test_all_failures_of_a_request_stand_in_one_message(ssm):
    code, message = refused(ssm.put_parameter, Name="/a", Value="v", Type="Wrong", Tier="Wrong")
    assert code == "ValidationException"
    assert message.startswith("2 validation errors detected: Value 'Wrong' at 'type' failed to satisfy constraint: Member "
                              "must satisfy enum value set: [")


def test_history_keeps_a_hundred_versions_and_a_label_holds_the_oldest(ssm):
    put(ssm, "/h", "1")
    for number in range(2, 102):
        put(ssm, "/h", str(number), Overwrite=True)
    versions = [p["Version"] for page in ssm.get_paginator("get_parameter_history").paginate(Name="/h")
                for p in page["Parameters"]]
    assert versions == list(range(2, 102))
    ssm.label_parameter_version(Name="/h", ParameterVersion=2, Labels=["keep"])
    code, message = refused(ssm.put_parameter, Name="/h", Value="x", Overwrite=True)
    assert code == "ParameterMaxVersionLimitExceeded" and "Version 2, the oldest version" in message


def test_labels_move_and_wrong_ones_come_back(ssm):
    put(ssm, "/l", "1")
    put(ssm, "/l", "2", Overwrite=True)
    assert ssm.label_parameter_version(Name="/l", ParameterVersion=1, Labels=["live", "1st", "awsx"])["InvalidLabels"] == [
        "1st", "awsx"]
    assert ssm.label_parameter_version(Name="/l", Labels=["live"])["ParameterVersion"] == 2
    assert [p["Labels"] for p in ssm.get_parameter_history(Name="/l")["Parameters"]] == [[], ["live"]]
    answer = ssm.unlabel_parameter_version(Name="/l", ParameterVersion=2, Labels=["live", "none"])
    assert (answer["RemovedLabels"], answer["InvalidLabels"]) == (["live"], ["none"])


def test_a_version_takes_ten_labels(ssm):
    put(ssm, "/l")
    ssm.label_parameter_version(Name="/l", Labels=[f"l{n}" for n in range(10)])
    assert refused(ssm.label_parameter_version, Name="/l", Labels=["eleventh"])[0] == "ParameterVersionLabelLimitExceeded"


def test_tags_belong_to_the_parameter(ssm):
    put(ssm, "/t", Tags=[{"Key": "team", "Value": "a"}])
    ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId="t", Tags=[{"Key": "env", "Value": "dev"}])
    ssm.remove_tags_from_resource(ResourceType="Parameter", ResourceId="/t", TagKeys=["team", "none"])
    assert ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/t")["TagList"] == [
        {"Key": "env", "Value": "dev"}]
    assert refused(ssm.list_tags_for_resource, ResourceType="Parameter", ResourceId="/x")[0] == "InvalidResourceId"
    assert refused(ssm.put_parameter, Name="/t", Value="v", Overwrite=True, Tags=[{"Key": "a", "Value": "b"}])[1].startswith(
        "Invalid request: tags and overwrite can't be used together.")


def test_the_default_tier_is_a_setting(ssm):
    setting = "/ssm/parameter-store/default-parameter-tier"
    assert ssm.get_service_setting(SettingId=setting)["ServiceSetting"]["SettingValue"] == "Standard"
    ssm.update_service_setting(SettingId=setting, SettingValue="Advanced")
    assert put(ssm, "/advanced")["Tier"] == "Advanced"
    assert ssm.reset_service_setting(SettingId=setting)["ServiceSetting"]["Status"] == "Default"
    assert refused(ssm.get_service_setting, SettingId="/ssm/none")[0] == "ServiceSettingNotFound"


def test_an_advanced_parameter_can_be_shared_by_arn(server, ssm, account):
    put(ssm, "/shared", "value", Tier="Advanced")
    arn = f"arn:aws:ssm:us-east-1:{account}:parameter/shared"
    friend = server.client("ssm", "200000000001")
    assert refused(friend.get_parameter, Name=arn)[0] == "AccessDeniedException"
    policy = ('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"200000000001"},'
              '"Action":["ssm:GetParameter","ssm:GetParameters"],"Resource":"%s"}]}' % arn)
    made = ssm.put_resource_policy(ResourceArn=arn, Policy=policy)
    assert friend.get_parameter(Name=arn)["Parameter"]["Value"] == "value"
    assert [p["ARN"] for p in friend.describe_parameters(Shared=True)["Parameters"]] == [arn]
    assert refused(ssm.delete_resource_policy, ResourceArn=arn, PolicyId=made["PolicyId"], PolicyHash="0" * 64)[0] == (
        "ResourcePolicyConflictException")
    ssm.delete_resource_policy(ResourceArn=arn, PolicyId=made["PolicyId"], PolicyHash=made["PolicyHash"])
    assert refused(friend.get_parameter, Name=arn)[0] == "AccessDeniedException"


def test_accounts_and_regions_do_not_see_each_other(server, ssm, account):
    put(ssm, "/mine")
    assert refused(server.client("ssm", "200000000002").get_parameter, Name="/mine")[0] == "ParameterNotFound"
    assert refused(server.client("ssm", account, "eu-west-1").get_parameter, Name="/mine")[0] == "ParameterNotFound"


def test_every_change_is_an_event_on_the_default_bus(server, ssm, account):
    put(ssm, "/e", "1", Description="text")
    put(ssm, "/e", "2", Overwrite=True)
    ssm.delete_parameters(Names=["/e", "/none"])
    events = server.events(account)
    assert [event["detail"]["operation"] for event in events] == ["Create", "Update", "Delete"]
    assert events[0]["detail-type"] == "Parameter Store Change" and events[0]["source"] == "aws.ssm"
    assert events[0]["resources"] == [f"arn:aws:ssm:us-east-1:{account}:parameter/e"]
    assert events[0]["detail"] == {"operation": "Create", "name": "/e", "type": "String", "description": "text"}


def test_a_refused_request_changes_nothing_and_leaves_no_event(server, ssm, account):
    refused(ssm.put_parameter, Name="/n", Value="v", Type="String", Tags=[{"Key": f"k{n}", "Value": ""} for n in range(51)])
    assert ssm.describe_parameters()["Parameters"] == []
    assert server.events(account) == []
