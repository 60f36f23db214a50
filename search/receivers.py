"""Wake-ups: what the sweep would find within seconds is sent at once. A receiver only wakes."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from wagtail.signals import page_published, page_unpublished

from cms.models import StandardPage
from petitions import signals
from responses.models import AnswerPage
from search.tasks import refresh_page, send_petition


@receiver([signals.petition_changed, signals.petition_answered], dispatch_uid="search.petition_changed")
def petition_changed(petition_id: int, **_ids: Any) -> None:
    """Tell the search server, where there is one."""
    if settings.ELASTICSEARCH_URL:
        send_petition.delay(petition_id)


@receiver([page_published, page_unpublished], dispatch_uid="search.page_changed")
def page_changed(instance: Any, **_data: Any) -> None:
    """Find a page as it reads now."""
    if isinstance(instance, StandardPage | AnswerPage):
        transaction.on_commit(lambda: refresh_page.delay(instance.pk), robust=True)
