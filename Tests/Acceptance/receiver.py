"""A web server that takes what is sent to it, and answers as a test wants."""

import http.server
import json
import threading


class Receiver:
    def __init__(self, port=0):
        self.requests = []  # (headers, body)
        self.lines = []  # (method, path)
        self.statuses = []  # for the next requests; then 200. With headers: (status, headers)
        self.answer = b"seen"
        self.echoes = False  # whether it answers with what it got
        self.arrived = threading.Condition()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
                with receiver.arrived:
                    status = receiver.statuses.pop(0) if receiver.statuses else 200
                    receiver.requests.append((dict(self.headers), body))
                    receiver.lines.append((self.command, self.path))
                    receiver.arrived.notify_all()
                status, headers = status if isinstance(status, tuple) else (status, {})
                answer = f"{self.path} {dict(self.headers)} {body}".encode() if receiver.echoes else receiver.answer
                self.send_response(status)
                if status in (301, 302):
                    self.send_header("Location", "/elsewhere")
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer)

            do_GET = do_HEAD = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_POST

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait(self, count):
        """The requests, once there are so many."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.requests) >= count, timeout=10), self.requests
            return self.requests

    def messages(self):
        return [json.loads(body) for _, body in self.requests]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
