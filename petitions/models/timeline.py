from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from petitions.models.petition import Petition


class EventKind(models.TextChoices):
    SUPPORT_COMPLETE = "support_complete", _("Supporters complete")
    OPENED = "opened", _("Opened for signatures")
    REFUSED = "refused", _("Refused")
    REVIEW_DECIDED = "review_decided", _("Refusal looked at again")
    THRESHOLD = "threshold", _("Threshold reached")
    CASE = "case", _("Answer promised")
    UPDATE = "update", _("Update on the answer")
    ANSWERED = "answered", _("Answered")
    ANSWER_CORRECTED = "answer_corrected", _("Answer corrected")
    CORRECTED = "corrected", _("Text corrected")
    TAKEN_DOWN = "taken_down", _("Taken down")
    RESTORED = "restored", _("Restored")
    WITHDRAWN = "withdrawn", _("Withdrawn by its creator")
    CLOSED = "closed", _("Closed")
    DEADLINE_MOVED = "deadline_moved", _("Deadline moved")
    HEARING = "hearing", _("Hearing")
    OUTCOME = "outcome", _("What came of it")
    BUSINESS = "business", _("Other business")
    REMOVED = "removed", _("Signatures removed")
    NOTE = "note", _("Note")


class Event(models.Model):
    """A dated entry of a petition's timeline, and whom it is told to. The sweep in ``signatures`` sends what is due."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=EventKind)
    key = models.CharField(max_length=60, default="", blank=True, help_text="With the kind: what can happen only once.")
    happened_at = models.DateTimeField(db_default=Now())
    text = models.JSONField(default=dict, help_text="Staff's words by language; the kind's own words where empty.")
    region_text = models.JSONField(default=dict, help_text="By region code, then by language.")
    details = models.JSONField(default=dict, help_text="Numbers and dates that the kind's words speak of.")
    link = models.CharField(max_length=500, blank=True, default="")
    public = models.BooleanField(default=True)
    tells_creator = models.BooleanField(default=False)
    tells_signers = models.BooleanField(default=False)
    creator_told_at = models.DateTimeField(null=True, blank=True)
    signers_told_through = models.BigIntegerField(
        null=True, blank=True, help_text="Signature id up to which mails are queued."
    )
    signers_told = models.PositiveIntegerField(
        default=0, db_default=0, help_text="How many mails to signers are queued so far."
    )
    signers_told_at = models.DateTimeField(null=True, blank=True, help_text="When the last of them was queued.")

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("-happened_at", "-id")
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("petition", "kind", "key"), name="event_once"),)
        indexes = (
            models.Index(
                fields=("id",), name="event_creator_due", condition=Q(tells_creator=True, creator_told_at=None)
            ),
            models.Index(
                fields=("id",), name="event_signers_due", condition=Q(tells_signers=True, signers_told_at=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.petition_id})"


class AnswerKind(models.TextChoices):
    """What an answer is. Those that end a petition's way without an act are answers too, and pass the same reviews."""

    ANSWER = "answer", _("answer")
    NOT_OURS = "not_ours", _("not ours to decide")
    ALREADY_DONE = "already_done", _("already done")


class PublicCase(models.Model):
    """The public face of a petition's case: all that pages, JSON and mails may know of it."""

    petition = models.OneToOneField(Petition, on_delete=models.CASCADE, related_name="public_case")
    case_id = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=20, help_text="The case's state, as the tracker shows it.")
    department = models.ForeignKey(
        "accounts.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owed_since = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    counting = models.JSONField(default=dict, blank=True, help_text="How the due date comes about; empty: no clock.")
    pause_reason = models.JSONField(default=dict, blank=True, help_text="By language; empty: not paused.")
    news = models.JSONField(default=dict, blank=True, help_text="By language: the latest word before the answer.")
    news_at = models.DateTimeField(null=True, blank=True)
    answer_path = models.CharField(max_length=300, blank=True, default="", help_text="Path of the answer page.")
    answer_kind = models.CharField(
        max_length=12, choices=AnswerKind, default=AnswerKind.ANSWER, db_default=AnswerKind.ANSWER
    )
    external_url = models.URLField(max_length=500, blank=True, default="", help_text="Answered elsewhere.")
    summary = models.JSONField(default=dict, blank=True, help_text="By language.")
    text = models.JSONField(default=dict, blank=True, help_text="By language, plain.")
    responded_on = models.DateField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    corrected_at = models.DateTimeField(null=True, blank=True)
    ratings = models.JSONField(
        default=dict, db_default={}, blank=True, help_text="Votes of signers by choice, and on which case."
    )
    low_rated_case_id = models.BigIntegerField(null=True, blank=True, help_text="The case whose answer failed them.")

    class Meta:
        default_permissions = ()
        indexes = (
            models.Index(fields=("due_on",), name="public_case_owed", condition=Q(answered_at=None)),
            models.Index(fields=("case_id",), name="public_case_by_case"),
            models.Index(
                fields=("low_rated_case_id",), name="public_case_low", condition=Q(low_rated_case_id__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"case of {self.petition_id}"


class Hearing(models.Model):
    """A debate or hearing: planned, held or refused."""

    petition = models.OneToOneField(Petition, on_delete=models.CASCADE, related_name="hearing")
    scheduled_on = models.DateField(null=True, blank=True)
    outcome_at = models.DateTimeField(null=True, blank=True)
    debated = models.BooleanField(null=True, help_text="Null: no outcome yet.")
    debated_on = models.DateField(null=True, blank=True)
    overview = models.TextField(blank=True, default="")
    texts = models.JSONField(
        default=dict, db_default={}, help_text="Staff's words by language; the overview where empty."
    )
    links = models.JSONField(
        default=dict, help_text="transcript_url, video_url, debate_pack_url and so on, as published."
    )

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"hearing on {self.petition_id}"


class OtherBusiness(models.Model):
    """What else the addressee did about a petition, as published."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="other_business")
    subject = models.TextField()
    body = models.TextField()
    occurred_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("occurred_on", "id")
        default_permissions = ()

    def __str__(self) -> str:
        return self.subject[:80]
