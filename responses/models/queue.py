from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from responses.models.case import Case


class SavedFilter(models.Model):
    """A filter of the list of cases under a name. It opens what the reader may see, never what its maker saw."""

    owner = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=2000, help_text="As in the address of the list.")
    shared = models.BooleanField(_("show it to colleagues"), default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(fields=("owner", "name"), name="saved_filter_name_once"),)

    def __str__(self) -> str:
        return self.name


class Presence(models.Model):
    """When somebody last had a case's page open. Gone after an hour."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("case", "user"), name="presence_once"),)
        indexes = (models.Index(fields=("seen_at",), name="presence_by_time"),)

    def __str__(self) -> str:
        return f"{self.user_id} at {self.case_id}"
