"""Operations on applications."""

from __future__ import annotations

from typing import Unpack

from webhook_verify.api._operation import Call, Operation, PostCall, request
from webhook_verify.api._resource import AnySender, Resource, operation, paged
from webhook_verify.api.svix._lists import ListCall
from webhook_verify.api.svix.models.application import ApplicationIn, ApplicationOut, ApplicationPatch
from webhook_verify.api.svix.models.page import Page

__all__ = ["Application"]


class Application(Resource[AnySender]):
    """Applications. ``app_id`` is the server's id or your own uid."""

    @paged
    def list(
        self,
        *,
        exclude_apps_with_no_endpoints: bool | None = None,
        exclude_apps_with_disabled_endpoints: bool | None = None,
        exclude_apps_with_svix_play_endpoints: bool | None = None,
        **call: Unpack[ListCall],
    ) -> Operation[Page[ApplicationOut]]:
        """All applications. API 1.4 knows none of the ``exclude_`` options."""
        query = {
            "exclude_apps_with_no_endpoints": exclude_apps_with_no_endpoints,
            "exclude_apps_with_disabled_endpoints": exclude_apps_with_disabled_endpoints,
            "exclude_apps_with_svix_play_endpoints": exclude_apps_with_svix_play_endpoints,
            **call,
        }
        return request("GET", "/api/v1/app", query=query, returns=Page[ApplicationOut])

    @operation
    def create(
        self, application: ApplicationIn, *, get_if_exists: bool | None = None, **call: Unpack[PostCall]
    ) -> Operation[ApplicationOut]:
        """Create an application. Its uid must be new, unless ``get_if_exists`` makes this get the old one."""
        query = {"get_if_exists": get_if_exists}
        return request("POST", "/api/v1/app", query=query, body=application, returns=ApplicationOut)

    @operation
    def get_or_create(
        self, application: ApplicationIn, **call: Unpack[PostCall]
    ) -> Operation[ApplicationOut]:
        """The application with this uid, created if there is none."""
        query = {"get_if_exists": True}
        return request("POST", "/api/v1/app", query=query, body=application, returns=ApplicationOut)

    @operation
    def get(self, app_id: str, **call: Unpack[Call]) -> Operation[ApplicationOut]:
        """One application."""
        return request("GET", "/api/v1/app/{}", app_id, returns=ApplicationOut)

    @operation
    def upsert(
        self, app_id: str, application: ApplicationIn, **call: Unpack[Call]
    ) -> Operation[ApplicationOut]:
        """Replace an application, or create it."""
        return request("PUT", "/api/v1/app/{}", app_id, body=application, returns=ApplicationOut)

    @operation
    def patch(
        self, app_id: str, changes: ApplicationPatch, **call: Unpack[Call]
    ) -> Operation[ApplicationOut]:
        """Change parts of an application. Not in API 1.4."""
        return request("PATCH", "/api/v1/app/{}", app_id, body=changes, returns=ApplicationOut)

    @operation
    def delete(self, app_id: str, **call: Unpack[Call]) -> Operation[None]:
        """Delete an application and all that belongs to it."""
        return request("DELETE", "/api/v1/app/{}", app_id)
