from argparse import ArgumentParser
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

import audit.services
from accounts import alerts
from accounts.alerts import Alert
from accounts.models import User
from accounts.services import signing_in


class Command(BaseCommand):
    help = "Releases a login that wrong tries have locked, when no coordinator can. Audited, without a person."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument(
            "--without-factors", action="store_true", help="take the second factors away too: a lost telephone"
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.select_for_update().filter(username=options["username"]).first()
        if user is None:
            raise CommandError("Nobody has this name.")
        signing_in.forget_tries(user)
        acts = ["release"]
        if options["without_factors"]:
            Authenticator.objects.filter(user_id=user.pk).delete()
            signing_in.end_sessions(user)
            alerts.queue(user.pk, Alert.RESET_FACTORS)
            acts.append("reset_factors")
        for act in acts:
            audit.services.record(action=f"user.{act}", subject_kind="user", subject_id=user.pk)
        self.stdout.write(f"{user.username} can be tried again.")
