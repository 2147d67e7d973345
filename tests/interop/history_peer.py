"""What tests of the history's foreign interfaces share: tokens, a port, and a proxy that signs requests in."""
import base64
import http.server
import os
import socket
import threading
import urllib.error
import urllib.request


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_token(node, *scopes):
    return node.post("/api/v1/tokens", {"name": "interop", "scopes": list(scopes)})["secret"]


def basic(token):
    return "Basic " + base64.b64encode(f"token:{token}".encode()).decode()


class SigningProxy:
    """Passes requests on with the token, as a reverse proxy before the node does for clients that know no Bearer."""

    def __init__(self, target, token):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self):
                body = (self.read_chunks() if self.headers.get("Transfer-Encoding") == "chunked"
                        else self.rfile.read(int(self.headers.get("Content-Length", 0)))) or None
                kept = {name: self.headers[name] for name in ("Content-Type", "Content-Encoding") if name in self.headers}
                request = urllib.request.Request(target + self.path, data=body, method=self.command,
                                                 headers=kept | {"Authorization": f"Bearer {token}"})
                try:
                    answer = urllib.request.urlopen(request, timeout=60)
                except urllib.error.HTTPError as error:
                    answer = error
                data = answer.read()
                self.send_response(answer.status if hasattr(answer, "status") else answer.code)
                for name in ("Content-Type", "X-Influxdb-Version"):
                    if answer.headers.get(name):
                        self.send_header(name, answer.headers[name])
                if answer.status != 204:
                    self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def read_chunks(self):
                body = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                while self.rfile.readline().strip():
                    pass
                return body

            do_GET = do_POST = do_HEAD = pass_on

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def report_skipped(suite, reasons):
    for reason in reasons:
        print(f"skipped {suite}: {reason}")
    results = os.environ.get("HANSE_TEST_RESULTS")
    if results and reasons:
        with open(results, "a", encoding="utf-8") as file:
            file.writelines(f"skipped {suite}: {reason}\n" for reason in reasons)
