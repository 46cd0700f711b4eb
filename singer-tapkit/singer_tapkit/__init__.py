"""What the Singer SDK lacks for extraction that can be trusted."""
