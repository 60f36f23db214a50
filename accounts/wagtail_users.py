from wagtail.users.apps import WagtailUsersAppConfig


class StaffUsersConfig(WagtailUsersAppConfig):
    """Wagtail's users app with our own screens."""

    user_viewset = "accounts.viewsets.StaffViewSet"
