"""The demo on one's own machine: addresses of this machine only, mail into a folder. Also the default of manage.py."""

import hashlib
import warnings

from config.settings.base import *  # noqa: F403
from config.settings.base import REDRESS_KEYS, SECRET_KEY, STATE_DIR
from config.settings.environment import EMAIL_URL

DEMO = True
# Trying the demo as root is fine; a production worker is warned all the same.
warnings.filterwarnings("ignore", message="You're running the worker with superuser")
REDRESS_KEYS = REDRESS_KEYS or str(STATE_DIR / "keys")
# Known to nobody else and the same at each start, without another file to keep: it comes from the place of the clone.
SECRET_KEY = SECRET_KEY or hashlib.sha256(f"redress demo {STATE_DIR}".encode()).hexdigest()
ALLOWED_HOSTS = ["*"]
if not EMAIL_URL:
    MAIL_FOLDER = STATE_DIR / "mail"
    EMAIL_BACKEND = "mailing.backends.FolderBackend"
