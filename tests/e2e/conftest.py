import os
from pathlib import Path

from playwright.sync_api import expect, sync_playwright
import pytest

from tests.e2e.device import Device
from tests.e2e.site import ROOT, serving

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# Chromium has no sandbox when it runs as root. The other switches stop requests to other hosts.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Milliseconds, for a busy machine. What works does not wait that long.
PATIENCE = 30_000


@pytest.fixture(scope="session")
def browser():
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def site(server):
    server.reset()
    return server


@pytest.fixture
def device(browser, site):
    """Make devices, each with its own browser profile and user agent."""
    made = []

    def make(user_agent, *, at=site, **options):
        made.append(Device(browser, at, user_agent, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()
    assert [complaint for each in made for complaint in each.complaints] == []


@pytest.fixture(scope="session")
def screenshots():
    """The folder for screenshots, if they are wanted."""
    if "SCREENSHOTS" not in os.environ:
        pytest.skip("make screenshots writes them")
    folder = Path(ROOT, "docs", "images")
    folder.mkdir(exist_ok=True)
    return folder
