"""The catalogues: every language says every sentence with the same values, nothing is left over, one more is a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from kweek.words import LANGUAGES, Tongue
from kweek.words.catalogue import FOLDER, catalogue, languages

KWEEK = Path(__file__).parents[2] / "kweek"
EN, NL = Tongue("en"), Tongue("nl")
KEYS = set(catalogue("en").sentences)

# asked for by what the machine keeps, or put together: the rest of the key is a word of the books or of a form
PUT_TOGETHER = (
    "event.", "outcome.", "status.", "why.", "time.", "day.", "result.", "problem.", "meant.", "language.", "stage.",
    "spot.wrong.",
    "fault.", "wrong.", "act.", "past.", "home.sum.", "draft.", "stream.", "hit.", "grade.", "reason.",
    "compare.", "story.", "picture.when.", "picture.end.", "picture.prefer.",
    "picture.axis.", "field.", "gap.", "list.", "live.", "condition.", "truth.", "same.", "company.", "campaigns.how.",
    "campaigns.more.", "campaigns.behind.", "ready.state.", "ready.how.", "ready.by.", "import.status.", "import.row.",
    "import.dates.", "import.rate.", "import.field.", "refusal.", "form.label.", "forms.language.",
    "rules.status.",
)  # fmt: skip


def sources() -> Iterator[Path]:
    yield from (file for kind in ("*.html", "*.py", "*.js") for file in KWEEK.rglob(kind))


def values(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_every_sentence_with_the_same_values(language: str) -> None:
    said = catalogue(language).sentences
    assert set(said) == KEYS
    for key, forms in catalogue("en").sentences.items():
        assert values(said[key][-1]) == values(forms[-1]), key
        assert all(values(form) <= values(forms[-1]) for form in said[key]), key
        assert (len(said[key]) > 1) == (len(forms) > 1), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_is_written_twice(language: str) -> None:
    keys = re.findall(r'^msgid "(.+)"$', (FOLDER / f"{language}.po").read_text(), re.MULTILINE)
    assert sorted(keys) == sorted(KEYS)


def test_every_sentence_that_anybody_asks_for_is_there() -> None:
    found: dict[str, str] = {}
    for file in sources():
        keys = re.findall(r"""(?:\b_|\bsay|\btongue|td|\bfact)\("([a-z_]+\.[a-z0-9_. -]+)\"""", file.read_text())
        found |= dict.fromkeys(keys, file.name)
    assert len(found) > 60
    whole = {key: file for key, file in found.items() if not key.endswith(".")}  # others are put together
    assert {key: file for key, file in whole.items() if key not in KEYS} == {}


def test_no_sentence_is_left_that_nobody_says() -> None:
    said = "".join(file.read_text() for file in sources())
    assert [key for key in KEYS if not key.startswith(PUT_TOGETHER) and f'"{key}"' not in said] == []


def test_a_language_more_is_a_file_and_what_it_leaves_out_is_said_in_english(tmp_path: Path) -> None:
    head = '"Language: pl\\n"\n"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 ? 1 : 2);\\n"'
    days = 'msgid "time.day"\nmsgid_plural "time.day"\n' + "".join(
        f'msgstr[{n}] "{{count}} {word}"\n' for n, word in enumerate(("dzień", "dni", "dni."))
    )
    (tmp_path / "pl.po").write_text(f'msgid ""\nmsgstr ""\n{head}\n\n{days}')
    assert languages(tmp_path) == ("pl",)
    polish = catalogue("pl", tmp_path)
    assert polish.locale == "pl"
    assert [polish.sentences["time.day"][polish.form(n)] for n in (1, 2, 5)] == [
        "{count} dzień", "{count} dni", "{count} dni.",
    ]  # fmt: skip
    assert "home.title" not in polish.sentences


def test_a_sentence_counts() -> None:
    assert [EN("time.day", count=n) for n in (0, 1, 2, 12_345)] == ["0 days", "1 day", "2 days", "12,345 days"]
    assert NL("time.day", count=12_345) == "12.345 dagen"


def test_moments_and_numbers_are_written_as_the_language_writes_them() -> None:
    moment = datetime(2026, 3, 29, 1, 30, tzinfo=UTC).astimezone(ZoneInfo("Europe/Amsterdam"))  # the clock went on
    assert (EN.moment(moment), NL.moment(moment)) == ("29 Mar 2026 03:30", "29 mrt 2026 03:30")
    assert (EN.day(moment.date()), NL.day(moment.date())) == ("29 Mar 2026", "29 mrt 2026")
    assert (EN.number(1234.5), NL.number(1234.5)) == ("1,234.5", "1.234,5")
    assert (EN.percent(0.25), NL.percent(0.25)) == ("25%", "25%")
    spans = [timedelta(days=3, hours=4, minutes=9), timedelta(hours=4, minutes=10), timedelta(minutes=-2), timedelta(0)]
    assert [EN.span(span) for span in spans] == ["3 d 4 h", "4 h 10 min", "2 min", "0 min"]
    assert NL.span(spans[1]) == "4 u 10 min"
