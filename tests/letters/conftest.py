"""The pages of letters are asked for as every other page is."""

from tests.web.conftest import app, browser, demo, serve

__all__ = ["app", "browser", "demo", "serve"]
