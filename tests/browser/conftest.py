"""Pages as a browser shows them: Chromium against a server in this process."""

import os

# Playwright keeps an event loop in the test's thread, where Django would refuse to ask the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
