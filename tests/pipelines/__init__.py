"""Meltano runs from a tap into real databases."""
