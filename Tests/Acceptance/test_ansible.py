"""Ansible's own modules, told nothing but where the endpoint is."""

import os
import pathlib
import subprocess
import sys


def test_a_playbook_written_for_aws_runs_as_it_is(server, account):
    folder = pathlib.Path(__file__).parent
    environment = {**server.environment(account), "APP_PREFIX": "/ansible", "ANSIBLE_NOCOLOR": "1",
                   "ANSIBLE_PYTHON_INTERPRETER": sys.executable, "ANSIBLE_LOCALHOST_WARNING": "0"}
    playbook = os.path.join(os.path.dirname(sys.executable), "ansible-playbook")
    ended = subprocess.run([playbook, "-i", "localhost,", "-e", f"ansible_python_interpreter={sys.executable}",
                            str(folder / "playbook.yml")], env=environment, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "failed=0" in ended.stdout
    assert server.client("ssm", account).describe_parameters()["Parameters"] == []
