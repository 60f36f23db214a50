"""Addresses for mails."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation


def absolute(route: str, language: str, **kwargs: Any) -> str:
    """The full address of a page in ``language``."""
    with translation.override(language):
        return settings.BASE_URL.rstrip("/") + reverse(route, kwargs=kwargs)
