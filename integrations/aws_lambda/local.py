"""The function behind a real port, with the events of a function URL: for a try, not for serving."""

import base64
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from app import function


class FunctionURL(BaseHTTPRequestHandler):
    """Turns a request into an event, and what the function returns into an answer."""

    def do_POST(self) -> None:
        """Call the function."""
        names = set(self.headers.keys())
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        event = {
            "version": "2.0",
            "rawPath": self.path.partition("?")[0],
            "requestContext": {"http": {"method": self.command}},
            "headers": {name.lower(): ",".join(self.headers.get_all(name, [])) for name in names},
            "body": base64.b64encode(body).decode(),
            "isBase64Encoded": True,
        }
        answer = function(event, None)
        self.send_response(answer["statusCode"])
        for name, value in answer.get("headers", {}).items():
            self.send_header(name, value)
        sent = answer.get("body", "").encode()
        self.send_header("content-length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def do_GET(self) -> None:
        """Call the function."""
        self.do_POST()


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int((sys.argv[1:] or ["8000"])[0])), FunctionURL).serve_forever()
