"""A sender killed at any moment loses nothing and repeats at most one mail."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from mailing.models import Mail, MailState
from tests.factories import make_open_petition
from tests.signatures.conftest import sign_as

KILLS = 5
MAILS = 400
SENDER = """
import sys
from datetime import datetime
import django
django.setup()
from mailing import sender
sender.send_due(datetime.fromisoformat(sys.argv[1]))
"""


def begin(now: str, folder: Path) -> subprocess.Popen[bytes]:
    """A real sender in a process of its own that writes mails into ``folder``."""
    given = urlsplit(os.environ["DATABASE_URL"])
    address = given._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.demo",
        "REDRESS_STATE": str(folder),
        "DATABASE_URL": address,
        "REDRESS_KEYS": str(settings.REDRESS_KEYS),
        "MAIL_PER_DOMAIN": "0",
    }
    return subprocess.Popen([sys.executable, "-c", SENDER, now], env=environment, cwd=settings.BASE_DIR)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_kill_9_in_the_middle_of_batches(tmp_path: Path) -> None:
    petition = make_open_petition()
    for number in range(MAILS):
        row = sign_as(petition, email=f"p{number}@example.org")
        Mail.objects.create(kind="already_signed", priority=0, petition_id=petition.pk, row_id=row.id)
    now = timezone.now()
    mails = tmp_path / "mail"
    for kill in range(KILLS):
        seen = len(list(mails.glob("*.eml")))
        process = begin((now + timedelta(minutes=5 * kill)).isoformat(), tmp_path)
        deadline = time.monotonic() + 30
        while len(list(mails.glob("*.eml"))) < seen + 20 + 7 * kill and time.monotonic() < deadline:
            time.sleep(0.002)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    while Mail.objects.filter(state=MailState.QUEUED).exists() and kill < KILLS + 10:
        kill += 1
        assert begin((now + timedelta(minutes=5 * kill)).isoformat(), tmp_path).wait(60) == 0
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.SENT}
    written = Counter(message_from_bytes(file.read_bytes())["Message-ID"] for file in mails.glob("*.eml"))
    assert len(written) == MAILS
    assert max(written.values()) <= 2
    assert sum(written.values()) <= MAILS + KILLS
