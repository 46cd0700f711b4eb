"""Singer tap for the Open API of Magicline and PerfectGym Next: every studio of a chain."""
