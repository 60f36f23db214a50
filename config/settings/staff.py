"""The staff's side: passwords, second factors and Wagtail. Part of `config.settings.base`."""

from urllib.parse import urlsplit
from zoneinfo import available_timezones

from config.settings import environment as given

# Wagtail's editor writes inline initialisers and previews pages in a frame of its own (Wagtail issue 1288).
STAFF_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; frame-src 'self'; frame-ancestors 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'"
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "accounts.alerts.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- Staff sign in with a name, a password and a second factor (allauth); nobody signs up (decision 0107)
STAFF_SECOND_FACTOR = True  # required; only the demo lets staff in without one
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False  # those forget with Redis: guesses are counted in PostgreSQL
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "accounts.second_factor.CodeForm",
    "reauthenticate": "accounts.second_factor.CodeAgainForm",
    "authenticate_webauthn": "accounts.credentials.CredentialAtTheDoor",
    "login_webauthn": "accounts.credentials.CredentialAlone",
    "reauthenticate_webauthn": "accounts.credentials.CredentialAgain",
    "add_webauthn": "accounts.credentials.NewCredential",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1  # half-minutes by which a telephone's clock may differ
MFA_TOTP_ISSUER = given.SITE_NAME

# --- Wagtail
WAGTAIL_SITE_NAME = given.SITE_NAME
WAGTAILADMIN_BASE_URL = (
    f"{urlsplit(given.BASE_URL).scheme}://{given.STAFF_HOST}" if given.STAFF_HOST else given.BASE_URL
)
WAGTAIL_I18N_ENABLED = False
# Without what some systems list beside the zones: browsers know no "localtime".
WAGTAIL_USER_TIME_ZONES = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAIL_FINISH_WORKFLOW_ACTION = "config.workflow.finish"  # calls responses.services.publication
WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "ods", "pdf", "txt", "xlsx"]
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []  # every document is a download, PDF too
WAGTAILDOCS_DOCUMENT_FORM_BASE = "responses.staff.files.DocumentForm"
# Stock reset mails bypass the outbox, know no limit and take longer for names that exist. Administrators set passwords.
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False  # accounts.account has a panel that counts guesses
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # no third party hears of our staff
