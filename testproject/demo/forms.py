"""Read the forms of an HTML page, so that they can be submitted."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """The target of a form, and its fields."""

    action: str = ""
    hidden: list[tuple[str, str]] = field(default_factory=list)
    #: Names of all fields of any kind.
    names: set[str] = field(default_factory=set)


class FormReader(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a form, or add a field to the current one."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
            self.is_inside = True
        elif self.is_inside and "name" in given:
            self._add(tag, given)

    def handle_endtag(self, tag: str) -> None:
        """End the current form."""
        self.is_inside = self.is_inside and tag != "form"

    def _add(self, tag: str, given: dict[str, str]) -> None:
        form = self.forms[-1]
        form.names.add(given["name"])
        if tag == "input" and given.get("type") == "hidden":
            form.hidden.append((given["name"], given.get("value", "")))


def form_with(name: str, page: str) -> Form:
    """Return the first form of a page that has a field of this name; raise ``LookupError``."""
    reader = FormReader()
    reader.feed(page)
    for form in reader.forms:
        if name in form.names:
            return form
    raise LookupError(f"The page has no form with a field {name!r}.")
