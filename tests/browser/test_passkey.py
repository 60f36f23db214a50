"""A passkey, as staff set it up and sign in with it: Chromium's own, kept by a key that exists in software only."""

import pytest
from playwright.sync_api import Page, expect

from accounts.demo import PASSWORD
from tests.journeys.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.processes]

expect.set_options(timeout=90_000)
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_is_set_up_and_signs_in_without_a_password(page: Page, site: Site) -> None:
    site.manage("create_roles", "--demo-users")
    key = page.context.new_cdp_session(page)
    key.send("WebAuthn.enable")
    key.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    page.goto(f"{site.url}/staff/login/")
    page.locator("[name=username]").fill("auditor")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()

    page.goto(f"{site.url}/staff/second-factor/passkeys/add/")
    page.get_by_label("Name").fill("Telephone")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery Codes")).to_be_visible()

    page.context.clear_cookies()
    page.goto(f"{site.url}/staff/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{site.url}/staff/")
    assert site.value("SELECT count(*) FROM audit_entry WHERE action = 'user.add_passkey'") == 1

    # With the password alone the passkey is asked for.
    page.context.clear_cookies()
    page.goto(f"{site.url}/staff/login/")
    page.locator("[name=username]").fill("auditor")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Use a security key").click()
    page.wait_for_url(f"{site.url}/staff/")
