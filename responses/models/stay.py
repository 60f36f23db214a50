from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from responses.models.case import PAUSED, Case, CaseState

SHOWN_STATES = [*CaseState.choices, (PAUSED, _("paused"))]


class Stay(models.Model):
    """How long a case was in one state, as lists show it: a pause is one. Written with the case itself."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="stays")
    state = models.CharField(_("state"), max_length=10, choices=SHOWN_STATES)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("case",), condition=Q(ended_at=None), name="stay_in_one_state"),)
        indexes = (models.Index(fields=("ended_at",), name="stay_by_end", condition=Q(ended_at__isnull=False)),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"
