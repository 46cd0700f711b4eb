"""Kills pipelines at any moment, and checks that what arrives is what there was."""
