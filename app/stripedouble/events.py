"""Events, as they are listed for 30 days, and the endpoints that want to hear of them."""

import secrets
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import stripe

from app.stripedouble.books import DAY, EVENT_DAYS, Books, event_body
from app.stripedouble.customers import merged
from app.stripedouble.errors import Thing, invalid, missing
from app.stripedouble.operations import listed, operation
from app.stripedouble.shapes import rendered


def wants(patterns: list[str], name: str) -> bool:
    """Whether an event is among those that are asked for: `*`, `charge.*` or its very name."""
    return any(each in ("*", name) or (each.endswith(".*") and name.startswith(each[:-1])) for each in patterns)


@operation("GET", "/v1/events/{id}", "EventRetrieveParams")
def retrieve(books: Books, params: Thing, identifier: str) -> Thing:
    event = books.find("event", identifier)
    if event["created"] < books.clock.now() - EVENT_DAYS * DAY:
        raise missing("event", identifier, "id")
    return event_body(event)


@operation("GET", "/v1/events", "EventListParams")
def list_all(books: Books, params: Thing) -> Thing:
    if "type" in params and "types" in params:
        raise invalid("You may only specify one of these parameters: type, types.", "type", "parameters_exclusive")
    types = params.get("types") or ([params["type"]] if "type" in params else ["*"])
    oldest = books.clock.now() - EVENT_DAYS * DAY
    delivered = params.get("delivery_success")

    def keep(event: Thing) -> bool:
        arrived = not event.get("pending")
        return event["created"] >= oldest and wants(types, event["type"]) and delivered in (None, arrived)

    exact = types[0] if len(types) == 1 and "*" not in types[0] else None
    return listed(books, "event", params, "/v1/events", {"type": exact}, keep, event_body)


def check_url(url: str) -> None:
    """Refuse an address beyond this machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        local = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        local = False
    if parts.scheme != "http" or not local:
        raise invalid("Invalid URL: the double delivers to http addresses of this machine only.", "url", "url_invalid")


def listen(books: Books, url: str, enabled_events: list[str], secret: str | None = None, **fields: Any) -> Thing:
    """Make an endpoint, with a secret of its own or one that is known already."""
    check_url(url)
    made = books.new(
        "webhook_endpoint",
        enabled_events=enabled_events,
        status="enabled",
        url=url,
        **{"api_version": stripe.api_version, "metadata": {}} | fields,
    )
    books.hidden[made["id"]] = {"secret": secret or f"whsec_{secrets.token_hex(16)}"}
    return made


@operation("POST", "/v1/webhook_endpoints", "WebhookEndpointCreateParams")
def create(books: Books, params: Thing) -> Thing:
    kept = {name: params[name] for name in ("description", "api_version") if params.get(name)}
    kept["metadata"] = merged(None, params.get("metadata"))
    made = listen(books, params["url"], params["enabled_events"], **kept)
    return rendered(made) | {"secret": books.hidden[made["id"]]["secret"]}


@operation("GET", "/v1/webhook_endpoints/{webhook_endpoint}", "WebhookEndpointRetrieveParams")
def endpoint(books: Books, params: Thing, identifier: str) -> Thing:
    return rendered(books.find("webhook_endpoint", identifier))


@operation("POST", "/v1/webhook_endpoints/{webhook_endpoint}", "WebhookEndpointUpdateParams")
def update(books: Books, params: Thing, identifier: str) -> Thing:
    found = books.find("webhook_endpoint", identifier)
    if "url" in params:
        check_url(params["url"])
    fields: Thing = {name: params[name] for name in ("description", "enabled_events", "url") if name in params}
    if "disabled" in params:
        fields["status"] = "disabled" if params["disabled"] else "enabled"
    if "metadata" in params:
        fields["metadata"] = merged(found["metadata"], params["metadata"])
    return rendered(books.change(found, **fields))


@operation("DELETE", "/v1/webhook_endpoints/{webhook_endpoint}", "WebhookEndpointDeleteParams")
def delete(books: Books, params: Thing, identifier: str) -> Thing:
    books.find("webhook_endpoint", identifier)
    books.tables["webhook_endpoint"].drop(identifier)
    return {"id": identifier, "object": "webhook_endpoint", "deleted": True}


@operation("GET", "/v1/webhook_endpoints", "WebhookEndpointListParams")
def endpoints(books: Books, params: Thing) -> Thing:
    return listed(books, "webhook_endpoint", params, "/v1/webhook_endpoints")
