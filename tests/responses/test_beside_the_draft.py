"""What stands beside a draft, and what becomes of it in the text: sources stay with words, gaps are not handed in."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Department, User
from accounts.permissions import NotAllowed
from petitions.services import Refused
from responses import clearance, earlier, parts, placeholders, readability, selectors, services
from responses.models import AnswerPage, AnswerText, Case, Quotation, SavedText
from responses.plain import plain_text
from responses.services import gathering, quoting
from responses.staff.beside import beside
from tests.responses.people import NOW, approve_all

pytestmark = pytest.mark.django_db

Staff = dict[str, User]
Write = Callable[..., AnswerPage]


def draft_of(case: Case) -> AnswerPage:
    return AnswerPage.objects.get(case=case).get_latest_revision_as_object()


def body_of(case: Case, language: str = "en") -> list[tuple[str, object]]:
    return [(block.block_type, block.value) for block in draft_of(case).text_in(language).body]


def insert(case: Case, actor: User, kind: str, source_id: int, language: str = "en") -> Quotation:
    return quoting.insert(
        case_id=case.pk, actor=actor, kind=kind, source_id=source_id, language=language, now=NOW + timedelta(days=2)
    )


@pytest.fixture
def other(make_case: Callable[..., Case]) -> Case:
    """Another case, about another bridge."""
    return make_case(title="Mend the old bridge at the mill")


def correct(case: Case, staff: Staff, write: Write, now: datetime) -> None:
    """The published answer, corrected through the gate."""
    services.correct(case_id=case.pk, actor=staff["coordinator"], reason={"en": "A date was wrong."}, now=now)
    write(case, summary="The bridge will be mended in June.")
    services.submit(case_id=case.pk, actor=staff["drafter"], now=now)
    approve_all(Case.objects.get(pk=case.pk), staff, now=now)
    services.publish(case_id=case.pk, actor=staff["publisher"], now=now)


# --- The parts of an answer


def test_a_draft_begins_with_the_parts_of_an_answer_and_is_not_handed_in_with_gaps(case: Case, staff: Staff) -> None:
    page = draft_of(case)
    text = page.texts.first()
    assert [block.block_type for block in text.body] == ["asked", "ask_answered", "next_steps"]
    assert text.body[0].value == "Please mend the bridge."
    text.title, text.summary = "Answer", "Yes."
    page.save_revision(user=staff["drafter"])
    with pytest.raises(Refused, match="something is missing"):
        services.submit(case_id=case.pk, actor=staff["drafter"], now=NOW)
    text.body[1].value["answer"] = parts.RichText("<p>We will mend it by [[month]].</p>")
    text.body[2].value = parts.RichText("<p>Work begins in April.</p>")
    page.save_revision(user=staff["drafter"])
    with pytest.raises(Refused, match=r"double brackets: month\."):
        services.submit(case_id=case.pk, actor=staff["drafter"], now=NOW)
    assert [str(name) for name in parts.missing(text.body)] == ["sources"]


def test_all_parts_are_public_and_bound_by_the_approval(case: Case, staff: Staff) -> None:
    page = draft_of(case)
    text = page.texts.first()
    text.title, text.summary = "Answer", "Yes."
    text.body = [
        ("asked", "Mend it."),
        ("ask_answered", {"ask": "When?", "answer": "<p>In May.</p>"}),
        ("next_steps", "<p>Work begins.</p>"),
        ("sources", [{"title": "Report 7", "url": "https://bridges.example/7"}]),
    ]
    page.save_revision(user=staff["drafter"])
    services.submit(case_id=case.pk, actor=staff["drafter"], now=NOW)
    approve_all(Case.objects.get(pk=case.pk), staff)
    services.publish(case_id=case.pk, actor=staff["publisher"], now=NOW)
    live = AnswerPage.objects.get(case=case)
    shown = Client().get(live.url).content.decode()
    for words in ("What was asked", "Mend it.", "When?", "In May.", "What happens next", "Work begins.", "Report 7"):
        assert words in shown
    assert 'href="https://bridges.example/7" rel="external"' in shown
    assert plain_text(live.texts.first().body) == (
        "Mend it.\n\nWhen?\n\nIn May.\n\nWork begins.\n\n- Report 7 https://bridges.example/7"
    )
    text = live.texts.first()
    text.body[3].value[0]["title"] = "Report 8"
    text.save()
    assert clearance.flaw(AnswerPage.objects.get(pk=live.pk))


# --- Inserting with the source


def test_a_contribution_is_quoted_with_its_office_before_the_closing_parts(case: Case, staff: Staff) -> None:
    agency = gathering.Outside("Bridges Agency", "desk@bridges.example")
    (asked,) = gathering.ask(
        case_id=case.pk, actor=staff["drafter"], question="When?", due_on=NOW.date() + timedelta(days=7),
        outside=[agency], now=NOW,
    )  # fmt: skip
    with pytest.raises(Refused, match="not there"):
        insert(case, staff["drafter"], "contribution", asked.pk)
    gathering.contribute(contribution_id=asked.pk, text="In May.", answered_by="A clerk", now=NOW)
    insert(case, staff["drafter"], "contribution", asked.pk)
    kinds = [kind for kind, _value in body_of(case)]
    assert kinds == ["asked", "ask_answered", "quote", "next_steps"]
    quote = body_of(case)[2][1]
    assert (quote["text"], quote["source"]) == ("In May.", "Bridges Agency, 2 March 2026")
    assert [taken.contribution for taken in selectors.quotations(draft_of(case))] == [asked]


def test_an_earlier_answer_is_found_inserted_and_marked_once_it_was_corrected(
    published: Case, other: Case, staff: Staff, write: Write
) -> None:
    petitions = [link.petition for link in other.links.all()]
    (near,) = earlier.nearest(other, petitions)
    assert near.case_id == published.pk
    insert(other, staff["drafter"], "answer", near.pk)
    blocks = dict(body_of(other))
    assert blocks["quote"]["text"].startswith("The bridge will be mended.")
    assert blocks["sources"][0]["url"].endswith(near.url)
    (taken,) = selectors.quotations(draft_of(other))
    assert not taken.corrected_since
    correct(published, staff, write, NOW + timedelta(days=5))
    (taken,) = selectors.quotations(draft_of(other))
    assert taken.corrected_since
    page = draft_of(other)
    page.texts.first().body.clear()
    page.save_revision(user=staff["drafter"])
    assert not selectors.quotations(draft_of(other))


def test_answers_that_are_not_public_or_have_nothing_in_common_are_not_near(
    cleared: Case, other: Case, make_case: Callable[..., Case], staff: Staff
) -> None:
    petitions = [link.petition for link in other.links.all()]
    assert earlier.nearest(other, petitions) == []
    services.publish(case_id=cleared.pk, actor=staff["publisher"], now=NOW)
    assert len(earlier.nearest(other, petitions)) == 1
    stranger = make_case(title="Ban fireworks", ask="No more noise: it's \\ 'enough' | & !")
    assert earlier.nearest(stranger, [link.petition for link in stranger.links.all()]) == []


def test_a_saved_text_is_filled_in_and_keeps_its_source_and_version(
    published: Case, other: Case, staff: Staff, write: Write
) -> None:
    answer = AnswerPage.objects.get(case=published)
    figure = SavedText.objects.create(
        kind="figure", title="Cost", text="{signatures} people <b> asked {department} about “{petition}” by [[day]].",
        source="Budget 2026", answer=answer, answer_revision=answer.live_revision,
    )  # fmt: skip
    correct(published, staff, write, NOW + timedelta(days=5))
    assert SavedText.objects.get().corrected_since
    insert(other, staff["drafter"], "saved", figure.pk)
    blocks = dict(body_of(other))
    assert "12,000 people &lt;b&gt; asked" in blocks["paragraph"].source
    assert "Mend the old bridge at the mill" in blocks["paragraph"].source
    assert [source["title"] for source in blocks["sources"]] == ["Budget 2026"]
    assert selectors.quotations(draft_of(other))[0].corrected_since
    insert(other, staff["drafter"], "saved", figure.pk)
    assert len(dict(body_of(other))["sources"]) == 1
    assert parts.left_by_hand(draft_of(other).texts.first().body) == ["day", "day"]


def test_only_who_may_write_inserts_and_only_while_the_text_may_change(
    in_review: Case, staff: Staff, published: Case, other: Case
) -> None:
    saved = SavedText.objects.create(kind="template", title="Hello", text="Hello.")
    with pytest.raises(NotAllowed):
        insert(other, staff["approver"], "saved", saved.pk)
    for case, source_id, language in ((published, saved.pk, "en"), (other, saved.pk, "fr"), (other, 0, "en")):
        with pytest.raises(Refused):
            insert(case, staff["drafter"], "saved", source_id, language)
    with pytest.raises(Refused):
        insert(other, staff["drafter"], "anything", saved.pk)
    assert not Quotation.objects.exists()


# --- In the editor


def editor_post(page: AnswerPage, **more: str) -> dict[str, str]:
    """What the editor sends for a page with one text."""
    text = page.texts.first()
    blocks = {
        "texts-0-body-count": "1",
        "texts-0-body-0-deleted": "",
        "texts-0-body-0-order": "0",
        "texts-0-body-0-type": "asked",
        "texts-0-body-0-value": "Typed just now",
        "texts-0-body-0-id": "",
    }
    return {
        "texts-TOTAL_FORMS": "1", "texts-INITIAL_FORMS": "1", "texts-MIN_NUM_FORMS": "1", "texts-MAX_NUM_FORMS": "1000",
        "texts-0-id": str(text.pk), "texts-0-ORDER": "1", "texts-0-DELETE": "", "texts-0-language": "en",
        "texts-0-title": "Typed title", "texts-0-summary": "Typed.", **blocks, "slug": page.slug,
        "search_description": "", "responded_on": "", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0",
        "comments-MIN_NUM_FORMS": "0", "comments-MAX_NUM_FORMS": "", **more,
    }  # fmt: skip


def test_the_editor_shows_what_there_is_and_a_button_saves_and_inserts(
    case: Case, published: Case, staff: Staff, log_in: Callable[[User], Client], make_case: Callable[..., Case]
) -> None:
    other = make_case(title="Mend the old bridge")
    saved = SavedText.objects.create(kind="template", title="Greeting", text="Dear signers of {number},")
    client, page = log_in(staff["drafter"]), AnswerPage.objects.get(case=other)
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    shown = client.get(edit).content.decode()
    for words in ("Answer on the bridge", "Greeting", "Not there yet:", f'value="saved:{saved.pk}:en"'):
        assert words in shown
    sent = editor_post(draft_of(other), **{"action-insert": f"saved:{saved.pk}:en"})
    assert client.post(edit, sent)["Location"] == edit
    assert draft_of(other).texts.first().title == "Typed title"
    kinds = [kind for kind, _value in body_of(other)]
    assert kinds == ["asked", "paragraph"]
    assert f"Dear signers of {other.links.get().petition_id}," in body_of(other)[1][1].source
    for broken in ("saved:x:en", "", "saved", f"answer:{10**30}:en"):
        assert client.post(edit, sent | {"action-insert": broken}).status_code == 302
    assert Quotation.objects.count() == 1


def test_what_stands_beside_a_draft_costs_the_same_however_much_there_is(
    published: Case, other: Case, staff: Staff, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for number in range(20):
        SavedText.objects.create(kind="template", title=f"Bridge {number}", text="Words.")
    page = draft_of(other)
    with django_assert_max_num_queries(12):
        found = beside(page)
    assert len(found.saved) == 12
    assert [near.text.title for near in found.earlier] == ["Answer on the bridge"]


def test_saved_texts_of_other_departments_and_languages_are_left_out(
    other: Case, make_department: Callable[..., Department]
) -> None:
    kept = SavedText.objects.create(kind="template", title="Ours", text="Words.")
    SavedText.objects.create(kind="template", title="Theirs", text="Words.", department=make_department("ELSE"))
    SavedText.objects.create(kind="template", title="French", text="Mots.", language="fr")
    SavedText.objects.create(kind="template", title="Old", text="Words.", active=False)
    assert beside(draft_of(other)).saved == [kept]


# --- Saved texts as staff edit them


def test_staff_save_texts_with_their_source_and_the_answer_they_came_from(
    published: Case, staff: Staff, log_in: Callable[[User], Client]
) -> None:
    client, add = log_in(staff["coordinator"]), reverse("saved_texts:add")
    page = AnswerPage.objects.get(case=published)
    typed = {"kind": "figure", "language": "en", "title": "Cost", "text": "It costs {price}.", "active": "on"}
    wrong = client.post(add, typed | {"taken_from": "/answers/nowhere/"}).content.decode()
    for words in ("Nothing stands for: price.", "No published answer has this address.", "Say what it rests on."):
        assert words in wrong
    assert not SavedText.objects.exists()
    right = typed | {"text": "It costs 5.", "source": "Budget", "taken_from": f"https://x.example{page.url}"}
    assert client.post(add, right).status_code == 302
    saved = SavedText.objects.get()
    assert (saved.answer_id, saved.answer_revision_id) == (page.pk, page.live_revision_id)
    assert "Cost" in client.get(reverse("saved_texts:index")).content.decode()


# --- Hints


def test_hints_name_long_sentences_and_unexplained_letters() -> None:
    long = "We will " + "look at the bridge and " * 6 + "then mend it."
    reading = readability.read(f"Short words here. {long} Ask DEFRA or HMRC (the tax office).")
    assert [words for words, _sentence in reading.long_sentences] == [35]
    assert reading.short_forms == ["DEFRA"]
    assert not reading.is_hard
    official = (
        "Consideration regarding infrastructure maintenance obligations notwithstanding administrative procedures. "
    )
    assert readability.read(official * 10).is_hard
    assert readability.read("").lix is None


def test_sentences_end_where_readers_end_them() -> None:
    reading = readability.read("It costs 3.5 million. Really? Yes! " + "word " * 26)
    assert [words for words, _sentence in reading.long_sentences] == [26]


def test_placeholders_are_filled_once_and_what_is_unknown_is_left_for_the_writer() -> None:
    assert placeholders.fill("{petition}: {due} {x}", {"petition": "{due}", "due": "May"}) == "{due}: May [[x]]"
    assert placeholders.unknown("{petition} {pirce} {x}") == ["pirce", "x"]
    assert placeholders.by_hand("By [[month]] or [[]] or [x].") == ["month"]


def test_a_second_language_has_hints_and_buttons_of_its_own(case: Case, write: Write) -> None:
    write(case, french=True)
    found = beside(draft_of(case))
    assert [code for code, _name in found.languages] == ["en", "fr"]
    assert [hint.language for hint in found.hints] == ["en", "fr"]
    assert isinstance(draft_of(case).text_in("fr"), AnswerText)
