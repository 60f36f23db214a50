"""Feeds speak, so each language has its own; they stand beside the pages that they are the feeds of."""

from django.urls import path

from opendata import feeds

app_name = "feeds"

urlpatterns = [
    path("petitions.atom", feeds.petitions, name="petitions"),
    path("petitions/<int:petition_id>.atom", feeds.petition, name="petition"),
    path("answers.atom", feeds.newest_answers, name="answers"),
    path("tracker.atom", feeds.owed, name="owed"),
]
