from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts.demo import make_demo_staff
from accounts.groups import make_groups


class Command(BaseCommand):
    help = "Makes a group with its rights for every role of staff. May be run again: rights become those of the table."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo-users",
            action="store_true",
            help="also make one login for each role, with the password that bin/demo prints; never on a real site",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for missing in make_groups():
            self.stdout.write(f"{missing}; run this command again when there is.")
        self.stdout.write("Roles are in place.")
        if options["demo_users"]:
            self.stdout.write(f"Logins: {', '.join(make_demo_staff())}.")
