"""Reads the parameters of a request by the rules that the endpoint documents for them."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote
from uuid import UUID

from tests.sandbox.studio_openapi import problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sandbox.studio_openapi.endpoints import Endpoint, Parameter, Schema

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_BITS = {"int32": 31, "int64": 63}


def read(endpoint: Endpoint, variables: Mapping[str, str], query: str) -> dict[str, Any]:
    """Reads path and query.

    Args:
        endpoint: Whose parameters they are; others are ignored, as the API does.
        variables: The variable parts of the path, as sent.
        query: As sent.

    Returns:
        A value for each parameter: integers, dates, texts and lists of texts. One that was not sent
        has its default, or None.

    Raises:
        ProblemError: A value is missing or not allowed.
    """
    given = parse_qs(query, keep_blank_values=True) if query else {}
    return {
        parameter.name: (
            _value(parameter.name, unquote(variables[parameter.name]), parameter.schema)
            if parameter.in_path
            else _from_query(parameter, given.get(parameter.name))
        )
        for parameter in endpoint.parameters
    }


def _from_query(parameter: Parameter, given: list[str] | None) -> Any:
    schema = parameter.schema
    if given is None:
        if parameter.required:
            raise problems.invalid(parameter.name, problems.MISSING)
        return schema.get("default")
    if schema["type"] == "array":
        if len(given) > schema.get("maxItems", len(given)):
            raise problems.invalid(parameter.name, problems.TOO_LARGE)
        return [_value(parameter.name, text, schema["items"]) for text in given]
    return _value(parameter.name, given[-1], schema)


def _value(name: str, text: str, schema: Schema) -> Any:
    if schema["type"] == "integer":
        return _integer(name, text, schema)
    if text not in schema.get("enum", (text,)):
        raise problems.invalid(name)
    try:
        match schema.get("format"):
            case "date":
                return _date(text)
            case "uuid":
                return str(UUID(text))
    except ValueError:
        raise problems.invalid(name) from None
    return text


def _integer(name: str, text: str, schema: Schema) -> int:
    if not _INTEGER.fullmatch(text) or abs(number := int(text)) >> _BITS[schema["format"]]:
        raise problems.invalid(name)
    if number > schema.get("maximum", number):
        raise problems.invalid(name, problems.TOO_LARGE)
    if number < schema.get("minimum", number):
        raise problems.invalid(name, problems.TOO_SMALL)
    return number


def _date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)
