"""What can be found: one row for each petition, and for each answer and page in each language of the site."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q, Value


class Kind(models.TextChoices):
    """What a document stands for."""

    PETITION = "petition"
    ANSWER = "answer"
    PAGE = "page"


class Document(models.Model):
    """What search knows of something public. Nothing about signers is ever in it.

    Rows of petitions are written by triggers, in the transaction that changes the petition; those of answers and pages
    by `search.indexing.pages`. ``words`` holds the text's words and a tag for every value that can be filtered by, so
    that one index answers every question (docs/search.md).
    """

    kind = models.CharField(max_length=8, choices=Kind)
    object_id = models.BigIntegerField()
    reads = models.CharField(
        max_length=5, blank=True, default="", help_text="For readers of this language; '' for all."
    )
    language = models.CharField(max_length=5, help_text="Of the text.")
    title = models.TextField()
    text = models.TextField(blank=True, default="", help_text="Of answers and pages; a petition's is in its own row.")
    address = models.CharField(max_length=500, blank=True, default="", help_text="Path, without a language.")
    lists = ArrayField(models.CharField(max_length=30), default=list)
    topics = ArrayField(models.BigIntegerField(), default=list)
    departments = ArrayField(models.BigIntegerField(), default=list)
    regions = ArrayField(models.CharField(max_length=4), default=list)
    year = models.SmallIntegerField()
    weight = models.IntegerField(default=0, help_text="Signatures, as of lately.")
    tier = models.SmallIntegerField(default=0, help_text="How often the signatures can be halved.")
    happened_at = models.DateTimeField(help_text="Opened, published, or else written.")
    closes_at = models.DateTimeField(null=True, help_text="Of open petitions.")
    source_at = models.DateTimeField(null=True, help_text="The publication of the page that this was made from.")
    words = SearchVectorField()
    starts = SearchVectorField(help_text="The title's words as they are written, without accents.")
    version = models.BigIntegerField(help_text="Rises with every change.")
    gone = models.BooleanField(default=False, help_text="No longer public: to be dropped from the search server.")

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("kind", "object_id", "reads"), name="search_document_once"),)
        indexes = (
            GinIndex(fields=("words",), name="search_words"),
            GinIndex(fields=("starts",), name="search_starts"),
            models.Index(fields=("-tier", "-id"), name="search_by_tier", condition=Q(gone=False)),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class Unsent(models.Model):
    """A document that changed, and of which the search server has not heard: written by a trigger with the change.

    Apart from the document, whose indexes would have to follow every mark.
    """

    document_id = models.BigIntegerField(primary_key=True)
    version = models.BigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.document_id)


class Rebuild(models.Model):
    """A new index being filled: the row stays until readers are switched to it, so that it can be gone on with."""

    index = models.CharField(max_length=100, unique=True)
    through = models.BigIntegerField(default=0, help_text="The last document that is in it.")
    started_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(Value(1), name="search_one_rebuild"),)

    def __str__(self) -> str:
        return self.index
