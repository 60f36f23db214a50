from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


def _number(label: str, default: int, low: int, high: int, hint: str = "") -> models.PositiveIntegerField:
    return models.PositiveIntegerField(
        label, default=default, validators=[MinValueValidator(low), MaxValueValidator(high)], help_text=hint
    )


class Limits(models.Model):
    """The numbers that staff may change: one row. Thresholds and terms are copied to a petition when it opens."""

    title_length = _number(_("title: characters"), 80, 20, 200)
    ask_length = _number(_("what should be done: characters"), 300, 50, 2000)
    detail_length = _number(_("more detail: characters"), 800, 0, 5000)
    supporters = _number(_("supporters before checking"), 5, 0, 20)
    response_threshold = _number(_("signatures for an answer"), 10_000, 1, 100_000_000)
    debate_threshold = _number(_("signatures to be put forward for a hearing"), 100_000, 1, 100_000_000)
    open_months = _number(_("months open"), 6, 1, 24)
    answer_working_days = _number(_("working days for an answer"), 21, 1, 250)
    moderation_target_days = _number(_("days for checking a petition"), 7, 1, 60)
    sign_per_minute = _number(_("signatures per network and minute"), 10, 1, 10_000)
    sign_per_hour = _number(_("signatures per network and hour"), 60, 1, 100_000)
    sign_per_hour_wide = _number(_("signatures per IPv6 /48 and hour"), 300, 1, 1_000_000)
    sign_per_hour_petition = _number(_("signatures per network, petition and hour"), 30, 1, 100_000)
    sign_per_second_site = _number(
        _("signatures a second, whole site"), 3_000, 1, 100_000, _("More are asked to come again in a moment.")
    )
    challenge_refused = _number(
        _("challenge: refused networks a minute"),
        100,
        0,
        1_000_000,
        _("So many networks that try a petition too often switch its challenge on. 0: never."),
    )
    challenge_factor = _number(
        _("challenge: times its usual rate"),
        20,
        0,
        10_000,
        _("So many times as many signatures as usual switch a petition's challenge on. 0: never."),
    )
    challenge_least = _number(
        _("challenge: signatures in five minutes"), 1_500, 1, 1_000_000, _("With fewer the rate switches nothing on.")
    )
    challenge_minutes = _number(_("challenge: minutes it stays on by itself"), 15, 1, 1_440)
    mails_per_petition = _number(_("confirmation mails per petition and address in 24 hours"), 3, 1, 10)
    removals_noted = _number(
        _("signatures removed before the page says so"),
        100,
        0,
        1_000_000,
        _("When more than so many counted signatures of a petition were rejected, its timeline says how many."),
    )
    coordinator = models.ForeignKey(
        "accounts.User",
        verbose_name=_("coordinator"),
        help_text=_("Gets the cases that no department takes."),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("limits")
        verbose_name_plural = _("limits")
        default_permissions = ()
        constraints = (models.CheckConstraint(condition=Q(pk=1), name="limits_one_row"),)

    def __str__(self) -> str:
        return str(_("limits"))
