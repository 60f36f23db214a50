import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils.decorators import method_decorator
from django.views import View

from cms.caching import private_page, public_page, unstored_page


def answer(request: HttpRequest, status: int = 200) -> HttpResponse:
    return HttpResponse("x", status=status)


@pytest.mark.parametrize("view", [public_page(answer), public_page()(answer)])
def test_public_page_may_be_kept_for_two_seconds(rf: RequestFactory, view: object) -> None:
    assert view(rf.get("/"))["Cache-Control"].startswith("public, max-age=2, ")


@pytest.mark.parametrize("decorate", [public_page(60), public_page(max_age=60)])
def test_duration_can_be_given(rf: RequestFactory, decorate: object) -> None:
    assert "max-age=60" in decorate(answer)(rf.get("/"))["Cache-Control"]


def test_failures_and_posts_are_never_public(rf: RequestFactory) -> None:
    view = public_page(answer)
    assert "Cache-Control" not in view(rf.get("/"), status=404)
    assert "Cache-Control" not in view(rf.post("/"))


def test_methods_of_views_can_be_public(rf: RequestFactory) -> None:
    @method_decorator(public_page, name="dispatch")
    class Page(View):
        def get(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse("x")

    assert "public" in Page.as_view()(rf.get("/"))["Cache-Control"]


def test_private_page_is_kept_by_nobody(rf: RequestFactory) -> None:
    response = private_page(answer)(rf.get("/"))
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"


def test_unstored_page_may_be_found(rf: RequestFactory) -> None:
    response = unstored_page(answer)(rf.get("/"))
    assert response["Cache-Control"] == "no-store"
    assert "X-Robots-Tag" not in response
