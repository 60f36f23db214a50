from django.db import models
from django.utils.translation import gettext_lazy as _


class Team(models.Model):
    """People of one department who work on its cases together."""

    department = models.ForeignKey(
        "accounts.Department", verbose_name=_("department"), on_delete=models.PROTECT, related_name="teams"
    )
    name = models.CharField(_("name"), max_length=100)
    point_person = models.ForeignKey(
        "accounts.User",
        verbose_name=_("named person"),
        help_text=_("Owns new cases of this team. Empty: the department’s named person does."),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    members = models.ManyToManyField("accounts.User", verbose_name=_("members"), blank=True, related_name="teams")
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ("department__name", "name")
        constraints = (models.UniqueConstraint(fields=("department", "name"), name="team_name_once"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.department.acronym})"
