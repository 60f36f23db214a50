from django.apps import AppConfig


class SignaturesConfig(AppConfig):
    name = "signatures"

    def ready(self) -> None:
        from mailing import kinds
        from mailing.models import Priority
        from signatures import drift_mail, following, letters, mailboxes, receivers, resuming  # noqa: F401

        letters.register()
        kinds.register(drift_mail.DRIFT, priority=Priority.PERSONAL, build=drift_mail.build)
        mailboxes.register()
        resuming.register()
        following.register()
