"""The hot path: one person, one signature per petition, accepted, confirmed by mail, counted exactly."""
