"""Files of dumps: each under the name of its dump, those of the newest under ``latest`` as well."""

from django.urls import path

from opendata.dumps import views

urlpatterns = [
    path("data/latest/<str:name>", views.latest, name="latest_file"),
    path("data/<str:dump>/<str:name>", views.one, name="dump_file"),
]
