"""Clocks of the project itself."""

from celery import shared_task

from config.front import voiding


@shared_task
def void_copies() -> None:
    """Let no copy be shown that was made before something was taken down."""
    voiding.void_copies()
