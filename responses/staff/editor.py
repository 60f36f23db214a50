"""What the editor shows beside the fields of an answer."""

from typing import Any

from wagtail.admin.panels import Panel


class CasePanel(Panel):
    """Above the answer: what was asked, by when an answer is due, and the way back to the case."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "staff/answers/editor_case.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            # Only here: what it reads are models, and models are made of panels.
            from responses.staff.beside import beside

            case = self.instance.case
            return super().get_context_data(parent_context) | {
                "case": case,
                "beside": beside(self.instance),
                "petitions": [link.petition for link in case.links.select_related("petition")],
            }
