"""The hand-off to a queue of DBOS.

client = DBOSClient(system_database_url=url)
handoff = Handoff(DBOSQueue(client, workflow="handle", queue="webhooks"), key=QUEUE_KEY)
"""

from __future__ import annotations

from typing import cast

try:
    from dbos import DBOSClient, EnqueueOptions, error
except ImportError as _missing:
    raise ImportError("DBOSQueue needs DBOS: pip install 'webhook-verify[dbos]'") from _missing

__all__ = ["DBOSQueue"]


class DBOSQueue:
    """Enqueues each delivery as a workflow of DBOS, with the id as workflow id.

    DBOS recognizes duplicates for as long as it keeps the workflow.

    Args:
        client: The client, with the system database of the workers.
        workflow: The name of the workflow, which takes the sealed delivery.
        queue: The name of the queue.
        is_partitioned: Whether the queue is partitioned. Then the lane is the partition, and with
            `partition_concurrency=1` its workflows run one after the other.

    Raises:
        TypeError: If `client` is not a `DBOSClient`, or a name is not a str.
    """

    def __init__(
        self, client: DBOSClient, *, workflow: str, queue: str, is_partitioned: bool = False
    ) -> None:
        if not isinstance(cast("object", client), DBOSClient):
            raise TypeError(f"client must be a DBOSClient, not {type(client).__name__!r}")
        for name, value in {"workflow": workflow, "queue": queue}.items():
            if not isinstance(cast("object", value), str):
                raise TypeError(f"{name} must be a str, not {type(value).__name__!r}")
        self._client = client
        self._options = EnqueueOptions(
            workflow_name=workflow, queue_name=queue, workflow_id_reuse_policy="reject"
        )
        self.has_lanes = is_partitioned

    def __call__(self, sealed: str, id: str, lane: str, /) -> bool:
        """Enqueue a workflow, and return when it is committed.

        Args:
            sealed: The sealed delivery.
            id: The workflow id.
            lane: The partition of a partitioned queue, "" for a separate one.

        Returns:
            False if there is a workflow with this id already.

        Raises:
            Exception: Any exception of DBOS or its database.
        """
        options: EnqueueOptions = {**self._options, "workflow_id": id}
        if self.has_lanes:
            options["queue_partition_key"] = lane or id
        try:
            self._client.enqueue(options, sealed)
        except error.DBOSWorkflowIDInUseError:
            return False
        return True
