"""The bare application for the same web server as ours."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.reference.settings"

from django.core.wsgi import get_wsgi_application  # noqa: E402 - reads the settings named above

application = get_wsgi_application()
