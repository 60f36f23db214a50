"""A connection that ended while nobody looked costs nobody a signature."""

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from signatures import intake
from signatures.models import Signature
from signatures.persons import Signer
from tests.factories import make_open_petition

pytestmark = pytest.mark.django_db(transaction=True)


def end_the_connection() -> None:
    """As a restart of the server does, from a connection of our own."""
    given = connection.get_connection_params()
    named = {name: given[name] for name in ("dbname", "user", "password", "host", "port") if given.get(name)}
    with psycopg.connect(**named, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])


def a_signer() -> Signer:
    return Signer("Mary Poppins", "mary@example.org", "SW1A 1AA", "GB", False, "en", "192.0.2.1")


def test_a_signature_and_its_confirmation_are_tried_once_more_on_a_new_connection() -> None:
    petition = make_open_petition()
    # What is cached is asked for before, as in any process that has served a while.
    row_id = intake.accept(petition_id=petition.pk, signer=a_signer(), now=timezone.now())
    end_the_connection()
    assert intake.accept(petition_id=petition.pk, signer=a_signer(), now=timezone.now()) == row_id
    end_the_connection()
    confirmation = intake.confirm(petition_id=petition.pk, row_id=row_id, generation=0, now=timezone.now())
    assert confirmation.outcome == intake.Outcome.CONFIRMED
    assert Signature.objects.get().state == "confirmed"


def test_inside_a_transaction_nothing_is_tried_again() -> None:
    petition = make_open_petition()
    intake.accept(petition_id=petition.pk, signer=a_signer(), now=timezone.now())

    @transaction.atomic
    def accept_on_a_lost_connection() -> None:
        end_the_connection()
        intake.accept(petition_id=petition.pk, signer=a_signer(), now=timezone.now())

    with pytest.raises(OperationalError):
        accept_on_a_lost_connection()
    connection.close()
    assert Signature.objects.count() == 1
