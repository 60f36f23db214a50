"""`bin/bench`: see its own head for what it takes and gives back."""

import argparse
import signal
import sys
from pathlib import Path

from benchmarks import tools
from benchmarks.errors import Broken, Missing
from benchmarks.measures import Bench
from benchmarks.site import BARE, ROOT, Site
from config.stack import StackError

WINDOWS = ("empty", "insert", "sign", "confirm")


def look(names: list[str], *, seconds: int, rounds: int, folder: Path) -> int:
    """Take the named windows in turn and print each: for whoever works on one of them. No floors. Gives 0."""
    wrk = tools.wrk()
    with Site(folder) as site:
        numbers = site.prepare()
        bench = Bench(site=site, wrk=wrk, seconds=seconds, web=site.serve(), bare=site.serve(BARE), numbers=numbers)
        print(f"site {bench.web}  bare {bench.bare}  petition {bench.petition}", flush=True)
        for turn in range(rounds):
            for name in names:
                found = getattr(bench, name)()
                print(
                    f"{turn + 1} {name:10} {found.rate:8.0f}/s  p50 {found.p50:6.1f}  p95 {found.p95:6.1f}"
                    f"  p99 {found.p99:6.1f} ms  errors {found.errors}",
                    flush=True,
                )
    return 0


def main() -> int:
    """Gives the exit status."""
    parser = argparse.ArgumentParser(prog="bin/bench")
    parser.add_argument("subject", nargs="?", choices=["signing"], default="signing")
    parser.add_argument("--only", nargs="+", choices=WINDOWS, metavar="NAME", help=", ".join(WINDOWS))
    parser.add_argument("--seconds", type=int, default=5, help="length of a window")
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        return look(
            arguments.only or list(WINDOWS),
            seconds=arguments.seconds,
            rounds=arguments.rounds,
            folder=ROOT / "var" / "bench",
        )
    except KeyboardInterrupt:
        return 130
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 2
    except (Broken, StackError) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
