"""What is no condition is refused at its place, with what to write instead."""

from __future__ import annotations

import warnings

import pytest

from kweek.flow.conditions import ConditionError, parse_condition


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ('lead.profile = "A"', 13, "did you mean “==”"),
        ("lead.engagement =< 3", 16, "did you mean “<=”"),
        ("lambda: 1", 0, "“lambda” is no word"),
        ("[x for x in y]", 3, "“for” is no word"),
        ('f"a" == lead.x', 1, "something is missing before"),
        ("(x := 3)", 3, "“:”"),
        ("lead.x is 3", 7, "write =="),
        ('lead.x == "A" or "B"', 17, "list: lead.x in"),
        ('lead.x == "A', 10, "close it"),
        ("(" * 1_000, 30, "nested too deeply"),
        ("(" * 100_000, 0, "under 2000"),
        ("not " * 400 + "lead.x", 124, "nested too deeply"),
        ("- - 1 == lead.x", 2, "do not calculate"),
        ("9" * 500 + " < lead.x", 0, "too large"),
        ("lead.x == 010", 10, 'write 10, or "010"'),
        ("lead.x > 14days", 11, "leave the unit out: 14"),
        ("lead.x > 1_000", 9, "neither number nor name"),
        ("lead.x == “A”", 10, "straight quotes"),
        ("ｌead.x == 1", 0, "no meaning"),
        ("lead.x\u200b == 1", 6, "U+200B"),
        ("lead.x == None", 10, "not known(lead.x)"),
        ("lead.x == null", 10, "not known(lead.x)"),
        ("count(clicked) > 1", 6, "in quotes"),
        ('conut("x") > 1', 0, "“count”"),
        ('count("clicked", "1 month") > 1', 17, "no fixed length"),
        ('count("clicked", "7days") > 1', 17, "not a duration"),
        ('count("clicked", "10 business days") > 1', 17, "elapsed"),
        ('count("clicked", "99999999999 weeks") > 1', 17, "longer than"),
        ('count("clicked")', 0, "compare it"),
        ('count("clicked", 14 days) > 1', 20, 'in quotes: "14 days"'),
        ("count() > 1", 0, "asks for event"),
        ('lead.x in "A"', 10, 'write in ["A", "…"]'),
        ("lead.x && lead.y", 7, "write and"),
        ("lead.x || lead.y", 7, "write or"),
        ("!lead.x", 0, "write not"),
        ('lead.x == "a\\n"', 12, "backslash"),
        ("lead.x ==", 9, "stops half-way"),
        ("lead.x and", 10, "stops half-way"),
        ("== 3", 0, "missing before"),
        ("lead.x lead.y", 7, "missing before"),
        ('lead.x contains "b"', 7, 'write matches(lead.x, "*b*")'),
        ("lead.x between 3 and 5", 7, "write 3 <= lead.x <= 5"),
        ("lead.x > 1,000", 9, "write 1000"),
        ("lead.x > 1.000", 9, "write 1000"),
        ("tagged(dormant)", 7, 'in quotes: "dormant"'),
        ("lead.x[0] == 1", 6, "missing before"),
        ("lead.x == 1 == 2", 10, "join them with and"),
        ("lead.a if lead.b else lead.c", 7, "“if” is no word"),
        ("lead.x + 1 > 2", 7, "do not calculate"),
        ("", 0, "empty"),
        ("   ", 0, "empty"),
        ("3", 0, "neither true nor false"),
        ('["A"]', 0, "neither true nor false"),
        ('"a" == "b"', 0, "two constants"),
        ("lead.x AND lead.y", 7, "write and"),
        ("lead.x == True", 10, "write true"),
        ("lead.x = call", 7, 'mean “== "call"”'),
        ('lead.x is not "a"', 7, "write !="),
        ("lead.x < 2026-12-31", 9, 'quotes: "2026-12-31"'),
        ("days_since(lead.x) > 3", 11, "days_until(lead.x)"),
        ("matches(lead.x)", 0, "glob"),
        ('known("lead.x")', 6, "without quotes: lead.x"),
        ("lead.x == (1, 2)", 10, "square brackets"),
        ("(lead.x == 1) == true", 1, "cannot be compared"),
        ('lead.x not ["a"]', 11, "not in"),
        ("lead.x <> 3", 7, "“!=”"),
        ('count("x", period="3 days") > 1', 17, "did you mean “==”"),
        ("lead.x == -lead.y", 10, "do not calculate"),
        ("lead..x", 4, "“.”"),
        ("lead.x == 1; lead.y", 11, "“;”"),
        ("{{ lead.x }}", 0, "stands by itself"),
        ("lead.x == 1)", 11, "closes nothing"),
        ("(lead.x == 1", 0, "never closed"),
        ("lead.x in []", 10, "list is empty"),
        ('["A"] == lead.x', 0, "list"),
        ("lead.x == \x00", 10, "U+0000"),
        ("__import__('os').system('x')", 16, "“.”"),
        # half a quote, one too many, or one of the other kind
        ('lead.x == NL" and lead.y == "nl"', 10, 'no " before it; write "NL"'),
        ('lead.x == "NL and lead.y == "nl"', 10, 'no " behind it; close it: "NL"'),
        ('lead.x == "NL\' and lead.y == "nl"', 10, 'begins with " and ends with \'; write "NL"'),
        ('lead.x == ""NL" and lead.y == "nl"', 10, 'one quote too many; write "NL"'),
        ('lead.x == "NL""', 10, 'one quote too many; write "NL"'),
        ('lead.x in ["A, "B"]', 11, 'close it: "A"'),
        # units, and brackets of another kind
        ("lead.x > 40 ha", 12, "out: 40"),
        ("lead.x > 40% and lead.y", 11, "out: 40"),
        ("lead.x > 40ha", 11, "out: 40"),
        ("lead.x == 40ha", 10, 'write 40, or "40ha" in quotes'),
        ('count("x", 60 days) > 1', 14, 'in quotes: "60 days"'),
        ('lead.x in {"A", "B"}', 10, 'write ["A", "B"]'),
        # words of everyday
        ("lead.x is None", 7, "write not known(lead.x)"),
        ("lead.x is not empty", 7, "write known(lead.x)"),
        ("lead.x is more than 40", 7, "write lead.x > 40"),
        ("lead.x at least 40", 7, "write lead.x >= 40"),
        ('not tagged("a", "b")', 4, '(tagged("a") or tagged("b"))'),
        ('days_since("sent", "120 days")', 0, 'days_since("sent") > 120 — or < 120'),
    ],
)
def test_what_is_no_condition_is_refused_at_its_place_with_what_to_write(text: str, offset: int, words: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # Python's parser warns about odd texts; none of them reaches it
        with pytest.raises(ConditionError) as refused:
            parse_condition(text)
    assert words.lower() in str(refused.value).lower()
    assert refused.value.offset == offset
