"""What the tests of AWS Config share."""

import json

BUCKET = "config-bucket"


def role(account):
    return f"arn:aws:iam::{account}:role/config"


def put_recorder(config, account, name=None, **more):
    recorder = {"roleARN": role(account), **more}
    if name:
        recorder["name"] = name
    config.put_configuration_recorder(ConfigurationRecorder=recorder)


def start_recorder(config, account, topic=None, channel=None, **more):
    """A recorder that runs, with a channel."""
    put_recorder(config, account, **more)
    settings = {"s3BucketName": BUCKET, **(channel or {})}
    if topic:
        settings["snsTopicARN"] = topic
    config.put_delivery_channel(DeliveryChannel=settings)
    config.start_configuration_recorder(ConfigurationRecorderName="default")


def history(config, resource_type, resource_id, **more):
    return config.get_resource_config_history(resourceType=resource_type, resourceId=resource_id,
                                              **more)["configurationItems"]


def statuses(config, resource_type, resource_id):
    """Of all items, the oldest first."""
    return [item["configurationItemStatus"]
            for item in history(config, resource_type, resource_id, chronologicalOrder="Forward")]


def configuration(item):
    return json.loads(item["configuration"])


def received(sqs, url):
    """The messages of a topic that a queue is subscribed to, each with its subject and its parsed text."""
    found = []
    while True:
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        if not messages:
            return found
        for message in messages:
            body = json.loads(message["Body"])
            found.append((body.get("Subject"), json.loads(body["Message"])))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def topic_with_queue(server, account):
    """A topic, and a queue that gets what is published to it."""
    sns, sqs = server.client("sns", account), server.client("sqs", account)
    topic = sns.create_topic(Name="config")["TopicArn"]
    url = sqs.create_queue(QueueName="seen")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return topic, url
