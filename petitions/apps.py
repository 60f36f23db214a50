from django.apps import AppConfig


class PetitionsConfig(AppConfig):
    name = "petitions"

    def ready(self) -> None:
        from mailing import kinds
        from mailing.models import Priority
        from petitions import staff_mail

        kinds.register(staff_mail.WAITING, priority=Priority.PERSONAL, build=staff_mail.build)
