from typing import Any

from django.core.management.base import BaseCommand

from petitions.importing.reference import load_places
from petitions.reference_data import make_reasons


class Command(BaseCommand):
    help = (
        "Adds the reasons for refusal that moderators start from, and regions, postcode areas and countries. "
        "May be run again: what staff changed stays."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Reasons for refusal: {make_reasons()} added.")
        load_places()
        self.stdout.write("Regions, postcode areas and countries are in place.")
