from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class SiteSwitches(models.Model):
    """What administrators switch for the whole site: one row. What was switched when and why is in the audit log."""

    creation_paused_at = models.DateTimeField(null=True, blank=True)
    notice = models.TextField(_("site notice"), blank=True, default="")
    notice_fr = models.TextField(_("site notice in French"), blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = (
            models.CheckConstraint(condition=Q(pk=1), name="switches_one_row"),
            models.CheckConstraint(
                condition=Q(notice="", notice_fr="") | ~Q(notice="") & ~Q(notice_fr=""),
                name="switches_notice_in_every_language",
            ),
        )

    def __str__(self) -> str:
        return "switches"


class SigningPause(models.Model):
    """A time in which nothing could be signed or confirmed. When it ends, deadlines move by it."""

    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-began_at",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(Q(ended_at__isnull=True), condition=Q(ended_at=None), name="one_pause_at_a_time"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="pause_ends_after_it_began"
            ),
        )

    def __str__(self) -> str:
        return f"pause of {self.began_at:%Y-%m-%d %H:%M}"
