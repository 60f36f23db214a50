"""The demo on one's own machine: addresses of this machine only, mail into a folder. Also the default of manage.py."""

import hashlib
import warnings
from pathlib import Path
from secrets import token_hex

from config.settings.base import *  # noqa: F403
from config.settings.base import REDRESS_KEYS, SECRET_KEY, STATE_DIR
from config.settings.environment import EMAIL_URL

DEMO = True
STAFF_SECOND_FACTOR = False  # may be set up, and is asked for then
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
# Trying the demo as root is fine; a production worker is warned all the same.
warnings.filterwarnings("ignore", message="You're running the worker with superuser")
REDRESS_KEYS = REDRESS_KEYS or str(STATE_DIR / "keys")
if not SECRET_KEY:
    # As secret as the key file and as lasting, without another file to keep.
    keys = Path(REDRESS_KEYS)
    SECRET_KEY = hashlib.sha256(b"redress demo" + keys.read_bytes()).hexdigest() if keys.exists() else token_hex()
ALLOWED_HOSTS = ["*"]
if not EMAIL_URL:
    MAIL_FOLDER = STATE_DIR / "mail"
    EMAIL_BACKEND = "mailing.backends.FolderBackend"
