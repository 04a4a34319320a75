"""A server for the tests, and clients for it: the real ones, told nothing but where it is."""

import http.client
import itertools
import json
import os
import pathlib
import re
import signal
import subprocess

import boto3
import pytest
from botocore.config import Config

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("WINDTUNNEL_BINARY", str(ROOT / ".build/release/windtunnel"))
_accounts = itertools.count(100000000000)


class Server:
    """A running windtunnel on a free port."""

    def __init__(self, *arguments, descriptors=None):
        limit = ["sh", "-c", f'ulimit -n {descriptors}; exec "$@"', "sh"] if descriptors else []
        self.process = subprocess.Popen([*limit, BINARY, "serve", "--port", "0", *arguments], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.start_line = self.process.stdout.readline()
        found = re.search(r"http://[^ ]+:(\d+)", self.start_line)
        assert found, f"no start line: {self.start_line!r}"
        self.port = int(found.group(1))
        self.url = f"http://127.0.0.1:{self.port}"
        assert self.process.stdout.readline() == "Ready.\n"

    def client(self, service, account="000000000000", region="us-east-1", **arguments):
        return boto3.client(service, endpoint_url=self.url, region_name=region, aws_access_key_id=account,
                            aws_secret_access_key="test", config=Config(retries={"max_attempts": 0}), **arguments)

    def http(self, method, path, body=None, headers=None):
        """Status, headers and body of one exchange."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content

    def json(self, method, path, value=None, headers=None):
        """Status and the JSON of the answer."""
        status, _, content = self.http(method, path, None if value is None else json.dumps(value), headers)
        return status, json.loads(content)

    def environment(self, account="test"):
        """What a shell needs to have AWS clients come here."""
        return {**{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
                "AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}

    def events(self, account):
        """The events that were put on the account's default bus, oldest first."""
        found, after = [], 0
        while True:
            _, page = self.json("GET", f"/_windtunnel/journal?kind=event&limit=1000&after={after}")
            if not page["entries"]:
                return found
            found += [entry["detail"] for entry in page["entries"] if entry["account"] == account]
            after = page["next"]

    def advance(self, time):
        self.json("POST", "/_windtunnel/clock", {"advance": time})

    def journal(self, kind):
        return self.json("GET", f"/_windtunnel/journal?limit=1000&kind={kind}")[1]["entries"]

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(timeout=20)


@pytest.fixture(scope="session")
def server():
    server = Server()
    yield server
    assert server.process.poll() is None, "the server died during the tests"
    assert server.stop() == 0


@pytest.fixture
def start():
    """Starts servers of a test's own."""
    started = []

    def start(*arguments, **more):
        started.append(Server(*arguments, **more))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.stop(signal.SIGKILL)


@pytest.fixture
def frozen(start):
    """A server of the test's own whose clock stands still at the start of 2030."""
    server = start("--seed", "1")
    server.json("POST", "/_windtunnel/clock", {"freeze": True})
    server.json("POST", "/_windtunnel/clock", {"set": "2030-01-01T00:00:00Z"})
    return server


@pytest.fixture
def account():
    """An account that no other test uses."""
    return str(next(_accounts))


@pytest.fixture
def ssm(server, account):
    return server.client("ssm", account)


@pytest.fixture
def sqs(server, account):
    return server.client("sqs", account)


@pytest.fixture
def sns(server, account):
    return server.client("sns", account)


def code_and_message(raised):
    """Of an error that boto3 raised."""
    error = raised.value.response["Error"]
    return error["Code"], error["Message"]
