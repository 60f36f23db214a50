from django.apps import AppConfig


class SignaturesConfig(AppConfig):
    name = "signatures"

    def ready(self) -> None:
        from signatures import letters, mailboxes, receivers  # noqa: F401

        letters.register()
        mailboxes.register()
