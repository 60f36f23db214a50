"""Wagtail's own mails about reviews: not for answers.

They leave from inside the request and would name an unpublished page; whoever must act on an answer is mailed by
``services.notices`` through the outbox.
"""

from collections.abc import Callable
from typing import Any

from wagtail.admin import signal_handlers
from wagtail.models import WorkflowState
from wagtail.signals import workflow_approved, workflow_rejected, workflow_submitted

from responses.models import AnswerPage

STOCK = (
    (workflow_submitted, "submitted", signal_handlers.workflow_submission_email_notifier),
    (workflow_approved, "approved", signal_handlers.workflow_approval_email_notifier),
    (workflow_rejected, "rejected", signal_handlers.workflow_rejection_email_notifier),
)


def leave_answers_out() -> None:
    """Put a filter before each of Wagtail's mails about runs. Called when Wagtail collects hooks: its own are there."""
    for signal, word, notifier in STOCK:
        uid = f"workflow_state_{word}_email_notification"
        signal.disconnect(sender=WorkflowState, dispatch_uid=uid)
        signal.connect(_for_other_pages(notifier), sender=WorkflowState, dispatch_uid=uid, weak=False)


def _for_other_pages(notifier: Callable[..., Any]) -> Callable[..., Any]:
    def notify(instance: WorkflowState, **kwargs: Any) -> Any:
        if isinstance(instance.content_object.specific, AnswerPage):
            return False
        return notifier(instance=instance, **kwargs)

    return notify
