"""The programs that make load and take mail: found, or fetched through apt when we are root."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.errors import Missing

LIGHTHOUSE = "12.8.2"  # the newest that Node 20 runs
LEAST_NODE = 20


@dataclass(frozen=True)
class Tool:
    """A program and what its process must be told to run."""

    path: str
    environment: dict[str, str] = field(default_factory=dict)


def wrk() -> Tool:
    """The load generator. Raises Missing where it is neither there nor to be installed."""
    if not shutil.which("wrk"):
        _require_root("wrk", "wrk")
        _apt("install", "--yes", "--no-install-recommends", "wrk", missing="wrk")
    return Tool(shutil.which("wrk") or "wrk")


def smtp_sink(folder: Path) -> Tool:
    """Postfix's mail server for tests, which takes every mail and keeps none.

    The package is unpacked into ``folder`` and never installed: that would start Postfix. Raises Missing.
    """
    if found := shutil.which("smtp-sink") or shutil.which("smtp-sink", path="/usr/sbin:/usr/local/sbin"):
        return Tool(found)
    unpacked = folder / "postfix"
    tool = Tool(str(unpacked / "usr/sbin/smtp-sink"), {"LD_LIBRARY_PATH": str(unpacked / "usr/lib/postfix")})
    if not Path(tool.path).exists():
        _unpack("postfix", unpacked)
    if _lacks_libraries(tool):
        _require_root("smtp-sink", "postfix")
        depends = subprocess.run(
            ["apt-cache", "depends", "--important", "postfix"], capture_output=True, text=True, check=False
        ).stdout
        libraries = re.findall(r"Depends: (lib[a-z0-9.+-]+)", depends)
        _apt("install", "--yes", "--no-install-recommends", *libraries, missing="smtp-sink")
    return tool


def chromium() -> Tool:
    """The browser. Raises Missing where it is neither there nor to be installed."""
    names = ("chromium", "chromium-browser", "google-chrome")
    if not any(map(shutil.which, names)):
        _require_root("chromium", "chromium")
        _apt("install", "--yes", "--no-install-recommends", "chromium", missing="chromium")
    return Tool(next((found for found in map(shutil.which, names) if found), "chromium"))


def lighthouse(folder: Path) -> Tool:
    """Lighthouse, installed once into ``folder`` through npm. Raises Missing without a Node new enough."""
    kept = folder / f"lighthouse-{LIGHTHOUSE}"
    tool = Tool(str(kept / "node_modules" / ".bin" / "lighthouse"))
    if _node() < LEAST_NODE or not shutil.which("npm"):
        raise Missing(f"Lighthouse {LIGHTHOUSE} needs Node {LEAST_NODE} or newer, with npm: install it.")
    if not Path(tool.path).exists():
        # A folder of its own name until everything is there.
        half = kept.with_name(f"{kept.name}.part")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        command = ["npm", "install", "--prefix", str(half), "--no-audit", "--no-fund", f"lighthouse@{LIGHTHOUSE}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Missing(f"Lighthouse {LIGHTHOUSE} is missing, and npm failed: {done.stderr.strip()[-200:]}")
        half.rename(kept)
    return tool


def _node() -> int:
    """The major version of Node; 0 where there is none."""
    if not shutil.which("node"):
        return 0
    told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)", told)
    return int(found[1]) if found else 0


def _unpack(package: str, target: Path) -> None:
    if not shutil.which("apt-get"):
        raise Missing("smtp-sink is missing: install Postfix's package (it need not run).")
    target.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        _apt("update", missing="smtp-sink")
    done = subprocess.run(["apt-get", "download", package], cwd=target, capture_output=True, text=True, check=False)
    archives = sorted(target.glob(f"{package}_*.deb"))
    if done.returncode or not archives:
        raise Missing(f"smtp-sink is missing, and apt could not fetch '{package}': {done.stderr.strip()[-200:]}")
    subprocess.run(["dpkg-deb", "--extract", str(archives[-1]), str(target)], check=True)


def _lacks_libraries(tool: Tool) -> bool:
    linked = subprocess.run(
        ["ldd", tool.path], env={**os.environ, **tool.environment}, capture_output=True, text=True, check=False
    )
    return "not found" in linked.stdout


def _require_root(tool: str, package: str) -> None:
    if os.geteuid() or not shutil.which("apt-get"):
        raise Missing(f"{tool} is missing: install it (on Debian or Ubuntu: apt-get install {package}).")


def _apt(*arguments: str, missing: str) -> None:
    done = subprocess.run(
        ["apt-get", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        if arguments[0] != "update" and "update" not in _tried:
            _tried.add("update")
            _apt("update", missing=missing)
            _apt(*arguments, missing=missing)
            return
        raise Missing(f"{missing} is missing, and apt-get failed: {done.stderr.strip()[-200:]}")


_tried: set[str] = set()
