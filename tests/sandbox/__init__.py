"""Servers that answer like the services the taps read, for tests over real sockets."""
