from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from vault import keys


class Command(BaseCommand):
    help = "Make the key file named by REDRESS_KEYS. Never overwrites one: a lost key is lost data."

    def handle(self, *args: object, **options: object) -> None:
        if not settings.REDRESS_KEYS:
            raise CommandError("REDRESS_KEYS names no file")
        try:
            keys.write_new(Path(settings.REDRESS_KEYS))
        except FileExistsError:
            raise CommandError("the key file exists already and stays as it is") from None
        self.stdout.write("Key file made. Back it up apart from the database.")
