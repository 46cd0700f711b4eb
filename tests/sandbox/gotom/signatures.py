"""The signature of a request, computed the way goTom's own server does."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.sandbox.gotom.call import Call

PROVIDER = "gotom_app_api"
"""Scheme of the ``Authorization`` header."""


def signed_text(call: Call) -> str:
    """What the signature covers; the empty line stands for headers that goTom does not use."""
    lines = (
        call.method.upper(),
        hashlib.md5(call.body, usedforsecurity=False).hexdigest(),
        call.headers["content-type"].lower(),
        call.headers["date"],
        "",
        call.target,
    )
    return "\n".join(lines)


def signature(call: Call, secret: str) -> str:
    """The signature that a request must carry."""
    text = signed_text(call).encode("latin-1")
    return base64.b64encode(hmac.digest(secret.encode(), text, "sha1")).decode()
