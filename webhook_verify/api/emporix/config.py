"""Operations on configurations: who delivers, and how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from webhook_verify.api._operation import Call, Operation, Steps, ask, request
from webhook_verify.api._resource import AnySender, Resource, operation
from webhook_verify.api.emporix.config_models import ConfigIn, ConfigUpdate
from webhook_verify.api.emporix.models import ConfigCreated, ConfigOut, read_configs
from webhook_verify.api.emporix.patch import PatchOperation
from webhook_verify.errors import ApiStatusError

__all__ = ["Config"]


class Config(Resource[AnySender]):
    """Configurations. ``code`` is the id that you gave one."""

    @operation
    def list(self, **call: Unpack[Call]) -> Steps[Sequence[ConfigOut]]:
        """All configurations, at most one of each provider."""
        try:
            return (yield from ask(request("GET", "/config", decode=read_configs)))
        except ApiStatusError as error:
            if error.status != 404:  # which Emporix's own Terraform provider takes for "none yet"
                raise
            return []

    @operation
    def create(self, config: ConfigIn, **call: Unpack[Call]) -> Operation[ConfigCreated]:
        """Create a configuration. A second one of a provider is a conflict (409)."""
        return request("POST", "/config", body=config, returns=ConfigCreated)

    @operation
    def retrieve(self, code: str, **call: Unpack[Call]) -> Operation[ConfigOut]:
        """One configuration."""
        return request("GET", "/config/{}", code, returns=ConfigOut)

    @operation
    def replace(self, code: str, config: ConfigUpdate, **call: Unpack[Call]) -> Operation[None]:
        """Replace a configuration. What is not given is gone, the secret too."""
        return request("PUT", "/config/{}", code, body=config)

    @operation
    def patch(self, code: str, changes: Sequence[PatchOperation], **call: Unpack[Call]) -> Operation[None]:
        """Change parts of a configuration: see :mod:`webhook_verify.api.emporix.patch`."""
        if not changes:
            raise ValueError("changes is empty, which Emporix refuses")
        return request("PATCH", "/config/{}", code, body=changes)

    @operation
    def delete(self, code: str, *, force: bool | None = None, **call: Unpack[Call]) -> Operation[None]:
        """Delete a configuration; the one that is used only with ``force``."""
        return request("DELETE", "/config/{}", code, query={"force": force})
