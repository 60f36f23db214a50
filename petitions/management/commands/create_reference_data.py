from typing import Any

from django.core.management.base import BaseCommand

from petitions.reference_data import make_reasons


class Command(BaseCommand):
    help = "Adds the reasons for refusal that moderators start from. May be run again: what staff changed stays."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Reasons for refusal: {make_reasons()} added.")
