from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from search.engines.elastic import client as server
from search.indexing import drift
from search.tasks import AWAY


class Command(BaseCommand):
    """`manage.py check_search [--mend]`: what the search server has against what it should have. Exit 1 on a drift."""

    help = "Compare the search index with the documents, one by one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mend", action="store_true", help="send again what is missing or old, delete the rest")

    def handle(self, *_args: Any, mend: bool, **_options: Any) -> None:
        if not server.is_configured():
            raise CommandError("There is no search server (ELASTICSEARCH_URL).")
        try:
            found = drift.check(mends=mend)
        except AWAY as error:
            raise CommandError(f"The search server did not answer: {error}") from error
        told = f"{found.compared} compared: {found.missing} missing, {found.stale} old, {found.surplus} surplus"
        if not found.is_none and not mend:
            raise CommandError(told)
        self.stdout.write(told)
