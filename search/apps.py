from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"

    def ready(self) -> None:
        from cms import panels
        from petitions import similar
        from search import receivers  # noqa: F401 - connects its receivers
        from search.engines import alike
        from search.panels import ways_in

        panels.register("home", "ways_in", ways_in, order=40)
        similar.register(alike.find)
