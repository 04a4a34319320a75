"""The HTTP server, by raw sockets."""

import gzip
import json
import socket

import pytest


class Wire:
    """A socket and what came out of it."""

    def __init__(self, server):
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=15)
        self.file = self.socket.makefile("rb")

    def send(self, data):
        self.socket.sendall(data.encode() if isinstance(data, str) else data)
        return self

    def answer(self, has_body=True):
        """Status, headers and body of the next answer."""
        status = int(self.file.readline().split()[1])
        headers = {}
        while (line := self.file.readline().strip()):
            name, value = line.decode().split(":", 1)
            headers[name.lower()] = value.strip()
        return status, headers, self.file.read(int(headers.get("content-length", 0))) if has_body else b""

    def is_closed(self):
        return self.file.read(1) == b""


@pytest.fixture
def wire(server):
    return Wire(server)


def request(method="GET", path="/_windtunnel/health", headers="", body=""):
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\n{headers}\r\n{body}"


def post(body, headers=""):
    return request("POST", "/ssm/GetParameter", f"Content-Length: {len(body)}\r\n{headers}", body)


def test_a_connection_is_kept_and_pipelined_answers_come_in_order(wire):
    put = json.dumps({"Name": "/pipe", "Value": "v", "Type": "String", "Overwrite": True})
    write = request("POST", "/ssm/PutParameter", f"Content-Length: {len(put)}\r\n", put)
    wire.send(write + request() + write + request())
    bodies = [json.loads(wire.answer()[2]) for _ in range(4)]
    assert ["Version" in bodies[0], "status" in bodies[1], "Version" in bodies[2], "status" in bodies[3]] == [True] * 4
    assert bodies[2]["Version"] == bodies[0]["Version"] + 1


def test_a_chunked_body_is_joined(wire):
    wire.send(request("POST", "/ssm/GetParameter", "Transfer-Encoding: chunked\r\n",
                      '5;x=y\r\n{"Nam\r\n9\r\ne":"/no"}\r\n0\r\nTrailer: t\r\n\r\n'))
    assert json.loads(wire.answer()[2])["error"] == "ParameterNotFound"


def test_a_client_that_waits_is_told_to_continue(wire):
    wire.send(request("POST", "/ssm/GetParameter", "Content-Length: 14\r\nExpect: 100-continue\r\n"))
    assert wire.file.readline() == b"HTTP/1.1 100 Continue\r\n" and wire.file.readline() == b"\r\n"
    wire.send('{"Name":"/no"}')
    assert wire.answer()[0] == 400


def test_head_has_the_length_and_no_body(wire):
    wire.send(request() + request("HEAD"))
    assert wire.answer()[0] == 200
    status, headers, _ = wire.answer(has_body=False)
    assert status == 200 and int(headers["content-length"]) > 10 and "date" in headers
    wire.send(request())
    assert wire.answer()[0] == 200


def test_a_gzipped_body_is_unpacked_and_a_bomb_is_not(wire, server):
    packed = gzip.compress(b'{"Name":"/no"}')
    wire.send(request("POST", "/ssm/GetParameter", f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n"))
    assert json.loads(wire.send(packed).answer()[2])["error"] == "ParameterNotFound"
    bomb = gzip.compress(b" " * 40_000_000)
    other = Wire(server).send(request("POST", "/ssm/GetParameter",
                                      f"Content-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n")).send(bomb)
    assert other.answer()[0] == 413


def test_a_proxy_may_send_the_whole_address(wire):
    wire.send("GET http://aws.example:99/_windtunnel/health HTTP/1.1\r\nHost: other\r\n\r\n")
    assert wire.answer()[0] == 200


@pytest.mark.parametrize("text", [
    request("POST", "/", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    request("POST", "/", "Content-Length: 1\r\nContent-Length: 1\r\n", "a"),
    request("POST", "/", "Transfer-Encoding: chunked\r\n", "zz\r\n"),
    request("POST", "/", "Transfer-Encoding: chunked\r\n", "1\r\nabc\r\n"),
    request("POST", "/", "Transfer-Encoding: gzip, chunked\r\n"),
    "GET / HTTP/1.1\nHost: x\n\n",
    request(headers="A: b\r\n c\r\n"),
    request(headers="A : b\r\n"),
    request(headers="A: \0b\r\n"),
    request(headers="Host: y\r\n"),
    "GET / HTTP/1.1\r\n\r\n",
    "nonsense\r\n\r\n",
])
def test_what_two_readers_could_read_differently_is_refused_and_the_connection_closed(wire, text):
    status, headers, _ = wire.send(text).answer()
    assert (status, headers["connection"]) == (400, "close")
    assert wire.is_closed()


def test_limits_have_their_own_answers(server):
    assert Wire(server).send(request(headers=f"A: {'b' * 70_000}\r\n")).answer()[0] == 431
    assert Wire(server).send(request("POST", "/", "Content-Length: 17000000\r\n")).answer()[0] == 413
    assert Wire(server).send("GET / HTTP/2.0\r\nHost: x\r\n\r\n").answer()[0] == 505


def test_a_slow_request_is_timed_out_and_disturbs_nobody(server):
    slow = Wire(server).send("POST / HT")
    crowd = [Wire(server) for _ in range(1000)]
    assert server.json("GET", "/_windtunnel/health")[0] == 200
    assert slow.answer()[0] == 408
    assert crowd[-1].send(request()).answer()[0] == 200


def test_without_descriptors_the_oldest_idle_connection_makes_room(start):
    server = start(descriptors=100)
    idle = [Wire(server) for _ in range(200)]
    assert idle[-1].send(request()).answer()[0] == 200
    assert idle[0].is_closed()
    assert server.json("GET", "/_windtunnel/health")[0] == 200


@pytest.mark.parametrize("headers, status", [
    ({}, 200),
    ({"Origin": "http://evil.example"}, 403),
    ({"Origin": "null"}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"Sec-Fetch-Mode": "no-cors"}, 403),
    ({"Sec-Fetch-Site": "none"}, 200),
    ({"Origin": "http://evil.example", "Host": "evil.example"}, 403),
    ({"Sec-Fetch-Site": "same-origin", "Host": "evil.example"}, 403),
    ({"Host": "windtunnel:4566"}, 200),
])
def test_web_pages_cannot_drive_the_server(server, headers, status):
    assert server.http("GET", "/_windtunnel/health", headers=headers)[0] == status


def test_the_servers_own_page_and_an_allowed_origin_may(server, start):
    assert server.http("GET", "/", headers={"Origin": server.url})[0] == 200
    other = start("--allow-origin", "http://localhost:3000")
    status, headers, _ = other.http("OPTIONS", "/", headers={"Origin": "http://localhost:3000",
                                                             "Access-Control-Request-Headers": "x-amz-target"})
    assert (status, headers["access-control-allow-headers"]) == (204, "x-amz-target")
    assert other.http("GET", "/", headers={"Origin": "http://localhost:3000"})[1]["access-control-allow-origin"] == (
        "http://localhost:3000")
