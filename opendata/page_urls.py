"""Pages about open data, in each language. Data itself has one address for all."""

from django.urls import path

from opendata.api import pages as api
from opendata.dumps import views as dumps

app_name = "open_data"

urlpatterns = [
    path("data/", dumps.page, name="data"),
    path("api/docs/", api.documentation, name="api"),
]
