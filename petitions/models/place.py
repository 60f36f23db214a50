from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from petitions.models.petition import Petition

UNPLACED = ""


class Region(models.Model):
    """A region of the country, with its place in the tile map."""

    code = models.CharField(_("code"), max_length=4, primary_key=True)
    name = models.CharField(_("name"), max_length=100)
    name_fr = models.CharField(_("name in French"), max_length=100, blank=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=100, blank=True, default="")
    gss_code = models.CharField(max_length=9, blank=True)
    tile_row = models.SmallIntegerField(default=0)
    tile_column = models.SmallIntegerField(default=0)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class PostcodeArea(models.Model):
    """A prefix of postcodes and the region it lies in; the longest prefix that fits wins."""

    prefix = models.CharField(_("prefix"), max_length=8, unique=True)
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="postcode_areas"
    )

    class Meta:
        verbose_name = _("postcode area")
        verbose_name_plural = _("postcode areas")
        ordering = ("prefix",)

    def __str__(self) -> str:
        return self.prefix


class Country(models.Model):
    code = models.CharField(_("code"), max_length=3, primary_key=True)
    name = models.CharField(_("name"), max_length=100)
    ended_on = models.DateField(_("existed until"), null=True, blank=True)

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class PlaceCount(models.Model):
    """Signatures of one petition from one place: counted elsewhere, and signed here."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE)
    imported = models.IntegerField(default=0)
    signed = models.IntegerField(default=0)

    class Meta:
        abstract = True
        default_permissions = ()


class RegionCount(PlaceCount):
    region_code = models.CharField(max_length=4, blank=True, default=UNPLACED, help_text="Empty: unplaced.")

    class Meta(PlaceCount.Meta):
        default_related_name = "region_counts"
        constraints = (
            models.UniqueConstraint(fields=("petition", "region_code"), name="region_count_once"),
            models.CheckConstraint(condition=Q(imported__gte=0), name="region_imported_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.petition_id} {self.region_code or '-'}"


class CountryCount(PlaceCount):
    country_code = models.CharField(max_length=3, blank=True, default=UNPLACED)
    name = models.CharField(
        max_length=100, blank=True, default="", help_text="As published, where the source has no code."
    )

    class Meta(PlaceCount.Meta):
        default_related_name = "country_counts"
        constraints = (models.UniqueConstraint(fields=("petition", "country_code", "name"), name="country_count_once"),)

    def __str__(self) -> str:
        return f"{self.petition_id} {self.country_code or self.name or '-'}"


class ConstituencyCount(models.Model):
    """Published with imported petitions only; nothing is signed into it."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="constituency_counts")
    ons_code = models.CharField(max_length=9)
    name = models.CharField(max_length=100)
    mp = models.CharField(max_length=100, blank=True, default="")
    signature_count = models.IntegerField()

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("petition", "ons_code"), name="constituency_count_once"),)

    def __str__(self) -> str:
        return f"{self.petition_id} {self.ons_code}"


class HourCount(models.Model):
    """New signatures of one petition in one hour."""

    petition = models.ForeignKey(Petition, on_delete=models.CASCADE, related_name="hour_counts")
    hour = models.DateTimeField(help_text="Its first instant, UTC.")
    count = models.IntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("petition", "hour"), name="hour_count_once"),)
        indexes = (models.Index(fields=("hour",), name="hour_count_by_hour"),)

    def __str__(self) -> str:
        return f"{self.petition_id} {self.hour:%Y-%m-%dT%H}"
