"""What the SDK lacks: each test fails when the SDK has it, so that the library's part can go."""
