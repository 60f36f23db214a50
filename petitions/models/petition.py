import secrets

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, GeneratedField, Q
from django.db.models.functions import Coalesce, Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from petitions.lifecycle import PUBLIC, ResponseState, State
from petitions.querysets import CrossingQuerySet, PetitionQuerySet

SALT_BYTES = 16
# When a moderator decided about a petition that waited: the decision that stands.
DECIDED_AT = Coalesce("opened_at", "rejected_at", "hidden_at")
# When a public petition became public: opened, or refused.
PUBLISHED_AT = Coalesce("opened_at", "rejected_at")


def new_salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


class Source(models.TextChoices):
    """Where a petition comes from; '' is here."""

    HERE = "", _("this site")
    UK = "uk", _("UK Parliament petitions")
    WTP = "wtp", _("We the People")


class Topic(models.Model):
    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_fr = models.CharField(_("name in French"), max_length=100, blank=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=100, blank=True, default="")

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Petition(models.Model):
    """A petition: its text, where it stands, and its count. Ids below 1,000,000 are kept for imported UK petitions."""

    id = models.BigAutoField(primary_key=True)
    title = models.TextField(_("title"))
    ask = models.TextField(_("what should be done"), blank=True)
    detail = models.TextField(_("more detail"), blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    creator_name = models.CharField(_("who asks"), max_length=100, blank=True)
    committee_note = models.TextField(_("note above the text"), blank=True)

    state = models.CharField(_("state"), max_length=20, choices=State, default=State.DRAFT)
    response_state = models.CharField(_("answer"), max_length=10, choices=ResponseState, default=ResponseState.NONE)
    second_opinion = models.BooleanField(_("second opinion wanted"), default=False)
    claimed_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    claimed_until = models.DateTimeField(null=True, blank=True)

    created_at = models.DateTimeField(_("created"), db_default=Now())
    updated_at = models.DateTimeField(_("changed"), db_default=Now())
    moderation_threshold_reached_at = models.DateTimeField(_("handed in for checking"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    rejected_at = models.DateTimeField(_("rejected"), null=True, blank=True)
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    signature_count = models.IntegerField(_("signatures"), default=0)
    imported_count = models.IntegerField(default=0, help_text="Signatures counted elsewhere, known only as a sum.")
    paper_count = models.IntegerField(
        _("signatures on paper"), default=0, db_default=0, help_text="Never part of the count nor of thresholds."
    )
    supporter_count = models.SmallIntegerField(_("supporters"), default=0)

    salt = models.BinaryField(default=new_salt, null=True, help_text="Null once the signer keys were made unlinkable.")
    key_version = models.SmallIntegerField(default=1)
    rules_version = models.SmallIntegerField(default=1)
    link_generation = models.SmallIntegerField(default=0, help_text="Of the creator's and supporters' links.")

    source = models.CharField(_("source"), max_length=10, choices=Source, blank=True, default=Source.HERE)
    source_id = models.CharField(max_length=40, blank=True, default="")
    source_state = models.CharField(max_length=40, blank=True, default="")
    source_url = models.URLField(max_length=500, blank=True, default="")
    source_data = models.JSONField(
        default=dict, blank=True, help_text="Public fields of the source with no column of ours."
    )
    exempt = models.BooleanField(default=False, help_text="Imported: no clock, no thresholds, no mails.")

    topics = models.ManyToManyField(Topic, verbose_name=_("topics"), blank=True, related_name="petitions")
    departments = models.ManyToManyField(
        "accounts.Department", verbose_name=_("departments"), blank=True, related_name="petitions"
    )
    search = GeneratedField(
        expression=Func(F("language"), F("title"), F("ask"), F("detail"), function="petition_search"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = PetitionQuerySet.as_manager()
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("petition")
        verbose_name_plural = _("petitions")
        default_permissions = ("view",)
        permissions = (
            ("moderate_petition", "Can moderate petitions"),
            ("change_limits", "Can change the limits of the site"),
            ("change_switches", "Can pause signing and creation and set the site notice"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("source", "source_id"), condition=~Q(source=""), name="petition_source_once"
            ),
            models.CheckConstraint(condition=Q(imported_count__gte=0), name="petition_imported_count_not_negative"),
            models.CheckConstraint(condition=Q(paper_count__gte=0), name="petition_paper_count_not_negative"),
            models.CheckConstraint(
                condition=~Q(state__in=("open", "closed")) | Q(opened_at__isnull=False),
                name="petition_open_has_opened_at",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | Q(rejected_at__isnull=False), name="petition_rejected_has_date"
            ),
        )
        indexes = (
            GinIndex(fields=("search",), name="petition_search"),
            models.Index(fields=("state", "-signature_count", "-id"), name="petition_by_count"),
            models.Index(fields=("state", "-opened_at"), name="petition_by_opening"),
            models.Index(fields=("closes_at",), name="petition_to_close", condition=Q(state="open")),
            models.Index(fields=("response_state", "state"), name="petition_by_response"),
            GinIndex(fields=("title",), opclasses=("gin_trgm_ops",), name="petition_title_trigrams"),
            # The last decisions of moderators, from which those who wait learn how long it takes.
            models.Index(
                DECIDED_AT.desc(),
                name="petition_decided",
                condition=Q(source="", moderation_threshold_reached_at__isnull=False),
            ),
            # The public ones over all states, as the We the People API lists them.
            models.Index(
                PUBLISHED_AT,
                "id",
                name="petition_by_publication",
                condition=Q(state__in=PUBLIC),
            ),
            models.Index(fields=("signature_count", "id"), name="petition_by_any_count", condition=Q(state__in=PUBLIC)),
            # The petitions whose signers can still be found by their address.
            models.Index(fields=("-id",), name="petition_keyed", condition=Q(salt__isnull=False, exempt=False)),
        )

    def __str__(self) -> str:
        return f"{self.pk}: {self.title[:80]}"

    def get_absolute_url(self) -> str:
        return reverse("petitions:detail", args=[self.pk])

    @property
    def was_opened(self) -> bool:
        """Whether the public has ever seen it."""
        return self.opened_at is not None


class ThresholdKind(models.TextChoices):
    RESPONSE = "response", _("an answer")
    DEBATE = "debate", _("put forward for a hearing")
    OWN = "own", _("a threshold of its own")


class Threshold(models.Model):
    """A number of signatures of one petition, and what reaching it brings."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="thresholds")
    kind = models.CharField(_("kind"), max_length=10, choices=ThresholdKind)
    count = models.PositiveIntegerField(_("signatures"))
    opens_case = models.BooleanField(_("opens a case"), default=False)
    brings = models.CharField(_("what it brings"), max_length=200, blank=True, help_text=_("Empty: the usual words."))
    brings_fr = models.CharField(_("what it brings, in French"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("threshold")
        verbose_name_plural = _("thresholds")
        ordering = ("count",)
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("petition", "kind"), name="threshold_kind_once"),
            models.CheckConstraint(condition=Q(count__gt=0), name="threshold_count_positive"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.count})"


class Crossing(models.Model):
    """That a threshold was reached: at most once, and never undone (falling below raises a review for a person)."""

    threshold = models.OneToOneField(Threshold, on_delete=models.CASCADE, related_name="crossing")
    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="crossings")
    crossed_at = models.DateTimeField()
    count = models.IntegerField()
    fires = models.BooleanField(
        default=True, help_text="False: reached elsewhere or before a reopening; brings nothing."
    )
    undercut_at = models.DateTimeField(null=True, blank=True, help_text="When the count last fell below it again.")
    undercut_reviewed_at = models.DateTimeField(null=True, blank=True, help_text="When a person last looked at that.")

    objects = CrossingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reached threshold")
        default_permissions = ()
        indexes = (
            models.Index(fields=("undercut_at",), name="crossing_undercut", condition=Q(undercut_at__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.threshold} of {self.petition_id}"
