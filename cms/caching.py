"""Who may keep a page, and for how long: decorators for views."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

View = Callable[..., HttpResponse]

PUBLIC_SECONDS = 2


def mark_public(response: HttpResponse, seconds: int = PUBLIC_SECONDS) -> None:
    """Let anybody keep this response for so many seconds, and longer while we are slow or in trouble."""
    patch_cache_control(
        response,
        public=True,
        max_age=seconds,
        stale_while_revalidate=max(2 * seconds, 10),
        stale_if_error=max(5 * seconds, 600),
    )


def mark_unstored(response: HttpResponse) -> None:
    """Keep this response out of every cache."""
    response["Cache-Control"] = "no-store"


def mark_private(response: HttpResponse) -> None:
    """Keep this response out of caches and search engines, and its address out of Referer headers."""
    mark_unstored(response)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"


def public_page(view: View | int | None = None, *, max_age: int = PUBLIC_SECONDS) -> Any:
    """Decorate a view whose page is the same for everybody: `@public_page`, `@public_page(60)`.

    Only successful answers to GET and HEAD are marked, and only if the view set no Cache-Control itself.
    """
    if not callable(view):
        seconds = max_age if view is None else view
        return lambda decorated: public_page(decorated, max_age=seconds)

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        request = next(argument for argument in args if isinstance(argument, HttpRequest))
        if request.method in {"GET", "HEAD"} and response.status_code == 200 and "Cache-Control" not in response:
            mark_public(response, max_age)
        return response

    return wrapper


def _marked(view: View, mark: Callable[[HttpResponse], None]) -> View:
    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        mark(response)
        return response

    return wrapper


def private_page(view: View) -> View:
    """Decorate a view reached by a personal link: no-store, noindex, no-referrer."""
    return _marked(view, mark_private)


def unstored_page(view: View) -> View:
    """Decorate a view with a public form: no-store, though it may be found."""
    return _marked(view, mark_unstored)
