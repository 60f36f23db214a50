"""Every address of the site. Public pages exist in each language; JSON, staff and files have one address."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from accounts.views import no_door
from mailing import hooks

handler400 = "config.errors.bad_request"
handler403 = "cms.errors.forbidden"
handler404 = "cms.errors.not_found"
handler500 = "config.errors.server_error"


urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/", include("accounts.urls")),
    path("staff/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("cms.urls")),
    path("", include("opendata.urls")),
    path("v1/", include("opendata.wethepeople.urls")),
    path("", include("responses.data_urls")),
]
if settings.MAIL_PROVIDER:
    urlpatterns.append(path(settings.MAIL_HOOK_PATH.lstrip("/"), include(hooks.routes(settings.MAIL_PROVIDER))))
if settings.DEMO:
    # In production the proxy hands out uploaded pictures, and mails are real.
    urlpatterns += [
        path("demo/mail/", include("mailing.demo_urls")),
        re_path(r"^media/(?!documents/)(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT}),
    ]
urlpatterns += i18n_patterns(
    path("", include("opendata.feed_urls")),
    path("", include("opendata.page_urls")),
    path("", include("search.urls")),
    path("", include("signatures.urls")),
    path("", include("petitions.urls")),
    path("", include("responses.urls")),
    # In place of Wagtail's own, which knows no second factor and counts no guesses.
    path("_util/login/", no_door, name="wagtailcore_login"),
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)
