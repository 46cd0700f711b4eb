"""The streams, a module per family."""
