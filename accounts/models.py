from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Department(models.Model):
    """An office that answers: where petitions are routed and whose calendar counts the days."""

    acronym = models.CharField(_("acronym"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_fr = models.CharField(_("name in French"), max_length=200, blank=True)
    url = models.URLField(_("web address"), blank=True)
    email = models.EmailField(_("e-mail of the team"), blank=True)
    country = models.CharField(
        _("calendar: country"), max_length=2, default="GB", help_text=_("Whose public holidays are no working days.")
    )
    subdivision = models.CharField(_("calendar: part of the country"), max_length=6, blank=True, default="ENG")
    point_person = models.ForeignKey(
        "accounts.User",
        verbose_name=_("named person"),
        help_text=_("Owns new cases of this department."),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """A member of staff. Users are disabled, never deleted: the audit log refers to them."""

    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="members",
    )
    language = models.CharField(_("language of mails"), max_length=5, default="en")

    class Meta(AbstractUser.Meta):
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")

    def __str__(self) -> str:
        return self.get_full_name() or self.username
