from django.urls import include, path

from opendata import heads, sitemaps

app_name = "opendata"

urlpatterns = [
    path("", include("opendata.uk.urls")),
    path("", include("opendata.dumps.urls")),
    path("api/", include("opendata.api.urls")),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/pages.xml", sitemaps.pages, name="sitemap_pages"),
    path("sitemaps/petitions-<int:number>.xml", sitemaps.petitions, name="sitemap_petitions"),
    path("audit/heads.json", heads.audit_heads, name="audit_heads"),
]
