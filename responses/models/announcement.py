from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from responses.models.clock import Proposal


class AnnouncementKind(models.TextChoices):
    """What a case may have to tell besides its answer."""

    HEARING_PLANNED = "planned", _("a hearing is planned")
    HEARING_HELD = "held", _("it was heard")
    HEARING_REFUSED = "not_heard", _("it will not be heard")
    LAW = "law", _("it became law")
    POLICY = "policy", _("policy was changed")
    REFUSED = "refused", _("it was refused")


HEARINGS = (AnnouncementKind.HEARING_PLANNED, AnnouncementKind.HEARING_HELD, AnnouncementKind.HEARING_REFUSED)


class Announcement(Proposal):
    """What became of petitions of a case, or of a hearing on them: proposed by one person, signed off by another."""

    case = models.ForeignKey("responses.Case", on_delete=models.CASCADE, related_name="announcements")
    kind = models.CharField(_("what happened"), max_length=10, choices=AnnouncementKind)
    on = models.DateField(_("day"))
    transcript_url = models.URLField(_("transcript"), max_length=500, blank=True, default="")
    video_url = models.URLField(_("video"), max_length=500, blank=True, default="")
    tells_signers = models.BooleanField(_("mail the signers who wish to hear"), default=True)

    class Meta(Proposal.Meta):
        constraints = (
            *Proposal.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind__in=HEARINGS) | Q(transcript_url="", video_url=""),
                name="announcement_links_of_hearing",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.on}"

    @property
    def is_hearing(self) -> bool:
        return self.kind in HEARINGS

    def lies_ahead(self, today: date) -> bool:
        """Whether its day is still to come."""
        return self.on > today
