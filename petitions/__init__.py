"""The aggregate that everybody refers to: petitions, thresholds, timeline, counts, the public face of a case."""
