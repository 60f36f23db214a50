from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Makes the Celery app and the checks before a launch known to every process."""

    name = "config"

    def ready(self) -> None:
        from config import celery, checks  # noqa: F401
        from config.metering import jobs  # noqa: F401
