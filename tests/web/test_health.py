"""The health endpoint: well with its database at hand, and quick to say when it is not."""

import time

import app.main


def test_with_its_database_the_house_is_well(database, browser):
    answer = browser.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert browser.get("/health", headers={"Host": "10.1.2.3"}).status_code == 200, "a balancer asks by address"


def test_without_its_database_it_says_so(browser, monkeypatch):
    def gone():
        raise ConnectionError

    monkeypatch.setattr(app.main, "engine", gone)
    assert browser.get("/health").status_code == 503


def test_a_database_that_does_not_answer_is_not_waited_for(browser, monkeypatch):
    monkeypatch.setattr(app.main, "HEALTH_SECONDS", 0.1)
    monkeypatch.setattr(app.main, "_database_answers", lambda: time.sleep(1) or True)
    assert browser.get("/health").status_code == 503
