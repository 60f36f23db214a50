from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import alerts, links
        from mailing import kinds
        from mailing.models import Priority

        kinds.register(links.KIND, priority=Priority.PERSONAL, build=links.build)
        kinds.register(alerts.KIND, priority=Priority.PERSONAL, build=alerts.build)
