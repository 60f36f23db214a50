"""The Celery app: `celery -A config.celery worker|beat`."""

import os
import warnings

from celery import Celery
from celery.exceptions import CPendingDeprecationWarning
from kombu.transport.redis import Channel

# On a lost broker tasks run on to their end: they are safe to run twice, a mail that was cut off is not.
warnings.filterwarnings("ignore", message="\nIn Celery 5.1", category=CPendingDeprecationWarning)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")

# Messages are wake-ups, and the clock sends the next one: none is worth keeping. Kombu 5.7 would try to put back those
# that it holds when Redis is lost, over the connection that is gone, and end the worker by the error that this raises.
Channel.do_restore = False

app = Celery("redress")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
