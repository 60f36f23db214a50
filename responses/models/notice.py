from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from responses.models.case import Case


class MailChoice(models.Model):
    """How one member of staff hears of work. Without a row: by a mail for each thing, at once."""

    user = models.OneToOneField("accounts.User", primary_key=True, on_delete=models.CASCADE, related_name="mail_choice")
    daily = models.BooleanField(
        _("one mail a day"),
        default=False,
        help_text=_("All that waits for you in one mail each morning, instead of a mail for each thing at once."),
    )

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id}: {'daily' if self.daily else 'at once'}"


class Notice(models.Model):
    """Something that somebody who chose one mail a day will hear of in the next one. Holds ids only."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=20)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    task_state = models.ForeignKey("wagtailcore.TaskState", null=True, on_delete=models.CASCADE, related_name="+")
    once_key = models.CharField(max_length=120, null=True)  # noqa: DJ001 - null: no key
    at = models.DateTimeField(db_default=Now())
    digest_on = models.DateField(null=True, help_text="The day whose mail tells of it.")

    class Meta:
        default_permissions = ()
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(fields=("once_key",), name="notice_once", condition=Q(once_key__isnull=False)),
        )
        indexes = (
            models.Index(fields=("user",), name="notice_waiting", condition=Q(digest_on=None)),
            models.Index(fields=("user", "digest_on"), name="notice_by_day"),
        )

    def __str__(self) -> str:
        return f"{self.what} of {self.case_id} for {self.user_id}"
