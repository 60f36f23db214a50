"""The form behind the screen on which editors set the face of the site."""

from typing import Any

from django.db import transaction
from wagtail.admin.forms import WagtailAdminModelForm

import audit.services


class FaceForm(WagtailAdminModelForm):
    """Leaves one entry in the audit log, with old and new values, for whatever changed."""

    def save(self, commit: bool = True) -> Any:
        before = _values(type(self.instance).objects.filter(pk=self.instance.pk).first())
        with transaction.atomic():
            face = super().save(commit)
            after = _values(type(face).objects.get(pk=face.pk))
            transaction.on_commit(_forget)
            changed = {name: [before.get(name), now] for name, now in after.items() if before.get(name) != now}
            changed |= {name: [was, None] for name, was in before.items() if name not in after}
            if changed:
                audit.services.record(
                    action="face.change",
                    subject_kind="face",
                    subject_id=face.pk,
                    actor_id=self.for_user.pk if self.for_user else None,
                    details={"changed": changed},
                )
        return face


def _forget() -> None:
    from cms import face  # reads the model that has this form

    face.forget()


def _values(face: Any) -> dict[str, Any]:
    if face is None:
        return {}
    own = {name: getattr(face, name) for name in ("brand", "accent", "bar", "logo_id", "names_sources")}
    return own | {f"text_{text.language}": text.plain() for text in face.texts.all()}
