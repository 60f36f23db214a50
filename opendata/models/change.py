"""The change feed: what is public and when it last changed, each thing once."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Kind(models.TextChoices):
    """What the feed tells of; the number beside it is the petition's, the case's (answers) or the row's."""

    PETITION = "petition"
    ANSWER = "answer"
    DEPARTMENT = "department"
    TOPIC = "topic"


class Touched(models.Model):
    """That a row was written which one of these is made of: put here by triggers, in the writer's transaction."""

    kind = models.CharField(max_length=10, choices=Kind)
    subject = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Change(models.Model):
    """The last change of one thing. Positions are given by one writer, so that none becomes visible after a later one.

    A position is at least the microsecond (since 1970) in which it was given: after a restore from a backup those that
    are given anew are still later than all that anybody has seen.
    """

    kind = models.CharField(max_length=10, choices=Kind)
    subject = models.BigIntegerField()
    position = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    listed = models.BooleanField(default=False, help_text="Whether it was ever public; nobody hears of others.")

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("kind", "subject"), name="change_once"),)
        indexes = (models.Index(fields=("position",), name="change_listed", condition=Q(listed=True)),)

    def __str__(self) -> str:
        return f"{self.position}: {self.kind} {self.subject}"
