"""Tests of tap-gotom."""
