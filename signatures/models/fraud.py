from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DomainVerdict(models.TextChoices):
    PASS = "pass", _("never hold")  # noqa: S105
    HOLD = "hold", _("hold for a look")
    BLOCK = "block", _("hold, and send no mail")


class DomainRule(models.Model):
    """What staff decided about the addresses of a domain and of all domains below it. Before the public list."""

    domain = models.CharField(
        _("domain"), max_length=253, unique=True, help_text=_("Such as example.org; stands for its sub-domains too.")
    )
    verdict = models.CharField(_("what happens"), max_length=5, choices=DomainVerdict)
    note = models.CharField(_("why"), max_length=200, help_text=_("For colleagues. No address of anybody."))

    class Meta:
        verbose_name = _("rule for a domain")
        verbose_name_plural = _("rules for domains")
        ordering = ("domain",)
        default_permissions = ("add", "change", "delete", "view")
        constraints = (
            models.CheckConstraint(
                condition=Q(domain__regex=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$"), name="domain_rule_is_domain"
            ),
            models.CheckConstraint(condition=Q(verdict__in=DomainVerdict.values), name="domain_rule_has_verdict"),
        )

    def __str__(self) -> str:
        return self.domain
