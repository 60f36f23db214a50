from django.apps import AppConfig


class PetitionsConfig(AppConfig):
    name = "petitions"

    def ready(self) -> None:
        from cms import panels
        from mailing import kinds
        from mailing.models import Priority
        from petitions import staff_mail
        from petitions.panels import most_signed, notice, reasons

        kinds.register(staff_mail.WAITING, priority=Priority.PERSONAL, build=staff_mail.build)
        panels.register("home", "most_signed", most_signed, order=10)
        panels.register("notice", "site", notice)
        panels.register("reasons", "list", reasons)
