"""How a service of this room says no."""

from django.forms import BaseForm
from django.utils.functional import Promise


class Refused(ValueError):
    """The act is not possible, for a reason that may be shown.

    ``reason`` is a translatable sentence; ``field`` names the form field it belongs to ('' for none).
    """

    def __init__(self, reason: str | Promise, field: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field

    def __str__(self) -> str:
        return str(self.reason)

    def add_to(self, form: BaseForm) -> None:
        """Put the reason beside its field, or above a form that has no such field."""
        form.add_error(self.field if self.field in form.fields else None, str(self))
