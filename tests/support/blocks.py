"""The code blocks of a page, run as they stand there."""

from pathlib import Path
import re

ROOT = Path(__file__).parents[2]


class Page:
    """A page of the documentation."""

    def __init__(self, name):
        self.name = name
        self.text = (ROOT / name).read_text()

    def blocks(self, language):
        """Return the code blocks of a language, without their indentation."""
        pattern = rf"^( *)\.\. code-block:: {language}\n\n((?:\1    .*\n|\n)+)"
        found = re.findall(pattern, self.text, re.MULTILINE)
        return [re.sub(rf"^{indent}    ", "", block, flags=re.MULTILINE) for indent, block in found]

    def lines(self, language):
        """Return the lines of all code blocks of a language."""
        return [line for block in self.blocks(language) for line in block.splitlines() if line]

    def block_with(self, text):
        """Return the one Python block that has ``text`` in it."""
        (block,) = [block for block in self.blocks("python") if text in block]
        return block

    def run(self, text, names):
        """Run the one Python block that has ``text`` in it; return the names that it leaves."""
        exec(compile(self.block_with(text), self.name, "exec"), names)
        return names
