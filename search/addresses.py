"""Addresses of lists and searches: a question as parameters, and back."""

from urllib.parse import urlencode

from django.urls import reverse

from search.queries import Query


def list_address(**parameters: str) -> str:
    """The list of petitions with these parameters; empty ones are left out."""
    return address("search:petitions", parameters)


def address(route: str, parameters: dict[str, str]) -> str:
    """A page with these parameters; empty ones are left out."""
    given = urlencode({name: value for name, value in parameters.items() if value})
    return reverse(route) + (f"?{given}" if given else "")


def parameters(query: Query, **changes: str) -> dict[str, str]:
    """The question as parameters of an address, with changes; what goes without saying is left out."""
    natural = "relevance" if query.text else "signatures"
    values = {
        "q": query.text,
        "kind": query.kind if query.across else "",
        "state": "" if query.state == "all" else query.state,
        "topic": query.topic,
        "department": query.department,
        "region": query.region,
        "year": query.year,
        "sort": "" if query.sort == natural else query.sort,
    }
    return {name: value for name, value in (values | changes).items() if value}
