import os
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

import audit.services
from accounts.groups import make_groups
from accounts.models import User
from accounts.roles import TABLE, Role

PASSWORD_VARIABLE = "REDRESS_ADMIN_PASSWORD"  # noqa: S105 - the name of a variable


class Command(BaseCommand):
    help = (
        "Makes the first administrator: a superuser who can make all other staff in /staff/. "
        f"Asks for the password, or takes it from {PASSWORD_VARIABLE}."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User(username=options["username"], email=options["email"], is_superuser=True)
        password = os.environ.get(PASSWORD_VARIABLE) or self._ask()
        try:
            validate_password(password, user)
            user.set_password(password)
            user.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        with transaction.atomic():
            make_groups()
            user.save()
            user.groups.add(Group.objects.get(name=TABLE[Role.ADMINISTRATOR].label))
            audit.services.record(action="user.make_administrator", subject_kind="user", subject_id=user.pk)
        self.stdout.write(f"{user.username} can sign in at /staff/.")

    def _ask(self) -> str:
        try:
            password, again = getpass("Password: "), getpass("Password again: ")
        except (EOFError, KeyboardInterrupt) as error:
            raise CommandError(f"No password: nobody answers here. Set {PASSWORD_VARIABLE}.") from error
        if password != again:
            raise CommandError("The two passwords differ.")
        return password
