"""The pages on the design: what they refer to exists, and so does what refers to them."""

from pathlib import Path
import re

import pytest

from tests.support.blocks import ROOT

DESIGN = ROOT / "docs" / "design"
PAGES = sorted(DESIGN.glob("*.rst"))
TESTS = sorted((ROOT / "tests" / "promise").glob("*.py"))
CHANGES = (DESIGN / "changes.rst").read_text()
ROWS = re.findall(r"^   \* - (\d+b?)$", CHANGES, re.MULTILINE)
# row(12, ...), row("9b", ...), def test_row_12_..., def test_rows_13_and_46_..., "rows 27, 28 and 29"
REFERENCES = re.compile(
    r'\brow\("?(\d+b?)"?,|\brows? (\d[\d, to and]*)|\btest_rows?_(\d+(?:_and_\d+)*)'
)


def rows_named_in(text):
    """Return the numbers of the rows that the code or prose of a test names."""
    return {
        number
        for match in REFERENCES.finditer(text)
        for number in re.findall(r"\d+b?", "".join(filter(None, match.groups())))
    }


def test_each_row_has_one_number_in_order():
    in_order = sorted(set(ROWS), key=lambda each: (int(each.rstrip("b")), each))

    assert in_order == ROWS
    assert len(ROWS) == 52


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_each_row_that_a_test_names_is_on_the_page(path):
    assert rows_named_in(path.read_text()) <= set(ROWS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_leads_to_a_file(page):
    links = re.findall(r"<([^<>`]+)>`_", " ".join(page.read_text().split()))

    missing = [link for link in links if not Path(page.parent, link.partition("#")[0]).exists()]

    assert missing == []


def test_the_index_names_every_page():
    named = re.findall(r"<([\w-]+\.rst)>`_", (DESIGN / "index.rst").read_text())

    assert sorted([*named, "index.rst"]) == [page.name for page in PAGES]
