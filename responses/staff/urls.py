"""Addresses of this room's screens, below Wagtail's."""

from django.urls import path

from responses.staff import batches, gathering_views, overview_screen, presence, review_views, saved, views
from responses.staff.absences import AbsencesView
from responses.staff.asked import AskedView
from responses.staff.opening import OpenView
from responses.staff.rules import TryRuleView

app_name = "cases"

urlpatterns = [
    path("absences/", AbsencesView.as_view(), name="absences"),
    path("asked/", AskedView.as_view(), name="asked"),
    path("overview/", overview_screen.OverviewView.as_view(), name="overview"),
    path("filters/", saved.SaveView.as_view(), name="filters"),
    path("filters/<int:pk>/", saved.OpenView.as_view(), name="filter"),
    path("batches/new/", batches.BatchNewView.as_view(), name="batch_new"),
    path("batches/<int:pk>/", batches.BatchView.as_view(), name="batch"),
    path("<int:pk>/", views.CaseView.as_view(), name="detail"),
    path("<int:pk>/write/", views.WriteView.as_view(), name="write"),
    path("<int:pk>/presence/", presence.PresenceView.as_view(), name="presence"),
    path("<int:pk>/preview/<slug:language>/", views.PreviewView.as_view(), name="preview"),
    path("<int:pk>/<slug:act>/", views.ActView.as_view(), name="act"),
    path(
        "<int:pk>/questions/<int:contribution_id>/withdraw/",
        gathering_views.WithdrawView.as_view(),
        name="withdraw_question",
    ),
    path("<int:pk>/attachments/<int:attachment_id>/", gathering_views.AttachmentView.as_view(), name="attachment"),
    path("reviews/<int:task_state_id>/", review_views.ReviewView.as_view(), name="review"),
    path("open/", OpenView.as_view(), name="open"),
    path("rules/try/", TryRuleView.as_view(), name="try_rule"),
    path("desk/", views.DeskView.as_view(), name="desk"),
]
