"""What ends a run before it has measured."""


class Missing(Exception):
    """A tool to measure with is not there; the text says which and how to get it. Exit status 2."""


class Broken(Exception):
    """A measurement can't be trusted or can't be taken; the text says why. Exit status 1."""
