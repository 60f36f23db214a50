from django.urls import path

from opendata import views

app_name = "opendata"

urlpatterns = [
    path("petitions.json", views.petition_list, name="petitions"),
    path("petitions/<str:number>.json", views.petition_document, name="petition"),
    path("petitions/<str:number>/count.json", views.petition_count, name="count"),
    path("petitions/<str:number>/history.json", views.petition_history, name="history"),
    path("audit/heads.json", views.audit_heads, name="audit_heads"),
]
