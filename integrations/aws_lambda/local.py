"""A local server for the Lambda function, with the events of a function URL. Not for production."""

import base64
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from app import function


class FunctionURL(BaseHTTPRequestHandler):
    """A request handler that converts a request into an event, and the result into a response."""

    def do_POST(self) -> None:
        """Call the function with an event."""
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
        response = function(event, None)
        self.send_response(response["statusCode"])
        for name, value in response.get("headers", {}).items():
            self.send_header(name, value)
        sent = response.get("body", "").encode()
        self.send_header("content-length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def do_GET(self) -> None:
        """Call the function with an event."""
        self.do_POST()


if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int((sys.argv[1:] or ["8000"])[0])), FunctionURL).serve_forever()
