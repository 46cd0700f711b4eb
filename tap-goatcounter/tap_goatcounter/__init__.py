"""Singer tap for GoatCounter web analytics."""
