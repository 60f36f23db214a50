from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import verification
from audit.models import Link, Seal, Unsealed


def kept_head(text: str) -> tuple[int, bytes]:
    """``NUMBER:DIGEST`` as the public list of heads gives it."""
    number, _, digest = text.partition(":")
    try:
        head = int(number), bytes.fromhex(digest)
    except ValueError:
        head = 0, b""
    if head[0] < 1 or len(head[1]) != 32:
        raise ArgumentTypeError("a head is written NUMBER:DIGEST, such as 120:9f86d0…")
    return head


class Command(BaseCommand):
    help = "Verify the audit log: exit status 1 names the first row that was changed, removed, inserted or reordered."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head",
            type=kept_head,
            metavar="NUMBER:DIGEST",
            help="a head kept earlier: the chain must lead through it",
        )

    def handle(self, *args: Any, head: tuple[int, bytes] | None, **options: Any) -> None:
        found = verification.first_break(head=head)
        if found is not None:
            place = f"link {found.number}" if found.number else "outside of the chain"
            entry = f", entry {found.entry_id}" if found.entry_id else ""
            raise CommandError(f"The audit log is broken at {place}{entry}: {found.how} ({found.words}).")
        newest = Link.objects.order_by("-number").first()
        number = newest.number if newest else 0
        self.stdout.write(
            f"The audit log holds: {number} entries in {Seal.objects.count()} seals, "
            f"{Unsealed.objects.count()} waiting to be sealed."
        )
        if newest:
            self.stdout.write(f"Head {newest.number}:{bytes(newest.digest).hex()}")
