"""What the double refuses or fails with, in the words and bodies of Stripe."""

from typing import Any

Thing = dict[str, Any]  # an object of the API as JSON has it


class Failure(Exception):
    """An answer other than 2xx: HTTP status, type, code and the rest of Stripe's error body."""

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        executed: bool = False,
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        """`executed`: the endpoint began to work, so that the answer is kept for its idempotency key."""
        super().__init__(message)
        self.status, self.kind, self.message, self.code, self.param = status, kind, message, code, param
        self.executed, self.headers, self.extra = executed, headers or {}, extra

    def body(self) -> Thing:
        """The JSON of the answer."""
        error: Thing = {"message": self.message, "type": self.kind}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        if self.param:
            error["param"] = self.param
        return {"error": error | self.extra}


def invalid(message: str, param: str | None = None, code: str | None = None, **extra: Any) -> Failure:
    """A request that Stripe would not take: 400 `invalid_request_error`."""
    return Failure(400, "invalid_request_error", message, param=param, code=code, **extra)


def missing(noun: str, name: str, param: str) -> Failure:
    """An object that this account does not have; 404 where it is named by the path, which says `id` or its noun."""
    status = 404
    return Failure(status, "invalid_request_error", f"No such {noun}: '{name}'", param=param, code="resource_missing")
