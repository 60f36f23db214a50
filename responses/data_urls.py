"""Addresses of data, which has one address for all languages."""

from django.urls import path

from responses import views

urlpatterns = [
    path("tracker.json", views.tracker_json, name="tracker_json"),
    path("tracker.csv", views.tracker_csv, name="tracker_csv"),
    path("tracker/departments.csv", views.departments_csv, name="tracker_departments_csv"),
    path("tracker/months.csv", views.months_csv, name="tracker_months_csv"),
]
