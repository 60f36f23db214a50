"""What search engines are told of an answer beside its page (schema.org), as JSON-LD."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from cms.languages import path_for
from cms.linked_data import graph, step


def of_answer(shown: dict[str, Any], *, address: str, language: str) -> str:
    """The answer that ``selectors.listed`` shows, at ``address``, and the way to it; '' for one without a text."""
    text = shown["text"]
    if text is None:
        return ""
    base_url = settings.BASE_URL.rstrip("/")
    article: dict[str, Any] = {
        "@type": "Article",
        "url": address,
        "headline": text.title,
        "description": text.summary,
        "inLanguage": text.language,
        "about": [
            {"@type": "WebPage", "name": petition.title, "url": base_url + petition.get_absolute_url()}
            for petition in shown["petitions"]
        ],
    }
    if shown["answered_on"]:
        article["datePublished"] = shown["answered_on"]
    if shown["department"]:
        article["author"] = {"@type": "Organization", "name": shown["department"]}
    home = base_url + path_for("/", language)
    steps = [step(1, _("Home"), home), step(2, _("Answers"), f"{home}answers/"), step(3, text.title, address)]
    return graph(article, {"@type": "BreadcrumbList", "itemListElement": steps})
