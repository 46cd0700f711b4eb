"""Runs of the tap as a whole, most of them by its command line."""
