"""The fraud desk: what looks wrong is set apart for people; what is wrong leaves the count, once."""
