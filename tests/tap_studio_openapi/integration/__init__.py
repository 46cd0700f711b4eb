"""The tap by its command line."""
