"""The Celery app: `celery -A config.celery worker|beat`."""

import os
import warnings

from celery import Celery
from celery.exceptions import CPendingDeprecationWarning

# On a lost broker tasks run on to their end: they are safe to run twice, a mail that was cut off is not.
warnings.filterwarnings("ignore", message="\nIn Celery 5.1", category=CPendingDeprecationWarning)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")

app = Celery("redress")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
