"""Forms of public pages: accessible markup, errors first, nothing lost."""

from cms.forms.fields import PlainTextField
from cms.forms.forms import PublicForm, PublicModelForm

__all__ = ["PlainTextField", "PublicForm", "PublicModelForm"]
