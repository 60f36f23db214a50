"""What wakes this room. A receiver only wakes: the sweeps in ``tasks`` find the same work in the tables."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone
from wagtail.models import WorkflowState
from wagtail.signals import page_published, workflow_cancelled

from petitions.signals import threshold_crossed
from responses import clearance, tasks
from responses.models import AnswerPage
from responses.services import publication, review


@receiver(threshold_crossed, dispatch_uid="responses.open_case")
def open_case(crossing_id: int, **_ids: Any) -> None:
    """Ask a worker to open the case. Without a broker this fails at once, and the sweep opens it."""
    tasks.open_case.apply_async(args=[crossing_id], retry=False)


@receiver(page_published, sender=AnswerPage, dispatch_uid="responses.watch_publication")
def watch_publication(instance: AnswerPage, **_data: Any) -> None:
    """Take an answer that came live past the gate off again: the last of the gate's guards."""
    if instance.live and (found := clearance.flaw(AnswerPage.objects.get(pk=instance.pk))):
        publication.take_off(instance, found)


@receiver(workflow_cancelled, sender=WorkflowState, dispatch_uid="responses.run_cancelled")
def run_cancelled(instance: WorkflowState, user: Any = None, **_data: Any) -> None:
    """Keep the case in step when its run was cancelled by somebody else than our services."""
    if isinstance(instance.content_object.specific, AnswerPage):
        review.run_cancelled(workflow_state_id=instance.pk, actor=user, now=timezone.now())
