"""PostgreSQL and Redis for development.

`python -m config.stack run --dir DIR` keeps them in the foreground; `python -m config.stack with COMMAND...` runs one
command on servers made for it and thrown away after it.
"""

import argparse
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from config.stack import Stack, StackError


def run(folder: Path) -> int:
    """Serve until Ctrl-C, SIGTERM or SIGHUP; print the addresses as lines for a shell."""
    with Stack(folder) as stack:
        for name, value in stack.environment.items():
            print(f"export {name}={shlex.quote(value)}", flush=True)
        while True:
            signal.pause()


def run_with(command: list[str]) -> int:
    """Run one command with DATABASE_URL and REDIS_URL of fresh servers. Gives its exit status."""
    folder = Path(tempfile.mkdtemp(prefix="redress-"))
    folder.chmod(0o755)
    stack = Stack(folder)
    try:
        stack.hold()
        stack.start()
        return subprocess.run(command, env={**os.environ, **stack.environment}, check=False).returncode
    finally:
        stack.discard()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m config.stack", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    kept = commands.add_parser("run")
    kept.add_argument("--dir", type=Path, default=Path("var/stack"), help="state folder (default: var/stack)")
    passing = commands.add_parser("with")
    passing.add_argument("line", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        return run(arguments.dir) if arguments.command == "run" else run_with(arguments.line)
    except KeyboardInterrupt:
        return 130
    except StackError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
