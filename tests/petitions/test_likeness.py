"""How alike texts are: pure arithmetic over their words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions import likeness
from petitions.likeness import Rarity, cosine, score, vector, widened, words

RARE = Rarity(texts=1000, holding={"ban": 400, "firework": 3, "sale": 90, "peat": 4, "garden": 40})
counted = st.dictionaries(st.text(min_size=1, max_size=5), st.floats(0.1, 50), max_size=8)


def test_the_words_of_a_text_search_vector_count_by_the_field_they_stand_in():
    found = words("'ban':1A,9B 'firework':2A 'garden':12C 'sale':5B,6B")
    assert sorted(found, key=lambda word: -found[word]) == ["ban", "firework", "sale", "garden"]


@pytest.mark.parametrize("word", ["o'brien", "back\\slash", "a:b", "it's 'quoted'"])
def test_a_word_is_read_as_postgresql_wrote_it(word):
    written = "'" + word.replace("\\", "\\\\").replace("'", "''") + "':3A"
    assert list(words(f"'first':1A {written} 'last':7C")) == ["first", word, "last"]


def test_a_rare_word_counts_more_and_an_unknown_one_most():
    assert RARE("ban") < RARE("sale") < RARE("firework") < RARE("heard of never")
    assert RARE.rarest(["ban", "firework", "sale"], 2) == ["firework", "sale"]


@given(one=counted, other=counted)
def test_likeness_lies_between_none_and_the_same(one, other):
    first, second = vector(one, RARE), vector(other, RARE)
    assert -1e-9 <= cosine(first, second) <= 1 + 1e-9
    assert cosine(first, second) == pytest.approx(cosine(second, first))
    if one:
        assert cosine(first, first) == pytest.approx(1)
    if not set(one) & set(other):
        assert cosine(first, second) == 0


def test_the_nearest_texts_tell_other_words_for_the_same():
    titled = vector({"ban": 1, "firework": 1}, RARE)
    near = vector({"firework": 2, "rocket": 1}, RARE)
    far = vector({"peat": 1, "ban": 1}, RARE)
    about = widened([(cosine(titled, near), near), (cosine(titled, far), far)])
    assert about["rocket"] > about["peat"] > 0
    assert widened([]) == {}


def test_no_more_words_are_taken_than_said():
    long = vector({f"word{number}": 1.0 + number for number in range(200)}, RARE)
    about = widened([(1.0, long)])
    assert len(about) == likeness.WIDENED_WORDS
    assert "word199" in about
    assert "word0" not in about


def test_of_two_as_like_the_one_of_the_same_weeks_is_nearer():
    alike = {"direct": 0.4, "through": 0.3, "letters": 0.2}
    assert score(**alike, days=5) > score(**alike, days=300) > score(**alike, days=3000)
    assert score(**alike, days=-5) == score(**alike, days=5)
