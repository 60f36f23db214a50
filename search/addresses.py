"""Addresses of the list of petitions."""

from urllib.parse import urlencode

from django.urls import reverse


def list_address(**parameters: str) -> str:
    """The list with these parameters; empty ones are left out."""
    given = urlencode({name: value for name, value in parameters.items() if value})
    return reverse("search:petitions") + (f"?{given}" if given else "")
