"""The processes that are measured."""

import atexit
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

import boto3

from benchmark.run import BINARY


class Windtunnel:
    def __init__(self, *arguments):
        self.process = subprocess.Popen([BINARY, "--port", "0", *arguments], stdout=subprocess.PIPE, text=True)
        self.port = int(re.search(r":(\d+) ", self.process.stdout.readline()).group(1))
        assert self.process.stdout.readline() == "Ready.\n"
        atexit.register(self.process.kill)

    def resident_mib(self):
        return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{self.process.pid}/status").read_text()).group(1)) / 1024

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    """Until somebody answers there; whatever it says."""
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("GET", "/_windtunnel/health")
            return connection.getresponse().read()
        except OSError:
            time.sleep(0.0002)


def start_nginx(folder, answer):
    port = free_port()
    text = answer.decode().replace("'", "\\'")
    (folder / "nginx.conf").write_text(f"""
worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{ access_log off; keepalive_requests 100000000; default_type application/x-amz-json-1.1;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; location / {{ return 200 '{text}'; }} }} }}
""")
    process = subprocess.Popen(["nginx", "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
    atexit.register(process.terminate)
    return process, port


def peers():
    """Other servers of the kind that are on the path, started: their names, ports and processes."""
    for peer in ("moto_server", "ministack"):
        if not shutil.which(peer):
            continue
        port = free_port()
        process = subprocess.Popen([peer, "-p", str(port)] if peer == "moto_server" else [peer], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env={**os.environ, "GATEWAY_PORT": str(port)})
        atexit.register(process.kill)
        wait_for(port)
        yield peer.removesuffix("_server"), port, process


def aws(port, service):
    """An unmodified client, for what the peers' surfaces have in common."""
    return boto3.client(service, endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1",
                        aws_access_key_id="test", aws_secret_access_key="test")


def queue(port, name, service):
    """The ARN of a new queue to which a service may send."""
    sqs = aws(port, "sqs")
    arn = f"arn:aws:sqs:us-east-1:000000000000:{name}"
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sqs:SendMessage", "Resource": arn}
    sqs.create_queue(QueueName=name, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})})
    return arn


def topic(port, name):
    """The ARN of a new topic to which rules may publish."""
    sns = aws(port, "sns")
    arn = sns.create_topic(Name=name)["TopicArn"]
    statement = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish", "Resource": arn}
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy",
                             AttributeValue=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    return arn


def rule(port, pattern, target):
    events = aws(port, "events")
    events.put_rule(Name="bench", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="bench", Targets=[{"Id": "1", "Arn": target}])
