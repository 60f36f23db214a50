"""How a service of this room says no."""

from django.utils.functional import Promise


class Refused(ValueError):
    """The act is not possible, for a reason that may be shown. ``field`` names its form field ('' for none)."""

    def __init__(self, reason: str | Promise, field: str = "") -> None:
        super().__init__(reason)
        self.field = field
