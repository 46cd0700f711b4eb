"""Runs of the tap by its command line, and of many in a row."""
