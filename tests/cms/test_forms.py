import re

import pytest
from django import forms
from django.template import Context, Template

from cms.forms import PlainTextField, PublicForm


class Sample(PublicForm):
    name = forms.CharField(label="Your name", max_length=100, help_text="As <you> sign")
    ask = PlainTextField(label="Ask", max_length=5, widget=forms.Textarea(attrs={"data-count": 5}))
    why = forms.ChoiceField(label="Why", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    topics = forms.MultipleChoiceField(
        label="Topics", choices=[("h", "Health")], required=False, widget=forms.CheckboxSelectMultiple
    )
    agree = forms.BooleanField(label="I agree")


GOOD = {"name": "Ada", "ask": "a\r\nb", "why": "a", "agree": "on"}


def render(
    form: PublicForm, source: str = "{% error_summary form %}{% for f in form %}{% field f %}{% endfor %}"
) -> str:
    return Template("{% load components %}" + source).render(Context({"form": form}))


def ids(html: str) -> set[str]:
    return set(re.findall(r' id="([^"]+)"', html))


def test_every_error_in_the_summary_leads_to_its_field() -> None:
    html = render(Sample({}))
    targets = re.findall(r'<a href="#([^"]+)">', html)
    assert targets == ["id_name", "id_ask", "id_why_0", "id_agree"]
    assert set(targets) <= ids(html)
    assert html.index("There is a problem") < html.index("Your name")


def test_form_without_errors_has_no_summary() -> None:
    assert "There is a problem" not in render(Sample(GOOD))
    assert "There is a problem" not in render(Sample())


def test_everything_that_describes_a_field_exists() -> None:
    html = render(Sample({"name": "x" * 101, "ask": "too long"}))
    described = [one for many in re.findall(r'aria-describedby="([^"]+)"', html) for one in many.split()]
    assert set(described) <= ids(html)
    assert {"id_name-hint", "id_name-error", "id_ask-count", "id_ask-error", "id_why-error"} <= set(described)
    assert len(re.findall(r'aria-invalid="true"', html)) >= 2


def test_labels_belong_to_their_controls() -> None:
    html = render(Sample())
    assert set(re.findall(r'<label[^>]* for="([^"]+)"', html)) <= ids(html)


def test_what_was_typed_is_kept_and_escaped() -> None:
    html = render(Sample({"name": '"><script>', "ask": "<b>"}))
    assert "&quot;&gt;&lt;script&gt;" in html
    assert "<script>" not in html
    assert "As &lt;you&gt; sign" in html


def test_empty_fields_say_which_and_what_to_do() -> None:
    messages = [problem.message for problem in Sample({}).problems()]
    assert messages == ["Fill in “Your name”", "Fill in “Ask”", "Choose an answer: “Why”", "Tick “I agree” to go on"]


def test_optional_questions_say_so() -> None:
    html = render(Sample())
    assert "Topics (optional)" in html
    assert "Your name (optional)" not in html


def test_form_whose_fields_depend_on_each_other_leaves_it_out() -> None:
    class Either(Sample):
        marks_optional = False

    assert "(optional)" not in render(Either())


def test_browser_never_cuts_off_what_is_pasted() -> None:
    html = render(Sample())
    assert "maxlength" not in html
    assert not re.search(r"<(input|textarea)[^>]* required", html)


def test_line_break_counts_once_and_accents_are_composed() -> None:
    form = Sample({**GOOD, "ask": "a\r\nb\r\ne\u0301"})
    assert form.is_valid()
    assert form.cleaned_data["ask"] == "a\nb\n\u00e9"


def test_one_question_page_has_the_label_as_its_heading() -> None:
    assert re.search(r"<h1[^>]*><label", render(Sample(), "{% field form.name heading=True %}"))
    assert re.search(r"<legend[^>]*><h1", render(Sample(), "{% field form.why heading=True %}"))


def test_staff_forms_keep_their_own_markup() -> None:
    class Staff(forms.Form):
        name = forms.CharField()

    assert "govuk" not in Staff({}).as_p()


@pytest.mark.parametrize("name", ["name", "ask", "why", "agree"])
def test_null_byte_is_an_error_beside_the_field(name: str) -> None:
    assert name in Sample({**GOOD, name: "a\x00"}).errors or name == "agree"
