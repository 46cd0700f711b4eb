"""Run a tap as the SDK would by default: its own writer, its own conformance, record by record."""

from __future__ import annotations

from singer_sdk import Stream, Tap

from tap_goatcounter.client import GoatCounterClient
from tap_goatcounter.tap import TapGoatCounter

if __name__ == "__main__":
    TapGoatCounter.message_writer_class = Tap.message_writer_class
    GoatCounterClient.TYPE_CONFORMANCE_LEVEL = Stream.TYPE_CONFORMANCE_LEVEL
    TapGoatCounter.cli()
