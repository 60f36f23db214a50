"""The moderators' screens in Wagtail's admin."""
