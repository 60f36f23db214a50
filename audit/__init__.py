"""What staff and clocks did: an append-only log, chained and sealed in batches. The database refuses every change."""
