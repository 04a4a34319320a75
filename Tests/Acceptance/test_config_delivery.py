"""What AWS Config does by the clock and delivers, with boto3: snapshots, history, daily recording, retention."""

import gzip
import json
import signal

import pytest
from botocore.exceptions import ClientError

from config_client import (BUCKET, configuration, history, put_recorder, received, start_recorder, statuses,
                           topic_with_queue)
from conftest import code_and_message

ACCOUNT = "000000000000"
QUEUE = "AWS::SQS::Queue"
FOLDER = f"AWSLogs/{ACCOUNT}/Config/us-east-1/2030/1/1/"


@pytest.fixture
def config(frozen):
    return frozen.client("config")


@pytest.fixture
def sqs(frozen):
    return frozen.client("sqs")


def keys(server, prefix=""):
    return [one["key"] for one in server.json("GET", f"/_windtunnel/config/objects?prefix={prefix}")[1]["objects"]]


def content(server, key):
    status, _, body = server.http("GET", f"/_windtunnel/config/objects/{BUCKET}/{key}")
    assert status == 200
    return json.loads(body)


# Snapshots

def test_a_snapshot_needs_a_recorder_that_runs(config):
    deliver = config.deliver_config_snapshot

    def refusal():
        with pytest.raises(ClientError) as raised:
            deliver(deliveryChannelName="default")
        return code_and_message(raised)

    assert refusal() == ("NoAvailableConfigurationRecorderException",
                         "Configuration recorder not found. Add a configuration recorder and start recording.")
    put_recorder(config, ACCOUNT)
    assert refusal() == ("NoRunningConfigurationRecorderException",
                         "Configuration recorder is turned off. Turn on configuration recorder.")
    start_recorder(config, ACCOUNT)
    with pytest.raises(ClientError) as raised:
        deliver(deliveryChannelName="other")
    assert code_and_message(raised) == ("NoSuchDeliveryChannelException",
                                        "Cannot find delivery channel with specified name 'other'.")


def test_a_snapshot_holds_every_current_item_and_is_told_of(frozen, config, sqs):
    topic, seen = topic_with_queue(frozen, ACCOUNT)
    start_recorder(config, ACCOUNT, topic, channel={"s3KeyPrefix": "team"})
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.delete_queue(QueueUrl=sqs.create_queue(QueueName="gone")["QueueUrl"])
    received(sqs, seen)
    identity = config.deliver_config_snapshot(deliveryChannelName="default")["configSnapshotId"]
    key = f"team/{FOLDER}ConfigSnapshot/{ACCOUNT}_Config_us-east-1_ConfigSnapshot_20300101T000000Z_{identity}.json.gz"
    assert f"team/AWSLogs/{ACCOUNT}/Config/ConfigWritabilityCheckFile" in keys(frozen)
    snapshot = content(frozen, key)
    assert (snapshot["fileVersion"], snapshot["configSnapshotId"]) == ("1.0", identity)
    found = {item["resourceId"]: item for item in snapshot["configurationItems"]}
    assert found[url]["configuration"]["VisibilityTimeout"] == "30"
    assert found["default"]["awsAccountId"] == ACCOUNT
    assert not [one for one in found if one.endswith("gone")]
    (started, first), (completed, second) = received(sqs, seen)
    assert started == f"[AWS Config:us-east-1] Configuration Snapshot Delivery Started for Account {ACCOUNT}"
    assert completed == f"[AWS Config:us-east-1] Configuration Snapshot Delivery Completed for Account {ACCOUNT}"
    now = "2030-01-01T00:00:00.000Z"
    assert first == {"configSnapshotId": identity, "notificationCreationTime": now,
                     "messageType": "ConfigurationSnapshotDeliveryStarted", "recordVersion": "1.1"}
    assert second == {"configSnapshotId": identity, "s3ObjectKey": key, "s3Bucket": BUCKET,
                      "notificationCreationTime": now, "messageType": "ConfigurationSnapshotDeliveryCompleted",
                      "recordVersion": "1.1"}
    told = [event["detail"]["messageType"] for event in frozen.events(ACCOUNT)
            if event["detail-type"] == "Config Configuration Snapshot Delivery Status"]
    assert told == ["ConfigurationSnapshotDeliveryStarted", "ConfigurationSnapshotDeliveryCompleted"]


def test_snapshots_come_as_often_as_the_channel_says(frozen, config):
    start_recorder(config, ACCOUNT,
                   channel={"configSnapshotDeliveryProperties": {"deliveryFrequency": "Three_Hours"}})
    frozen.advance("7h")
    assert [key.split("_")[4] for key in keys(frozen, FOLDER + "ConfigSnapshot")] == [
        "20300101T030000Z", "20300101T060000Z"]
    status, = config.describe_delivery_channel_status()["DeliveryChannelsStatus"]
    info = status["configSnapshotDeliveryInfo"]
    assert info["lastStatus"] == "SUCCESS"
    assert (info["lastSuccessfulTime"].hour, info["nextDeliveryTime"].hour) == (6, 9)
    config.put_delivery_channel(DeliveryChannel={"s3BucketName": BUCKET})
    frozen.advance("7h")
    assert len(keys(frozen, FOLDER + "ConfigSnapshot")) == 2


# History

def test_what_has_changed_goes_to_the_bucket_every_six_hours(frozen, config, sqs):
    topic, seen = topic_with_queue(frozen, ACCOUNT)
    start_recorder(config, ACCOUNT, topic, recordingGroup={"resourceTypes": [QUEUE]})
    frozen.advance("1h")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "1"})
    frozen.advance("1h")
    received(sqs, seen)
    frozen.advance("4h")
    key, = keys(frozen, FOLDER + "ConfigHistory")
    assert key == (f"{FOLDER}ConfigHistory/{ACCOUNT}_Config_us-east-1_ConfigHistory_{QUEUE}_20300101T000000Z_"
                   "20300101T060000Z_1.json.gz")
    assert [(item["resourceId"], item["configurationItemStatus"])
            for item in content(frozen, key)["configurationItems"]] == [(url, "ResourceDiscovered"), (url, "OK")]
    (subject, message), = received(sqs, seen)
    assert subject == f"[AWS Config:us-east-1] Configuration History Delivery Completed for Account {ACCOUNT}"
    assert (message["messageType"], message["s3ObjectKey"]) == ("ConfigurationHistoryDeliveryCompleted", key)
    # Nothing changed in the next six hours.
    frozen.advance("6h")
    assert keys(frozen, FOLDER + "ConfigHistory") == [key]


def test_an_item_that_is_too_large_for_messages_goes_to_the_bucket(frozen, config):
    topic, seen = topic_with_queue(frozen, ACCOUNT)
    start_recorder(config, ACCOUNT, topic)
    sqs = frozen.client("sqs")
    received(sqs, seen)
    config.put_resource_config(ResourceType="My::Big::Thing", SchemaVersionId="00000001", ResourceId="x",
                               Configuration=json.dumps({"text": "x" * 300_000}))
    (_, message), = received(sqs, seen)
    assert (message["messageType"], message["recordVersion"]) == (
        "OversizedConfigurationItemChangeNotification", "1.0")
    summary = message["configurationItemSummary"]
    assert (summary["changeType"], summary["resourceId"]) == ("CREATE", "x") and "configuration" not in summary
    state = summary["configurationStateId"]
    key = (f"{FOLDER}OversizedChangeNotification/My::Big::Thing/x/{ACCOUNT}_Config_us-east-1_ChangeNotification_"
           f"My::Big::Thing_x_20300101T000000Z_{state}.json.gz")
    assert message["s3DeliverySummary"] == {"s3BucketLocation": f"{BUCKET}/{key}", "errorCode": None,
                                            "errorMessage": None}
    assert len(content(frozen, key)["configurationItem"]["configuration"]["text"]) == 300_000


def test_a_subject_is_short_and_in_one_line(frozen, config):
    topic, seen = topic_with_queue(frozen, ACCOUNT)
    start_recorder(config, ACCOUNT, topic)
    sqs = frozen.client("sqs")
    received(sqs, seen)
    config.put_resource_config(ResourceType="My::Odd::Thing", SchemaVersionId="00000001", ResourceId="x",
                               ResourceName="a\nb" + "\N{AIRPLANE}" * 100, Configuration="{}")
    (subject, _), = received(sqs, seen)
    assert subject.startswith("[AWS Config:us-east-1] My::Odd::Thing ab\N{AIRPLANE}")
    assert subject.endswith("\N{AIRPLANE}...") and len(subject) == 100


# Once a day

def test_daily_recording_keeps_the_last_state_of_a_day(frozen, config, sqs):
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    start_recorder(config, ACCOUNT, recordingMode={"recordingFrequency": "CONTINUOUS", "recordingModeOverrides": [
        {"resourceTypes": [QUEUE], "recordingFrequency": "DAILY"}]})
    first, = history(config, QUEUE, url)
    assert first["recordingFrequency"] == "DAILY"
    for delay in (1, 2):
        frozen.advance("1h")
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": str(delay)})
    short = sqs.create_queue(QueueName="short")["QueueUrl"]
    sqs.delete_queue(QueueUrl=short)
    assert len(history(config, QUEUE, url)) == 1
    frozen.advance("22h")
    second, _ = history(config, QUEUE, url)
    assert (configuration(second)["DelaySeconds"], second["recordingFrequency"]) == ("2", "DAILY")
    assert second["configurationItemDeliveryTime"] >= second["configurationItemCaptureTime"]
    frozen.advance("1d")
    assert len(history(config, QUEUE, url)) == 2
    # What came and went within a day is never seen; other types are recorded at once.
    with pytest.raises(ClientError):
        history(config, QUEUE, short)
    topic = frozen.client("sns").create_topic(Name="t")["TopicArn"]
    item, = history(config, "AWS::SNS::Topic", topic)
    assert "recordingFrequency" not in item and "configurationItemDeliveryTime" not in item


def test_some_types_are_never_daily(config):
    with pytest.raises(ClientError) as raised:
        put_recorder(config, ACCOUNT, recordingMode={"recordingFrequency": "CONTINUOUS", "recordingModeOverrides": [
            {"resourceTypes": ["AWS::Config::ResourceCompliance"], "recordingFrequency": "DAILY"}]})
    assert raised.value.response["Error"]["Code"] == "InvalidRecordingGroupException"


# Retention

def test_items_are_kept_as_long_as_is_said(frozen, config, sqs):
    start_recorder(config, ACCOUNT)
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    frozen.advance("20d")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "1"})
    config.put_retention_configuration(RetentionPeriodInDays=30)
    assert statuses(config, QUEUE, url) == ["ResourceDiscovered", "OK"]
    frozen.advance("11d")
    assert statuses(config, QUEUE, url) == ["OK"]
    # They are gone for good.
    config.delete_retention_configuration(RetentionConfigurationName="default")
    assert statuses(config, QUEUE, url) == ["OK"]
    frozen.advance("60d")
    assert statuses(config, QUEUE, url) == ["OK"]


# Over a restart

def test_a_recorder_goes_on_after_a_restart(start, tmp_path):
    server = start("--data", str(tmp_path))
    config, sqs = server.client("config"), server.client("sqs")
    start_recorder(config, ACCOUNT)
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    server.stop()
    server = start("--data", str(tmp_path))
    config, sqs = server.client("config"), server.client("sqs")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "1"})
    assert statuses(config, QUEUE, url) == ["ResourceDiscovered", "OK"]
    server.advance("6h")
    assert [key for key in keys(server) if f"ConfigHistory_{QUEUE}_" in key]


# Files

def with_data(start, folder):
    server = start("--data", str(folder))
    server.json("POST", "/_windtunnel/clock", {"freeze": True})
    server.json("POST", "/_windtunnel/clock", {"set": "2030-01-01T00:00:00Z"})
    return server


def files(folder):
    """Below the folder of objects, without those on their way."""
    return {str(path.relative_to(folder / "objects")): path for path in (folder / "objects").rglob("*")
            if path.is_file()}


def settle(server):
    assert server.json("POST", "/_windtunnel/settle")[1]["settled"]


def test_what_goes_to_a_bucket_is_packed_into_files_of_the_data_folder(start, tmp_path):
    server = with_data(start, tmp_path)
    config = server.client("config")
    start_recorder(config, ACCOUNT, channel={"s3KeyPrefix": "team"})
    server.client("sqs").create_queue(QueueName="q")
    config.deliver_config_snapshot(deliveryChannelName="default")
    settle(server)
    found = files(tmp_path)
    assert sorted(found) == sorted(f"{BUCKET}/{key}" for key in keys(server))
    assert found[f"{BUCKET}/team/AWSLogs/{ACCOUNT}/Config/ConfigWritabilityCheckFile"].read_bytes() == b""
    name, = [name for name in found if name.endswith(".json.gz")]
    shown = content(server, name.removeprefix(f"{BUCKET}/"))
    assert json.loads(gzip.decompress(found[name].read_bytes())) == shown
    listed = server.json("GET", "/_windtunnel/config/objects?prefix=team/AWSLogs")[1]["objects"]
    assert {one["file"] for one in listed} == {str(path) for path in found.values()}


def test_what_is_refused_leaves_no_file(start, tmp_path):
    server = with_data(start, tmp_path)
    config = server.client("config")
    put_recorder(config, ACCOUNT)
    with pytest.raises(ClientError):
        config.put_delivery_channel(DeliveryChannel={"s3BucketName": BUCKET, "s3KeyPrefix": ""})
    with pytest.raises(ClientError):
        config.deliver_config_snapshot(deliveryChannelName="default")
    settle(server)
    assert not (tmp_path / "objects").exists()


def test_a_file_that_a_crash_prevented_is_there_after_the_next_start(start, tmp_path):
    server = with_data(start, tmp_path)
    config = server.client("config")
    start_recorder(config, ACCOUNT)
    settle(server)
    # Where it is to go, a file is in the way: so the write fails, and is due again later.
    (tmp_path / "objects" / BUCKET / "AWSLogs" / ACCOUNT / "Config" / "us-east-1").write_text("in the way")
    config.deliver_config_snapshot(deliveryChannelName="default")
    settle(server)
    assert len(files(tmp_path)) == 2
    server.stop(signal.SIGKILL)
    (tmp_path / "objects" / BUCKET / "AWSLogs" / ACCOUNT / "Config" / "us-east-1").unlink()
    again = start("--data", str(tmp_path))
    again.advance("1h")
    name, = [name for name in files(tmp_path) if "ConfigSnapshot" in name]
    gzip.decompress((tmp_path / "objects" / name).read_bytes())


def test_no_key_leads_out_of_its_bucket(start, tmp_path):
    server = with_data(start, tmp_path)
    config = server.client("config")
    start_recorder(config, ACCOUNT, channel={"s3KeyPrefix": "../../../../up//./x"})
    for identity in ["../../../../../../../../../../../../../../up", "ü" * 700]:
        config.put_resource_config(ResourceType="My::Big::Thing", SchemaVersionId="00000001", ResourceId=identity,
                                   Configuration=json.dumps({"text": "x" * 300_000}))
    settle(server)
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith("windtunnel.")] == ["objects"]
    assert [path.name for path in (tmp_path / "objects").iterdir()] == [BUCKET]
    assert [path.name for path in (tmp_path / "objects" / BUCKET).iterdir()] == ["%2E%2E"]
    found = files(tmp_path)
    assert len(found) == 3 and all(path.read_bytes()[:2] in (b"", b"\x1f\x8b") for path in found.values())
    assert {one["file"] for one in server.json("GET", "/_windtunnel/config/objects")[1]["objects"]} == {
        str(path) for path in found.values()}
