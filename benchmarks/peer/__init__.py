"""appel-crises 0.0.37, the fastest of its kind that we found, beside us: same server, database and machine.

It lives in an environment of its own (Django 4.2), which must not see this package: that is what ``inside`` is for.
"""

import os
import subprocess
import sys
from pathlib import Path

import psycopg

from benchmarks import load
from benchmarks.errors import Broken, Missing
from benchmarks.load import Run
from benchmarks.site import Site
from benchmarks.tools import Tool

DATABASE = "bench_peer"
INSIDE = Path(__file__).parent / "inside"
# Pinned where the package itself is silent; psycopg2-binary stands for its psycopg2, which needs a compiler.
PACKAGES = (
    "Django>=4.2,<4.3",
    "psycopg2-binary>=2.9,<3",
    "getconf",
    "importlib-metadata",
    "whitenoise",
    "brotli",
    "requests",
    "sentry-sdk==0.14.3",
    "urllib3<2",
)
PEER = "appel-crises==0.0.37"
FIELDS = "&firstname=Ann&surname=Example&mtcaptcha-verifiedtoken=ok"


class Peer:
    """The peer, installed and serving. Raises Missing where its packages can't be had."""

    def __init__(self, site: Site, wrk: Tool) -> None:
        self.site, self.wrk = site, wrk
        self.home = site.folder / "peer"
        self._install()
        with psycopg.connect(site.url_of("postgres"), autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {DATABASE}")
        self._run("-m", "django", "migrate", "--verbosity", "0")
        self.url = site.serve("peer_wsgi:application", probe="/version", database=DATABASE, **self._environment)

    def sign(self, *, seconds: int, arguments: tuple[str, str]) -> Run:
        """One window of its own signing, by the request that its page sends."""
        return load.run(
            self.wrk,
            self.url,
            seconds=seconds,
            script="sign",
            arguments=("/api/sign-ajax", *arguments, FIELDS),
            connections=load.CROWD,
        )

    @property
    def _environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONPATH": str(INSIDE),
            "DJANGO_SETTINGS_MODULE": "peer_settings",
            "PEER_DATABASE": DATABASE,
            "PEER_SOCKET": str(self.site.stack.postgresql.sockets if self.site.stack.postgresql else ""),
        }

    def _install(self) -> None:
        marker, wanted = self.home / "installed", "\n".join((*PACKAGES, PEER, _granian()))
        if marker.exists() and marker.read_text() == wanted:
            return
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(self.home)], check=True)
        for packages in ((*PACKAGES, _granian()), ("--no-deps", PEER)):
            done = subprocess.run(
                [str(self.home / "bin/python"), "-m", "pip", "install", "--quiet", "--no-input", *packages],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise Missing(f"{PEER} could not be installed: {done.stderr.strip()[-300:]}")
        marker.write_text(wanted)

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.home / "bin/python"), *arguments],
            cwd=self.home,
            env={**os.environ, **self._environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Broken(f"appel-crises: {' '.join(arguments)} failed: {done.stderr.strip()[-300:]}")


def _granian() -> str:
    from importlib.metadata import version

    return f"granian=={version('granian')}"
