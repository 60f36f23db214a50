"""A page for each region of the country, found by its name or by a postcode."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms.caching import public_page
from cms.compiled import draw
from cms.formatting import number
from cms.forms import PublicForm
from cms.languages import current_language
from petitions import places
from petitions.cards import Card, card
from petitions.details import map_of
from petitions.lifecycle import State
from petitions.models import Region
from petitions.regions import NOTHING, Figures, SignedThere, figures, most_signed_in, standing_out_in
from petitions.wording import in_order, localized

SECONDS = 60
SEE_OTHER = 303
LONGEST_POSTCODE = 12


class PostcodeForm(PublicForm):
    """A postcode, used for the answer alone and kept nowhere."""

    postcode = forms.CharField(
        label=gettext_lazy("Your postcode"),
        help_text=gettext_lazy("The first half is enough, such as SW1A. We do not keep it."),
        max_length=LONGEST_POSTCODE,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "spellcheck": "false"}),
    )

    def clean_postcode(self) -> str:
        code = places.region_of(self.cleaned_data["postcode"])
        if not code:
            raise forms.ValidationError(_("We know no region for this postcode. Check it, or choose the region below."))
        return code


@csrf_exempt  # carries no authority and changes nothing
@require_http_methods(["GET", "HEAD", "POST"])
@public_page(SECONDS)
def choice(request: HttpRequest) -> HttpResponse:
    """The regions to choose from. A postcode comes by POST, to stand in no address, and leads to its region."""
    form = PostcodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        address = reverse("search:region", args=[form.cleaned_data["postcode"]])
        return HttpResponseRedirect(address, status=SEE_OTHER)
    language = current_language()
    known = figures()
    counts = {code: one.signatures for code, one in known.items()}
    drawn = map_of(counts, language)
    context = {
        "form": form,
        "map": draw("petitions/parts/tile_map.html", map=drawn) if drawn else "",
        "regions": [(region, name, known.get(region.code, NOTHING)) for region, name in named_regions(language)],
    }
    return render(request, "search/regions.html", context)


def named_regions(language: str) -> list[tuple[Region, str]]:
    """The regions with their names in this language, in the order of the names."""
    named = ((region, localized(region, language)) for region in places.regions())
    return sorted(named, key=lambda pair: in_order(pair[1]))


@require_safe
@public_page(SECONDS)
def one(request: HttpRequest, code: str) -> HttpResponse:
    """What people in one region signed; 404 for a region that there is not."""
    region = next((region for region in places.regions() if region.code == code), None)
    if region is None:
        raise Http404
    language = current_language()
    context = {
        "name": localized(region, language),
        "figures": _figures(figures().get(region.code, NOTHING)),
        "open": _cards(most_signed_in(region.code), language),
        "standing_out": _cards(standing_out_in(region.code), language, share=True),
        "over": _cards(most_signed_in(region.code, states=(State.CLOSED,)), language),
        "others": [pair for pair in named_regions(language) if pair[0].code != region.code],
    }
    return render(request, "search/region.html", context)


def _figures(known: Figures) -> list[tuple[str, str]]:
    if not known.petitions:
        return []
    return [
        (number(known.signatures), _("signatures from here on petitions that are open now")),
        (_("%(percent)s%%") % {"percent": number(round(known.percent, 1))}, _("of all their signatures by region")),
        (number(known.petitions), _("open petitions with a figure for this region")),
    ]


def _cards(rows: list[SignedThere], language: str, *, share: bool = False) -> list[tuple[Card, str]]:
    return [(card(row.petition, language), _there(row, share=share)) for row in rows]


def _there(row: SignedThere, *, share: bool) -> str:
    values = {"count": number(row.count), "all": number(row.petition.signature_count), "percent": round(row.percent)}
    if share:
        return _("%(percent)s%% of all %(all)s signatures come from here") % values
    return _("%(count)s from here, of %(all)s") % values
