from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from cms import colours as palette

A_YEAR = 365 * 24 * 3600


@require_safe
def coloured(request: HttpRequest, colours: str, kind: str) -> HttpResponse:
    """What has the site's own colours: a style sheet (``css``) or the icon (``svg``). Its address says all of it.

    404 for what is no colours, or is neither.
    """
    try:
        chosen = palette.named(colours)
    except ValueError:
        raise Http404("no colours") from None
    if kind == "css":
        response = HttpResponse(palette.style_sheet(chosen), content_type="text/css; charset=utf-8")
    elif kind == "svg":
        response = render(request, "cms/icon.svg", {"colours": chosen}, content_type="image/svg+xml")
    else:
        raise Http404("neither a style sheet nor an icon")
    patch_cache_control(response, public=True, max_age=A_YEAR, immutable=True)
    return response
