"""`python -m config.stack run --dir DIR`: PostgreSQL and Redis in the foreground, for development."""

import argparse
import shlex
import signal
import sys
from pathlib import Path

from config.stack import Stack, StackError


def main() -> int:
    """Run until Ctrl-C, SIGTERM or SIGHUP; print the addresses as lines for a shell."""
    parser = argparse.ArgumentParser(prog="python -m config.stack")
    parser.add_argument("command", choices=["run"])
    parser.add_argument("--dir", type=Path, default=Path("var/stack"), help="state folder (default: var/stack)")
    arguments = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        with Stack(arguments.dir) as stack:
            for name, value in stack.environment.items():
                print(f"export {name}={shlex.quote(value)}", flush=True)
            while True:
                signal.pause()
    except KeyboardInterrupt:
        return 130
    except StackError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
