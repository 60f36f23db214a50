"""Public addresses of this room, in each language. Answers have theirs from the CMS."""

from django.urls import path

from responses import views

app_name = "responses"

urlpatterns = [path("tracker/", views.tracker, name="tracker")]
