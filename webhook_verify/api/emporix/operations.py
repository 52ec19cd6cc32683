"""All operations: on configurations, event subscriptions, and the tenant's part of Emporix's Svix account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Unpack

from webhook_verify.api._operation import Call, Operation, OperationSteps, perform, request
from webhook_verify.api._resource import AnySender, Resource, operation
from webhook_verify.api._settings import checked_text
from webhook_verify.api.emporix._conflict_retry import PATH, apply
from webhook_verify.api.emporix.config_models import ConfigIn, ConfigUpdate
from webhook_verify.api.emporix.models import (
    ConfigCreated,
    ConfigOut,
    DashboardAccess,
    Statistics,
    read_configs,
)
from webhook_verify.api.emporix.patch import PatchOperation
from webhook_verify.api.emporix.subscription_models import (
    EventSubscription,
    MultiStatus,
    SubscriptionChange,
    read_results,
)
from webhook_verify.errors import APIStatusError

__all__ = ["Config", "Dashboard", "EventSubscriptions", "MonthlyStatistics"]


class Config(Resource[AnySender]):
    """Configurations. ``code`` is the id that you gave one."""

    @operation
    def list(self, **call: Unpack[Call]) -> OperationSteps[Sequence[ConfigOut]]:
        """All configurations, at most one of each provider."""
        try:
            return (yield from perform(request("GET", "/config", decode=read_configs)))
        except APIStatusError as error:
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
            raise ValueError("changes must not be empty, because Emporix rejects an empty patch")
        return request("PATCH", "/config/{}", code, body=changes)

    @operation
    def delete(self, code: str, *, force: bool | None = None, **call: Unpack[Call]) -> Operation[None]:
        """Delete a configuration; the one that is used only with ``force``."""
        return request("DELETE", "/config/{}", code, query={"force": force})


class Dashboard(Resource[AnySender]):
    """The dashboard of the tenant at Svix, where the endpoints of SVIX_SHARED are."""

    @operation
    def access(self, **call: Unpack[Call]) -> Operation[DashboardAccess]:
        """A login to the dashboard. Whoever has its address is logged in."""
        return request("GET", "/dashboard-access", returns=DashboardAccess)


class EventSubscriptions(Resource[AnySender]):
    """Event subscriptions. They say whether an event is delivered; the configuration says where to."""

    @operation
    def list(
        self, *, language: str | None = None, **call: Unpack[Call]
    ) -> Operation[Sequence[EventSubscription]]:
        """All events. ``language``: of their texts, as in Accept-Language; the tenant's by default."""
        headers = {} if language is None else {"accept-language": checked_text("language", language)}
        made: Operation[Sequence[EventSubscription]] = request("GET", PATH, returns=list[EventSubscription])
        return made._replace(headers=headers)

    @operation
    def manage(self, changes: Sequence[SubscriptionChange], **call: Unpack[Call]) -> Operation[MultiStatus]:
        """Change subscriptions as they are given, each with its version. Failures are in the result."""
        return request("PATCH", PATH, body=changes, decode=read_results)

    @operation
    def apply(
        self, changes: Iterable[SubscriptionChange], **call: Unpack[Call]
    ) -> OperationSteps[MultiStatus]:
        """Change subscriptions whatever their version: it is read first, and again after a conflict.

        What is still a conflict the third time is a failure in the result, or an :class:`APIStatusError`
        if the answer as a whole is one.
        """
        return apply(changes)


class MonthlyStatistics(Resource[AnySender]):
    """How much was delivered, of SVIX_SHARED only."""

    @operation
    def retrieve(
        self, *, from_year_month: str | None = None, to_year_month: str | None = None, **call: Unpack[Call]
    ) -> Operation[Statistics]:
        """Deliveries by month, from and to months such as ``2026-11``."""
        query = {"fromYearMonth": from_year_month, "toYearMonth": to_year_month}
        return request("GET", "/statistics", query=query, returns=Statistics)
