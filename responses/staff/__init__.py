"""The screens of those who answer, inside Wagtail's admin."""
