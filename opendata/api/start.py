"""The API's front door: where everything is."""

from django.http import HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Router

from opendata.api.kinds import Shape, described
from opendata.replies import host_address

router = Router(tags=["start"])

ROOMS = (
    "petitions", "answers", "tracker", "tracker/performance", "hearings", "outcomes", "changes", "departments",
    "topics", "regions",
)  # fmt: skip


class Start(Shape):
    """Where everything is."""

    documentation: str = described(_("The page that explains all of it."), "https://example.org/api/docs/")
    description: str = described(
        _("The description for programs, OpenAPI 3.1."), "https://example.org/api/openapi.json"
    )
    links: dict[str, str] = described(
        _("Lists and tables, by name."), {"petitions": "https://example.org/api/petitions"}
    )


@router.get("/", response={200: Start}, operation_id="getStart", summary=_("Where everything is"))
def start(request: HttpRequest) -> Start:
    base = f"{host_address(request)}/api/"
    return Start(
        documentation=f"{base}docs/",
        description=f"{base}openapi.json",
        links={name: base + name for name in ROOMS},
    )
