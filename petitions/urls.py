from django.urls import path

from petitions import views

app_name = "petitions"

urlpatterns = [
    path("petitions/new/", views.new, name="new"),
    path("petitions/new/<slug:secret>/<slug:step>/", views.draft_step, name="draft"),
    path("petitions/<int:petition_id>/", views.detail, name="detail"),
    path("petitions/<int:petition_id>/report/", views.report, name="report"),
    path("petitions/<int:petition_id>/report/thanks/", views.reported, name="reported"),
]
