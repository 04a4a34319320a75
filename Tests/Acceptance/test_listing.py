"""DescribeParameters and GetParametersByPath."""

import pytest
from botocore.exceptions import ClientError

from conftest import code_and_message

NAMES = ["/a", "/app/dev/db", "/app/dev/url", "/app/prod/db", "/apple", "plain"]


@pytest.fixture
def filled(ssm):
    for name in NAMES:
        ssm.put_parameter(Name=name, Value="v", Type="SecureString" if name.endswith("url") else "String")
    return ssm


def refused(call, **arguments):
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    return code_and_message(raised)


def by_path(ssm, path, **more):
    return [p["Name"] for p in ssm.get_parameters_by_path(Path=path, **more)["Parameters"]]


def described(ssm, key, values, option=None):
    filters = {"Key": key, **({"Values": values} if values else {}), **({"Option": option} if option else {})}
    return [p["Name"] for p in ssm.describe_parameters(ParameterFilters=[filters])["Parameters"]]


def test_a_path_holds_whole_levels_only(filled):
    assert by_path(filled, "/app") == []
    assert by_path(filled, "/app", Recursive=True) == ["/app/dev/db", "/app/dev/url", "/app/prod/db"]
    assert by_path(filled, "/app/dev/") == ["/app/dev/db", "/app/dev/url"]
    assert by_path(filled, "/none") == []


def test_the_root_holds_names_with_and_without_a_slash(filled):
    assert by_path(filled, "/") == ["/a", "/apple", "plain"]
    assert sorted(by_path(filled, "/", Recursive=True)) == NAMES


@pytest.mark.parametrize("path", ["app", "//", "/a//b", "/aws", "/ssm/x", "/a b"])
def test_wrong_paths_are_refused(ssm, path):
    code, message = refused(ssm.get_parameters_by_path, Path=path)
    assert code == "ValidationException" and message.startswith("The parameter doesn't meet the parameter name requirements.")


def test_a_path_can_be_filtered_by_type_and_label(filled):
    assert by_path(filled, "/app", Recursive=True, ParameterFilters=[{"Key": "Type", "Values": ["SecureString"]}]) == [
        "/app/dev/url"]
    filled.label_parameter_version(Name="/app/dev/db", Labels=["live"])
    filled.put_parameter(Name="/app/dev/db", Value="new", Overwrite=True)
    found = filled.get_parameters_by_path(
        Path="/app", Recursive=True, ParameterFilters=[{"Key": "Label", "Values": ["live"]}])["Parameters"]
    # Recorded: what a label picks shows no selector.
    assert [(p["Name"], p["Value"], p.get("Selector")) for p in found] == [("/app/dev/db", "v", None)]
    assert refused(filled.get_parameters_by_path, Path="/app", ParameterFilters=[{"Key": "Name", "Values": ["x"]}])[0] == (
        "InvalidFilterKey")


def test_pages_stay_right_while_parameters_come_and_go(ssm):
    for number in range(25):
        ssm.put_parameter(Name=f"/p/{number:02}", Value="v", Type="String")
    first = ssm.get_parameters_by_path(Path="/p")
    assert [p["Name"] for p in first["Parameters"]] == [f"/p/{n:02}" for n in range(10)]
    ssm.delete_parameters(Names=["/p/03", "/p/09", "/p/10"])
    ssm.put_parameter(Name="/p/005", Value="v", Type="String")
    second = ssm.get_parameters_by_path(Path="/p", NextToken=first["NextToken"])
    assert [p["Name"] for p in second["Parameters"]] == [f"/p/{n:02}" for n in range(11, 21)]
    third = ssm.get_parameters_by_path(Path="/p", NextToken=second["NextToken"])
    assert [p["Name"] for p in third["Parameters"]] == [f"/p/{n:02}" for n in range(21, 25)]
    assert "NextToken" not in third


def test_a_token_that_was_altered_is_refused(ssm):
    for number in range(11):
        ssm.put_parameter(Name=f"/p/{number:02}", Value="v", Type="String")
    token = ssm.get_parameters_by_path(Path="/p")["NextToken"]
    assert refused(ssm.get_parameters_by_path, Path="/p", NextToken="A" + token[1:])[0] == "InvalidNextToken"
    assert refused(ssm.get_parameters_by_path, Path="/q", NextToken=token)[0] == "InvalidNextToken"


def test_a_page_has_ten_at_most(ssm):
    assert refused(ssm.get_parameters_by_path, Path="/", MaxResults=11) == (
        "ValidationException", "1 validation error detected: Value '11' at 'maxResults' failed to satisfy constraint: Member "
        "must have value less than or equal to 10")


@pytest.mark.parametrize("key, values, option, names", [
    ("Name", ["a"], None, ["/a"]),
    ("Name", ["/plain"], None, ["plain"]),
    ("Name", ["/ap"], "BeginsWith", ["/app/dev/db", "/app/dev/url", "/app/prod/db", "/apple"]),
    ("Name", ["dev"], "Contains", ["/app/dev/db", "/app/dev/url"]),
    ("Name", ["/a", "plain"], "Equals", ["/a", "plain"]),
    ("Path", ["/app/dev"], None, ["/app/dev/db", "/app/dev/url"]),
    ("Path", ["/app"], "Recursive", ["/app/dev/db", "/app/dev/url", "/app/prod/db"]),
    ("Type", ["SecureString"], None, ["/app/dev/url"]),
    ("KeyId", ["alias/"], "BeginsWith", ["/app/dev/url"]),
    ("DataType", ["aws:ec2:image"], None, []),
])
def test_filters_pick_what_they_say(filled, key, values, option, names):
    assert described(filled, key, values, option) == names


def test_tags_are_filters_too(filled):
    filled.add_tags_to_resource(ResourceType="Parameter", ResourceId="/a", Tags=[{"Key": "team", "Value": "blue"}])
    assert described(filled, "tag:team", ["blue"]) == ["/a"]
    assert described(filled, "tag:team", ["red"]) == []
    assert described(filled, "tag:team", None) == ["/a"]


@pytest.mark.parametrize("filters, code, text", [
    ([{"Key": "Wrong", "Values": ["x"]}], "ValidationException", "Value 'Wrong' at 'parameterFilters.1.member.key'"),
    ([{"Key": "Label", "Values": ["x"]}], "InvalidFilterKey", "The following filter key is not valid: Label."),
    ([{"Key": "Name"}], "InvalidFilterValue", "The following filter values are missing : null for filter key Name."),
    ([{"Key": "Name", "Values": ["a"]}] * 2, "InvalidFilterKey", "The following filter is duplicated in the request: Name."),
    ([{"Key": "Path", "Option": "Equals", "Values": ["/a"]}], "InvalidFilterOption", "Valid options include: [Recursive, OneLevel]."),
    ([{"Key": "Tier", "Values": ["Wrong"]}], "InvalidFilterOption", "The following filter value is not valid: Wrong."),
    ([{"Key": "Path", "Values": ["/aws/x"]}], "ValidationException", "Filters for common parameters can't be prefixed"),
])
def test_wrong_filters_are_refused(ssm, filters, code, text):
    found, message = refused(ssm.describe_parameters, ParameterFilters=filters)
    assert found == code and text in message


def test_the_old_filters_work_alone(filled):
    assert [p["Name"] for p in filled.describe_parameters(Filters=[{"Key": "Type", "Values": ["SecureString"]}])[
        "Parameters"]] == ["/app/dev/url"]
    assert refused(filled.describe_parameters, Filters=[{"Key": "Name", "Values": ["a"]}],
                   ParameterFilters=[{"Key": "Name", "Values": ["a"]}])[1] == (
        "You can use either Filters or ParameterFilters in a single request.")
