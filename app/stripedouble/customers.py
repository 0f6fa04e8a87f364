"""Customers: made, changed, found, deleted."""

from app.stripedouble.books import Books
from app.stripedouble.errors import Thing, invalid
from app.stripedouble.operations import listed, operation
from app.stripedouble.shapes import rendered

_KEPT = ("address", "description", "email", "name", "phone", "shipping", "preferred_locales", "invoice_settings")


def merged(before: Thing | None, given: Thing | str | None) -> Thing:
    """Metadata after an update: given keys are set, empty ones unset, and an empty text unsets all."""
    if given is None:
        return before or {}
    if isinstance(given, str):
        return {}
    together = {**(before or {}), **given}
    return {key: value for key, value in together.items() if value != ""}


def customer_of(books: Books, identifier: str, param: str = "customer") -> Thing:
    """A customer that a request names; a deleted one is not there for payments."""
    found = books.find("customer", identifier, param)
    if found.get("deleted"):
        raise invalid(f"No such customer: '{identifier}'", param, "resource_missing")
    return found


@operation("POST", "/v1/customers", "CustomerCreateParams")
def create(books: Books, params: Thing) -> Thing:
    fields: Thing = {name: params[name] for name in _KEPT if params.get(name)}
    made = books.new("customer", **fields, metadata=merged(None, params.get("metadata")), balance=0, delinquent=False)
    books.happened("customer.created", made)
    if "payment_method" in params:
        from app.stripedouble.methods import attach, method_of

        attach(books, method_of(books, params["payment_method"]), made["id"])
    return answer(made)


def answer(customer: Thing) -> Thing:
    """A customer as it is answered."""
    if customer.get("deleted"):
        return {"id": customer["id"], "object": "customer", "deleted": True}
    defaults: Thing = {"livemode": False, "preferred_locales": [], "tax_exempt": "none"}
    settings = {"custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None}
    return defaults | rendered(customer) | {"invoice_settings": settings | customer.get("invoice_settings", {})}


@operation("GET", "/v1/customers/{customer}", "CustomerRetrieveParams")
def retrieve(books: Books, params: Thing, identifier: str) -> Thing:
    return answer(books.find("customer", identifier))


@operation("POST", "/v1/customers/{customer}", "CustomerUpdateParams")
def update(books: Books, params: Thing, identifier: str) -> Thing:
    customer = customer_of(books, identifier, "id")
    fields: Thing = {name: params[name] or None for name in _KEPT if name in params}
    if "metadata" in params:
        fields["metadata"] = merged(customer["metadata"], params["metadata"])
    previous = {name: customer.get(name) for name in fields}
    books.change(customer, **fields)
    books.happened("customer.updated", customer, previous)
    return answer(customer)


@operation("DELETE", "/v1/customers/{customer}", "CustomerDeleteParams")
def delete(books: Books, params: Thing, identifier: str) -> Thing:
    from app.stripedouble.methods import detach_all

    customer = customer_of(books, identifier, "id")
    books.change(customer, deleted=True)
    detach_all(books, identifier)
    books.happened("customer.deleted", customer)
    return answer(customer)


@operation("GET", "/v1/customers", "CustomerListParams")
def list_all(books: Books, params: Thing) -> Thing:
    def present(row: Thing) -> bool:
        return not row.get("deleted")

    return listed(books, "customer", params, "/v1/customers", {"email": params.get("email")}, present, answer)
