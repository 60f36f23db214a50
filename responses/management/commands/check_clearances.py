from typing import Any

from django.core.management.base import BaseCommand, CommandError

from responses import services


class Command(BaseCommand):
    help = "Find every live answer that is not what was cleared. Ends with an error when there is one."

    def handle(self, *args: Any, **options: Any) -> None:
        flaws = services.check_clearances()
        for page_id, flaw in flaws.items():
            self.stdout.write(f"page {page_id}: {flaw}")
        if flaws:
            raise CommandError(f"{len(flaws)} live answers are not what was cleared.")
        self.stdout.write("Every live answer is what was cleared.")
