"""A door of real HTTP on this machine for virtual till systems, each of which is a function from request to answer."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec

from photocore.seams import HttpRequest, HttpResponse

Answering = Callable[[HttpRequest], HttpResponse]


@contextmanager
def serving(answering: Answering) -> Generator[str]:
    """Serve on a free port of this machine's own address, and give the address (``http://127.0.0.1:<port>``)."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = answering(HttpRequest(method=self.command, url=self.path, headers=headers, body=body))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def told(status: int, body: object, headers: dict[str, str] | None = None) -> HttpResponse:
    """Return an answer of JSON."""
    return HttpResponse(
        status=status, headers={"content-type": "application/json", **(headers or {})}, body=msgspec.json.encode(body)
    )
