"""Letting time pass for the mails that were sent."""

from datetime import timedelta

from django.db import connection


def let_pass(**time: float) -> None:
    """Put everything that is remembered of earlier mails so far back: ``let_pass(minutes=2)``."""
    by = timedelta(**time)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mailing_mail SET created_at = created_at - %s, due_at = due_at - %s", [by, by])
        cursor.execute("UPDATE signatures_mailedaddress SET sent = ARRAY(SELECT at - %s FROM unnest(sent) AS at)", [by])
