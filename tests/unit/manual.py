"""The manual as tests read it: its pages, the files that they have the reader write, the mistakes and the commands."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from kweek.cli import main

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"

_FILE: Final = re.compile(
    r"(?P<more>Add to\s)?`(?P<path>[\w./-]+)`:\n\n```(?:yaml|markdown)\n(?P<text>.*?)```", re.DOTALL
)
_MISTAKE: Final = re.compile(
    r"^(?:Write `(?P<wrong>[^`]+)` for|Leave out) `(?P<right>[^`]+)`, and `kweek lint` says:\n\n"
    r"```text\n(?P<says>.*?)```",
    re.DOTALL | re.MULTILINE,
)
_CODE: Final = re.compile(r"```(?:sh)?\n(.*?)```", re.DOTALL)
_COMMAND: Final = re.compile(r"(?:^|\$\(|&& )(?:\.venv/bin/)?kweek (\w[^)|>&#\n]*)", re.MULTILINE)
_LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
_HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)
_PICTURE: Final = re.compile(r"^!\[[^\]]+\]\(([\w./-]+\.svg)\)$", re.MULTILINE)


@dataclass(frozen=True)
class Mistake:
    """What to write wrong (nothing: leave it out) for what is right, and the answer."""

    wrong: str
    right: str
    says: str


@dataclass(frozen=True)
class Page:
    """A page of the manual. files: path in a workspace → what the reader writes there."""

    path: Path
    text: str

    @property
    def files(self) -> dict[str, str]:
        return {one["path"]: one["text"] for one in _FILE.finditer(self.text)}

    @property
    def added_to(self) -> set[str]:
        """Files of which it shows only what is added."""
        return {one["path"] for one in _FILE.finditer(self.text) if one["more"]}

    @property
    def flow(self) -> str:
        """The name of its one flow."""
        [path] = [path for path in self.files if re.fullmatch(r"flows/[\w-]+\.yaml", path)]
        return Path(path).stem

    @property
    def mistakes(self) -> list[Mistake]:
        found = _MISTAKE.finditer(self.text)
        return [Mistake(one["wrong"] or "", one["right"], " ".join(one["says"].split())) for one in found]

    @property
    def commands(self) -> list[str]:
        """What stands in its code, without `kweek`."""
        code = "\n".join(_CODE.findall(self.text))
        return [" ".join(one.split()) for one in _COMMAND.findall(code.replace("\\\n", " "))]

    @property
    def links(self) -> list[str]:
        """Those that lead to a file of the project."""
        return [link for link in _LINK.findall(self.text) if "://" not in link]

    @property
    def anchors(self) -> set[str]:
        """Its headings, as links name them."""
        words = (re.sub(r"[^\w -]", "", heading.lower()) for heading in _HEADING.findall(self.text))
        return {heading.strip().replace(" ", "-") for heading in words}

    @property
    def pictures(self) -> list[Path]:
        return [self.path.parent / where for where in _PICTURE.findall(self.text)]

    def written_into(self, workspace: Path) -> None:
        """What is added to a file stands below what was there; any other file is written."""
        for path, text in self.files.items():
            file = workspace / path
            file.parent.mkdir(exist_ok=True)
            known = file.read_text("utf-8") if path in self.added_to else ""
            file.write_text(known + text, "utf-8")


def page(name: str) -> Page:
    return Page(DOCS / name, (DOCS / name).read_text("utf-8"))


def pages() -> dict[str, Page]:
    """All of it, the README included, by the path within the project."""
    files = [ROOT / "README.md", *sorted(DOCS.glob("**/*.md"))]
    return {file.relative_to(ROOT).as_posix(): Page(file, file.read_text("utf-8")) for file in files}


def language() -> dict[str, Page]:
    """The pages about the words of flows, by name."""
    return {path.stem: page(f"language/{path.name}") for path in sorted((DOCS / "language").glob("*.md"))}


def shipped(folder: Path) -> Path:
    """A copy of the workspace that ships."""
    for name in ("flows", "rules", "surveys", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def renew() -> None:
    """Draw every picture anew, and print the reference: `python -m tests.unit.manual`."""
    with TemporaryDirectory() as folder:
        workspace = shipped(Path(folder) / "workspace")
        drawn = {"brochure-request": DOCS / "brochure-request.svg"}
        for name, one in language().items():
            one.written_into(workspace)
            drawn[one.flow] = DOCS / f"pictures/{name}.svg"
        for flow, picture in drawn.items():
            main(["draw", flow, "-o", str(picture), "--workspace", str(workspace)])
    main(["reference", "-o", str(DOCS / "reference.md")])
    main(["schema", "--write", "--workspace", str(ROOT)])


CASES: Final = """\
flow: brochure-request
tests:
  - name: opened but not filled in becomes a call
    starts: monday 2026-03-02 09:30
    lead: { country: NL, profile: B }
    events:
      day 7 + 2 hours: opened
    expect:
      day 7: send survey
      day 14: call brochure
  - name: a bounce stops everything at once
    events:
      day 7 + 1 minute: bounced
      day 8: [opened, clicked]       # too late: nothing happens
    expect:
      ends: day 7, discard
      never: [call, handover]
  - name: nobody falls out
    leads: 1000
    mix: { opened: 45%, bounced: 4%, answered: 25% }
    expect:
      after 60 days: { under way: 0 }
"""
"""The tests of a flow as the design writes them."""


if __name__ == "__main__":
    renew()
