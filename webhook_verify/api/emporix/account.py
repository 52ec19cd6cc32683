"""Operations on the tenant's part of Emporix's account at Svix."""

from __future__ import annotations

from typing import Unpack

from webhook_verify.api._operation import Call, Operation, request
from webhook_verify.api._resource import AnySender, Resource, operation
from webhook_verify.api.emporix.models import DashboardAccess, Statistics

__all__ = ["Dashboard", "MonthlyStatistics"]


class Dashboard(Resource[AnySender]):
    """The dashboard of the tenant at Svix, where the endpoints of SVIX_SHARED are."""

    @operation
    def access(self, **call: Unpack[Call]) -> Operation[DashboardAccess]:
        """A login to the dashboard. Whoever has its address is logged in."""
        return request("GET", "/dashboard-access", returns=DashboardAccess)


class MonthlyStatistics(Resource[AnySender]):
    """How much was delivered, of SVIX_SHARED only."""

    @operation
    def retrieve(
        self,
        *,
        from_year_month: str | None = None,
        to_year_month: str | None = None,
        **call: Unpack[Call],
    ) -> Operation[Statistics]:
        """Deliveries by month, from and to months such as ``2026-11``."""
        query = {"fromYearMonth": from_year_month, "toYearMonth": to_year_month}
        return request("GET", "/statistics", query=query, returns=Statistics)
