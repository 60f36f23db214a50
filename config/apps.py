from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Makes the Celery app known to every process that may enqueue a task."""

    name = "config"

    def ready(self) -> None:
        from config import celery  # noqa: F401
