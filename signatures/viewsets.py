"""Lists of this room in Wagtail's admin."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.models import WagtailAdminModelForm

from audit.viewsets import AuditedViewSet
from signatures.fraud.suspicion import in_ascii
from signatures.models import DomainRule


class DomainRuleForm(WagtailAdminModelForm):
    class Meta:
        model = DomainRule
        fields = ("domain", "verdict", "note")

    def clean_domain(self) -> str:
        domain = in_ascii(self.cleaned_data["domain"].lstrip("@"))
        labels = domain.split(".")
        if len(labels) < 2 or not all(label and label.replace("-", "").isalnum() for label in labels):
            raise ValidationError(_("Enter a domain such as example.org."))
        return domain

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"]
        if "@" in note:
            raise ValidationError(_("Name no e-mail address here."))
        return note


class DomainRuleViewSet(AuditedViewSet):
    """What happens to signatures by the domain of their address, before the public list of disposable ones."""

    model = DomainRule
    icon = "mail"
    menu_label = _("Domains of addresses")
    menu_name = "domain-rules"
    menu_order = 620
    add_to_settings_menu = True
    list_display = ["domain", "verdict", "note"]
    list_filter = ["verdict"]
    search_fields = ["domain", "note"]
    ordering = "domain"

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return DomainRuleForm


domain_rules = DomainRuleViewSet("domain_rules")
