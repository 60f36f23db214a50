"""The moderators' desk, through HTTP."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from petitions import services
from petitions.lifecycle import State
from petitions.models import Correction, Note, Petition, RejectionReason, Report, Resubmission, Topic

pytestmark = pytest.mark.django_db
MakePetition = Callable[..., Petition]


@pytest.fixture
def desk(client: Client, moderator: User) -> Client:
    client.force_login(moderator)
    return client


def act(client: Client, petition: Petition, name: str, **fields: Any) -> Any:
    return client.post(reverse("staff_petition_act", args=[petition.pk, name]), fields)


def page(client: Client, petition: Petition) -> str:
    return client.get(reverse("staff_petition", args=[petition.pk])).content.decode()


def state(petition: Petition) -> str:
    return Petition.objects.get(pk=petition.pk).state


def test_the_queue_shows_the_oldest_breach_first_with_its_age(desk: Client, make_petition: MakePetition) -> None:
    now = timezone.now()
    make_petition(State.IN_MODERATION, title="Fresh one", at=now)
    make_petition(State.IN_MODERATION, title="Late one", at=now - timedelta(days=11))
    make_petition(State.IN_MODERATION, title="Latest one", at=now - timedelta(days=20))
    make_petition(State.OPEN, title="Open one", at=now)

    response = desk.get(reverse("staff_moderation"))

    html = response.content.decode()
    assert html.index("Latest one") < html.index("Late one") < html.index("Fresh one")
    assert "Open one" not in html
    assert "waiting for 12 days" in html
    assert "5 days late" in html
    assert (response.context["figures"].waiting, response.context["figures"].late) == (3, 2)


def test_a_petition_exactly_on_target_is_not_late_and_the_numbers_agree(
    desk: Client, make_petition: MakePetition
) -> None:
    make_petition(State.IN_MODERATION, at=timezone.now() - timedelta(days=6, hours=1))

    response = desk.get(reverse("staff_moderation"))

    assert "late" not in [item.days_late for item in response.context["items"]]
    assert response.context["items"][0].days == 7
    assert response.context["items"][0].days_late == 0
    assert response.context["figures"].late == 0


def test_a_claim_is_shown_to_everybody_and_given_back(
    desk: Client, make_petition: MakePetition, second_moderator: User
) -> None:
    petition = make_petition(State.IN_MODERATION, at=timezone.now())
    other = Client()
    other.force_login(second_moderator)

    assert act(desk, petition, "claim").status_code == 302
    assert "moderator until" in other.get(reverse("staff_moderation")).content.decode()
    held = page(other, petition)
    assert "is checking this petition until" in held
    assert reverse("staff_petition_act", args=[petition.pk, "approve"]) not in held
    assert reverse("staff_petition_act", args=[petition.pk, "note"]) in held
    assert reverse("staff_petition_act", args=[petition.pk, "approve"]) in page(desk, petition)
    refused = act(other, petition, "approve")
    assert "is checking this petition until" in refused.content.decode()
    assert state(petition) == State.IN_MODERATION

    act(desk, petition, "release")
    assert act(other, petition, "approve").status_code == 302
    assert state(petition) == State.OPEN


def test_the_petition_page_shows_text_creator_likes_and_history(
    desk: Client, make_petition: MakePetition, moderator: User
) -> None:
    make_petition(State.OPEN, title="Ban fireworks in towns")
    make_petition(State.REJECTED, opened=False, title="Ban all fireworks now")
    petition = make_petition(State.IN_MODERATION, title="Ban fireworks", detail="<script>alert(1)</script>")
    services.add_note(petition_id=petition.pk, moderator=moderator, text="Seen before.", now=timezone.now())

    html = page(desk, petition)

    assert "Ada Example" in html
    assert "Ban fireworks in towns" in html
    assert "Ban all fireworks now" in html
    assert "Seen before." in html
    assert "Note left" in html
    assert "<script>alert(1)" not in html


def test_approving_sets_topics_and_returns_to_the_queue(desk: Client, make_petition: MakePetition) -> None:
    petition = make_petition(State.IN_MODERATION)
    topic = Topic.objects.create(code="roads", name="Roads")

    response = act(desk, petition, "approve", topics=[topic.pk], note="Fine.")

    assert response.url == reverse("staff_moderation")
    assert list(Petition.objects.get(pk=petition.pk).topics.all()) == [topic]
    assert Note.objects.get().text == "Fine."


def test_a_refused_form_says_why_and_keeps_what_was_typed(desk: Client, make_petition: MakePetition) -> None:
    petition = make_petition(State.IN_MODERATION)

    response = act(desk, petition, "reject", reason_code="duplicate", duplicate_of_id="5", details="Look at the other.")

    html = response.content.decode()
    assert response.status_code == 200
    assert "Enter the number of a public petition" in html
    assert "Look at the other." in html
    assert '<details id="reject" open>' in html
    assert state(petition) == State.IN_MODERATION


@pytest.mark.parametrize(
    ("start", "name", "fields", "end"),
    [
        (State.IN_MODERATION, "reject", {"reason_code": "no-action"}, State.REJECTED),
        (State.IN_MODERATION, "hide", {"reason_code": "libellous"}, State.HIDDEN),
        (State.OPEN, "take_down", {"reason_code": "no-action"}, State.REJECTED),
        (State.OPEN, "hide", {"reason_code": "no-action"}, State.HIDDEN),
        (State.HIDDEN, "restore", {"reason": "Checked."}, State.OPEN),
        (State.IN_MODERATION, "second_opinion", {"note": "Is it ours?"}, State.IN_MODERATION),
        (State.OPEN, "note", {"text": "Seen."}, State.OPEN),
    ],
)
def test_each_act_is_done_by_a_post(
    desk: Client, make_petition: MakePetition, start: State, name: str, fields: dict[str, str], end: State
) -> None:
    petition = make_petition(start, at=timezone.now())

    assert f'action="{reverse("staff_petition_act", args=[petition.pk, name])}"' in page(desk, petition)
    assert act(desk, petition, name, **fields).status_code == 302
    assert state(petition) == end


def test_a_correction_has_a_public_note_in_each_language(desk: Client, make_petition: MakePetition) -> None:
    petition = make_petition(State.OPEN)
    words = {"title": "Mend both", "ask": petition.ask, "detail": petition.detail}

    refused = act(desk, petition, "correct", **words, note_fr="Deux.")
    done = act(desk, petition, "correct", **words, note_en="Two.", note_fr="Deux.", hide_earlier="on")

    assert "This field is required" in refused.content.decode()
    assert done.status_code == 302
    correction = Correction.objects.get()
    assert (correction.note, correction.hidden) == ({"en": "Two.", "fr": "Deux."}, True)


def test_reports_and_reviews_are_listed_and_decided_on_the_petitions_page(
    desk: Client, make_petition: MakePetition, second_moderator: User, moderator: User
) -> None:
    reported, refused = (
        make_petition(State.OPEN, title="Reported one"),
        make_petition(State.REJECTED, title="Refused one", at=timezone.now()),
    )
    services.report(petition_id=reported.pk, reason="other", text="The number is wrong.", now=timezone.now())
    services.request_review(petition_id=refused.pk, text="Look again.", now=timezone.now())

    assert "Reported one" in desk.get(reverse("staff_reports")).content.decode()
    reviews = desk.get(reverse("staff_reviews")).content.decode()
    assert "Refused one" in reviews
    assert "a colleague must decide" in reviews
    assert "The number is wrong." in page(desk, reported)

    act(desk, reported, "decide_reports", outcome="dismissed", decision="It is right.")
    assert Report.objects.get().state == "dismissed"
    own = act(desk, refused, "decide_review", outcome="overturned", explanation="Sorry.")
    assert "Somebody other than the moderator" in own.content.decode()
    colleague = Client()
    colleague.force_login(second_moderator)
    assert act(colleague, refused, "decide_review", outcome="overturned", explanation="Sorry.").status_code == 302
    assert state(refused) == State.OPEN


def test_get_on_an_act_leads_to_the_petition_and_an_unknown_act_is_not_found(
    desk: Client, make_petition: MakePetition
) -> None:
    petition = make_petition(State.IN_MODERATION)

    led = desk.get(reverse("staff_petition_act", args=[petition.pk, "approve"]))
    assert led.url == reverse("staff_petition", args=[petition.pk])
    assert desk.get(reverse("staff_petition_act", args=[petition.pk, "burn"])).status_code == 404
    assert desk.get(reverse("staff_petition_act", args=[5, "approve"])).status_code == 404
    assert act(desk, petition, "burn").status_code == 404
    assert desk.post(reverse("staff_petition_act", args=[5, "approve"])).status_code == 404
    assert state(petition) == State.IN_MODERATION


@pytest.mark.parametrize(
    "fields",
    [
        {"reason_code": "x\x00y"},
        {"reason_code": "no-action", "details": "y" * 2001},
        {"reason_code": "duplicate", "duplicate_of_id": "9" * 30},
        {"reason_code": "duplicate", "duplicate_of_id": "-1"},
        {"reason_code": ["no-action", "libellous"], "duplicate_of_id": "zwölf"},
    ],
)
def test_bad_fields_are_refused_without_a_fault(
    desk: Client, make_petition: MakePetition, fields: dict[str, Any]
) -> None:
    petition = make_petition(State.IN_MODERATION)

    assert act(desk, petition, "reject", **fields).status_code == 200
    assert state(petition) == State.IN_MODERATION


def test_a_form_from_another_site_is_refused(make_petition: MakePetition, moderator: User) -> None:
    petition = make_petition(State.IN_MODERATION)
    client = Client(enforce_csrf_checks=True)
    client.force_login(moderator)

    assert act(client, petition, "approve").status_code == 403
    assert state(petition) == State.IN_MODERATION


def test_the_list_is_filtered_and_searched(desk: Client, make_petition: MakePetition) -> None:
    river = make_petition(State.CLOSED, title="Clean rivers")
    bridge = make_petition(State.OPEN, title="Mend the bridge")
    Petition.objects.filter(pk=river.pk).update(source="uk", source_id="77")
    topic = Topic.objects.create(code="roads", name="Roads")
    bridge.topics.add(topic)
    address = reverse("staff_petitions:index")

    def found(**query: Any) -> set[int]:
        response = desk.get(address, query)
        assert response.status_code == 200
        return {petition.pk for petition in response.context["object_list"]}

    assert found() == {bridge.pk, river.pk}
    assert found(state="closed") == {river.pk}
    assert found(topics=topic.pk) == {bridge.pk}
    assert found(source="uk") == {river.pk}
    assert found(source="here") == {bridge.pk}
    assert found(response_state="none") == {bridge.pk, river.pk}
    assert found(q="rivers") == {river.pk}
    assert found(q=str(bridge.pk)) == {bridge.pk}
    assert found(q="9" * 40) == set()
    assert found(p="x", ordering="-signature_count", export="csv") == {bridge.pk, river.pk}


def test_a_list_counts_no_further_than_its_bound(make_petition: MakePetition, monkeypatch: pytest.MonkeyPatch) -> None:
    from audit import viewsets

    for _ in range(3):
        make_petition(State.DRAFT)
    assert viewsets.BoundedPaginator(Petition.objects.order_by("pk"), 1).items_count_label == "3 petitions"

    monkeypatch.setattr(viewsets, "COUNTED_AT_MOST", 2)

    paginator = viewsets.BoundedPaginator(Petition.objects.order_by("pk"), 1)
    assert (paginator.num_pages, paginator.items_count_label) == (2, "2 petitions+")


def test_the_start_page_shows_moderators_what_waits_and_others_nothing(
    desk: Client, make_petition: MakePetition, bystander: User
) -> None:
    make_petition(State.IN_MODERATION, title="Waiting one")
    other = Client()
    from accounts.groups import make_groups

    make_groups()
    from django.contrib.auth.models import Group

    bystander.groups.add(Group.objects.get(name="Legal reviewers"))
    other.force_login(bystander)

    assert "Waiting one" in desk.get(reverse("wagtailadmin_home")).content.decode()
    assert "Waiting one" not in other.get(reverse("wagtailadmin_home")).content.decode()


def test_who_does_not_see_all_reads_beside_a_petition_what_the_public_may_read(
    desk: Client, make_petition: MakePetition, moderator: User, bystander: User
) -> None:
    from django.contrib.auth.models import Group

    from accounts.groups import make_groups

    make_groups()
    bystander.groups.add(Group.objects.get(name="Legal reviewers"))
    reader, now = Client(), timezone.now()
    reader.force_login(bystander)
    shown = make_petition(State.OPEN, title="Mend the old bridge")
    make_petition(State.OPEN, title="Mend the old bridge over the Mill Stream")
    make_petition(State.REJECTED, opened=False, title="Mend the old bridge by magic")
    make_petition(State.IN_MODERATION, title="Mend the old bridge with moonbeams")
    predecessor = make_petition(State.HIDDEN, opened=False, title="Mend the old bridge libellously")
    Resubmission.objects.create(petition=shown, refused=predecessor)
    services.report(petition_id=shown.pk, reason="other", text="I live beneath it.", now=now)
    services.correct(
        petition_id=shown.pk,
        moderator=moderator,
        title=shown.title,
        ask="Please mend it.",
        detail="",
        note={"en": "A name taken out."},
        hide_earlier=True,
        now=now,
    )
    kept_back = ("with moonbeams", "libellously", "I live beneath it.", "It has been closed for a year.")

    for words in ("over the Mill Stream", "by magic", *kept_back):
        assert words in page(desk, shown)
        assert (words in page(reader, shown)) is (words not in kept_back)


def test_the_desk_costs_the_same_for_one_petition_and_for_many(
    desk: Client, make_petition: MakePetition, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        petition = make_petition(State.IN_MODERATION, title=f"Bridge {number}")
        services.report(petition_id=petition.pk, reason="spam", text="x", now=timezone.now())

    desk.get(reverse("staff_moderation"))
    for name in ("staff_moderation", "staff_reports", "staff_reviews"):
        with django_assert_max_num_queries(16):
            desk.get(reverse(name))
    # Two questions for petitions that are alike take up to three statements each (decision 0112).
    with django_assert_max_num_queries(43):
        page(desk, petition)


def test_an_inactive_reason_is_not_offered(desk: Client, make_petition: MakePetition) -> None:
    RejectionReason.objects.create(code="retired", title="Retired reason", explanation="Old", active=False)

    assert "Retired reason" not in page(desk, make_petition(State.IN_MODERATION))


def test_the_petition_page_has_words_where_the_log_has_codes(
    desk: Client, make_petition: MakePetition, moderator: User
) -> None:
    petition = make_petition(State.IN_MODERATION, at=timezone.now())
    petition.topics.add(Topic.objects.create(code="bridges", name="Bridges"))
    reason = RejectionReason.objects.create(code="not-ours", title="It is somebody else’s to decide", explanation="-")
    services.reject(
        petition_id=petition.pk, moderator=moderator, reason_code=reason.code, details="", now=timezone.now()
    )

    shown = page(desk, petition)

    assert "(It is somebody else’s to decide)" in shown
    assert "not-ours" not in shown.partition("<h2>History</h2>")[2]
    assert "<dd>English</dd>" in shown
    assert "<dd>Bridges</dd>" in shown
