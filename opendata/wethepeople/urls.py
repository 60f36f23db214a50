"""Under ``/v1/``. What follows the point names the format; without one it is JSON."""

from django.urls import path, re_path

from opendata.wethepeople import views

app_name = "wethepeople"

_FORM = r"(?:\.(?P<form>[A-Za-z0-9]{1,10}))?\Z"
_NUMBER = r"(?P<number>[^/.]{1,60})"

urlpatterns = [
    re_path(rf"^petitions{_FORM}", views.petition_list, name="petitions"),
    re_path(rf"^petitions/{_NUMBER}{_FORM}", views.petition, name="petition"),
    re_path(rf"^petitions/{_NUMBER}/signatures{_FORM}", views.petition_signatures, name="petition_signatures"),
    re_path(rf"^responses{_FORM}", views.response_list, name="responses"),
    re_path(rf"^responses/{_NUMBER}{_FORM}", views.response, name="response"),
    re_path(rf"^signatures{_FORM}", views.sign, name="sign"),
    re_path(rf"^validations{_FORM}", views.validation_list, name="validations"),
    path("<path:anything>", views.nothing),
    path("", views.nothing),
]
