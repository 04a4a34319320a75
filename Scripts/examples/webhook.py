#!/usr/bin/env python3
"""A webhook that agrees to its subscription, fails for a while, and then prints what it gets: webhook.py PORT FAILURES"""

import http.server
import json
import sys
import urllib.request

failures = int(sys.argv[2])


class Webhook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        global failures
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if message["Type"] == "SubscriptionConfirmation":
            urllib.request.urlopen(message["SubscribeURL"]).read()
        elif failures > 0:
            failures -= 1
            return self.send_error(503)
        else:
            print(message["Message"], flush=True)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments):
        pass


http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Webhook).serve_forever()
