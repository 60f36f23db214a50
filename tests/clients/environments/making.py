"""Environments of clients: each a folder of its own under var/clients, with what its lock pins and nothing else.

A Python of its own for NAME.lock; for NAME/package-lock.json the modules of Node, which must be on the machine. As a
script it makes those that are named ahead: ``python tests/clients/environments/making.py uk-legal-mcp``.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LOCKS = Path(__file__).resolve().parent
KEPT_IN = ROOT / "var" / "clients"
SECONDS = 600


class NotInstalled(Exception):
    """What a client's lock pins could not be put in place."""


class NoNode(Exception):
    """There is no Node.js on this machine."""


def python_of(client: str) -> Path:
    """The interpreter of this client's environment, made if its lock is not what is installed. Raises NotInstalled."""
    return _made(client, LOCKS / f"{client}.lock", _make_python) / "bin" / "python"


def node_of(client: str) -> Path:
    """The folder of this client's modules, made if its lock is not what is installed. Raises NotInstalled, NoNode."""
    if not (shutil.which("node") and shutil.which("npm")):
        raise NoNode("Node.js is not installed (on Debian or Ubuntu: apt-get install nodejs npm)")
    return _made(client, LOCKS / client / "package-lock.json", _make_node)


def _made(client: str, lock: Path, make: Callable[[Path, Path], None]) -> Path:
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    folder = KEPT_IN / client
    KEPT_IN.mkdir(parents=True, exist_ok=True)
    with (KEPT_IN / f"{client}.making").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        made = folder / "made-of"
        if not made.exists() or made.read_text() != digest:
            shutil.rmtree(folder, ignore_errors=True)
            make(folder, lock)
            made.write_text(digest)
    return folder


def _make_python(folder: Path, lock: Path) -> None:
    venv.create(folder, with_pip=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-input", "--require-hashes"]
    _fetch(folder, [*pip, "--disable-pip-version-check", "--no-deps", "-r", lock])


def _make_node(folder: Path, lock: Path) -> None:
    folder.mkdir()
    for file in (lock, lock.with_name("package.json")):
        shutil.copy(file, folder)
    _fetch(folder, ["npm", "ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--silent"])


def _fetch(folder: Path, command: Sequence[str | Path]) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise NotInstalled(f"no package came within {SECONDS} s") from error
    if done.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        raise NotInstalled((done.stderr.strip().splitlines() or ["the packages did not come"])[-1])


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(node_of(name) if (LOCKS / name).is_dir() else python_of(name))
