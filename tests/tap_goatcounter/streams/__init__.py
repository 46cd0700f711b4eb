"""The streams, a module each as in the package."""
