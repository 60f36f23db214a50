"""Telling the signers of one petition of its answer, by one process, against a bare loop of smtplib.

``python -m benchmarks.letters PETITION SIGNERS`` makes signers with addresses that open, tells them, and prints the
rates as JSON. ``python -m benchmarks.letters PETITION --enumerate`` only queues the mails of all who are there.
"""

import json
import smtplib
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import django

from config.management.progress import Progress

SET = 5_000
BARE = 5_000  # mails of the bare loop, before and after ours
DOMAINS = 500  # as whoever signs in the other benchmark: no receiver's own pace is reached


def main() -> None:
    """Prints one line of JSON."""
    django.setup()
    from django.utils import timezone

    petition_id, now = int(sys.argv[1]), timezone.now()
    if sys.argv[2] == "--enumerate":
        print(json.dumps(_enumerated(petition_id, now)))
        return
    _sign(petition_id, int(sys.argv[2]), now)
    _answer(petition_id, now)
    content = _one_letter(petition_id)
    rates = [_bare(content)]
    began = time.perf_counter()
    with Progress("Told", int(sys.argv[2]), sys.stderr) as progress:
        told = 0
        for sent in _told():
            told += sent
            progress.advance(sent)
    rates += [told / (time.perf_counter() - began), _bare(content)]
    print(json.dumps({"bare": (rates[0] + rates[2]) / 2, "ours": rates[1], "told": told, "bytes": len(content)}))


def _sign(petition_id: int, signers: int, now: datetime) -> None:
    from petitions.models import Petition
    from signatures import persons
    from signatures.models import Signature

    petition = Petition.objects.get(pk=petition_id)
    with Progress("Signers", signers, sys.stderr) as progress:
        for first in range(0, signers, SET):
            made = Signature.objects.bulk_create(
                Signature(
                    petition_id=petition_id,
                    state="confirmed",
                    confirmed_at=now,
                    **persons.columns(_signer(number), petition),
                )
                for number in range(first, min(first + SET, signers))
            )
            progress.advance(len(made))


def _signer(number: int) -> Any:
    from signatures.persons import Signer

    return Signer(
        name="Ann Example",
        email=f"person.{number}@d{number % DOMAINS}.example",
        postcode="SW1A 1AA",
        country="GB",
        notify=True,
        language="en",
        network=f"10.{number // 65536 % 256}.{number // 256 % 256}.{number % 256}",
    )


def _answer(petition_id: int, now: datetime) -> None:
    """What a publication leaves on the petition, signers to be told."""
    import petitions.services

    petitions.services.record_answer(
        petition_ids=[petition_id],
        case_id=1,
        answer_path=f"/answers/{petition_id}/",
        summary={"en": "The road will be mended. Work begins in April."},
        text={"en": "We will mend the road by May. " * 40},
        responded_on=now.date(),
        now=now,
        tell=True,
    )


def _one_letter(petition_id: int) -> bytes:
    """A mail as one of the signers gets it, to be sent by the bare loop."""
    from django.utils import timezone

    from mailing import kinds
    from mailing.compose import compose
    from mailing.models import Mail
    from petitions.models import Event
    from signatures.letters import TO_SIGNER
    from signatures.models import Signature

    event = Event.objects.filter(petition_id=petition_id, tells_signers=True).latest("pk")
    row = Signature.objects.filter(petition_id=petition_id, notify=True)[0]
    mail = Mail(
        kind=TO_SIGNER,
        priority=kinds.get(TO_SIGNER).priority,
        petition_id=petition_id,
        row_id=row.id,
        details={"event": event.pk},
        created_at=timezone.now(),
        due_at=timezone.now(),
        once_key="benchmark",
    )
    letter = kinds.get(TO_SIGNER).prepare([mail])(mail)
    assert letter is not None
    return compose(mail, letter).message().as_bytes()


def _bare(content: bytes) -> float:
    """Mails a second of the least that can be done: the same bytes, one call of smtplib for each."""
    from django.conf import settings

    began = time.perf_counter()
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as server:
        for number in range(BARE):
            server.sendmail("petitions@site.example", [f"person.{number}@d{number % DOMAINS}.example"], content)
    return BARE / (time.perf_counter() - began)


def _told() -> Iterator[int]:
    """Tell and send until nothing is due: how many left in each turn."""
    from django.utils import timezone

    from mailing import sender
    from signatures import telling

    while True:
        queued = telling.tell_due(timezone.now())
        sent = sender.send_due(timezone.now())
        yield sent
        if not queued and not sent:
            return


def _enumerated(petition_id: int, now: datetime) -> dict[str, float]:
    from django.utils import timezone

    from mailing.models import Mail
    from signatures import telling

    _answer(petition_id, now)
    before, began = Mail.objects.count(), time.perf_counter()
    while telling.tell_due(timezone.now()):
        pass
    return {"seconds": time.perf_counter() - began, "queued": Mail.objects.count() - before}


if __name__ == "__main__":
    main()
