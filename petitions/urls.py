from django.urls import path

from petitions import creating, feedback, sharing, views

app_name = "petitions"

urlpatterns = [
    path("card.png", sharing.site_card, name="site_card"),
    path("feedback/", feedback.give, name="feedback"),
    path("feedback/thanks/", feedback.given, name="feedback_given"),
    path("petitions/new/", creating.new, name="new"),
    path("petitions/new/<slug:token>/", creating.resume, name="resume"),
    path("petitions/new/<slug:token>/<slug:step>/", creating.draft_step, name="draft"),
    path("petitions/<int:petition_id>/", views.detail, name="detail"),
    path("petitions/<int:petition_id>/share/", sharing.share, name="share"),
    path("petitions/<int:petition_id>/poster/", sharing.poster, name="poster"),
    path("petitions/<int:petition_id>/embed/", sharing.embed, name="embed"),
    path("petitions/<int:petition_id>/qr.svg", sharing.qr, name="qr"),
    path("petitions/<int:petition_id>/card/<slug:digest>.png", sharing.card, name="card"),
    path("petitions/<int:petition_id>/report/", views.report, name="report"),
    path("petitions/<int:petition_id>/report/thanks/", views.reported, name="reported"),
]
