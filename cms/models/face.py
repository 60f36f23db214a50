from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import RichTextField
from wagtail.models import Orderable

from cms import colours
from cms.colours import Colours
from cms.faceform import FaceForm
from cms.models.pages import languages

COLOUR_FIELDS = Colours._fields
DEFAULT = Colours()


@register_setting(icon="view")
class Face(BaseGenericSetting, ClusterableModel):
    """How the site looks and what it calls itself: one row, read through `cms.face.current`."""

    base_form_class = FaceForm

    brand = models.CharField(
        _("main colour"), max_length=7, default=DEFAULT.brand, help_text=_("Header, buttons and links.")
    )
    accent = models.CharField(
        _("second colour"),
        max_length=7,
        default=DEFAULT.accent,
        help_text=_("Mark and strokes on the main colour."),
    )
    bar = models.CharField(
        _("colour of bars"), max_length=7, default=DEFAULT.bar, help_text=_("How far a petition has come.")
    )
    logo = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("logo"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Stands before the name, in white space of its own. Leave it empty for the mark of the house."),
    )
    names_sources = models.BooleanField(
        _("name the sources of imported petitions"),
        default=True,
        help_text=_("Their licences ask for it at the foot of each page."),
    )

    panels = [
        InlinePanel("texts", label=_("Name and texts"), min_num=0),
        FieldPanel("logo"),
        MultiFieldPanel(
            [FieldPanel(name, widget=forms.TextInput(attrs={"type": "color"})) for name in COLOUR_FIELDS],
            heading=_("Colours"),
        ),
        FieldPanel("names_sources"),
    ]

    class Meta:
        verbose_name = _("face of the site")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(**{f"{name}__regex": r"^#[0-9a-f]{6}$"}), name=f"face_{name}_is_a_colour"
            )
            for name in COLOUR_FIELDS
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @property
    def colours(self) -> Colours:
        return Colours(self.brand, self.accent, self.bar)

    def clean(self) -> None:
        """Refuses colours in which somebody could not read the site."""
        super().clean()
        if faults := colours.faults(self.colours):
            raise ValidationError(faults)


class FaceText(Orderable):
    """The site's name and standing texts in one language. What is empty is as the site was installed."""

    face = ParentalKey(Face, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=10, choices=languages)
    name = models.CharField(_("name of the site"), max_length=40, blank=True)
    header = models.CharField(
        _("below the name"), max_length=60, blank=True, help_text=_("For example, whose service this is.")
    )
    description = models.CharField(
        _("description"),
        max_length=160,
        blank=True,
        help_text=_("For search engines, of pages without their own."),
    )
    footer = RichTextField(_("at the foot of each page"), features=["bold", "italic", "link"], blank=True)

    panels = [FieldPanel(name) for name in ("language", "name", "header", "description", "footer")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["face", "language"], name="face_text_once_per_language")]

    def __str__(self) -> str:
        return f"{self.language}: {self.name}"

    def plain(self) -> dict[str, Any]:
        """What staff typed, for the log."""
        return {name: getattr(self, name) for name in ("name", "header", "description", "footer")}
