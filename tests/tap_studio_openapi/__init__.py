"""Tests of tap-studio-openapi."""
