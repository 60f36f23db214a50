from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class NetworkField(models.Field):
    """A network as PostgreSQL's ``cidr``: no bits set beyond its prefix, one spelling for each."""

    def db_type(self, connection: Any) -> str:
        return "cidr"

    def from_db_value(self, value: str | None, *_: Any) -> IPv4Network | IPv6Network | None:
        return self.to_python(value)

    def to_python(self, value: Any) -> IPv4Network | IPv6Network | None:
        return ip_network(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else str(value)


class NetworkRule(models.Model):
    """What staff know of a network: a school or a carrier that may sign more, or a source of forged signatures."""

    class Kind(models.TextChoices):
        ALLOW = "allow", _("allowed more")
        BLOCK = "block", _("blocked")

    network = NetworkField(_("network"), unique=True)
    kind = models.CharField(_("what holds for it"), max_length=5, choices=Kind)
    note = models.CharField(_("reason"), max_length=300)
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("network rule")
        verbose_name_plural = _("network rules")
        default_permissions = ()
        permissions = (("manage_networks", "Can allow and block networks"),)
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=("allow", "block")), name="network_rule_kind"),
        )

    def __str__(self) -> str:
        return str(self.network)
