"""A machine without a load generator is told what to install."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AS_SOMEBODY = """
import os, sys
os.geteuid = lambda: 1000  # whoever is not root installs nothing
from benchmarks.__main__ import main
sys.exit(main())
"""


def test_a_missing_tool_is_named_with_exit_status_2(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AS_SOMEBODY, "--only", "empty", "--dir", str(tmp_path / "bench")],
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "apt-get install wrk" in done.stderr
    assert not (tmp_path / "bench").exists()
