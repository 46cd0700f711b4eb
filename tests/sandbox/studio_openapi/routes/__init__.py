"""What answers each endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi.routes import (
    belonging_routes,
    class_routes,
    contract_routes,
    customer_routes,
    debt_routes,
    offer_routes,
    search_routes,
    studio_routes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.studio_openapi.routes.route import Route

ROUTES: Mapping[str, Route] = {
    **studio_routes.ROUTES,
    **customer_routes.ROUTES,
    **belonging_routes.ROUTES,
    **contract_routes.ROUTES,
    **search_routes.ROUTES,
    **class_routes.ROUTES,
    **offer_routes.ROUTES,
    **debt_routes.ROUTES,
}
"""By method and path."""

__all__ = ["ROUTES"]
