"""`/metrics`: what the processes count, and what the tables say."""
