"""How somebody hears of work: a section of Wagtail's own page on one's account."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.account import BaseSettingsPanel, notifications_tab

from responses.models import MailChoice


class MailChoiceForm(forms.ModelForm):
    class Meta:
        model = MailChoice
        fields = ["daily"]


class MailChoicePanel(BaseSettingsPanel):
    name = "case_mails"
    title = _("Mails about cases")
    tab = notifications_tab
    order = 50
    form_class = MailChoiceForm

    def get_form(self) -> MailChoiceForm:
        instance = MailChoice.objects.filter(user=self.user).first() or MailChoice(user=self.user)
        data = self.request.POST if self.request.method == "POST" else None
        return MailChoiceForm(data, instance=instance, prefix=self.name)
