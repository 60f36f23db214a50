from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResponsesConfig(AppConfig):
    name = "responses"
    verbose_name = _("Answers")

    def ready(self) -> None:
        from cms import panels as public_panels
        from mailing import kinds
        from mailing.models import Priority
        from responses import panels, receivers  # noqa: F401 - connects its receivers
        from responses.services import asking_mail, digests, gathering, notices

        kinds.register(notices.KIND, priority=Priority.PERSONAL, build=notices.build)
        kinds.register(digests.KIND, priority=Priority.PERSONAL, build=digests.build)
        kinds.register(gathering.KIND, priority=Priority.PERSONAL, build=asking_mail.build)
        public_panels.register("home", "answers_owed", panels.answers_owed, order=20)
        public_panels.register("home", "recently_answered", panels.recently_answered, order=30)
