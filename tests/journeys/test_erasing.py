"""Erased is erased: on every page, in the tables, and in a backup that is brought back."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.journeys import steps
from tests.journeys.people import People
from tests.journeys.site import ROOT, Site

pytestmark = [pytest.mark.slow, pytest.mark.processes]

RESTORED = "restored_erasure"
OF_ONE = "SELECT sealed IS NULL, state FROM signatures_signature WHERE petition_id = %s AND id = %s"


def test_what_was_erased_after_the_backup_is_erased_again_when_it_comes_back(people: People) -> None:
    site = people.site
    wish = steps.wish()
    petition_id = steps.hand_in(people, people.citizen(), wish)
    steps.approve(people, petition_id)
    signer = people.citizen()
    signer.sign(petition_id)
    signer.confirm(petition_id)
    newest = "SELECT id FROM signatures_signature WHERE petition_id = %s ORDER BY id DESC LIMIT 1"
    row_id = site.value(newest, petition_id)
    site.wait_for(lambda: steps.counts(people, petition_id)[0] == 7, "seven to be counted")
    server = site.stack.postgresql
    assert server is not None
    dump = subprocess.run(
        [server.binaries / "pg_dump", "--format", "custom", server.url], capture_output=True, check=True
    )

    page = signer.open("/mailbox/")
    page = page.form(field="email").fill(email=signer.email).press()
    assert "Check your e-mail" in page.text
    page = signer.browser.open(signer.mail("/mailbox/").link("/mailbox/"))
    page = page.follow(wish["title"])
    assert signer.name in page.text
    page = page.form("Erase my personal data").press()
    assert "Your personal data are erased" in page.text
    assert site.query(OF_ONE, petition_id, row_id) == [(True, "confirmed")]
    assert steps.counts(people, petition_id)[0] == 7
    entries = [json.loads(line) for line in (site.folder / "erasures.jsonl").read_text().splitlines() if line]
    assert {"petition": petition_id, "signature": row_id}.items() <= entries[-1].items()

    site.execute(f"CREATE DATABASE {RESTORED} TEMPLATE template0 ENCODING 'UTF8'")
    restored = server.url_of(RESTORED)
    command = [server.binaries / "pg_restore", "--exit-on-error", "--dbname", restored]
    subprocess.run(command, input=dump.stdout, capture_output=True, check=True)
    with psycopg.connect(restored, autocommit=True) as there:
        assert there.execute(OF_ONE, [petition_id, row_id]).fetchone() == (False, "confirmed")
        assert _replay(site, restored, site.folder / "erasures.jsonl").startswith("1 in the ledger, 1 erased again")
        assert there.execute(OF_ONE, [petition_id, row_id]).fetchone() == (True, "confirmed")
        confirmed = "SELECT count(*) FROM signatures_signature WHERE petition_id = %s AND state = 'confirmed'"
        assert there.execute(confirmed, [petition_id]).fetchone() == (7,)


def _replay(site: Site, database: str, ledger: Path) -> str:
    """What `replay_erasures` says, run on another database; its last line."""
    done = subprocess.run(
        [sys.executable, "manage.py", "replay_erasures", str(ledger)],
        cwd=ROOT,
        env=os.environ | site.environment | {"DATABASE_URL": database},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]
