"""Tests of the library, a module each."""
