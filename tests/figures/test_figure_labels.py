"""The words on figures come from `reports/words`, in each language, and from nowhere else."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from figure_modules import MODULES
from figure_texts import drawn_texts, overlapping
from rupture_repair.config.errors import ExpectedError
from rupture_repair.config.wording import MAIN_LANGUAGE, WORDS, second_languages
from rupture_repair.figures import labels as labelled
from rupture_repair.figures.labels import PLACE, Labels, label_problems, labels, read
from rupture_repair.figures.save import as_svg
from rupture_repair.figures.tooltips import SVG

LETTERS = re.compile(r"[^\W\d_]")


def nonsense(text):
    """Return a label of which only the places of values are left."""
    return "□".join(f"{{{{ {name} }}}}" for name in PLACE.findall(text)) or "□"


@pytest.fixture
def without_words(monkeypatch):
    """All labels replaced by boxes, numbers written as ever."""
    content = {
        figure: {
            key: nonsense(text)
            if isinstance(text, str)
            else {p: nonsense(label) + "□" * n for n, (p, label) in enumerate(text.items())}
            for key, text in own.items()
        }
        for figure, own in read(MAIN_LANGUAGE).items()
    }
    content["shared"] |= {"decimal_mark": ".", "thousands_mark": ","}
    monkeypatch.setattr(labelled, "read", lambda language: content)


def titles(drawing):
    return [title.text for title in ET.fromstring(as_svg(drawing)).iter(f"{SVG}title")]


@pytest.mark.parametrize("name", MODULES)
def test_no_word_on_a_figure_comes_from_code(name, tables, settings, without_words):
    names = [*tables["criteria_breakdown"]["criterion"], "Igra et al. (2025)", "Another study"]
    names += [settings.printed(name) for name in names]
    names += [tool.short for _, tool in settings.instruments] + ["M2", "M3"]
    drawing = MODULES[name].draw(tables, settings)
    wording = [text for text, _ in drawn_texts(drawing.figure)] + titles(drawing)
    assert any("□" in text for text in wording)
    for text in wording:
        rest = text
        for known in sorted(names, key=len, reverse=True):
            rest = rest.replace(known, "")
        assert not LETTERS.search(rest), text


@pytest.mark.parametrize("language", second_languages())
@pytest.mark.parametrize("name", MODULES)
def test_each_figure_is_drawn_in_a_second_language(name, language, tables, settings):
    drawn = settings.model_copy(update={"language": language})
    figure = MODULES[name].draw(tables, drawn).figure
    texts, page = drawn_texts(figure), figure.bbox
    assert overlapping(texts) == []
    for text, box in texts:
        assert box.x0 >= page.x0 - 1 and box.x1 <= page.x1 + 1, text
        assert "{{" not in text


@pytest.mark.parametrize("language", second_languages())
def test_a_second_language_has_the_same_labels(language):
    assert list(label_problems(language)) == []


def test_what_a_language_lacks_or_has_too_much_is_named(monkeypatch):
    main = {"bars": {"x": "Share of {{ n }}", "y": "Patients", "names": {"no": "none"}}}
    other = {"bars": {"x": "Anteil von {{ m }}", "z": "Zeit", "names": {"no": "keine"}}}
    monkeypatch.setattr(labelled, "read", {"en": main, "de": other}.get)
    assert list(label_problems("de")) == [
        "reports/words/de/figures.yaml: `bars.y` is missing",
        "reports/words/de/figures.yaml: `bars.x`: `m` not known",
        "reports/words/de/figures.yaml: `bars.z` is used by no figure; did you mean `bars.y`?",
    ]


def own(**texts):
    shared = {"decimal_mark": ",", "interval": "{{ estimate }} [{{ low }}; {{ high }}]"}
    return Labels("bars", texts, shared, WORDS / "de/figures.yaml")


def test_a_label_is_filled_with_its_parts_in_any_order():
    say = own(x="{{ n }} of {{tool}}", y="no part")
    assert say("x", tool="SAI", n=3) == "3 of SAI"
    assert say("y", tool="SAI") == "no part"


def test_a_wrong_name_is_said_with_file_and_key():
    with pytest.raises(ExpectedError, match=r"de/figures.yaml: `bars.x`: `m` is not known. .*`n`"):
        own(x="{{ m }}")("x", n=1)
    with pytest.raises(ExpectedError, match=r"`bars.xx` is missing; did you mean `x`"):
        own(x="")("xx")
    with pytest.raises(ExpectedError, match=r"en/figures.yaml: `lines` is missing"):
        labels("lines")


def test_a_phrase_of_a_table_keeps_its_number_and_an_unknown_one_stays():
    say = own(reasons={"fewer than {{ n }} sessions": "weniger als {{ n }} Sitzungen"})
    assert say.phrase("reasons", "fewer than 3 sessions") == "weniger als 3 Sitzungen"
    assert say.phrase("reasons", "moved away") == "moved away"


def test_numbers_and_intervals_are_written_as_in_the_language():
    assert own().interval((-1.234, -2.3, 0.04)) == "−1,23 [−2,30; 0,04]"
    assert own().interval((3.14, np.nan, np.nan), digits=1) == "3,1"
    assert own().number(-0.001) == "0,00"
    assert labels("moderation").interval((-1.234, -2.3, 0.04)) == "−1.23 [−2.30, 0.04]"


def test_axes_have_the_decimal_mark_of_the_language(tables, settings):
    for language, mark in (("en", "."), ("de", ",")):
        drawn = settings.model_copy(update={"language": language})
        figure = MODULES["threshold_strip"].draw(tables, drawn).figure
        figure.draw_without_rendering()
        ticks = [label.get_text() for label in figure.axes[1].get_xticklabels()]
        assert ticks and all(re.fullmatch(rf"\d{re.escape(mark)}\d+", tick) for tick in ticks)
