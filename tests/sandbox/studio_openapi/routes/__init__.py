"""What answers each endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.sandbox.studio_openapi.routes import class_routes, customer_routes, studio_routes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.studio_openapi.routes.route import Route

ROUTES: Mapping[str, Route] = {
    **studio_routes.ROUTES,
    **customer_routes.ROUTES,
    **class_routes.ROUTES,
}
"""By method and path."""

__all__ = ["ROUTES"]
