"""Every command of the README's tour works as it stands."""

import os
import re
import subprocess
import sys

import pytest

from conftest import BINARY, ROOT

TOUR = re.findall(r"<!-- tour -->\n```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """Runs a block of the README against the server, at the address that the server has here."""
    folder = tmp_path_factory.mktemp("tour")
    (folder / "Scripts").symlink_to(ROOT / "Scripts")

    def shell(block, server):
        path = os.pathsep.join([os.path.dirname(os.path.abspath(BINARY)), os.path.dirname(sys.executable), os.environ["PATH"]])
        return subprocess.run(["bash", "-euc", block.replace("http://127.0.0.1:4566", server.url)], cwd=folder, text=True,
                              capture_output=True, timeout=300, env={**os.environ, "PATH": path, "AWS_ENDPOINT_URL": server.url})

    return shell


def test_the_readme_has_a_tour():
    assert len(TOUR) == 7


def test_the_tour_can_be_taken(start, shell):
    server = start()
    shown = ""
    for block in TOUR:
        ended = shell(block, server)
        assert ended.returncode == 0, block + ended.stdout + ended.stderr
        shown += ended.stdout
    for text in ('"Value": "localhost"', "ParameterNotFound", "123456789012", "open sesame", ":00:00Z\"", "Released and rolled back",
                 "It was put into the dead-letter queue arn:aws:sqs:us-east-1:000000000000:dead.", "billing again: order 1",
                 'Rule changed did not fire. detail.name is "/shopping/list"', 'chat: "Parameter /shop/price: Create"',
                 "undelivered: NO_RESOURCE", "The rule encrypted on AWS::SNS::Topic arn:aws:sns:us-east-1:000000000000:plain:",
                 "There is no KmsMasterKeyId here. It is looked for at /configuration."):
        assert text in shown
