"""Operations on configurations, event subscriptions, and the tenant's part of Emporix's Svix account."""

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
    """Operations on configurations, which select the provider of deliveries and their destination."""

    @operation
    def list(self, **call: Unpack[Call]) -> OperationSteps[Sequence[ConfigOut]]:
        """List the configurations, at most one for each provider.

        Args:
            **call: `timeout` in seconds.

        Returns:
            The configurations; empty before the first one is created.

        Raises:
            APIStatusError: If the response has an error status other than 404.
            APIError: If the request fails after its retries.
        """
        try:
            return (yield from perform(request("GET", "/config", decode=read_configs)))
        except APIStatusError as error:
            # Emporix's Terraform provider also interprets a 404 as an empty list.
            if error.status != 404:
                raise
            return []

    @operation
    def create(self, config: ConfigIn, **call: Unpack[Call]) -> Operation[ConfigCreated]:
        """Create a configuration.

        Args:
            config: The configuration to create. A second one for the same provider is a conflict (409).
            **call: `timeout` in seconds.

        Returns:
            The id of the configuration.

        Raises:
            APIError: If the request fails after its retries.
        """
        return request("POST", "/config", body=config, returns=ConfigCreated)

    @operation
    def retrieve(self, code: str, **call: Unpack[Call]) -> Operation[ConfigOut]:
        """Return a configuration.

        Args:
            code: Id of the configuration, chosen when it was created.
            **call: `timeout` in seconds.

        Returns:
            The configuration.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `code` is empty, `.` or `..`.
        """
        return request("GET", "/config/{}", code, returns=ConfigOut)

    @operation
    def replace(self, code: str, config: ConfigUpdate, **call: Unpack[Call]) -> Operation[None]:
        """Replace a configuration.

        Args:
            code: Id of the configuration, chosen when it was created.
            config: The whole configuration. Fields that are `UNSET` are removed, including the secret.
            **call: `timeout` in seconds.

        Returns:
            None once it is replaced.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `code` is empty, `.` or `..`.
        """
        return request("PUT", "/config/{}", code, body=config)

    @operation
    def patch(self, code: str, changes: Sequence[PatchOperation], **call: Unpack[Call]) -> Operation[None]:
        """Change individual values of a configuration.

        Args:
            code: Id of the configuration, chosen when it was created.
            changes: The changes, created with the functions of `webhook_verify.api.emporix.patch`.
            **call: `timeout` in seconds.

        Returns:
            None once it is changed.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `changes` is empty, or `code` is empty, `.` or `..`.
        """
        if not changes:
            raise ValueError("changes must not be empty, because Emporix rejects an empty patch")
        return request("PATCH", "/config/{}", code, body=changes)

    @operation
    def delete(self, code: str, *, force: bool | None = None, **call: Unpack[Call]) -> Operation[None]:
        """Delete a configuration.

        Args:
            code: Id of the configuration, chosen when it was created.
            force: Whether to delete the configuration even if it is the active one.
            **call: `timeout` in seconds.

        Returns:
            None once it is deleted.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `code` is empty, `.` or `..`.
        """
        return request("DELETE", "/config/{}", code, query={"force": force})


class Dashboard(Resource[AnySender]):
    """Operations on the tenant's Svix dashboard, which manages the endpoints of SVIX_SHARED."""

    @operation
    def access(self, **call: Unpack[Call]) -> Operation[DashboardAccess]:
        """Create a login to the dashboard.

        Args:
            **call: `timeout` in seconds.

        Returns:
            The login. Its URL is a credential.

        Raises:
            APIError: If the request fails after its retries.
        """
        return request("GET", "/dashboard-access", returns=DashboardAccess)


class EventSubscriptions(Resource[AnySender]):
    """Operations on event subscriptions, which enable the delivery of an event."""

    @operation
    def list(
        self, *, language: str | None = None, **call: Unpack[Call]
    ) -> Operation[Sequence[EventSubscription]]:
        """List all events with the status of their subscriptions.

        Args:
            language: Language of the texts, as in Accept-Language. By default the tenant's.
            **call: `timeout` in seconds.

        Returns:
            The events and their subscriptions.

        Raises:
            APIError: If the request fails after its retries.
        """
        headers = {} if language is None else {"accept-language": checked_text("language", language)}
        made: Operation[Sequence[EventSubscription]] = request("GET", PATH, returns=list[EventSubscription])
        return made._replace(headers=headers)

    @operation
    def manage(self, changes: Sequence[SubscriptionChange], **call: Unpack[Call]) -> Operation[MultiStatus]:
        """Change subscriptions for the versions that the changes name.

        Args:
            changes: The changes, each with the version that it was made for.
            **call: `timeout` in seconds.

        Returns:
            A result for each change. A failed change does not raise; see `MultiStatus`.

        Raises:
            APIError: If the request fails after its retries.
        """
        return request("PATCH", PATH, body=changes, decode=read_results)

    @operation
    def apply(
        self, changes: Iterable[SubscriptionChange], **call: Unpack[Call]
    ) -> OperationSteps[MultiStatus]:
        """Change subscriptions regardless of their versions.

        Reads the current versions first, and again after a conflict, at most three times in total. A change
        that still conflicts is a failure in the result.

        Args:
            changes: The changes. Their versions are replaced.
            **call: `timeout` in seconds.

        Returns:
            A result for each change. A failed change does not raise; see `MultiStatus`.

        Raises:
            APIStatusError: If the whole response is a conflict.
            APIError: If the request fails after its retries.
        """
        return apply(changes)


class MonthlyStatistics(Resource[AnySender]):
    """Operations on delivery statistics, which exist for SVIX_SHARED only."""

    @operation
    def retrieve(
        self, *, from_year_month: str | None = None, to_year_month: str | None = None, **call: Unpack[Call]
    ) -> Operation[Statistics]:
        """Return the number of deliveries by month.

        Args:
            from_year_month: First month, such as `2026-11`.
            to_year_month: Last month, such as `2026-11`.
            **call: `timeout` in seconds.

        Returns:
            The deliveries by month, and their limit.

        Raises:
            APIError: If the request fails after its retries.
        """
        query = {"fromYearMonth": from_year_month, "toYearMonth": to_year_month}
        return request("GET", "/statistics", query=query, returns=Statistics)
