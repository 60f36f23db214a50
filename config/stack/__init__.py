"""PostgreSQL and Redis, run by us for the demo, the tests and development, on a machine that has neither.

Everything one run needs lies in one state folder: data, sockets, logs, a lock, and a note of each process started, so
that a run that was killed leaves traces the next one recognises and clears away.
"""

from config.stack.errors import StackError
from config.stack.stack import Stack

__all__ = ["Stack", "StackError"]
