"""What the settings accept."""

from __future__ import annotations

from typing import Any

import pytest
from singer_sdk.exceptions import ConfigValidationError

from tap_gotom.config import Credentials, CredentialSet, read_base_url, read_credentials
from tap_gotom.tap import TapGoTom
from tests.tap_gotom.servers import define_report

DEFAULTS = {"environment": "prod", "allow_http": False}
USER = {"api_user": "u", "api_secret": "secret-of-u"}
ACME = {"instance": "acme", **USER}


@pytest.mark.parametrize(
    ("config", "url"),
    [
        ({"instance": "acme"}, "https://acme.gotom.io"),
        ({"instance": "acme", "environment": "test"}, "https://test-acme.gotom.io"),
        ({"base_url": "https://goto.example/"}, "https://goto.example"),
        ({"base_url": "https://goto.example/app-api"}, "https://goto.example"),
        ({"base_url": "http://127.0.0.1:8080", "instance": "acme"}, "http://127.0.0.1:8080"),
        ({"base_url": "http://goto.example", "allow_http": True}, "http://goto.example"),
    ],
)
def test_the_base_url_of_an_instance(config: dict[str, Any], url: str) -> None:
    assert read_base_url({**DEFAULTS, **config}) == url


def test_only_credentials_that_are_set_are_read() -> None:
    credentials = read_credentials({"graph_user": "g", "graph_secret": "x"})
    assert credentials == {CredentialSet.GRAPH: Credentials("g", "x")}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"instance": "acme", "api_user": "u"}, "belong together"),
        ({"instance": "acme", **USER, "api_user": "a\nb"}, "control character"),
        ({**ACME, "api_secret": ""}, "api_secret"),
        ({**ACME, "instance": "acme.gotom.io"}, "is no such part"),
        (USER, "Set 'instance'"),
        ({"base_url": "http://goto.example", **USER}, "unencrypted"),
        ({**ACME, "environment": "staging"}, "staging"),
        ({**ACME, "reports": [define_report(kind="pie")]}, "pie"),
        ({**ACME, "reports": [define_report(delimter=";")]}, "delimter"),
        ({**ACME, "reports": [define_report(columns={"A": "text"})]}, "text"),
        ({**ACME, "reports": "sales"}, "reports"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigValidationError) as refused:
        TapGoTom(config=settings)
    assert words in "\n".join(refused.value.errors)


@pytest.mark.parametrize("entry", [None, "revenue", 46])
def test_an_entry_of_reports_that_is_no_object_is_refused(entry: object) -> None:
    with pytest.raises(ConfigValidationError) as error:
        TapGoTom(config={"instance": "acme", "reports": [entry]})

    assert "in config['reports'][0]" in error.value.errors[0]
