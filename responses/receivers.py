"""What wakes this room. A receiver only wakes: the sweeps in ``tasks`` find the same work in the tables."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models.signals import pre_delete, pre_save
from django.dispatch import receiver
from django.utils import timezone
from wagtail.models import WorkflowState
from wagtail.signals import page_published, workflow_cancelled

from petitions.signals import answer_rated, threshold_crossed
from responses import clearance, files
from responses.models import AnswerPage
from responses.services import cases, following_up, publication, review


@receiver(threshold_crossed, dispatch_uid="responses.open_case")
def open_case(crossing_id: int, **_ids: Any) -> None:
    """Open the case at once, by the database alone: no broker has to be there (decision 0071)."""
    cases.open_case(crossing_id=crossing_id, now=timezone.now())


@receiver(answer_rated, dispatch_uid="responses.follow_up")
def follow_up(petition_id: int, **_ids: Any) -> None:
    """Take a case up again as soon as enough of its signers say that they were not answered."""
    following_up.follow_up_low_rated(timezone.now())


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


@receiver(pre_delete, sender=AnswerPage, dispatch_uid="responses.keep_answers")
def keep_answers(**_data: Any) -> None:
    """Raise PermissionDenied: with its page a case would lose its answer. Wagtail's API deletes without any hook."""
    raise PermissionDenied("answers are kept for good")


# Guards, not news: Wagtail changes and deletes files by several screens, and has no hook for them.
for kind in files.kinds():
    pre_save.connect(files.keep_as_shown, sender=kind, dispatch_uid=f"responses.keep_shown_{kind.__name__}")
    pre_delete.connect(files.keep, sender=kind, dispatch_uid=f"responses.keep_{kind.__name__}")
