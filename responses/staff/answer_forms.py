"""Forms of what colleagues do with a draft: hand a review on, comment, settle a comment."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput

from accounts.models import User
from responses.models import AnswerComment, Case
from responses.services import conferring
from responses.staff.forms import ActForm, name_and_department


class HandOverForm(ActForm):
    """To whom a review is handed; only those are offered who may decide it."""

    colleague_id = forms.ModelChoiceField(
        label=_("Colleague"), queryset=User.objects.none(), empty_label=_("Choose"), required=True
    )
    word = forms.CharField(
        label=_("What they should know"),
        required=False,
        max_length=conferring.COMMENT_LENGTH,
        widget=AdminAutoHeightTextInput,
    )

    def offer(self, colleagues: list[User]) -> None:
        """Let one of these be chosen."""
        self.fields["colleague_id"].queryset = User.objects.filter(pk__in=[user.pk for user in colleagues])
        self.fields["colleague_id"].label_from_instance = name_and_department


class CommentForm(ActForm):
    language = forms.ChoiceField(label=_("Language"), required=False)
    passage = forms.CharField(
        label=_("About the words"), required=False, max_length=conferring.PASSAGE_LENGTH, strip=True
    )
    text = forms.CharField(label=_("Comment"), max_length=conferring.COMMENT_LENGTH, widget=AdminAutoHeightTextInput)

    def begin(self, case: Case) -> None:
        self.fields["language"].choices = [("", _("The answer as a whole")), *settings.LANGUAGES]


class SettleForm(ActForm):
    comment = forms.ModelChoiceField(label=_("Comment"), queryset=AnswerComment.objects.none(), empty_label=_("Choose"))

    def begin(self, case: Case) -> None:
        self.fields["comment"].queryset = case.comments.filter(settled_at=None)
