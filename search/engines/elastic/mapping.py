"""How the search server keeps a document: its fields, and what becomes of words in each language."""

from typing import Any

from elasticsearch.dsl import (
    Date,
    Integer,
    Keyword,
    Long,
    Mapping,
    Short,
    Text,
    analyzer,
    token_filter,
)

# Languages with an analysis of their own; texts of any other are read as English.
LANGUAGES = ("en", "fr", "ar")

# Accents are folded at the end, so that the stemmer sees the word as it is written: "forêt" and "foret" meet.
ENGLISH = analyzer(
    "redress_english",
    tokenizer="standard",
    filter=[
        "lowercase",
        token_filter("english_stop", "stop", stopwords="_english_"),
        token_filter("english_stemmer", "stemmer", language="english"),
        "asciifolding",
    ],
)
FRENCH = analyzer(
    "redress_french",
    tokenizer="standard",
    filter=[
        token_filter(
            "french_elision",
            "elision",
            articles_case=True,
            articles=["l", "m", "t", "qu", "n", "s", "j", "d", "c", "jusqu", "quoiqu", "lorsqu", "puisqu"],
        ),
        "lowercase",
        token_filter("french_stop", "stop", stopwords="_french_"),
        "asciifolding",
        token_filter("french_stemmer", "stemmer", language="light_french"),
    ],
)
PLAIN = analyzer("redress_plain", tokenizer="standard", filter=["lowercase", "asciifolding"])
ANALYZERS: dict[str, Any] = {"en": ENGLISH, "fr": FRENCH, "ar": "arabic"}

SETTINGS = {
    "number_of_shards": 1,
    "number_of_replicas": 0,
    "refresh_interval": "1s",
}


def fields_in(language: str) -> tuple[str, str]:
    """The fields that hold title and text of a document in this language."""
    code = language if language in LANGUAGES else "en"
    return f"title_{code}", f"text_{code}"


def mapping() -> Mapping:
    """The mapping: strict, so that nothing gets in that nobody thought of."""
    made = Mapping()
    made.meta("dynamic", "strict")
    for code in LANGUAGES:
        made.field(f"title_{code}", Text(analyzer=ANALYZERS[code]))
        made.field(f"text_{code}", Text(analyzer=ANALYZERS[code]))
    made.field("starts", Text(analyzer=PLAIN))
    for name in ("kind", "reads", "lists", "regions", "address"):
        made.field(name, Keyword())
    for name in ("object_id", "topics", "departments"):
        made.field(name, Long())
    made.field("year", Short())
    made.field("weight", Integer())
    made.field("happened_at", Date())
    made.field("closes_at", Date())
    return made


def body() -> dict[str, Any]:
    """What a new index is made with."""
    made = mapping()
    return {
        "settings": {**SETTINGS, "analysis": made._collect_analysis()},
        "mappings": made.to_dict(),
    }
