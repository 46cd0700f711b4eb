"""Replay what real servers were asked, and compare the sandbox's responses with theirs."""
