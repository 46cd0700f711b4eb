"""How fast the taps are, measured from outside."""
