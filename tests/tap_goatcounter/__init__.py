"""Tests of tap-goatcounter."""
