"""Labels and the second language of a cohort's paper in its cohort file."""

import pytest
from rupture_repair.config.wording import second_languages


def test_there_is_a_second_language():
    assert second_languages() == ["de"]


def test_both_are_optional_and_leave_no_trace(load, cohort):
    found = load(cohort).cohorts["clinic"]
    assert found.manuscript.second_language is None
    assert dict(found.cohort.labels) == dict(found.validation.labels) == {}
    # the checksum of the configuration, which the paper prints, is what it was without these keys
    assert not {"labels", "manuscript"} & set(found.cohort.model_dump(mode="json"))


def test_they_reach_the_steps_that_need_them(load, cohort):
    before = load(cohort).cohorts["clinic"]
    cohort["labels"] = {"gender": {1: "female", "w": "female"}}
    cohort["manuscript"] = {"second_language": "de"}
    after = load(cohort).cohorts["clinic"]
    assert after.section("validation")["labels"]["gender"] == {"1": "female", "w": "female"}
    assert after.manuscript.second_language == "de"
    assert {"labels", "manuscript"} <= set(after.cohort.model_dump(mode="json"))
    for room in ("detection", "figures", "modelling", "fit"):
        assert after.section(room) == before.section(room)


@pytest.mark.parametrize(
    ("section", "content", "key", "expected"),
    [
        ("manuscript", {"second_language": "DE"}, "manuscript.second_language", "known: de"),
        ("manuscript", {"second_language": "fr"}, "manuscript.second_language", "known: de"),
        ("manuscript", {"second_language": "en"}, "manuscript.second_language", "no such second"),
        ("manuscript", {"second_language": ".."}, "manuscript.second_language", "no such second"),
        ("manuscript", {"language": "de"}, "manuscript.language", "did you mean `second_language`"),
        ("labels", {"sex": {"w": "female"}}, "labels.sex", "unknown key"),
        ("labels", {"gender": {"w": ""}}, "labels.gender", "1 to 100 characters"),
        ("labels", {"gender": {"w": "a" * 101}}, "labels.gender", "1 to 100 characters"),
        ("labels", {"gender": {"w": "a\u202eb"}}, "labels.gender", "invisible"),
        ("labels", {"gender": ["w"]}, "labels.gender", "dict"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(
    problems, cohort, section, content, key, expected
):
    cohort[section] = content
    ((found, message),) = problems(cohort)
    assert found == key and expected in message, message
