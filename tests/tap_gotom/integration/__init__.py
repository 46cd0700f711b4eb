"""Runs of the tap by its command line."""
