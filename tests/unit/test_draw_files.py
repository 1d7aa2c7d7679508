"""`kweek draw`: the picture as a file, the tree in the terminal, and a sentence for what cannot be drawn."""

from __future__ import annotations

import re
import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from kweek.cli import main
from kweek.draw import lay_out, svg
from kweek.draw.picture import TITLE, Style
from kweek.draw.widths import width, wrap
from kweek.flow.kebab import kebab
from kweek.pixels import FONTS, MOST, png, without_picture, zoom_of
from kweek.words import LANGUAGES, Tongue
from kweek.words.catalogue import catalogue
from kweek.workspace import read_workspace
from tests.unit.drawn_flows import flow_of
from tests.unit.manual import shipped

ROOT = Path(__file__).parents[2]


def draw(words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["draw", *words.split(), "--workspace", str(ROOT)])
    return code, *capsys.readouterr()


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_as_svg_and_as_png(
    theme: str, language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sizes: list[tuple[int, int]] = []
    for ending in ("svg", "png"):
        file = tmp_path / f"x.{ending}"
        code, out, err = draw(f"contact-request -o {file} --theme {theme} --language {language}", capsys)
        assert (code, out) == (0, "")
        drawn = file.read_bytes()
        sizes.append((int(err.split()[-3]), int(err.split()[-1])))
        if ending == "png":
            assert drawn[:8] == b"\x89PNG\r\n\x1a\n"
            assert struct.unpack(">II", drawn[16:24]) == (2 * sizes[0][0], 2 * sizes[0][1])
        else:
            assert drawn.startswith(b"<svg xmlns=")
    assert sizes[0] == sizes[1]


def test_the_same_picture_gives_the_same_pixels() -> None:
    drawn = svg(lay_out(flow_of("flow: drawn\ntitle: É\nsteps:\n  - wait: 7 days\n"), Tongue("nl")), theme="light")
    assert png(drawn) == png(drawn)


@pytest.mark.parametrize(("width", "height"), [(15_124 // 2, 53_836 // 2), (200_000, 300), (1, 90_000_000)])
def test_a_large_flow_has_no_more_pixels_than_take_seconds_to_draw(width: int, height: int) -> None:
    zoom = zoom_of(width, height)
    assert MOST * 0.999 <= width * height * zoom**2 <= MOST * 1.001
    assert zoom_of(2500, 1300) == 2


def test_a_flow_that_is_drawn_smaller_says_so_and_where_it_is_sharp(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kweek.pixels.MOST", 1_000_000)
    code, _, err = draw(f"brochure-request -o {tmp_path / 'x.png'}", capsys)
    said, size = err.splitlines()
    assert (code, said) == (
        0, "The flow is so large that it is drawn smaller, to have 1 million pixels; a .svg is sharp at any size."
    )  # fmt: skip
    wide, high = struct.unpack(">II", (tmp_path / "x.png").read_bytes()[16:24])
    assert 0.99e6 < wide * high < 1.01e6
    assert wide / high == pytest.approx(int(size.split()[-3]) / int(size.split()[-1]), rel=0.01)


def test_a_character_that_no_font_has_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow = "flow: own\ntitle: É {}\nstart: manual\nsteps:\n  - end: done\n"
    (tmp_path / "flows").mkdir()
    for more, said in (("ok →", []), ("\U000f0000 \U000f0001", ["\U000f0000 \U000f0001"])):
        (tmp_path / "flows" / "own.yaml").write_text(flow.format(more))
        for ending in ("png", "svg"):
            code = main(["draw", "own", "-o", str(tmp_path / f"x.{ending}"), "--workspace", str(tmp_path)])
            found = re.findall("No font here has a picture of (.*): boxes", capsys.readouterr().err)
            assert (code, found) == (0, said if ending == "png" else [])


def test_what_is_only_read_aloud_needs_no_font() -> None:
    drawn = "<svg><desc>\U000f0000</desc><text>Één → \u200d</text><text>\U000f0001</text></svg>"
    assert without_picture(drawn) == ("\U000f0001",)


def test_the_tree_in_the_terminal_is_whole_where_a_program_reads_it(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = draw("brochure-request", capsys)
    assert code == 0
    assert out.startswith("Brochure request\n├── Anywhere in the flow\n")
    assert "within 5 business days · 3 attempts, 1 business day apart\n" in out
    assert "│       ├── address is dead → discard\n" in out
    assert "\x1b" not in out


def test_mermaid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.mmd"
    code, _, err = draw(f"flows/brochure-request.yaml -o {file}", capsys)
    assert (code, err) == (0, f"{file}: {file.stat().st_size:,} bytes\n")
    chart = file.read_text()
    assert chart.startswith('---\ntitle: "Brochure request"\n---\nflowchart TD\n')
    assert 's0("Wait 7 days")' in chart
    assert "s0 --> s1" in chart
    assert 's1 -->|"answered"| s3' in chart


def test_what_differs_from_another_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, file = tmp_path / "old.yaml", tmp_path / "x.svg"
    text = (ROOT / "flows" / "brochure-request.yaml").read_text()
    old.write_text(text.replace("wait: 7 days", "wait: 9 days"))
    code, out, err = draw(f"brochure-request --against {old}", capsys)
    assert (code, err) == (0, "")
    assert "changed: Wait 7 days  was: Wait 9 days\n" in out
    assert draw(f"brochure-request --against {old} -o {file} --language nl", capsys)[0] == 0
    assert 'aria-label="anders: Wacht 7 dagen" class="card changed"' in file.read_text()
    old.write_text(text)
    assert draw(f"brochure-request --against {old}", capsys)[2] == "Nothing differs from old.yaml.\n"
    old.write_text(text.replace("# lead", "# a lead").replace("title:", "# A comment.\ntitle:"))
    said = draw(f"brochure-request --against {old}", capsys)[2]
    assert said == "Nothing that is drawn differs from old.yaml.\nchanged: flows/brochure-request.yaml\n"
    old.write_text("- just\n- words\n")
    code, _, err = draw(f"brochure-request --against {old}", capsys)
    assert (code, err.startswith(f"kweek draw: {old}:1:1: error: ")) == (1, True)
    old.write_bytes(bytes(range(256)) * 9)
    code, _, err = draw(f"brochure-request --against {old}", capsys)
    assert (code, err.count("\n") <= 5) == (1, True)


def test_a_mail_and_a_survey_that_read_differently_are_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kweek.leads.database import open_database
    from kweek.leads.migrate import migrate
    from kweek.leads.publish import publish
    from kweek.versions import source_of

    monkeypatch.setenv("KWEEK_DATA", str(tmp_path))
    database = open_database(f"sqlite:///{tmp_path / 'kweek.db'}", make=True)
    migrate(database.engine)
    now = source_of(read_workspace(ROOT), "brochure-request")
    before = {path: text for path, text in now.items() if path != "templates/mails/survey.nl.md"}
    before["templates/mails/survey.en.md"] += "\nP.S.\n"
    before["surveys/brochure.yaml"] += "# as it was\n"
    for source in (before, now):
        publish(database, source, "brochure-request", "anna", datetime(2026, 3, 2, tzinfo=UTC))
    database.close()
    assert draw("brochure-request --against 2", capsys)[2] == "Nothing differs from version 2.\n"
    assert draw("brochure-request --against 1", capsys)[2].splitlines() == [
        "Nothing that is drawn differs from version 1.",
        "changed: surveys/brochure.yaml",
        "changed: templates/mails/survey.en.md",
        "new: templates/mails/survey.nl.md",
    ]


MISTAKES = {
    "brochure-reqest": (2, "there is no flow “brochure-reqest”. Did you mean “brochure-request”?"),
    "contact-request --against old.yaml": (2, "“old.yaml” is neither a version's number nor a file"),
    "contact-request --against 7": (2, "there never was a version 7 of “contact-request”."),
    "contact-request --against 7 -o x.mmd": (2, "Mermaid has no marks for what differs"),
    "contact-request -o x.gif": (2, "x.gif: a picture is written as .svg, .png or .mmd."),
    "contact-request -o picture": (2, "picture: a picture is written as"),
    "contact-request -o nowhere/x.svg": (2, "-o: there is no folder nowhere; make it first"),
}


@pytest.mark.parametrize("words", MISTAKES)
def test_what_cannot_be_drawn_is_a_sentence(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = MISTAKES[words]
    ended = draw(words, capsys)
    assert ended[:2] == (code, "")
    assert said in ended[2]


def test_a_draft_with_mistakes_is_drawn_and_one_that_cannot_be_read_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "half.yaml").write_text("flow: half\ntitle: Half\nsteps:\n  - wait: 7 months\n  - go: away\n")
    (tmp_path / "flows" / "none.yaml").write_text("just words\n")
    assert main(["draw", "half", "--workspace", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    assert "Go to away?" in out
    assert err.startswith("This draft cannot be published as it is:\nflows/half.yaml:1:1: error: ")
    assert "flows/half.yaml:4:11: error: “7 months”" in err
    assert err.endswith(" more; kweek lint half says all of them.\n")
    assert main(["draw", "none", "--workspace", str(tmp_path)]) == 1
    assert "flows/none.yaml:" in capsys.readouterr().err
    assert main(["draw", "half", "--workspace", str(tmp_path / "nowhere")]) == 1
    assert "is not a workspace" in capsys.readouterr().err


BREAKS_OFF = {
    "a bracket": "flow: [\n",
    "a bracket below": "flow: b\ntitle: B\nstart: a.came\nsteps:\n  - wait: 2 days\n  - send: [\n  - end: done\n",
    "a tab": "\tflow: b\n",
    "a list": "- a\n- b\n",
}


@pytest.mark.parametrize("text", BREAKS_OFF)
def test_where_yaml_cannot_read_on_nothing_is_drawn_and_the_problem_is_said(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "b.yaml").write_text(BREAKS_OFF[text])
    sound, picture = tmp_path / "sound.yaml", tmp_path / "x.svg"
    sound.write_text("flow: b\ntitle: B\nsteps:\n  - wait: 2 days\n  - end: done\n")
    for more in ([], ["-o", str(picture)], ["--against", str(sound)]):
        assert main(["draw", "b", "--workspace", str(tmp_path), *more]) == 1
        out, err = capsys.readouterr()
        assert (out, err.startswith("flows/b.yaml:"), picture.exists()) == ("", True, False)
    (tmp_path / "flows" / "b.yaml").write_text(sound.read_text())
    sound.write_text(BREAKS_OFF[text])
    assert main(["draw", "b", "--workspace", str(tmp_path), "--against", str(sound)]) == 1
    assert capsys.readouterr().err.startswith(f"kweek draw: {sound}:")


def test_a_draft_that_reads_well_and_leads_nowhere_is_drawn_and_the_mistake_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = shipped(tmp_path) / "flows/contact-request.yaml"
    file.write_text(file.read_text().replace("- handover: sales", "- handover: slaes"))
    assert main(["draw", "contact-request", "--workspace", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    assert "Hand over to slaes" in out
    assert err.count("\n") == 2
    assert "Did you mean “sales”?" in err
    assert main(["draw", "brochure-request", "--workspace", str(tmp_path)]) == 0
    assert capsys.readouterr().err == ""  # the mistake of another flow is not told here


# --- the font ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("font", "bold"), [(FONTS[0], False), (FONTS[1], True)], ids=["regular", "semi-bold"])
def test_the_font_that_ships_is_never_wider_than_what_is_reckoned(font: Path, bold: bool) -> None:
    """Character by character: all printable ones of ASCII and of the words of the house, and Europe's letters."""
    file = TTFont(font)
    glyphs, advances, em = file.getBestCmap(), file["hmtx"], file["head"].unitsPerEm
    europe = map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x370, 0x400), *range(0x400, 0x460)))
    spoken = (forms for language in LANGUAGES for forms in catalogue(language).sentences.values())
    ours = {one for forms in spoken for one in "".join(forms)} | set("→…−\u2009")
    for one in {*europe, *ours}:
        if (glyph := glyphs.get(ord(one))) is not None and one.isprintable():
            # single letters of other alphabets are wider than the average by which they are reckoned
            spare = 1 if one < "\u0180" or one in ours else 1.2
            assert advances[glyph][0] / em <= width(one, 1, bold=bold) * spare + 0.002, one


def test_its_licence_stands_beside_it() -> None:
    assert "SIL Open Font License, Version 1.1" in (FONTS[0].parent / "LICENSE.txt").read_text()
    assert all(kebab(font.stem).startswith("inter") for font in FONTS)


@pytest.mark.parametrize("room", [30, 80, 200])
@pytest.mark.parametrize(
    "text",
    ["", "x", "one two three", "w" * 90, "the-second-reminder-of-the-third-mail", "a " * 200, "日本語のタイトル"],
)
def test_lines_fit_their_room_and_lose_nothing_but_what_the_ellipsis_says(text: str, room: int) -> None:
    lines = wrap(text, room, 12, most=6)
    assert 1 <= len(lines) <= 6
    assert all(width(line, 12) <= room for line in lines)
    whole, shown = "".join(text.split()), "".join("".join(lines).split())
    assert shown == whole or (shown.endswith("…") and whole.startswith(shown[:-1]))


def test_a_word_that_is_too_long_is_broken_behind_its_hyphens() -> None:
    style = Style(TITLE.name, TITLE.size, TITLE.line)
    assert style.wrap("the-second-reminder-of-the-third-mail", 150) == ("the-second-reminder-", "of-the-third-mail")
