"""The web process: `granian --interface wsgi config.wsgi:application`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")
os.environ["REDRESS_ROLE"] = "web"

from django.core.wsgi import get_wsgi_application  # noqa: E402 - settings read the role above

application = get_wsgi_application()
