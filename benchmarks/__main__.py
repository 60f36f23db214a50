"""`bin/bench`: see its own head for what it takes and gives back."""

import argparse
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import answers, large, results, search, signing, similar, tools
from benchmarks.errors import Broken, Missing
from benchmarks.measures import Bench
from benchmarks.rows import HEAD, Row, status, table
from benchmarks.sink import Sink
from benchmarks.site import ROOT, Site
from config.stack import StackError

SECONDS = 8
ROUNDS = 5


def say(words: str) -> None:
    """Tell what is being done, at once, with the time."""
    print(f"{datetime.now(UTC):%H:%M:%S}  {words}", flush=True)


def look(names: list[str], arguments: argparse.Namespace) -> int:
    """Take the named windows and tell them, without floors: for whoever works on one of them."""
    wrk = tools.wrk()
    with Site(arguments.dir) as site:
        if "mail" in names:
            Sink(site, tools.smtp_sink(site.folder))
        bench = Bench(site, wrk, seconds=arguments.seconds)
        say(f"site {bench.web}, bare {bench.bare}, petition {bench.petition}")
        taken = signing.rounds(bench, names, times=arguments.rounds, say=say)
        print(table(signing.WINDOW_HEAD, taken.lines()))
    return 0


def run(arguments: argparse.Namespace) -> int:
    """Everything: windows, the whole loop, the replays, and with ``--large`` the large table. Gives the exit status."""
    began = time.monotonic()
    wrk = tools.wrk()
    with Site(arguments.dir) as site:
        smtp_sink = tools.smtp_sink(site.folder)
        say("preparing servers, tables and petitions")
        Sink(site, smtp_sink)
        bench = Bench(site, wrk, seconds=arguments.seconds)
        machine = results.machine(site.value("SHOW server_version"))
        taken = signing.rounds(bench, signing.WINDOWS, times=arguments.rounds, say=say)
        rows = signing.throughput_rows(taken)
        say(f"the whole loop, for {arguments.loop} s")
        seen = signing.loop(bench, smtp_sink, seconds=arguments.loop, say=say)
        rows += signing.loop_rows(taken, seen)
        sustained = seen.rate(after=signing.LOOP_WARMS_UP)
        rows += signing.replay_rows(bench, smtp_sink, rate=sustained, seconds=arguments.replay, say=say)
        sizes, more = (
            large.measure(bench, rows=arguments.rows, one=arguments.one, say=say)
            if arguments.large
            else ([], large.unmeasured())
        )
        rows += more
    told = report(machine, taken, rows, sizes, minutes=(time.monotonic() - began) / 60, arguments=arguments)
    print(told)
    say(f"kept in {results.keep('signing-large' if arguments.large else 'signing', told).relative_to(ROOT)}")
    return status(rows)


def run_answers(arguments: argparse.Namespace) -> int:
    """The subject ``answers``. Gives the exit status."""
    began = time.monotonic()
    with Site(arguments.dir) as site:
        smtp_sink = tools.smtp_sink(site.folder)
        say("preparing servers and tables")
        machine = results.machine(site.value("SHOW server_version", database="postgres"))
        rows = answers.measure(site, smtp_sink, arguments, say=say)
    how = (
        f"{arguments.cases:,} cases; staff at their desks for {arguments.desk} s; "
        f"{(time.monotonic() - began) / 60:.0f} minutes in all"
    )
    return tell("answers --large" if arguments.large else "answers", machine, how, rows)


def run_pages(arguments: argparse.Namespace) -> int:
    """The subject ``pages``. Gives the exit status."""
    from benchmarks import pages  # the only subject that needs a browser, which the tests bring

    began = time.monotonic()
    with Site(arguments.dir) as site:
        machine = results.machine(site.value("SHOW server_version", database="postgres"))
        rows = pages.measure(site, looks=arguments.looks, say=say)
    how = (
        f"Lighthouse {tools.LIGHTHOUSE}; each page {arguments.looks} times over each line, the middle one counts; "
        f"{(time.monotonic() - began) / 60:.0f} minutes in all"
    )
    return tell("pages", machine, how, rows)


def run_similar(arguments: argparse.Namespace) -> int:
    """The subject ``similar``. Gives the exit status."""
    with Site(arguments.dir) as site:
        machine = results.machine(site.value("SHOW server_version", database="postgres"))
        rows = similar.measure(site, say=say)
    how = (
        "share of 517 labelled pairs whose petition is among the first five; figures of the odd rows of the file, "
        "since the even ones chose the weights"
    )
    return tell("similar", machine, how, rows)


def run_search(arguments: argparse.Namespace) -> int:
    """The subject ``search``. Gives the exit status."""
    began = time.monotonic()
    with Site(arguments.dir) as site:
        machine = results.machine(site.value("SHOW server_version", database="postgres"))
        rows = search.measure(site, number=arguments.petitions, say=say)
    how = (
        f"{arguments.petitions:,} petitions; 200 questions of words of titles by frequency; "
        f"{(time.monotonic() - began) / 60:.0f} minutes in all"
    )
    return tell("search", machine, how, rows)


def tell(subject: str, machine: list[str], how: str, rows: list[Row]) -> int:
    """Print the run as Markdown and keep it under its subject. Gives the exit status."""
    head = [f"# bin/bench {subject}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC", ""]
    head += [f"- {line}" for line in (*machine, how)]
    told = "\n".join((*head, "", table(HEAD, [row.cells for row in rows]), ""))
    print(told)
    say(f"kept in {results.keep(subject.replace(' --', '-'), told).relative_to(ROOT)}")
    return status(rows)


def report(
    machine: list[str],
    taken: signing.Taken,
    rows: list[Row],
    sizes: list[str],
    *,
    minutes: float,
    arguments: argparse.Namespace,
) -> str:
    """The run as Markdown: machine, windows, rows."""
    head = [
        f"# bin/bench signing{' --large' if arguments.large else ''}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "",
        *(f"- {line}" for line in machine),
        f"- {arguments.rounds} rounds of {arguments.seconds} s windows, medians; loop {arguments.loop} s; "
        f"replays {arguments.replay} s each; {minutes:.0f} minutes in all",
        *(f"- {line}" for line in sizes),
    ]
    return "\n".join(
        (
            *head,
            "",
            table(signing.WINDOW_HEAD, taken.lines()),
            "",
            table(HEAD, [row.cells for row in rows]),
            "",
        )
    )


def parser() -> argparse.ArgumentParser:
    """What the command takes."""
    made = argparse.ArgumentParser(prog="bin/bench", description="Measure on this machine, and compare with floors.")
    made.add_argument(
        "subject", nargs="?", choices=["signing", "answers", "pages", "similar", "search"], default="signing"
    )
    made.add_argument("--large", action="store_true", help="also with 20 million rows, or 4.1 million recipients")
    made.add_argument("--only", nargs="+", choices=signing.WINDOWS, metavar="NAME", help=", ".join(signing.WINDOWS))
    made.add_argument("--seconds", type=int, default=SECONDS, help=f"length of a window ({SECONDS})")
    made.add_argument("--rounds", type=int, default=ROUNDS, help=f"how often each is taken ({ROUNDS})")
    made.add_argument("--loop", type=int, default=signing.LOOP_SECONDS, help="length of the whole loop")
    made.add_argument("--replay", type=int, default=signing.REPLAY_SECONDS, help="length of each replay")
    made.add_argument("--rows", type=int, default=large.ROWS, help="rows of the large database")
    made.add_argument("--one", type=int, default=large.ON_ONE, help="how many of them are one petition's")
    made.add_argument("--cases", type=int, default=answers.CASES, help="cases that staff's lists are made of")
    made.add_argument("--desk", type=int, default=answers.DESK_SECONDS, help="how long staff work at once")
    made.add_argument("--signers", type=int, default=answers.SIGNERS, help="how many are told of an answer")
    made.add_argument("--petitions", type=int, default=search.NUMBER, help="search: how many are made (500,000)")
    made.add_argument("--looks", type=int, default=5, help="pages: how often each is read over each line (5)")
    made.add_argument("--dir", type=Path, default=ROOT / "var" / "bench", help="where servers and data lie (var/bench)")
    return made


def main() -> int:
    """Gives the exit status."""
    arguments = parser().parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        if arguments.subject == "pages":
            return run_pages(arguments)
        if arguments.subject == "similar":
            return run_similar(arguments)
        if arguments.subject == "search":
            return run_search(arguments)
        if arguments.subject == "answers":
            return run_answers(arguments)
        return look(arguments.only, arguments) if arguments.only else run(arguments)
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
