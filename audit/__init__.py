"""What staff and clocks did: an append-only log. A trigger refuses UPDATE, DELETE and TRUNCATE."""
