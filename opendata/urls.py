from django.urls import path

from opendata import sitemaps, views

app_name = "opendata"

urlpatterns = [
    path("petitions.json", views.petition_list, name="petitions"),
    path("petitions/<str:number>.json", views.petition_document, name="petition"),
    path("petitions/<str:number>/count.json", views.petition_count, name="count"),
    path("petitions/<str:number>/history.json", views.petition_history, name="history"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/pages.xml", sitemaps.pages, name="sitemap_pages"),
    path("sitemaps/petitions-<int:number>.xml", sitemaps.petitions, name="sitemap_petitions"),
    path("audit/heads.json", views.audit_heads, name="audit_heads"),
]
