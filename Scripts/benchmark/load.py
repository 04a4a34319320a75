"""Requests, and how many of them a server answers."""

import http.client
import json
import re
import subprocess

from benchmark.run import SECONDS


def plain(port, path, value):
    """One call of the surface for people."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", path, json.dumps(value))
    return json.loads(connection.getresponse().read())


def load(port, folder, script, path="/", seconds=SECONDS):
    """Requests a second over 64 connections."""
    (folder / "load.lua").write_text(script)
    shown = subprocess.run(["wrk", "-t2", "-c64", f"-d{seconds}s", "-s", folder / "load.lua", f"http://127.0.0.1:{port}{path}"],
                           capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in shown, shown
    return float(re.search(r"Requests/sec:\s+([\d.]+)", shown).group(1))
