"""The endpoints of GoatCounter."""
