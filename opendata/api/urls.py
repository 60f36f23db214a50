"""Addresses of the API, which are the same in every language. Its page has one in each: `opendata.page_urls`."""

from opendata.api.site import urls

app_name = "api"

urlpatterns = list(urls())
