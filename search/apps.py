from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"

    def ready(self) -> None:
        from cms import panels
        from search.panels import ways_in

        panels.register("home", "ways_in", ways_in, order=40)
