from collections.abc import Iterator

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Department(models.Model):
    """An office that answers: where petitions are routed and whose calendar counts the days."""

    acronym = models.CharField(_("acronym"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_fr = models.CharField(_("name in French"), max_length=200, blank=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=200, blank=True, default="")
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
    wrong_tries = models.PositiveSmallIntegerField(
        _("wrong tries"),
        default=0,
        db_default=0,
        help_text=_("Guesses of the password or of a code since the last sign-in."),
    )
    locked_at = models.DateTimeField(_("locked"), null=True, blank=True)
    session_round = models.PositiveIntegerField(
        default=0, db_default=0, help_text=_("Sessions that were begun in an earlier round have ended.")
    )
    link_round = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text=_("Mailed links to set a password of an earlier round open nothing.")
    )
    code_step = models.BigIntegerField(
        default=0,
        db_default=0,
        help_text=_("The half-minute of the last code taken from the app: none is taken twice."),
    )

    class Meta(AbstractUser.Meta):
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        permissions = (("manage_colleagues", _("Can invite colleagues, change their roles and disable them")),)

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def get_session_auth_hash(self) -> str:
        """What a session must still carry to go on: it changes with the password and with the round."""
        return f"{super().get_session_auth_hash()}:{self.session_round}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under each older SECRET_KEY that still counts."""
        for older in super().get_session_auth_fallback_hash():
            yield f"{older}:{self.session_round}"
