"""Load and cost on one machine, loopback only. Every figure is a ratio of things measured in one run."""
