"""What shows that the taps do what they promise."""
