from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from search.engines.elastic import client as server
from search.indexing import pages, rebuilding
from search.tasks import AWAY


class Command(BaseCommand):
    """`manage.py rebuild_search`: fill a new index beside the old one, and switch readers to it."""

    help = "Fill a new search index and switch to it. Interrupted, it goes on where it ended."

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not server.is_configured():
            raise CommandError("There is no search server (ELASTICSEARCH_URL); PostgreSQL needs no rebuilding.")
        pages.sweep()
        with tqdm(unit=" documents", unit_scale=True, dynamic_ncols=True) as bar:

            def progress(done: int, of: int) -> None:
                bar.total = of
                bar.update(done - bar.n)

            try:
                number = rebuilding.rebuild(now=timezone.now(), progress=progress)
            except rebuilding.Busy as busy:
                raise CommandError("Somebody is rebuilding already.") from busy
            except AWAY as error:
                raise CommandError(f"The search server did not take it ({error}). Start again to go on.") from error
        self.stdout.write(f"{number} documents are in the index that readers ask now.")
