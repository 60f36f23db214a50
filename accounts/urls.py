"""Addresses of the staff's side that are there before anybody is signed in. They come before Wagtail's own."""

from django.urls import include, path
from wagtail.admin.views.account import LogoutView

from accounts.second_factor import URLS
from accounts.views import JoinView, StaffLoginView

sign_in, sign_out = StaffLoginView.as_view(), LogoutView.as_view()

urlpatterns = [
    # Each under Wagtail's name and under allauth's.
    path("login/", sign_in, name="wagtailadmin_login"),
    path("login/", sign_in, name="account_login"),
    path("logout/", sign_out, name="wagtailadmin_logout"),
    path("logout/", sign_out, name="account_logout"),
    path("join/<str:token>/", JoinView.as_view(), name="staff_join"),
    path("second-factor/", include(URLS)),
]
