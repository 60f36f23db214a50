"""docker-compose.yml and what it brings up. No engine runs here: they are held to their schema and to each other."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from petitions.networks import ALLOWED_FACTOR

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
NGINX = (ROOT / "compose" / "nginx.conf.template").read_text()
SERVICES = {"web", "worker", "beat", "postgres", "redis", "elasticsearch", "mail", "proxy"}


def test_the_compose_file_holds_to_the_compose_specification() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout


def test_every_part_is_there_and_has_a_health_check() -> None:
    assert COMPOSE["services"].keys() >= SERVICES
    without = [name for name in SERVICES if "test" not in COMPOSE["services"][name].get("healthcheck", {})]
    assert without == []


def test_every_file_and_volume_that_is_named_exists() -> None:
    for service in COMPOSE["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./"):
                assert (ROOT / source).exists(), source
            elif not source.startswith("$"):
                assert source in COMPOSE["volumes"]


def test_whatever_production_demands_is_passed_on() -> None:
    source = (ROOT / "config" / "settings" / "production.py").read_text()
    demanded = re.findall(r'"([A-Z_]+)"', source[source.index("REQUIRED") : source.index("missing =")])
    assert len(demanded) == 8
    for name in ("web", "worker", "beat", "migrate"):
        assert set(demanded) <= COMPOSE["services"][name]["environment"].keys()


def test_whatever_an_operator_may_set_is_passed_on() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| ", (ROOT / "docs" / "operations.md").read_text(), re.MULTILINE)
    own = {"DJANGO_SETTINGS_MODULE", "REDRESS_STATE", "STATIC_ROOT", "MEDIA_ROOT", "DUMPS_ROOT", "LOG_FOLDER"}
    own |= {"HOST", "PORT", "REDRESS_ROLE", "TEST_DATABASE_NAME", "WORKER_CONCURRENCY"}  # the last in a command
    assert rows
    assert set(rows) - own <= COMPOSE["services"]["web"]["environment"].keys()
    assert "${WORKER_CONCURRENCY:-2}" in COMPOSE["services"]["worker"]["command"]


def test_a_command_run_in_the_web_container_has_all_the_time_it_needs() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    assert 'manage() { docker compose run --rm web python manage.py "$@"; }' in page
    assert "REDRESS_ROLE" not in COMPOSE["services"]["web"]["environment"]
    assert 'os.environ["REDRESS_ROLE"] = "web"' in (ROOT / "config" / "wsgi.py").read_text()


def test_the_key_file_is_made_and_copied_where_the_containers_look_for_it() -> None:
    page = (ROOT / "docs" / "operations.md").read_text().partition("### With containers")[2].partition("\n## ")[0]
    keys = COMPOSE["services"]["web"]["environment"]["REDRESS_KEYS"]
    assert f"keys:{Path(keys).parent}" in COMPOSE["services"]["web"]["volumes"]
    assert "docker compose run --rm --no-deps web python manage.py make_keys" in page
    assert f"cat {keys}" in page
    assert "compose/keys" not in page


def test_whatever_has_no_default_is_in_the_example_of_env() -> None:
    needed = set(re.findall(r"\$\{([A-Z_]+):\?", (ROOT / "docker-compose.yml").read_text()))
    example = set(re.findall(r"^([A-Z_]+)=", (ROOT / "compose" / "env.example").read_text(), re.MULTILINE))
    assert needed
    assert needed <= example


def test_the_image_installs_from_the_lock_and_serves_as_the_procfile_does() -> None:
    image = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes -r requirements/run.lock" in image
    assert "USER redress" in image
    served = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web:"))
    for option in ("--interface wsgi", "--no-ws", "--respawn-failed-workers", "config.wsgi:application"):
        assert option in served
        assert option in image


def logged(path: str) -> str:
    """What nginx's map makes of a path."""
    table = re.search(r"map \$uri \$logged_path \{(.*?)\n\}", NGINX, re.DOTALL)
    assert table
    for pattern, result in re.findall(r"^\s+~(\S+)\s+(\S+);$", table[1], re.MULTILINE):
        found = re.match(pattern.replace("(?<", "(?P<"), path)
        if found:
            return result.replace("$kept", found["kept"])
    return path


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/confirm/SECRET/", "/confirm/***"),
        ("/fr/unsubscribe/SECRET/", "/fr/unsubscribe/***"),
        ("/creator/SECRET/", "/creator/***"),
        ("/rate/SECRET/", "/rate/***"),
        ("/staff/join/SECRET/", "/staff/join/***"),
        ("/mailbox/SECRET/", "/mailbox/***"),
        ("/contribute/SECRET/", "/contribute/***"),
        ("/petitions/new/SECRET/title/", "/petitions/new/***"),
        ("/ar/petitions/1000001/support/SECRET/", "/ar/petitions/1000001/support/***"),
        ("/petitions/1000001/", "/petitions/1000001/"),
        ("/petitions/", "/petitions/"),
        ("/answers/an-answer/", "/answers/an-answer/"),
    ],
)
def test_the_proxy_logs_no_token(path: str, kept: str) -> None:
    assert logged(path) == kept
    assert "$request_uri" not in re.findall(r"log_format[^;]+;", NGINX)[0]
    assert "$args" not in re.findall(r"log_format[^;]+;", NGINX)[0]


def test_every_name_in_the_proxys_template_is_filled_in_by_compose_and_by_the_operators_page() -> None:
    names = set(re.findall(r"\$\{([A-Z_]+)\}", NGINX))
    assert names == COMPOSE["services"]["proxy"]["environment"].keys()
    filled = re.search(r"envsubst '([^']+)'", (ROOT / "docs" / "operations.md").read_text())
    assert filled
    assert {name.removeprefix("$") for name in filled[1].split()} == names


def test_the_proxy_replaces_what_callers_say_about_themselves() -> None:
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX
    assert 'proxy_set_header Forwarded "";' in NGINX


def limited(path: str) -> str:
    """The zone by which nginx limits POSTs to this path: of the first location whose pattern fits, else the longest."""
    places = re.findall(r"    location (~ )?(\S+) \{\n(.*?)\n    \}", NGINX.partition("listen 443")[2], re.DOTALL)
    patterns = [body for is_pattern, place, body in places if is_pattern and re.search(place, path)]
    plain = sorted((place, body) for is_pattern, place, body in places if not is_pattern and path.startswith(place))
    found = re.search(r"limit_req zone=(\w+)", patterns[0] if patterns else plain[-1][1])
    return found[1] if found else ""


@pytest.mark.parametrize(
    ("path", "zone"),
    [
        ("/petitions/1000001/sign/", "signers"),
        ("/fr/petitions/1000001/sign/code/", "signers"),
        ("/petitions/1000001/support/SECRET/", "signers"),
        ("/ar/confirm/SECRET/", "signers"),
        ("/unsubscribe/SECRET/", "signers"),
        ("/hooks/mail/postmark/", "partners"),
        ("/v1/signatures.json", "partners"),
        ("/petitions/new/", "posts"),
        ("/petitions/1000001/report/", "posts"),
        ("/creator/", "posts"),
        ("/mailbox/", "posts"),
        ("/staff/login/", "posts"),
        ("/staff/", ""),
    ],
)
def test_the_proxy_leaves_signing_to_the_closer_limits_of_the_application(path: str, zone: str) -> None:
    assert limited(path) == zone


def test_the_proxy_lets_a_school_pass_that_staff_have_allowed() -> None:
    requests = 4 * 10 * ALLOWED_FACTOR  # form and button, seen and sent, of as many as may sign at once
    rate, burst = re.search(r"zone=signers:\w+ rate=(\d+)r/s", NGINX), re.search(r"zone=signers burst=(\d+)", NGINX)
    assert rate
    assert burst
    assert int(burst[1]) >= requests
    assert int(rate[1]) * 60 >= requests
