# Receives webhooks of Call Ledger in Python 3.9 or newer, without packages.
# WEBHOOK_SECRET=whsec_… PORT=8080 python3 receiver.py
import base64
import hashlib
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRET = base64.b64decode(os.environ["WEBHOOK_SECRET"][len("whsec_"):])
TOLERANCE_S = 300

# In place of your database: store a call under its callId, and delete what was erased.
calls = {}


def is_genuine(headers, body):
    """Whether the request comes from the ledger, and is not an old one that somebody sends again."""
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > TOLERANCE_S:
        return False
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(expected, one) for one in given)


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if not is_genuine(self.headers, body):
            return self.answer(401)
        message = json.loads(body)
        if message["type"] == "calls.changed":
            for change in message["data"]["changes"]:
                if "call" in change:
                    calls[change["callId"]] = change["call"]
                else:
                    calls.pop(change["callId"], None)
        print(json.dumps(list(calls)), flush=True)
        return self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Receiver)
print("listening", flush=True)
server.serve_forever()
