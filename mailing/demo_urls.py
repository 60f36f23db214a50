from django.urls import path

from mailing import demo_views

app_name = "demo_mail"

urlpatterns = [
    path("", demo_views.mails, name="list"),
    path("<slug:name>/", demo_views.mail, name="mail"),
]
