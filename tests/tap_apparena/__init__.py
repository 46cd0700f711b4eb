"""Tests of tap-apparena."""
