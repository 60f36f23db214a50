from pathlib import Path
from types import ModuleType

import polib
import pytest

from tests.cms.conftest import load_script


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    return load_script("messages")


def of_python(messages: ModuleType, source: str, is_model: bool = False) -> list[tuple[tuple[str, ...], bool]]:
    return [(tuple(message), staff) for message, staff in messages.from_python(source, is_model=is_model)]


def of_template(messages: ModuleType, source: str) -> list[tuple[str, ...]]:
    return [tuple(message) for message in messages.from_template(source)]


def test_compiled_templates_are_read_as_their_engine_reads_them(messages: ModuleType) -> None:
    source = """{{ _("Opened on %(day)s", day=petition.opened_at|day) }}{% if a %}{{ piece(_('a "b"'), x) }}{% endif %}
    {{ ngettext("%(number)s day", "%(number)s days", n, number=n|number) }}{{ _(variable) }}"""
    assert [tuple(message) for message in messages.from_compiled(source)] == [
        ("", "Opened on %(day)s", ""),
        ("", 'a "b"', ""),
        ("", "%(number)s day", "%(number)s days"),
    ]


def test_python_calls_of_every_kind_are_found(messages: ModuleType) -> None:
    source = """
_("one")
gettext_lazy("two " "joined")
ngettext("%(n)s day", "%(n)s days", n)
pgettext("verb", "sign")
translation.npgettext("verb", "a", "b", 2)
gettext(variable)
other("not this")
"""
    assert [message for message, _staff in of_python(messages, source)] == [
        ("", "one", ""),
        ("", "two joined", ""),
        ("", "%(n)s day", "%(n)s days"),
        ("verb", "sign", ""),
        ("verb", "a", "b"),
    ]


def test_f_string_is_refused(messages: ModuleType) -> None:
    with pytest.raises(messages.Untranslatable, match="line 1"):
        of_python(messages, '_(f"Hello {name}")')


def test_names_of_model_fields_are_for_staff_and_choices_are_not(messages: ModuleType) -> None:
    source = """
class State(TextChoices):
    OPEN = "open", _("open")
class Petition(Model):
    title = CharField(_("title"), help_text=_("help"))
    class Meta:
        verbose_name = _("petition")
"""
    assert of_python(messages, source, is_model=True) == [
        (("", "open", ""), False),
        (("", "title", ""), True),
        (("", "help", ""), True),
        (("", "petition", ""), True),
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('{% translate "Sign" %}', ("", "Sign", "")),
        ('{% translate "Sign" context "verb" as word %}', ("verb", "Sign", "")),
        ('{% button _("Sign (now)") kind="start" %}', ("", "Sign (now)", "")),
        ('{{ value|default:_("None") }}', ("", "None", "")),
        ("{% blocktranslate trimmed with a=b %}\n  Hello\n  {{ a }}\n{% endblocktranslate %}", ("", "Hello %(a)s", "")),
        (
            "{% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}",
            ("", "%(n)s day", "%(n)s days"),
        ),
        ("""{% translate '100% "sure"' %}""", ("", '100%% "sure"', "")),
    ],
)
def test_template_messages_are_found(messages: ModuleType, source: str, expected: tuple[str, ...]) -> None:
    assert of_template(messages, source) == [expected]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project with one public text, one plural and one for staff."""
    room = tmp_path / "room"
    (room / "templates" / "staff").mkdir(parents=True)
    (room / "__init__.py").touch()
    (room / "views.py").write_text('_("Hello %(name)s")\nngettext("%(n)s day", "%(n)s days", n)\n')
    (room / "templates" / "staff" / "list.html").write_text('{% translate "Queue" %}')
    (tmp_path / "locale" / "fr" / "LC_MESSAGES").mkdir(parents=True)
    catalogue(tmp_path).touch()
    return tmp_path


def catalogue(project: Path) -> Path:
    return project / "locale" / "fr" / "LC_MESSAGES" / "django.po"


def run(messages: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(messages, "ROOT", project)
    return messages.main(list(arguments))


def translate(project: Path, **texts: str) -> None:
    po = polib.pofile(catalogue(project))
    for entry in po:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: "%(n)s jour", 1: "%(n)s jours"}
        elif entry.msgid in ("Hello %(name)s",):
            entry.msgstr = texts.get("hello", "Bonjour %(name)s")
    po.save()


def test_translated_catalogue_passes_and_staff_texts_may_wait(
    messages: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(messages, project, monkeypatch) == 1
    translate(project)
    assert run(messages, project, monkeypatch) == 0
    assert run(messages, project, monkeypatch, "--check") == 0
    compiled = polib.mofile(catalogue(project).with_suffix(".mo"))
    assert {entry.msgid: entry.msgstr for entry in compiled}["Hello %(name)s"] == "Bonjour %(name)s"


def test_new_public_text_fails_the_check_and_keeps_the_others(
    messages: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(messages, project, monkeypatch)
    translate(project)
    run(messages, project, monkeypatch)
    with (project / "room" / "views.py").open("a") as file:
        file.write('_("Goodbye")\n')
    capsys.readouterr()
    assert run(messages, project, monkeypatch, "--check") == 1
    said = capsys.readouterr().err
    assert "behind the source" in said
    assert "not translated: 'Goodbye'" in said
    assert "Hello" not in said


def test_wrong_placeholder_fails(
    messages: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(messages, project, monkeypatch)
    translate(project, hello="Bonjour %(nom)s")
    assert run(messages, project, monkeypatch) == 1
    assert "placeholders differ" in capsys.readouterr().err


def test_stale_compiled_catalogue_fails(messages: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(messages, project, monkeypatch)
    translate(project)
    run(messages, project, monkeypatch)
    catalogue(project).with_suffix(".mo").write_bytes(b"old")
    assert run(messages, project, monkeypatch, "--check") == 1
