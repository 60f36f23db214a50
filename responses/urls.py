"""Public addresses of this room, in each language. Answers have theirs from the CMS."""

from django.urls import path

from responses import contribute_views, views

app_name = "responses"

urlpatterns = [
    path("answers/<slug:slug>/card/<slug:digest>.png", views.answer_card, name="answer_card"),
    path("tracker/", views.tracker, name="tracker"),
    path("contribute/<token>/", contribute_views.contribute, name="contribute"),
]
