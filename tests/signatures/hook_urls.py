"""The site's addresses, with one for the reports of a mail provider."""

from django.urls import include, path

from config.urls import *  # noqa: F403
from config.urls import urlpatterns as site
from mailing import hooks

urlpatterns = [path("hooks/mail/", include(hooks.routes("postmark"))), *site]
