"""What search engines are told of a petition beside its page (schema.org), as JSON-LD."""

from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from cms.languages import path_for
from cms.linked_data import graph, step
from petitions.models import Petition


def of_petition(petition: Petition, *, address: str, excerpt: str, base_url: str, language: str) -> str:
    """The petition's page at ``address``, and the way to it. ``language`` is the active one."""
    page: dict[str, Any] = {
        "@type": "WebPage",
        "url": address,
        "name": petition.title,
        "description": excerpt,
        "inLanguage": petition.language,
        "interactionStatistic": {
            "@type": "InteractionCounter",
            "interactionType": "https://schema.org/EndorseAction",
            "userInteractionCount": petition.signature_count,
        },
    }
    if petition.opened_at:
        page["datePublished"] = petition.opened_at
    way = {
        "@type": "BreadcrumbList",
        "itemListElement": [*_way(base_url, language), step(3, petition.title, address)],
    }
    return graph(page, way)


@lru_cache(maxsize=16)
def _way(base_url: str, language: str) -> tuple[dict[str, Any], ...]:
    home = base_url + path_for("/", language)
    return step(1, _("Home"), home), step(2, _("Petitions"), f"{home}petitions/")
