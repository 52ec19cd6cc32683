"""A signed delivery of any HMAC provider, which the differential fuzzer changes."""

from __future__ import annotations

import json
from base64 import encodebytes
from datetime import UTC, datetime
from email.utils import format_datetime
from random import Random
from urllib.parse import urlencode

from tests.fuzz.reference import NOW, hmac, mac_of, signed_content, written
from tests.fuzz.reference_bodies import emporix_forms, twilio_contents
from tests.fuzz.reference_contents import COMPOSED, OTHER_HEADERS
from tests.fuzz.reference_row import URL, Row
from tests.fuzz.reference_rows import ROWS

__all__ = ["SignedDraft", "timestamp_text"]

_NAMES = sorted(ROWS)
_OTHER_KEY = b"the key of another sender, which is as long"


class SignedDraft:
    """A draft of a delivery: its parts, and the changes of them."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.name = rng.choice(_NAMES)
        self.row: Row = ROWS[self.name]
        self.seconds = NOW + rng.choice(_shifts(self.row.tolerance))
        self.id = "msg_" + "".join(rng.choices("abcXYZ019", k=6))
        self.body = _body(self)
        self.headers: dict[str, str] = {}
        self.changes: list[str] = []
        self.key = self._key()
        self._sign()

    def _key(self) -> bytes:
        if self.rng.random() < 0.1:
            self.changes.append("signed by another")
            return _OTHER_KEY
        return self.rng.choice(self.row.keys(self.row.secret))

    def _mac(self, content: bytes) -> str:
        return written(mac_of(self.row, self.key, content), self.row.written)

    def _sign(self) -> None:
        sign = {
            "standard": self._sign_standard,
            "adyen": self._sign_adyen,
            "adyen-form": self._sign_adyen_form,
            "braintree": self._sign_braintree,
            "dropbox-sign": self._sign_dropbox_sign,
            "mailgun": self._sign_mailgun,
        }
        sign.get(self.row.kind, self._sign_in_header)()

    def _sign_in_header(self) -> None:
        row, time = self.row, timestamp_text(self.row.unit, self.seconds)
        content = signed_content(self.name, row, time, self.id, self.body)
        if row.kind == "twilio":
            content = self.rng.choice(twilio_contents(URL, self.body) or [content])
        elif row.kind == "emporix":
            content = self.rng.choice(emporix_forms(self.body) or [content])
        others = self._other_headers()
        if row.kind == "composed":
            content = COMPOSED[self.name](time, self.id, self.body, others) or content
        signature = self._mac(content)
        if row.fields:
            time_field, signature_field, separator = row.fields
            fields = [f"{time_field}={time}", f"{signature_field}={signature}"]
            self.headers = {row.headers[0]: separator.join(fields), **others}
            return
        if row.bare:
            separator, before_each, is_dated = row.bare
            entries = [time] * is_dated + [before_each + signature]
            signature = separator.join(entries)
        self.headers = {self.rng.choice(row.headers[:3]): row.prefix + signature, **others}
        if row.time:
            self.headers[row.time] = time
        if row.id:
            self.headers[row.id] = self.id
        if self.name == "twilio-sha256":
            self.headers["x-twilio-webhooks-signature-settings"] = "algorithm=HMAC_SHA256"

    def _other_headers(self) -> dict[str, str]:
        if self.name == "contentful":
            return {"x-contentful-signed-headers": "x-contentful-signed-headers,x-contentful-timestamp"}
        if self.name == "qiniu":
            kinds = ["application/x-www-form-urlencoded", "application/json"]
            return {"content-type": self.rng.choice(kinds)}
        return dict.fromkeys(OTHER_HEADERS.get(self.name, ()), self.id)

    def _sign_standard(self) -> None:
        brand = self.rng.choice(("webhook", "svix"))
        mac = hmac(self.key, f"{self.id}.{self.seconds}.".encode() + self.body, "sha256")
        signature = f"v1,{written(mac, 'base64')}"
        values = {"id": self.id, "timestamp": str(self.seconds), "signature": signature}
        self.headers = {f"{brand}-{role}": value for role, value in values.items()}

    def _sign_adyen(self) -> None:
        value = json.loads(self.body)
        for each in value["notificationItems"]:
            item = each["NotificationRequestItem"]
            fields = [item["pspReference"], "", "Shop", item["merchantReference"], "1130", "EUR"]
            content = ":".join([*fields, item["eventCode"], "true"])
            item["additionalData"] = {"hmacSignature": self._mac(content.encode())}
        self.body = json.dumps(value).encode()

    def _sign_mailgun(self) -> None:
        signature = self._mac(f"{self.seconds}{self.id}".encode())
        signed = {"timestamp": str(self.seconds), "token": self.id, "signature": signature}
        if self.rng.random() < 0.5:
            self.body = urlencode({"recipient": "a@example.com", "body-plain": "Grüße", **signed}).encode()
        else:
            self.body = json.dumps({"signature": signed, "event-data": {"id": "e1"}}).encode()

    def _sign_adyen_form(self) -> None:
        item = json.loads(self.body)["notificationItems"][0]["NotificationRequestItem"]
        fields = {**item, **item.pop("amount"), "originalReference": "", "live": "false"}
        signed = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")
        content = ":".join(
            str(fields[name]) for name in (*signed, "value", "currency", "eventCode", "success")
        )
        fields["additionalData.hmacSignature"] = self._mac(content.encode())
        self.body = urlencode({name: value for name, value in fields.items() if name != "amount"}).encode()

    def _sign_braintree(self) -> None:
        payload = encodebytes(self.body or b"<notification/>")
        signature = self._mac(payload)
        pairs = self.rng.choice([f"k|{signature}", f"x|{'0' * 40}&k|{signature}"])
        self.body = urlencode({"bt_signature": pairs, "bt_payload": payload}).encode()

    def _sign_dropbox_sign(self) -> None:
        time, kind = str(self.seconds), self.rng.choice(["signature_request_sent", "file_error"])
        event = {"event_time": time, "event_type": kind, "event_hash": self._mac((time + kind).encode())}
        text = json.dumps({"event": event, "account_guid": self.id}).encode()
        mark = b"0f" * 32
        multipart = b'--%b\r\nContent-Disposition: form-data; name="json"\r\n\r\n%b\r\n--%b--\r\n'
        form = urlencode({"json": text}).encode()
        self.body = self.rng.choice([text, form, multipart % (mark, text, mark)])


def timestamp_text(unit: str, seconds: int) -> str:
    """Return a timestamp in the format of a provider."""
    unit = unit.partition("|")[0]
    if unit == "http":
        return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)
    if unit == "rfc3339":
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(seconds) if unit == "s" else f"{seconds}000"


def _shifts(tolerance: int) -> list[int]:
    """Return the time difference of a delivery in seconds: mostly 0, otherwise at a limit or far away."""
    borders = [tolerance, tolerance + 1, -tolerance, -tolerance - 1, 10**8, -(10**8)]
    return [0, 0, 0, 0, 0, 0, 0, -1, *borders]


def _body(draft: SignedDraft) -> bytes:
    rng, kind = draft.rng, draft.row.kind
    number = rng.randrange(1_000)
    if kind in ("adyen", "adyen-form"):
        items = [
            {
                "pspReference": f"P{number + place}",
                "merchantAccountCode": "Shop",
                "merchantReference": rng.choice(["order", "order 14:05", ""]),
                "amount": {"value": rng.choice([1130, "1130"]), "currency": "EUR"},
                "eventCode": "AUTHORISATION",
                "success": "true",
            }
            for place in range(rng.choice((1, 1, 2)))
        ]
        wrapped = [{"NotificationRequestItem": item} for item in items]
        return json.dumps({"notificationItems": wrapped}).encode()
    if kind == "linear":
        return json.dumps({"n": number, "webhookTimestamp": draft.seconds * 1000}).encode()
    if kind == "twilio" or draft.name in ("mandrill", "plivo"):
        return urlencode([("Body", "Grüße & +"), ("N", number), *[("Digits", "2"), ("Digits", "1")]]).encode()
    if kind == "emporix" or rng.random() < 0.8:
        return json.dumps({"type": "a.b", "b": number, "a": [1, {"z": "é"}]}, ensure_ascii=False).encode()
    return rng.choice([b"", b"\xff\0", b"1", rng.randbytes(rng.randrange(80)), b"." * 70])
