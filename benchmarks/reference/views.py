"""An empty view, and one that stores a form with one INSERT: what Python, Django and the server cost before us."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

INSERT = """
INSERT INTO bench_bare (petition_id, email, name, postcode) VALUES (%s, %s, %s, %s)
ON CONFLICT (petition_id, email) DO NOTHING
"""


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"ok")


def insert(request: HttpRequest, petition_id: int) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [petition_id, request.POST["email"], request.POST["name"], request.POST["postcode"]])
    return HttpResponse(b"ok")


urlpatterns = [path("empty/", empty), path("insert/<int:petition_id>/", insert)]
