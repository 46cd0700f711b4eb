"""Replays what real servers were asked, and compares the sandbox's answers with theirs."""
