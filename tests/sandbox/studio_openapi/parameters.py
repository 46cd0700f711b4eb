"""Read the parameters of a request by the rules that the endpoint documents for them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from tests.sandbox.studio_openapi import problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.studio_openapi.endpoints import Endpoint, Parameter


def read(endpoint: Endpoint, variables: Mapping[str, str], query: str) -> dict[str, Any]:
    """Read path and query.

    Args:
        endpoint: Whose parameters they are; others are ignored, as the API does.
        variables: The variable parts of the path, as sent.
        query: As sent.

    Returns:
        A value for each parameter: integers, dates and texts. One that was not sent has its
        default, or None. Lists of values are ignored.

    Raises:
        ProblemError: A value is missing or not allowed.
    """
    given = {**dict(parse_qsl(query, keep_blank_values=True)), **variables}
    return {
        parameter.name: _read_value(parameter, given.get(parameter.name))
        for parameter in endpoint.parameters
        if parameter.schema["type"] != "array"
    }


def _read_value(parameter: Parameter, text: str | None) -> Any:
    name, schema = parameter.name, parameter.schema
    if text is None and not parameter.required:
        return schema.get("default")
    if text is None or text not in schema.get("enum", (text,)):
        raise problems.invalid(name)
    try:
        if schema.get("format") == "date":
            return date.fromisoformat(text)
        if schema["type"] != "integer":
            return text
        number = int(text)
    except ValueError:
        raise problems.invalid(name) from None
    if number > schema.get("maximum", number):
        raise problems.invalid(name, problems.TOO_LARGE)
    if number < schema.get("minimum", number):
        raise problems.invalid(name)
    return number
