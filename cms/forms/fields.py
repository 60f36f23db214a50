from typing import Any

from django import forms

from cms.composing import composed


class PlainTextField(forms.CharField):
    """Text as a person typed it: NFC, with a line break counted as one character.

    Browsers send a line break as two characters; counted so, a text within its limit would be refused.
    """

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        if not isinstance(value, str):
            return value
        return composed(value.replace("\r\n", "\n").replace("\r", "\n"))
