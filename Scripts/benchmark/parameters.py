"""Parameter Store."""

import http.client
import json
import statistics
import time

from benchmark import run, servers, sqlite
from benchmark.load import load

NAME = "/app/db"
HEADERS = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-amz-json-1.1"
wrk.headers["X-Amz-Target"] = "AmazonSSM.OPERATION"
"""
GET = HEADERS.replace("OPERATION", "GetParameter") + f"""wrk.body = '{{"Name":"{NAME}"}}'"""
# Each request has a name of its own.
PUT = HEADERS.replace("OPERATION", "PutParameter") + """
local count, threads = 0, 0
function setup(thread) thread:set("id", threads); threads = threads + 1 end
request = function()
  count = count + 1
  return wrk.format(nil, nil, nil, '{"Name":"/bench/' .. id .. '/' .. count .. '","Value":"value","Type":"String"}')
end
"""


def call(port, operation, value):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/", json.dumps(value), {"X-Amz-Target": f"AmazonSSM.{operation}",
                                                        "Content-Type": "application/x-amz-json-1.1"})
    return connection.getresponse().read()


def put(port):
    call(port, "PutParameter", {"Name": NAME, "Value": "localhost", "Type": "String"})


def reads(folder):
    server = servers.Windtunnel()
    put(server.port)
    nginx, nginx_port = servers.start_nginx(folder, call(server.port, "GetParameter", {"Name": NAME}))
    time.sleep(0.3)
    pairs = [(load(server.port, folder, GET), load(nginx_port, folder, GET)) for _ in range(run.ROUNDS)]
    run.rates("GetParameter, 64 connections", pairs, "nginx", "≥ 50 %")
    nginx.terminate()
    nginx.wait()
    ours = statistics.median(rate for rate, _ in pairs)
    for name, port, process in servers.peers():
        put(port)
        theirs = load(port, folder, GET)
        run.row(f"the same against {name}", f"{ours:,.0f}/s", f"{name} {theirs:,.0f}/s", f"{ours / theirs:,.0f} ×", "–")
        process.terminate()
        process.wait()
    server.stop()


def writes(folder):
    pairs = []
    for number in range(run.ROUNDS):
        server = servers.Windtunnel("--data", str(folder / f"parameters-{number}"))
        ours = load(server.port, folder, PUT)
        server.stop()
        pairs.append((ours, sqlite.rate(folder, "put")))
    run.rates("PutParameter, durable, 64 connections", pairs, "SQLite in C", "≥ 30 %")
