"""The site's addresses as the demo has them."""

from django.urls import include, path

from config.urls import handler404, urlpatterns

__all__ = ["handler404"]

urlpatterns = [path("demo/mail/", include("mailing.demo_urls")), *urlpatterns]
