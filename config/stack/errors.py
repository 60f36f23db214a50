"""The one error that the local servers raise."""


class StackError(Exception):
    """Something about this machine stops us; the text is one plain line that says what and what to do."""
