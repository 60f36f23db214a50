from django.urls import path

from search import archive, regions, topics, views

app_name = "search"

urlpatterns = [
    path("petitions/", views.petitions, name="petitions"),
    path("search/", views.everything, name="everything"),
    path("search/suggestions.json", views.suggestions, name="suggestions"),
    path("petitions/archive/", archive.years, name="archive"),
    path("petitions/archive/<int:year>/<int:month>/", archive.month, name="archive_month"),
    path("topics/", topics.every, name="topics"),
    path("topics/<slug:code>/", topics.one, name="topic"),
    path("regions/", regions.choice, name="regions"),
    path("regions/<str:code>/", regions.one, name="region"),
]
