"""The process itself: how soon it answers, what it holds, how large it is."""

import http.client
import json
import signal
import statistics
import subprocess
import time

from benchmark import run, servers


def first_answer_ms(command, port):
    """From the start of a process to its first answer."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    servers.wait_for(port)
    taken = (time.perf_counter() - began) * 1000
    process.send_signal(signal.SIGTERM)
    process.wait()
    return taken


def start(folder):
    nginx, nginx_port = servers.start_nginx(folder, b"{}")
    servers.wait_for(nginx_port)
    nginx.terminate()
    nginx.wait()
    starts = []
    for _ in range(11):
        port = servers.free_port()
        starts.append((first_answer_ms([run.BINARY, "--port", str(port)], port),
                       first_answer_ms(["nginx", "-c", folder / "nginx.conf"], nginx_port)))
    ours, reference = (statistics.median(side) for side in zip(*starts))
    run.row("start to first answer", f"{ours:.1f} ms", f"nginx {reference:.1f} ms", f"{ours / reference:.1f} ×",
            "≤ 2 ×, < 20 ms")


def memory(folder):
    server = servers.Windtunnel()
    run.row("resident memory, idle", f"{server.resident_mib():.1f} MiB", "–", "–", "≤ 16 MiB")
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    for number in range(100_000):
        connection.request("POST", "/", json.dumps({"Name": f"/many/{number}", "Value": "value", "Type": "String"}),
                           {"X-Amz-Target": "AmazonSSM.PutParameter"})
        connection.getresponse().read()
    run.row("resident memory after 100,000 parameters", f"{server.resident_mib():.1f} MiB", "–", "–", "≤ 48 MiB")
    server.stop()


def size(folder):
    run.row("release binary", f"{run.BINARY.stat().st_size / 2**20:.1f} MiB", "–", "–", "≤ 25 MiB")
