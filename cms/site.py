from django.conf import settings


def site_name() -> str:
    """The name under which this site speaks."""
    return getattr(settings, "WAGTAIL_SITE_NAME", "") or "Redress"
