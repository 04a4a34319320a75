"""Systems Manager documents with boto3 and the AWS CLI: versions, formats, lists, sharing, and the texts of errors."""

import hashlib
import json
import os
import subprocess
import sys

import pytest
from botocore.exceptions import ClientError

from conftest import code_and_message

AWS = os.path.join(os.path.dirname(sys.executable), "aws")


def runbook(description="a runbook", **more):
    return {"schemaVersion": "0.3", "description": description,
            "parameters": {"Name": {"type": "String", "description": "whose", "default": "/a"}},
            "mainSteps": [{"name": "read", "action": "aws:executeAwsApi",
                           "inputs": {"Service": "ssm", "Api": "GetParameter", "Name": "{{ Name }}"}}], **more}


COMMAND = {"schemaVersion": "2.2", "description": "says hello", "parameters": {"Who": {"type": "String"}},
           "mainSteps": [{"action": "aws:runShellScript", "name": "hello", "inputs": {"runCommand": ["echo {{ Who }}"]}}]}


def create(ssm, name="book", content=None, **more):
    more = {"DocumentType": "Automation", **more}
    content = content if isinstance(content, str) else json.dumps(content or runbook())
    return ssm.create_document(Name=name, Content=content, **more)["DocumentDescription"]


def refused(call, **arguments):
    with pytest.raises(ClientError) as raised:
        call(**arguments)
    return code_and_message(raised)


def test_a_document_is_described_as_it_was_made(ssm, account):
    content = json.dumps(runbook())
    made = create(ssm, content=content, Tags=[{"Key": "team", "Value": "a"}], VersionName="first")
    assert made["Status"] == "Creating"
    found = ssm.describe_document(Name="book")["Document"]
    assert found.pop("CreatedDate") == made.pop("CreatedDate")
    assert found == {
        "Hash": hashlib.sha256(content.encode()).hexdigest(), "HashType": "Sha256", "Name": "book",
        "VersionName": "first", "Owner": account, "Status": "Active", "DocumentVersion": "1",
        "Description": "a runbook",
        "Parameters": [{"Name": "Name", "Type": "String", "Description": "whose", "DefaultValue": "/a"}],
        "PlatformTypes": ["Windows", "Linux", "MacOS"], "DocumentType": "Automation", "SchemaVersion": "0.3",
        "LatestVersion": "1", "DefaultVersion": "1", "DocumentFormat": "JSON",
        "Tags": [{"Key": "team", "Value": "a"}], "Category": [], "CategoryEnum": []}
    # Recorded: the answers to changes have no categories.
    assert {**made, "Status": "Active", "Category": [], "CategoryEnum": []} == found
    assert "Category" not in made


def test_content_comes_back_in_the_format_that_is_asked_for(ssm):
    text = "schemaVersion: '0.3'\nmainSteps:\n- name: wait\n  action: aws:sleep\n  inputs: {Duration: PT1S}\n"
    create(ssm, content=text, DocumentFormat="YAML")
    assert ssm.get_document(Name="book", DocumentFormat="YAML")["Content"] == text
    # Recorded: JSON is the default, whatever was given, and looks so.
    as_json = ssm.get_document(Name="book")
    assert as_json["DocumentFormat"] == "JSON"
    assert as_json["Content"] == (
        '{\n  "schemaVersion" : "0.3",\n  "mainSteps" : [ {\n    "name" : "wait",\n    "action" : "aws:sleep",\n'
        '    "inputs" : {\n      "Duration" : "PT1S"\n    }\n  } ]\n}')
    value = {"schemaVersion": "0.3",
             "mainSteps": [{"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}]}
    assert json.loads(as_json["Content"]) == value
    create(ssm, "other", content=value)
    as_yaml = ssm.get_document(Name="other", DocumentFormat="YAML")["Content"]
    assert as_yaml == ('---\nschemaVersion: "0.3"\nmainSteps:\n- name: "wait"\n  action: "aws:sleep"\n'
                       '  inputs:\n    Duration: "PT1S"\n')
    ssm.create_document(Name="third", Content=as_yaml, DocumentFormat="YAML", DocumentType="Automation")


def test_versions_are_made_named_and_removed(ssm):
    create(ssm, VersionName="one")
    second = ssm.update_document(Name="book", Content=json.dumps(runbook("second")), VersionName="two",
                                 DocumentVersion="$LATEST")["DocumentDescription"]
    assert (second["DocumentVersion"], second["LatestVersion"], second["DefaultVersion"]) == ("2", "2", "1")
    assert ssm.describe_document(Name="book")["Document"]["Description"] == "a runbook"
    assert ssm.describe_document(Name="book", DocumentVersion="$LATEST")["Document"]["Description"] == "second"
    assert ssm.describe_document(Name="book", VersionName="two")["Document"]["DocumentVersion"] == "2"
    assert refused(ssm.update_document, Name="book", Content=json.dumps(runbook("second")),
                   DocumentVersion="$LATEST") == (
        "DuplicateDocumentContent", "Document to be updated with name book has the same metadata and content as "
        "document version provided in request")
    assert refused(ssm.update_document, Name="book", Content=json.dumps(runbook("third")), VersionName="one",
                   DocumentVersion="$LATEST") == (
        "DuplicateDocumentVersionName",
        "Document version name one has already been used for another version of this document")
    assert refused(ssm.update_document, Name="book", Content=json.dumps(runbook("third")), DocumentVersion="1") == (
        "InvalidDocumentVersion", "Version provided for document book is not latest. "
        "Please provide the latest version to update document book")
    assert refused(ssm.update_document, Name="book", Content=json.dumps(runbook("third")), DocumentVersion="9") == (
        "InvalidDocumentVersion", "Document version: 9 is invalid, latest version is 2")
    for version in ({}, {"DocumentVersion": "$DEFAULT"}):
        assert refused(ssm.update_document, Name="book", Content=json.dumps(runbook("third")), **version) == (
            "InvalidDocumentVersion", "Document version for UpdateDocument must be number or $LATEST")
    assert refused(ssm.get_document, Name="book", DocumentVersion="9") == (
        "InvalidDocumentVersion", "Document version: 9 is invalid, latest version is 2")
    assert refused(ssm.update_document_default_version, Name="book", DocumentVersion="9") == (
        "InvalidDocumentVersion", "Document with name book with version 9 does not exist.")
    standard = ssm.update_document_default_version(Name="book", DocumentVersion="2")["Description"]
    assert standard == {"Name": "book", "DefaultVersion": "2"}
    versions = ssm.list_document_versions(Name="book")["DocumentVersions"]
    assert [(v["DocumentVersion"], v["IsDefaultVersion"]) for v in versions] == [("2", True), ("1", False)]
    pages = ssm.get_paginator("list_document_versions").paginate(Name="book", PaginationConfig={"PageSize": 1})
    assert [[v["DocumentVersion"] for v in page["DocumentVersions"]] for page in pages] == [["2"], ["1"]]
    assert refused(ssm.delete_document, Name="book", DocumentVersion="2") == (
        "InvalidDocumentOperation", "Default version of the document can't be deleted.")
    ssm.delete_document(Name="book", DocumentVersion="1")
    assert refused(ssm.get_document, Name="book", DocumentVersion="1")[0] == "InvalidDocumentVersion"
    ssm.delete_document(Name="book")
    assert refused(ssm.describe_document, Name="book") == (
        "InvalidDocument", "Document with name book does not exist.")
    assert refused(ssm.delete_document, Name="book") == (
        "InvalidDocument", "Document book does not exist in your account")


def test_the_number_of_a_deleted_version_is_not_given_again(ssm):
    create(ssm)
    for description in ("second", "third"):
        ssm.update_document(Name="book", Content=json.dumps(runbook(description)), DocumentVersion="$LATEST")
    ssm.delete_document(Name="book", DocumentVersion="$LATEST")
    assert ssm.describe_document(Name="book")["Document"]["LatestVersion"] == "2"
    made = ssm.update_document(Name="book", Content=json.dumps(runbook("third")), DocumentVersion="$LATEST")
    assert made["DocumentDescription"]["DocumentVersion"] == made["DocumentDescription"]["LatestVersion"] == "4"
    versions = ssm.list_document_versions(Name="book")["DocumentVersions"]
    assert [version["DocumentVersion"] for version in versions] == ["4", "2", "1"]


def test_names_are_taken_once_and_not_awss(ssm):
    create(ssm)
    assert refused(create, ssm=ssm) == ("DocumentAlreadyExists", "Document with same name book already exists")
    assert refused(create, ssm=ssm, name="AWS-Mine")[0] == "ValidationException"


@pytest.mark.parametrize("content, code, message", [
    ('{"schemaVersion": "0.3",\n "mainSteps": [}', "InvalidDocumentContent", "JSON not well-formed. at Line: 2, Column: 16"),
    ('{"mainSteps": []}', "InvalidDocumentContent", "The content has no schemaVersion."),
    ('{"schemaVersion": "2.2", "mainSteps": []}', "InvalidDocumentSchemaVersion",
     "The version of the document schema isn't supported."),
    ({"schemaVersion": "0.3", "mainSteps": []}, "InvalidDocumentContent", "mainSteps must have a step."),
    (runbook(mainSteps=[{"name": "a", "action": "aws:nonsense"}]), "InvalidDocumentContent",
     'Action "aws:nonsense" of step "a" is not supported.'),
    (runbook(assumeRole="{{ Role }}"), "InvalidDocumentContent", 'Parameter "Role" is not declared.'),
    (json.dumps(runbook(parameters={"Odd \"}": {"type": "String"}, "Name": {"type": "Text"}}), indent=2),
     "InvalidDocumentContent", "Parameter type: Text is invalid. at Line: 10, Column: 5"),
    ('{"schemaVersion": "0.3", "parameters": {"l": {"type": "StringList", "default": "a"}}, "mainSteps": []}',
     "InvalidDocumentContent",
     'Wrong default value for a "StringList" parameters, got "a". at Line: 1, Column: 83'),
    (runbook(mainSteps=[{"name": "a", "action": "aws:pause", "inputs": {}, "nextStep": "b"}]), "InvalidDocumentContent",
     'Step "b" that step "a" names is not defined.'),
    (runbook(mainSteps=[{"name": "a", "action": "aws:branch", "inputs": {"Choices": [
        {"NextStep": "a", "Or": [{"Variable": "x", "StringEquals": "x"}]}]}}]), "InvalidDocumentContent",
     "Expect at lease two expressions for operator: Or in step: a. Provided: 1"),
    (runbook(mainSteps=[{"name": "a", "action": "aws:runCommand", "inputs": {"runCommand": "ls"}}]),
     "InvalidDocumentContent",
     "Missing required input names. Required=[ [DocumentName] ], Provided =[ [runCommand] ]."),
    (runbook(mainSteps=[{"name": "a", "action": "aws:sleep", "inputs": {"Duration": "PT1S", "Until": "noon"}}]),
     "InvalidDocumentContent",
     "Unknown input names provided. Known=[ [Duration, Timestamp] ], Provided=[ [Duration, Until] ]."),
    (runbook(description="x" * 65536), "MaxDocumentSizeExceeded", "The size limit of a document is 64 KB."),
])
def test_content_that_is_not_right_is_refused(ssm, content, code, message):
    assert refused(create, ssm=ssm, content=content) == (code, message)
    assert refused(ssm.describe_document, Name="book")[0] == "InvalidDocument"


def test_commands_are_kept(ssm):
    made = create(ssm, "hello", COMMAND, DocumentType="Command", TargetType="/AWS::EC2::Instance")
    assert made["PlatformTypes"] == ["Linux", "MacOS"]
    assert made["TargetType"] == "/AWS::EC2::Instance"
    wrong = {**COMMAND, "parameters": {}}
    assert refused(create, ssm=ssm, content=wrong, DocumentType="Command") == (
        "InvalidDocumentContent", 'Parameter "Who" is not declared.')
    unknown = {**COMMAND, "mainSteps": [{"action": "aws:createImage", "name": "a", "inputs": {}}]}
    assert refused(create, ssm=ssm, content=unknown, DocumentType="Command") == (
        "InvalidDocumentContent", "Unknown plugin name: aws:createImage")
    assert refused(create, ssm=ssm, content={"schemaVersion": "2.2"}, DocumentType="Command") == (
        "InvalidDocumentContent", 'Missing "mainSteps" in the document.')
    for changed, text in [
        ({"runtimeConfig": {}}, 'Unknown property "runtimeConfig".'),
        ({"schemaVersion": "1.2", "runtimeConfig": {}}, 'Unknown property "mainSteps".'),
        ({"schemaVersion": "2.0", "mainSteps": [{**COMMAND["mainSteps"][0], "precondition": {}}]},
         'Unrecognized field "precondition". Precondition is supported only for Command and Policy document types and for '
         "schema version 2.2 or higher. Step name: hello"),
    ]:
        assert refused(create, ssm=ssm, content={**COMMAND, **changed}, DocumentType="Command") == (
            "InvalidDocumentContent", text)
    # A Command is what is meant where no type is given.
    assert ssm.create_document(Name="plain", Content=json.dumps(COMMAND))["DocumentDescription"]["DocumentType"] == "Command"


def test_a_command_of_the_oldest_schema_is_never_updated(ssm):
    old = {"schemaVersion": "1.2", "runtimeConfig": {"aws:runShellScript": {"properties": [{"runCommand": ["ls"]}]}}}
    create(ssm, "old", old, DocumentType="Command")
    for content in ({**old, "description": "new"}, COMMAND):
        assert refused(ssm.update_document, Name="old", Content=json.dumps(content), DocumentVersion="$LATEST") == (
            "InvalidDocumentSchemaVersion", "Update is not allowed for documentType: Command, schemaVersion: 1.2")
    assert ssm.describe_document(Name="old")["Document"]["LatestVersion"] == "1"


@pytest.mark.parametrize("kind, form, content", [
    ("ChangeCalendar", "TEXT", "BEGIN:VCALENDAR"), ("CloudFormation", "JSON", '{"Resources": {}}')])
def test_a_type_that_is_not_served_is_named(ssm, kind, form, content):
    assert refused(ssm.create_document, Name="book", Content=content, DocumentType=kind, DocumentFormat=form) == (
        "ValidationException", f"Documents of the type {kind} are not served.")


def test_lists_are_filtered_and_paged(ssm):
    for name in ("alpha", "beta", "gamma"):
        create(ssm, name, Tags=[{"Key": "team", "Value": name}])
    create(ssm, "delta", COMMAND, DocumentType="Command")

    def names(*filters, **more):
        filters = [{"Key": key, "Values": list(values)} for key, *values in filters]
        return [d["Name"] for d in ssm.list_documents(Filters=filters, **more)["DocumentIdentifiers"]]

    mine = ("Owner", "Self")
    assert names(mine) == ["alpha", "beta", "delta", "gamma"]
    assert names(mine, ("DocumentType", "Command")) == ["delta"]
    assert names(mine, ("Name", "al", "ga")) == ["alpha", "gamma"]
    assert names(mine, ("tag:team", "beta")) == ["beta"]
    assert names(mine, ("PlatformTypes", "Windows"), ("DocumentType", "Command")) == []
    assert "AWS-PublishSNSNotification" in names(("Owner", "Amazon"))
    pages = ssm.get_paginator("list_documents").paginate(Filters=[{"Key": "Owner", "Values": ["Self"]}],
                                                         PaginationConfig={"PageSize": 3})
    assert [[d["Name"] for d in page["DocumentIdentifiers"]] for page in pages] == [["alpha", "beta", "delta"], ["gamma"]]
    assert refused(ssm.list_documents, Filters=[{"Key": "Nonsense", "Values": ["x"]}])[0] == "InvalidFilterKey"


def test_awss_own_runbooks_can_be_read(ssm):
    found = ssm.describe_document(Name="AWSConfigRemediation-EncryptSNSTopic")["Document"]
    assert (found["Owner"], found["DocumentType"]) == ("Amazon", "Automation")
    assert {p["Name"] for p in found["Parameters"]} == {"TopicArn", "KmsKeyArn", "AutomationAssumeRole"}
    assert "mainSteps" in json.loads(ssm.get_document(Name="AWS-PublishSNSNotification", DocumentFormat="JSON")["Content"])
    assert refused(ssm.delete_document, Name="AWS-PublishSNSNotification")[0] == "InvalidDocument"


def test_a_document_is_shared(server, ssm, account):
    other = server.client("ssm", "210000000001")
    arn = f"arn:aws:ssm:us-east-1:{account}:document/book"
    create(ssm)
    assert refused(other.get_document, Name=arn)[0] == "InvalidDocument"
    ssm.modify_document_permission(Name="book", PermissionType="Share", AccountIdsToAdd=["210000000001"])
    shown = ssm.describe_document_permission(Name="book", PermissionType="Share")
    assert shown["AccountIds"] == ["210000000001"]
    assert shown["AccountSharingInfoList"] == [{"AccountId": "210000000001", "SharedDocumentVersion": "$DEFAULT"}]
    assert other.get_document(Name=arn)["Name"] == "book"
    private = other.list_documents(Filters=[{"Key": "Owner", "Values": ["Private"]}])["DocumentIdentifiers"]
    assert [d["Name"] for d in private] == [arn]
    # Recorded: what is taken from the public is still shared with an account.
    ssm.modify_document_permission(Name="book", PermissionType="Share", AccountIdsToRemove=["All"])
    assert refused(ssm.delete_document, Name="book") == (
        "InvalidDocumentOperation", "Must unshare document first before delete")
    ssm.modify_document_permission(Name="book", PermissionType="Share", AccountIdsToRemove=["210000000001"])
    assert refused(other.get_document, Name=arn)[0] == "InvalidDocument"
    ssm.delete_document(Name="book")


def test_a_document_is_shared_with_everybody_or_with_some(ssm):
    create(ssm)

    def modify(**lists):
        ssm.modify_document_permission(Name="book", PermissionType="Share", **lists)
        return ssm.describe_document_permission(Name="book", PermissionType="Share")["AccountIds"]

    some = ["210000000001", "210000000002"]
    assert modify(AccountIdsToAdd=some) == some
    assert modify(AccountIdsToAdd=["All"]) == ["all"]
    assert modify(AccountIdsToAdd=some[:1]) == some[:1]
    # What is to be added and removed is removed.
    assert modify(AccountIdsToAdd=some, AccountIdsToRemove=some[1:]) == some[:1]
    assert modify(AccountIdsToRemove=["all"]) == some[:1]
    assert modify(AccountIdsToRemove=some) == []
    assert refused(modify)[0] == "ValidationException"


def test_tags_of_documents(ssm):
    create(ssm)
    ssm.add_tags_to_resource(ResourceType="Document", ResourceId="book", Tags=[{"Key": "a", "Value": "1"}])
    assert ssm.list_tags_for_resource(ResourceType="Document", ResourceId="book")["TagList"] == [{"Key": "a", "Value": "1"}]
    ssm.remove_tags_from_resource(ResourceType="Document", ResourceId="book", TagKeys=["a"])
    assert ssm.describe_document(Name="book")["Document"]["Tags"] == []
    assert refused(ssm.list_tags_for_resource, ResourceType="Document", ResourceId="none")[0] == "InvalidResourceId"


def test_the_command_line_makes_and_reads_one(server, account, tmp_path):
    (tmp_path / "book.yaml").write_text("schemaVersion: '0.3'\nmainSteps:\n  - name: wait\n    action: aws:pause\n    inputs: {}\n")
    run = lambda *words: json.loads(subprocess.run([AWS, "ssm", *words], env=server.environment(account), check=True,
                                                   capture_output=True, text=True, timeout=60).stdout or "null")
    made = run("create-document", "--name", "book", "--document-type", "Automation", "--document-format", "YAML",
               "--content", f"file://{tmp_path}/book.yaml")
    assert made["DocumentDescription"]["DocumentFormat"] == "YAML"
    assert run("get-document", "--name", "book")["DocumentVersion"] == "1"
