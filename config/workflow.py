"""What Wagtail calls when a workflow has ended well.

Wagtail imports this setting's target while its own models are still loading, so the target must not import a model
before it is called.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accounts.models import User


def finish(workflow_state: Any, user: "User | None" = None) -> Any:
    """Hand over to the clearance gate. Raises whatever the gate refuses with."""
    from responses.services.publication import finish_workflow

    return finish_workflow(workflow_state, user)
