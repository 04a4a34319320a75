"""No acknowledged message is lost or doubled, whenever the server dies."""

import collections
import http.client
import random
import threading

ROUNDS = 100
PUBLISHERS = 4
LONGEST_SECONDS = 0.15


def test_every_acknowledged_message_is_in_every_queue_once(start, tmp_path):
    state = str(tmp_path / "state")
    server = start("--data", state)
    sns, sqs = server.client("sns"), server.client("sqs")
    topic = sns.create_topic(Name="t")["TopicArn"]
    for name in ("a", "b"):
        sqs.create_queue(QueueName=name)
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:000000000000:{name}",
                      Attributes={"RawMessageDelivery": "true"})
    acknowledged, chance = set(), random.Random(4)
    for number in range(ROUNDS):

        def publish(publisher):
            for count in range(10_000):
                body = f"{number}-{publisher}-{count}"
                try:
                    status, _ = server.json("POST", "/sns/Publish", {"TopicArn": topic, "Message": body})
                except (OSError, http.client.HTTPException):
                    return
                if status == 200:
                    acknowledged.add(body)

        threads = [threading.Thread(target=publish, args=(publisher,)) for publisher in range(PUBLISHERS)]
        for thread in threads:
            thread.start()
        threads[0].join(timeout=chance.uniform(0, LONGEST_SECONDS))
        server.stop(9)
        for thread in threads:
            thread.join()
        server = start("--data", state)
    server.json("POST", "/_windtunnel/settle")
    assert len(acknowledged) > ROUNDS
    sqs = server.client("sqs")
    for name in ("a", "b"):
        found = collections.Counter()
        while messages := sqs.receive_message(QueueUrl=name, MaxNumberOfMessages=10, VisibilityTimeout=43200).get("Messages"):
            found.update(message["Body"] for message in messages)
        assert set(found.values()) == {1}, "a message was doubled"
        assert acknowledged <= set(found), "an acknowledged message was lost"
