from django.urls import path

from signatures.views import checking, confirming, creating, creators, following, leaving, mailboxes, rating, signing

app_name = "signatures"

urlpatterns = [
    path("petitions/new/<slug:token>/creator/", creating.about_you, name="about_you"),
    path("petitions/new/<slug:token>/check/", creating.check, name="check"),
    path("petitions/new/<slug:token>/later/", creating.later, name="later"),
    path("petitions/<int:petition_id>/support/<token>/", signing.support, name="support"),
    path("petitions/<int:petition_id>/sign/", signing.sign, name="sign"),
    path("petitions/<int:petition_id>/sign/check-email/", checking.check_email, name="check_email"),
    path("petitions/<int:petition_id>/sign/resend/", checking.resend, name="resend"),
    path("petitions/<int:petition_id>/sign/correct/", checking.correct, name="correct"),
    path("petitions/<int:petition_id>/sign/code/", checking.code, name="code"),
    path("petitions/<int:petition_id>/follow/", following.follow, name="follow"),
    path("follow/<token>/", following.confirm, name="follow_confirm"),
    path("unfollow/<token>/", following.unfollow, name="unfollow"),
    path("confirm/<token>/", confirming.confirm, name="confirm"),
    path("unsubscribe/<token>/", confirming.unsubscribe, name="unsubscribe"),
    path("not-me/<token>/", leaving.not_me, name="not_me"),
    path("never/<token>/", leaving.never, name="never"),
    path("rate/<token>/", rating.rate, name="rate"),
    path("creator/", creators.send_again, name="send_again"),
    path("creator/<token>/", creators.overview, name="creator"),
    path("creator/<token>/text/", creators.text, name="creator_text"),
    path("creator/<token>/withdraw/", creators.withdraw, name="creator_withdraw"),
    path("creator/<token>/review/", creators.review, name="creator_review"),
    path("creator/<token>/again/", creators.again, name="creator_again"),
    path("creator/<token>/poster/", creators.poster, name="creator_poster"),
    path("mailbox/", mailboxes.ask, name="mailbox_ask"),
    path("mailbox/<token>/", mailboxes.overview, name="mailbox"),
    path("mailbox/<token>/data.json", mailboxes.export, name="mailbox_export"),
    path("mailbox/<token>/erase/", mailboxes.erase_all, name="mailbox_erase"),
    path("mailbox/<token>/<int:petition_id>/", mailboxes.one, name="mailbox_one"),
]
