from typing import Any

from django.core.checks import ERROR, run_checks
from django.core.management.base import BaseCommand, CommandError

from config.checks import LAUNCH


class Command(BaseCommand):
    help = "Names whatever is missing between an empty database and a first live petition."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        messages = run_checks(tags=[LAUNCH], include_deployment_checks=True, databases=["default"])
        for message in sorted(messages, key=lambda message: (-message.level, message.id)):
            mark = self.style.ERROR("MISSING") if message.level >= ERROR else self.style.WARNING("warning")
            self.stdout.write(f"{mark}  {message.msg}\n         {message.hint}  ({message.id})")
        missing = sum(message.level >= ERROR for message in messages)
        if missing:
            raise CommandError(f"Not ready; missing: {missing}.")
        self.stdout.write(self.style.SUCCESS("Ready: nothing is missing."))
