"""Marks for tests that need what not every system has."""

from __future__ import annotations

import os
import sys

import pytest

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc or writes /dev/full")
on_posix = pytest.mark.skipif(os.name != "posix", reason="elsewhere a signal ends a process")
