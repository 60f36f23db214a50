"""The heads of the audit log, published so that who keeps one can hold us to it (docs/audit.md)."""

from django.http import HttpRequest, HttpResponse

from audit.models import Head
from cms.caching import public_page
from opendata.replies import answer, open_data


@open_data
@public_page
def audit_heads(request: HttpRequest) -> HttpResponse:
    """One head a day, the newest first."""
    heads = [
        {
            "day": head.day.isoformat(),
            "entries": head.number,
            "digest": bytes(head.digest).hex(),
            "published_at": head.published_at.isoformat(timespec="seconds"),
        }
        for head in Head.objects.all()
    ]
    return answer(request, {"algorithm": "sha256", "data": heads})
