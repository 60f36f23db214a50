"""The addresses of the UK Parliament's petitions API. Numbers come as any text: what is none is answered with 400."""

from django.urls import path, re_path

from opendata.uk import archive, places, views

# Whatever has an address here has it in no other form. Feeds have theirs elsewhere (opendata.feed_urls).
FORMS = r"\.(?!atom$)[A-Za-z0-9]{1,12}"
DOCUMENTS = r"(?:archived/)?petitions(?:/\d+(?:/(?:count|history))?|/local/[\w-]+(?:/all)?)?"
OTHERS = r"topics|trending|constituencies|parliaments(?:/[\w-]+(?:/constituencies)?)?"

urlpatterns = [
    path("petitions.json", views.petition_list, name="petitions"),
    path("petitions.csv", views.petition_table, name="petitions_csv"),
    path("petitions/<str:number>.json", views.petition_document, name="petition"),
    path("petitions/<str:number>/count.json", views.petition_count, name="count"),
    path("petitions/<str:number>/history.json", views.petition_history, name="history"),
    path("petitions/local/<str:slug>.json", places.local, name="local"),
    path("petitions/local/<str:slug>/all.json", places.local, {"every": True}, name="local_all"),
    path("petitions/local/<str:slug>.csv", places.local_table, name="local_csv"),
    path("petitions/local/<str:slug>/all.csv", places.local_table, {"every": True}, name="local_all_csv"),
    path("archived/petitions.json", archive.petition_list, name="archived"),
    path("archived/petitions.csv", archive.petition_table, name="archived_csv"),
    path("archived/petitions/<str:number>.json", archive.petition_document, name="archived_petition"),
    path("topics.json", views.topics, name="topics"),
    path("trending.json", views.trending, name="trending"),
    path("constituencies.json", places.constituencies, name="constituencies"),
    path("parliaments.json", places.parliaments, name="parliaments"),
    path("parliaments/<str:period>.json", places.parliament, name="parliament"),
    path(
        "parliaments/<str:period>/constituencies.json",
        places.constituencies_of_parliament,
        name="parliament_constituencies",
    ),
    re_path(rf"^(?:{DOCUMENTS}|{OTHERS}){FORMS}$", views.not_acceptable),
]
