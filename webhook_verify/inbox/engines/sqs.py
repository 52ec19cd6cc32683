"""The hand-off to a FIFO queue of Amazon SQS.

handoff = Handoff(SQSQueue(boto3.client("sqs"), url), key=QUEUE_KEY, lane=lambda delivery: ...)
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any, cast

try:
    from botocore.client import BaseClient
except ImportError as _missing:
    raise ImportError("SQSQueue needs boto3: pip install 'webhook-verify[sqs]'") from _missing

__all__ = ["SQSQueue"]

_GROUP = re.compile(r"[A-Za-z0-9!-/:-@\[-`{-~]{1,128}")


class SQSQueue:
    """Sends each delivery to a FIFO queue, with the lane as message group, the id as deduplication id.

    SQS recognizes duplicates for 5 minutes. Without a lane each delivery has a separate group.

    Args:
        client: The client of SQS, from `boto3.client("sqs")`.
        queue_url: The URL of the queue, whose name ends with `.fifo`.

    Raises:
        TypeError: If `client` is not a client of boto3 for SQS, or `queue_url` is not a str.
        ValueError: If the queue is not a FIFO queue.
    """

    def __init__(self, client: Any, queue_url: str) -> None:
        if not isinstance(client, BaseClient) or not hasattr(client, "send_message"):
            raise TypeError(f'client must be boto3.client("sqs"), not {type(client).__name__!r}')
        if not isinstance(cast("object", queue_url), str):
            raise TypeError(f"queue_url must be a str, not {type(queue_url).__name__!r}")
        if not queue_url.endswith(".fifo"):
            raise ValueError(
                "queue_url must be that of a FIFO queue, whose name ends with .fifo: other queues have no "
                "lanes and no deduplication"
            )
        self._client: Any = cast("Any", client)
        self._queue_url = queue_url

    def __call__(self, sealed: str, id: str, lane: str, /) -> bool:
        """Send a message, and return when SQS has it.

        Args:
            sealed: The sealed delivery.
            id: The deduplication id.
            lane: The message group, as its SHA-256 if SQS does not accept it. "" for a separate group.

        Returns:
            True. SQS does not report a duplicate.

        Raises:
            Exception: Any exception of boto3.
        """
        group = lane or id
        if _GROUP.fullmatch(group) is None:
            group = sha256(group.encode("utf-8", "surrogatepass")).hexdigest()
        options = {"MessageGroupId": group, "MessageDeduplicationId": id}
        self._client.send_message(QueueUrl=self._queue_url, MessageBody=sealed, **options)
        return True
