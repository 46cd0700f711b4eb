"""What the Singer SDK lacks for extraction that can be trusted.

What stands in ``__all__`` is public, and so is what `singer_tapkit.testing` and
`singer_tapkit.fake_server` offer to the tests of a tap.
"""

from singer_tapkit import checkpoint
from singer_tapkit.accounts import AccountList, Accounts, account_settings
from singer_tapkit.body import decode_json
from singer_tapkit.checkpoint import Checkpoint
from singer_tapkit.child_stream import ChildStream
from singer_tapkit.client import HttpClient
from singer_tapkit.config import (
    common_settings,
    config_error,
    parse_date,
    to_config_schema,
    validate_base_url,
    validate_dates,
)
from singer_tapkit.conformer import Conformer, compile_conformer
from singer_tapkit.errors import (
    ApiError,
    ExtractionError,
    GatewayError,
    InvalidResponseError,
    NoResponseError,
    RequestError,
    RetryAfterTooLongError,
    SpoolError,
    UnknownFieldsError,
)
from singer_tapkit.failures import FailureCollector, SyncFailedError
from singer_tapkit.pagination import IncompleteListError, PagePaginator, read_pages
from singer_tapkit.prefetch import PendingRequests, Prefetcher, round_robin
from singer_tapkit.rate_limit import RateLimiter, RateLimitKey, Window
from singer_tapkit.responses import ErrorBody
from singer_tapkit.schemas import exclude_fields, load_schema
from singer_tapkit.spool import RecordSpool, disk_errors, open_spool
from singer_tapkit.stream import BaseStream, PartitionStatus
from singer_tapkit.tap import BaseTap

__all__ = [
    "AccountList",
    "Accounts",
    "ApiError",
    "BaseStream",
    "BaseTap",
    "Checkpoint",
    "ChildStream",
    "Conformer",
    "ErrorBody",
    "ExtractionError",
    "FailureCollector",
    "GatewayError",
    "HttpClient",
    "IncompleteListError",
    "InvalidResponseError",
    "NoResponseError",
    "PagePaginator",
    "PartitionStatus",
    "PendingRequests",
    "Prefetcher",
    "RateLimitKey",
    "RateLimiter",
    "RecordSpool",
    "RequestError",
    "RetryAfterTooLongError",
    "SpoolError",
    "SyncFailedError",
    "UnknownFieldsError",
    "Window",
    "account_settings",
    "checkpoint",
    "common_settings",
    "compile_conformer",
    "config_error",
    "decode_json",
    "disk_errors",
    "exclude_fields",
    "load_schema",
    "open_spool",
    "parse_date",
    "read_pages",
    "round_robin",
    "to_config_schema",
    "validate_base_url",
    "validate_dates",
]
