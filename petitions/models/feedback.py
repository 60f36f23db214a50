import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Feedback(models.Model):
    """What somebody told us about using the site. Their address is sealed, and stands here only where they gave one."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # what its seal is bound to
    at = models.DateTimeField(_("sent"), db_default=Now())
    language = models.CharField(_("language"), max_length=10)
    page = models.CharField(_("page"), max_length=200, blank=True)
    text = models.TextField(_("message"))
    sealed = models.BinaryField(null=True)
    done_at = models.DateTimeField(_("done"), null=True)
    done_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        permissions = (("handle_feedback", _("Can read and deal with what people say about the site")),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(done_at=None, done_by=None) | models.Q(done_at__isnull=False, done_by__isnull=False),
                name="feedback_done_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)
