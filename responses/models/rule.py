from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from responses.models.case import CasePriority


class RoutingRuleQuerySet(models.QuerySet):
    def in_order(self) -> "RoutingRuleQuerySet":
        """The rules that are in force, the one that is asked first on top, with all that they look at."""
        return (
            self.filter(active=True)
            .select_related("department__point_person", "team__point_person", "owner")
            .prefetch_related("topics", "asked", "regions")
            .order_by("position", "pk")
        )


class RoutingRule(models.Model):
    """Which new cases go to whom. The first rule whose every condition is met takes the case."""

    position = models.PositiveSmallIntegerField(
        _("place in the order"), default=100, help_text=_("Lower numbers are asked first.")
    )
    name = models.CharField(_("name"), max_length=100, unique=True)
    active = models.BooleanField(_("active"), default=True)

    topics = models.ManyToManyField(
        "petitions.Topic",
        verbose_name=_("topics"),
        blank=True,
        related_name="+",
        help_text=_("The petition has one of them."),
    )
    asked = models.ManyToManyField(
        "accounts.Department",
        verbose_name=_("departments asked"),
        blank=True,
        related_name="+",
        help_text=_("One of them was named when the petition was checked."),
    )
    words = models.TextField(
        _("words"),
        blank=True,
        help_text=_(
            "A line fits when all its words stand in the petition, in any form; one fitting line is enough. "
            "“Words in quotation marks” stand together, -a word with a minus does not stand there."
        ),
    )
    regions = models.ManyToManyField(
        "petitions.Region",
        verbose_name=_("regions"),
        blank=True,
        related_name="+",
        help_text=_("So much of the signatures that have a place come from them together."),
    )
    region_share = models.PositiveSmallIntegerField(
        _("share of the regions, per cent"), default=50, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )

    department = models.ForeignKey(
        "accounts.Department",
        verbose_name=_("goes to"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: to the coordinator’s queue."),
    )
    team = models.ForeignKey(
        "responses.Team", verbose_name=_("team"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(
        "accounts.User",
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Empty: the named person of the team, else of the department."),
    )
    priority = models.SmallIntegerField(_("priority"), choices=CasePriority, default=CasePriority.NORMAL)

    objects = RoutingRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        ordering = ("position", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(region_share__range=(1, 100)), name="rule_share_is_per_cent"),
            models.CheckConstraint(
                condition=Q(department__isnull=False) | Q(team__isnull=True, owner__isnull=True),
                name="rule_people_need_department",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def lines(self) -> list[str]:
        """The lines of words, each an alternative."""
        return [line.strip() for line in self.words.splitlines() if line.strip()]
