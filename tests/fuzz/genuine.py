"""The initial deliveries of the fuzzer, signed with every kind of key.

All data is equal in every process and run, so that a seed is sufficient to repeat a failure.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from webhook_verify import Secret, Verifier
from webhook_verify.secret import signing_key

NOW = 1_700_000_000
TOLERANCE = 300
MARK = b"body-mark-7f3a"  # in every body that is not tiny, to search for leaks of the body

_IDS = ["msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", "msg_a.b.c-1", "1", "!", "a" * 200, 'id with "blanks" ~']
_TIMES = [NOW, NOW, NOW - 17, NOW + 17, NOW - TOLERANCE, NOW + TOLERANCE, NOW - TOLERANCE - 1, NOW + 86_400]
_BODIES = [
    b"",
    b"{}",
    b'{"type":"invoice.paid","data":"%b"}' % MARK,
    b"1700000000.%b" % MARK,  # moved borders give another id and timestamp for the same content
    MARK + bytes(range(256)),
    MARK + b"\r\n\xef\xbb\xbf caf\xc3\xa9 \xff\xfe\x00" + bytes(range(200)) * 10,
]


@dataclass(slots=True)
class Receiver:
    """A verifier, its secrets as texts, and everything that was signed with a currently valid secret."""

    verifier: Verifier
    secrets: list[str]
    deliveries: list[Genuine]
    signed: dict[bytes, list[str]]  # the valid entries by signed content


@dataclass(frozen=True, slots=True)
class Genuine:
    """A signed delivery. If ``good``, its receiver must accept it unchanged."""

    receiver: Receiver
    id: str
    timestamp: str
    signature: str
    brand: str
    body: bytes
    good: bool


class _Sender:
    """A secret of the sender. If ``valid``, the receiver accepts it now."""

    def __init__(self, text: str, *, valid: bool) -> None:
        self.key = signing_key(Secret(text))
        self.valid = valid

    def entry(self, content: bytes) -> str:
        return f"{self.key.version},{self.key.sign(content)}"


def receivers() -> list[Receiver]:
    """Return every kind of verifier: one HMAC key, a rotation, Ed25519, and both kinds of keys."""
    one, new, old, gone = map(_hmac, ("one", "new", "old", "gone"))
    (private, public), (stranger, _) = _ed25519("pair"), _ed25519("stranger")
    now, soon = datetime.fromtimestamp(NOW, UTC), datetime.fromtimestamp(NOW + 1, UTC)
    rotation = [
        Secret(new, label="new"),
        Secret(old, label="old", not_before=now, expires_at=soon),
        Secret(gone, label="gone", expires_at=now),
    ]
    by_one, by_new, by_old, by_private = (_Sender(text, valid=True) for text in (one, new, old, private))
    by_gone, by_other = _Sender(gone, valid=False), _Sender(_hmac("other"), valid=False)
    by_stranger = _Sender(stranger, valid=False)
    return [
        _receiver([Secret(one)], [[by_one], [by_other, by_one], [by_one, by_gone], [by_other]]),
        _receiver(rotation, [[by_new], [by_old], [by_new, by_old], [by_gone], [by_gone, by_old]]),
        _receiver([Secret(one)], [[by_one], [by_other, by_one], [by_other]], scheme="lithic"),
        _receiver([Secret(public)], [[by_private], [by_stranger, by_private], [by_stranger]]),
        _receiver(
            [Secret(new, label="hmac"), Secret(public, label="ed25519")],
            [[by_new], [by_private], [by_other, by_private], [by_new, by_private]],
        ),
    ]


def _receiver(
    secrets: list[Secret], senders: list[list[_Sender]], scheme: str = "standard-webhooks"
) -> Receiver:
    texts = [str(secret.reveal()) for secret in secrets]
    receiver = Receiver(Verifier(secrets, scheme=scheme, clock=lambda: NOW), texts, [], {})
    for number, together in enumerate(senders):
        for place, body in enumerate(_BODIES):
            timestamp = _TIMES[(place + 3 * number) % len(_TIMES)]
            message_id = _IDS[(place + number) % len(_IDS)]
            content = f"{message_id}.{timestamp}.".encode() + body
            valid = [each.entry(content) for each in together if each.valid]
            good = bool(valid) and abs(timestamp - NOW) <= TOLERANCE
            if valid:
                receiver.signed.setdefault(content, []).extend(valid)
            receiver.deliveries.append(
                Genuine(
                    receiver,
                    id=message_id,
                    timestamp=str(timestamp),
                    signature=" ".join(each.entry(content) for each in together),
                    brand="svix" if (place + number) % 3 == 0 else "webhook",
                    body=body,
                    good=good,
                )
            )
    return receiver


def _key(word: str) -> bytes:
    return sha256(word.encode()).digest()


def _hmac(word: str) -> str:
    return "whsec_" + b64encode(_key(word)).decode()


def _ed25519(word: str) -> tuple[str, str]:
    """Return (whsk_, whpk_) of a key pair that only depends on the word."""
    seed = _key(word)
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return "whsk_" + b64encode(seed).decode(), "whpk_" + b64encode(public).decode()
