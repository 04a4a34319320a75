"""SQS queues: their attributes, names, permissions and tags."""

import json

import pytest
from botocore.exceptions import ClientError

from conftest import code_and_message

STATEMENT = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}


def arn(account, name, region="us-east-1"):
    return f"arn:aws:sqs:{region}:{account}:{name}"


def test_a_new_queue_has_the_attributes_of_aws(server, sqs, account):
    url = sqs.create_queue(QueueName="plain")["QueueUrl"]
    assert url == f"{server.url}/{account}/plain"
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    del attributes["CreatedTimestamp"], attributes["LastModifiedTimestamp"]
    assert attributes == {
        "ApproximateNumberOfMessages": "0", "ApproximateNumberOfMessagesDelayed": "0",
        "ApproximateNumberOfMessagesNotVisible": "0", "DelaySeconds": "0", "MaximumMessageSize": "1048576",
        "MessageRetentionPeriod": "345600", "QueueArn": arn(account, "plain"), "ReceiveMessageWaitTimeSeconds": "0",
        "SqsManagedSseEnabled": "true", "VisibilityTimeout": "30"}


def test_a_fifo_queue_shows_its_type(sqs):
    url = sqs.create_queue(QueueName="f.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert {name: attributes[name] for name in ("FifoQueue", "ContentBasedDeduplication", "DeduplicationScope",
                                                "FifoThroughputLimit")} == {
        "FifoQueue": "true", "ContentBasedDeduplication": "false", "DeduplicationScope": "queue",
        "FifoThroughputLimit": "perQueue"}


@pytest.mark.parametrize("name, attributes, code, message", [
    ("a b", {}, "InvalidParameterValue", "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"),
    ("x" * 81, {}, "InvalidParameterValue",
     "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"),
    ("x.fifo", {}, "InvalidParameterValue",
     "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"),
    ("x", {"FifoQueue": "false"}, "InvalidAttributeName", "Unknown Attribute FifoQueue."),
    ("x", {"Nope": "1"}, "InvalidAttributeName", "Unknown Attribute Nope."),
    ("x", {"ContentBasedDeduplication": "true"}, "InvalidAttributeName", "Unknown Attribute ContentBasedDeduplication."),
    ("x", {"DeduplicationScope": "queue"}, "InvalidAttributeName",
     "You can specify the DeduplicationScope only when FifoQueue is set to true."),
    ("x", {"DelaySeconds": "901"}, "InvalidAttributeValue", "Invalid value for the parameter DelaySeconds."),
    ("x", {"VisibilityTimeout": "soon"}, "InvalidAttributeValue", "Invalid value for the parameter VisibilityTimeout."),
    ("x.fifo", {"FifoQueue": "true", "FifoThroughputLimit": "perMessageGroupId"}, "InvalidAttributeValue",
     "Invalid value for the parameter FifoThroughputLimit. Reason: To set FifoThroughputLimit to perMessageGroupId, the "
     "DeduplicationScope must be messageGroup."),
    ("x", {"KmsMasterKeyId": "k", "SqsManagedSseEnabled": "true"}, "InvalidAttributeName",
     "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE."),
    ("x", {"RedriveAllowPolicy": "{}"}, "InvalidParameterValue",
     "Amazon SQS can't create the redrive allow policy, as it's in an unsupported format."),
])
def test_what_cannot_be_is_refused_in_the_words_of_aws(sqs, name, attributes, code, message):
    with pytest.raises(ClientError) as raised:
        sqs.create_queue(QueueName=name, Attributes=attributes)
    assert code_and_message(raised) == (code, message)
    assert "QueueUrls" not in sqs.list_queues()


def test_a_queue_is_made_again_with_what_it_has_only(sqs):
    url = sqs.create_queue(QueueName="again", Attributes={"DelaySeconds": "5", "VisibilityTimeout": "9"})["QueueUrl"]
    assert sqs.create_queue(QueueName="again", Attributes={"DelaySeconds": "5"})["QueueUrl"] == url
    assert sqs.create_queue(QueueName="again")["QueueUrl"] == url
    with pytest.raises(ClientError) as raised:
        sqs.create_queue(QueueName="again", Attributes={"DelaySeconds": "6"})
    assert code_and_message(raised) == (
        "QueueAlreadyExists", "A queue already exists with the same name and a different value for attribute DelaySeconds")
    assert raised.value.response["Error"]["QueryErrorCode"] == "QueueNameExists"


def test_equal_attributes_may_be_written_in_other_ways(sqs, account):
    sqs.create_queue(QueueName="dead.fifo", Attributes={"FifoQueue": "True"})
    attributes = {"FifoQueue": "TRUE", "ContentBasedDeduplication": "False", "DelaySeconds": "5",
                  "RedrivePolicy": json.dumps({"deadLetterTargetArn": arn(account, "dead.fifo"), "maxReceiveCount": 3}),
                  "Policy": json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})}
    url = sqs.create_queue(QueueName="other.fifo", Attributes=attributes)["QueueUrl"]
    shown = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["FifoQueue", "ContentBasedDeduplication"])["Attributes"]
    assert shown == {"FifoQueue": "true", "ContentBasedDeduplication": "false"}
    again = attributes | {
        "RedrivePolicy": f'{{"maxReceiveCount":"3","deadLetterTargetArn":"{arn(account, "dead.fifo")}"}}',
        "Policy": json.dumps({"Statement": [STATEMENT], "Version": "2012-10-17"}, separators=(",", ":"))}
    assert sqs.create_queue(QueueName="other.fifo", Attributes=again)["QueueUrl"] == url
    with pytest.raises(ClientError) as raised:
        sqs.create_queue(QueueName="other.fifo", Attributes=again | {"Policy": json.dumps({"Statement": [STATEMENT]})})
    assert code_and_message(raised)[1].endswith("a different value for attribute Policy")


def test_an_empty_text_takes_an_attribute_back(sqs):
    url = sqs.create_queue(QueueName="empty", Attributes={
        "Policy": json.dumps({"Statement": STATEMENT}), "DelaySeconds": "7"})["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": "", "DelaySeconds": ""})
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy", "DelaySeconds"])["Attributes"]
    assert attributes == {"DelaySeconds": "0"}


def test_a_name_that_is_no_attribute_is_an_error(sqs):
    url = sqs.create_queue(QueueName="names")["QueueUrl"]
    assert "Attributes" not in sqs.get_queue_attributes(QueueUrl=url)
    with pytest.raises(ClientError) as raised:
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Nope"])
    assert code_and_message(raised) == ("InvalidAttributeName", "Unknown Attribute Nope.")


def test_a_missing_queue_has_the_old_code_and_the_new_one(sqs):
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as raised:
        sqs.get_queue_url(QueueName="missing")
    assert code_and_message(raised) == ("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
    assert raised.value.response["Error"]["QueryErrorCode"] == "QueueDoesNotExist"
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize("operation, request_, kind, code", [
    ("GetQueueUrl", {"QueueName": "missing"}, "com.amazonaws.sqs#QueueDoesNotExist",
     "AWS.SimpleQueueService.NonExistentQueue"),
    ("CreateQueue", {"QueueName": "a b"}, "com.amazon.coral.service#InvalidParameterValueException", "InvalidParameterValue"),
    ("SendMessage", {"QueueUrl": "", "MessageBody": "x"}, "com.amazon.coral.service#MissingRequiredParameterException",
     "MissingParameter"),
    ("NoSuchThing", {}, "com.amazon.coral.service#UnknownOperationException", "UnknownOperationException"),
])
def test_an_error_says_whose_it_is(server, operation, request_, kind, code):
    status, headers, body = server.http("POST", "/", json.dumps(request_), {
        "X-Amz-Target": f"AmazonSQS.{operation}", "Content-Type": "application/x-amz-json-1.0"})
    assert (status, headers["x-amzn-query-error"], json.loads(body)["__type"]) == (400, f"{code};Sender", kind)


def test_queues_are_listed_by_prefix_and_in_pages(sqs):
    for name in ("b1", "a2", "a1", "a3"):
        sqs.create_queue(QueueName=name)
    names = [url.split("/")[-1] for url in sqs.list_queues(QueueNamePrefix="a")["QueueUrls"]]
    assert names == ["a1", "a2", "a3"]
    first = sqs.list_queues(MaxResults=3)
    rest = sqs.list_queues(MaxResults=3, NextToken=first["NextToken"])
    assert [url.split("/")[-1] for url in first["QueueUrls"] + rest["QueueUrls"]] == ["a1", "a2", "a3", "b1"]
    assert "NextToken" not in rest


def test_a_queue_is_found_by_any_host_and_by_its_bare_name(sqs, account):
    sqs.create_queue(QueueName="hosts")
    for url in (f"http://queues.internal:1/{account}/hosts", f"https://sqs.us-east-1.amazonaws.com/{account}/hosts",
                f"http://x/queue/us-east-1/{account}/hosts", "hosts"):
        assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])["Attributes"] == {"DelaySeconds": "0"}


def test_a_url_of_aws_is_good_only_in_its_region(server, sqs, account):
    url = f"https://sqs.us-east-1.amazonaws.com/{account}/here"
    sqs.create_queue(QueueName="here")
    with pytest.raises(ClientError) as raised:
        server.client("sqs", account, "eu-west-1").send_message(QueueUrl=url, MessageBody="x")
    assert code_and_message(raised) == ("InvalidAddress", f"The address {url} is not valid for this endpoint.")
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    sqs.send_message(QueueUrl=url, MessageBody="x")


@pytest.mark.parametrize("url", ["http://whatever", "http://x/nonsense", "http://x/123/q", "http://x/{account}/q/more"])
def test_a_url_of_another_form_is_that_of_no_queue(sqs, account, url):
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_attributes(QueueUrl=url.format(account=account))
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName=url)


def test_another_accounts_queue_is_out_of_reach(server, sqs, account):
    url = server.client("sqs", "999999999999").create_queue(QueueName="theirs")["QueueUrl"]
    with pytest.raises(ClientError) as raised:
        sqs.send_message(QueueUrl=url, MessageBody="x")
    assert raised.value.response["Error"]["Code"] == "AccessDenied"
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_permissions_become_statements_of_the_policy(sqs, account):
    url = sqs.create_queue(QueueName="permitted")["QueueUrl"]
    sqs.add_permission(QueueUrl=url, Label="one", AWSAccountIds=["111111111111"], Actions=["ReceiveMessage"])
    sqs.add_permission(QueueUrl=url, Label="two", AWSAccountIds=["111111111111", "222222222222"], Actions=["*"])
    policy = json.loads(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"])
    assert policy == {
        "Version": "2008-10-17", "Id": f"{arn(account, 'permitted')}/SQSDefaultPolicy", "Statement": [
            {"Sid": "one", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
             "Action": "SQS:ReceiveMessage", "Resource": arn(account, "permitted")},
            {"Sid": "two", "Effect": "Allow",
             "Principal": {"AWS": ["arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root"]},
             "Action": "SQS:*", "Resource": arn(account, "permitted")}]}
    with pytest.raises(ClientError) as raised:
        sqs.remove_permission(QueueUrl=url, Label="three")
    assert code_and_message(raised) == (
        "InvalidParameterValue", "Value three for parameter Label is invalid. Reason: can't find label.")
    sqs.remove_permission(QueueUrl=url, Label="one")
    sqs.remove_permission(QueueUrl=url, Label="two")
    assert "Attributes" not in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])


@pytest.mark.parametrize("change, code, message", [
    ({"Actions": []}, "MissingParameter", "The request must contain the parameter Actions."),
    ({"AWSAccountIds": []}, "InvalidParameterValue", "Value [] for parameter PrincipalId is invalid. Reason: Unable to verify."),
    ({"Actions": ["ReceiveMessage"] * 8}, "OverLimit", "8 Actions were found, maximum allowed is 7."),
    ({"Label": "a b"}, "InvalidParameterValue",
     "Value a b for parameter Label is invalid. Reason: Can only include alphanumeric characters, hyphens, or underscores. 1 "
     "to 80 in length"),
])
def test_a_permission_has_its_limits(sqs, change, code, message):
    url = sqs.create_queue(QueueName="limited")["QueueUrl"]
    permission = {"Label": "l", "AWSAccountIds": ["111111111111"], "Actions": ["ReceiveMessage"]} | change
    with pytest.raises(ClientError) as raised:
        sqs.add_permission(QueueUrl=url, **permission)
    assert code_and_message(raised) == (code, message)


@pytest.mark.parametrize("policy", [
    {"Version": "2012-10-17", "Statement": []}, {"Version": "2012-10-17"}, {"Version": "2012-10-18", "Statement": STATEMENT},
    {"Statement": STATEMENT, "Comment": "x"}, {"Statement": STATEMENT | {"Comment": "x"}}, {"Statement": ["x"]},
    {"Statement": STATEMENT | {"Effect": "Maybe"}}, {"Statement": {"Effect": "Allow", "Principal": "*", "Resource": "*"}},
    {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*"}},
])
def test_a_policy_that_is_none_is_refused(sqs, policy):
    with pytest.raises(ClientError) as raised:
        sqs.create_queue(QueueName="guarded", Attributes={"Policy": json.dumps(policy)})
    assert code_and_message(raised) == ("InvalidAttributeValue", "Invalid value for the parameter Policy.")


@pytest.mark.parametrize("statements, message", [
    ([STATEMENT] * 21, "21 statements were found in the submitted policy, max allowed is 20"),
    (STATEMENT | {"Action": ["sqs:SendMessage"] * 8},
     "8 actions were found in a statement from the submitted policy, max allowed is 7"),
    (STATEMENT | {"Resource": "x" * 8192}, "Submitted policy is over max allowed size."),
])
def test_a_policy_has_its_limits(sqs, statements, message):
    url = sqs.create_queue(QueueName="guarded", Attributes={"Policy": json.dumps({"Statement": STATEMENT})})["QueueUrl"]
    with pytest.raises(ClientError) as raised:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Statement": statements})})
    assert code_and_message(raised) == ("OverLimit", message)
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_permissions_join_a_statement_that_stands_by_itself(sqs):
    policy = json.dumps({"Statement": STATEMENT | {"Sid": "mine"}})
    url = sqs.create_queue(QueueName="alone", Attributes={"Policy": policy})["QueueUrl"]
    sqs.add_permission(QueueUrl=url, Label="l", AWSAccountIds=["111111111111"], Actions=["SendMessage"])
    sqs.remove_permission(QueueUrl=url, Label="mine")
    policy = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]
    assert [statement["Sid"] for statement in json.loads(policy)["Statement"]] == ["l"]


def test_no_permission_is_added_to_a_full_policy(sqs):
    url = sqs.create_queue(QueueName="full", Attributes={"Policy": json.dumps({"Statement": [STATEMENT] * 20})})["QueueUrl"]
    with pytest.raises(ClientError) as raised:
        sqs.add_permission(QueueUrl=url, Label="l", AWSAccountIds=["111111111111"], Actions=["SendMessage"])
    assert code_and_message(raised) == (
        "OverLimit", "21 statements were found in the submitted policy, max allowed is 20")


def test_a_policy_lets_another_account_in(server, sqs, account):
    url = sqs.create_queue(QueueName="shared")["QueueUrl"]
    sqs.add_permission(QueueUrl=url, Label="l", AWSAccountIds=["888888888888"], Actions=["SendMessage"])
    friend = server.client("sqs", "888888888888")
    friend.send_message(QueueUrl=url, MessageBody="from afar")
    assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "from afar"
    with pytest.raises(ClientError) as raised:
        friend.receive_message(QueueUrl=url)
    assert raised.value.response["Error"]["Code"] == "AccessDenied"


def test_tags_come_and_go(sqs):
    url = sqs.create_queue(QueueName="tagged", tags={"team": "a", "empty": ""})["QueueUrl"]
    sqs.tag_queue(QueueUrl=url, Tags={"team": "b", "stage": "dev"})
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"team": "b", "empty": "", "stage": "dev"}
    sqs.untag_queue(QueueUrl=url, TagKeys=["team", "empty", "stage"])
    assert "Tags" not in sqs.list_queue_tags(QueueUrl=url)


@pytest.mark.parametrize("operation, arguments, message", [
    ("tag_queue", {"Tags": {}}, "The request must contain the parameter Tags."),
    ("tag_queue", {"Tags": {"": "v"}}, "Tag keys must be between 1 and 128 characters in length."),
    ("tag_queue", {"Tags": {f"k{i}": "v" for i in range(51)}}, "Too many tags added for queue limits."),
    ("untag_queue", {"TagKeys": []}, "Tag keys must be between 1 and 128 characters in length."),
])
def test_tags_have_their_limits(sqs, operation, arguments, message):
    url = sqs.create_queue(QueueName="limits", tags={"k": "v"})["QueueUrl"]
    with pytest.raises(ClientError) as raised:
        getattr(sqs, operation)(QueueUrl=url, **arguments)
    assert code_and_message(raised)[1] == message
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"k": "v"}


def test_a_deleted_queues_name_is_free_at_once_unless_it_is_to_be_held(frozen, start):
    sqs = frozen.client("sqs")
    sqs.delete_queue(QueueUrl=sqs.create_queue(QueueName="q")["QueueUrl"])
    sqs.create_queue(QueueName="q")
    strict = start("--hold-deleted-names")
    strict.json("POST", "/_windtunnel/clock", {"freeze": True})
    sqs = strict.client("sqs")
    sqs.delete_queue(QueueUrl=sqs.create_queue(QueueName="q")["QueueUrl"])
    strict.advance("59s")
    with pytest.raises(ClientError) as raised:
        sqs.create_queue(QueueName="q")
    assert code_and_message(raised) == (
        "AWS.SimpleQueueService.QueueDeletedRecently",
        "You must wait 60 seconds after deleting a queue before you can create another with the same name.")
    strict.advance("1s")
    sqs.create_queue(QueueName="q")


def test_a_purge_empties_the_queue_once_a_minute(frozen):
    sqs = frozen.client("sqs")
    url = sqs.create_queue(QueueName="purged")["QueueUrl"]
    for seconds in (0, 0, 60):
        sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=seconds)
    sqs.receive_message(QueueUrl=url)
    sqs.purge_queue(QueueUrl=url)
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert [counts[f"ApproximateNumberOfMessages{kind}"] for kind in ("", "NotVisible", "Delayed")] == ["0", "0", "0"]
    with pytest.raises(ClientError) as raised:
        sqs.purge_queue(QueueUrl=url)
    assert code_and_message(raised) == ("AWS.SimpleQueueService.PurgeQueueInProgress",
                                        "Only one PurgeQueue operation on purged is allowed every 60 seconds.")
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    frozen.advance("60s")
    sqs.purge_queue(QueueUrl=url)
