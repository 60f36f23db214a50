from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.html import format_html

from cms.services import create_site


class Command(BaseCommand):
    help = "Make the home page and the standard pages where they are missing. Changes nothing that exists."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=urlsplit(settings.BASE_URL).hostname)
        parser.add_argument("--port", type=int, default=urlsplit(settings.BASE_URL).port)
        parser.add_argument("--contact", default=settings.DEFAULT_FROM_EMAIL, help="address named on the pages")

    def handle(self, *args: Any, **options: Any) -> None:
        contact = format_html('<a href="mailto:{0}">{0}</a>', options["contact"])
        made = create_site(host=options["host"], port=options["port"] or 80, contact=contact)
        for title in made:
            self.stdout.write(f"made: {title}")
        if not made:
            self.stdout.write("nothing to do: the site is there")
