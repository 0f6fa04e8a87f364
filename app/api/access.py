"""Who is asking by a token: the caller, the scope and roles that an operation needs, and answering a key only once."""

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any, ClassVar

from anyio.to_thread import run_sync
from fastapi import Depends, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from sqlalchemy.orm import Session
from starlette.routing import BaseRoute

from app.core.clock import now, today
from app.core.database import reading, transaction
from app.core.errors import N_, NotAllowed, Refusal
from app.core.limits import Try, count
from app.members.apitokens import answering
from app.members.apitokens.models import ApiToken
from app.members.apitokens.scopes import DESK, SHORT_LIFE, SHORT_LIVED, USED_BY, Scope
from app.members.apitokens.using import TokenMissing, TokenNotValid, note_use, secret_in, standing_token
from app.members.entering import current_membership
from app.members.models import Person
from app.members.roles import Role, roles_of, scoped_roles_of
from app.web.database import Tx
from app.web.limiting import WRONG_TOKENS
from app.web.network import client_network
from app.web.pages import Reply
from app.web.problems import ProblemRoute
from app.web.rights import lets_in

REPLAYED = "Idempotent-Replayed"


class TokenTooOld(Refusal):
    """The token was made too long ago for an act that the pages ask to be confirmed lately."""

    message = N_("For this a token must be made within the last day, by somebody who has just shown who they are.")
    status = 403


class ScopeNotGiven(Refusal):
    """The token was made without the scope."""

    message = N_("The token lacks the scope {scope}. Make another one that has it.")
    status = 403


@dataclass(frozen=True)
class Caller:
    """The person for whom a token acts, what it may be used for, and their roles now.

    `scoped` are roles for one subject only, as (role, subject).
    """

    token_id: int
    person_id: int
    scopes: frozenset[str]
    roles: frozenset[str]
    made_at: datetime
    scoped: frozenset[tuple[str, str]] = frozenset()

    def roles_for(self, subject: str) -> frozenset[str]:
        """The roles that count for a subject: those that count everywhere, and those for it alone."""
        return self.roles | {role for role, place in self.scoped if place == subject}

    def is_staff_for(self, subject: str) -> bool:
        """Whether they may look at the desk of a subject."""
        return bool(self.roles_for(subject) & set(DESK))

    def person(self, session: Session) -> Person:
        """The person in a session of one's own."""
        return session.get_one(Person, self.person_id)

    @property
    def is_staff(self) -> bool:
        """Whether they may look at the whole desk."""
        return bool(self.roles & set(DESK))


def _caller(request: Request) -> Caller:
    """The caller by the token in the header; cookies open nothing here, so that no form can be forged."""
    header = request.headers.get("authorization")
    if header is None:
        raise TokenMissing
    secret = secret_in(header)
    try:
        token, roles, scoped = _standing(secret)
    except TokenNotValid:  # counted when the reading has ended: nobody holds one connection and waits for another
        count(Try(WRONG_TOKENS, client_network(request)))
        raise
    if token.last_used_on != today():
        with transaction() as session:
            note_use(session, token.id)
    return Caller(token.id, token.person_id, frozenset(token.scopes), frozenset(roles), token.created_at, scoped)


def _standing(secret: str) -> tuple[ApiToken, set[str], frozenset[tuple[str, str]]]:
    """The token of a secret, and the roles that its person has in it now, everywhere and for one subject only."""
    with reading() as session:
        token = standing_token(session, secret)
        roles = set(roles_of(session, token.person_id)) if token.with_roles else set()
        if current_membership(session, token.person_id) is not None:
            roles.add(Role.MEMBER)
        scoped = scoped_roles_of(session, token.person_id) if token.with_roles else frozenset()
        return token, roles, scoped


class Needs:
    """A dependency that lets a caller in: the token has the scope, and the person one of the roles (none: anyone).

    Without roles of its own it takes those of the scope. With a `kind`, a role for the one subject of this kind that
    the address names by its `slug` is enough. `needs_of` finds it again on a route.
    """

    def __init__(self, scope: Scope | None, *roles: Role, kind: str = "") -> None:
        self.scope, self.kind = scope, kind
        self.roles: tuple[Role, ...] = roles or (USED_BY[scope] if scope else ())
        also = f"token with {scope}" if scope else "token"
        also += f"; or for this {kind} only" if kind else ""
        lets_in(signed_in=True, roles=self.roles or None, also=also)(self)

    def __call__(self, request: Request, caller: Annotated[Caller, Depends(_caller)]) -> Caller:
        """The caller, or a refusal: first of the scope, then of the role."""
        if self.scope is not None and self.scope.value not in caller.scopes:
            raise ScopeNotGiven(scope=self.scope.value)
        if self.scope in SHORT_LIVED and caller.made_at <= now() - SHORT_LIFE:
            raise TokenTooOld
        counting = caller.roles_for(f"{self.kind}:{request.path_params['slug']}") if self.kind else caller.roles
        if self.roles and not counting & set(self.roles):
            raise NotAllowed
        request.state.let_in = True
        return caller


def needs_of(dependant: Dependant) -> Needs | None:
    """What a route asks of its caller (`route.dependant`); None for one that takes no token."""
    for inner in dependant.dependencies:
        found = inner.call if isinstance(inner.call, Needs) else needs_of(inner)
        if found is not None:
            return found
    return None


def operations(routes: list[BaseRoute]) -> Iterator[tuple[str, str, RouteContext, Needs | None]]:
    """Every operation of some routes: method, path, route, and what it needs."""
    for route in iter_route_contexts(routes):
        if isinstance(route.original_route, APIRoute):
            for method in sorted(route.methods or ()):
                yield method, str(route.path), route, needs_of(route.dependant)


AnyCaller = Annotated[Caller, Depends(Needs(None))]
ReadsOffers = Annotated[Caller, Depends(Needs(Scope.OFFERS_READ))]
WatchesOffer = Annotated[Caller, Depends(Needs(Scope.OFFERS_READ, *DESK, kind="offer"))]
DraftsOffers = Annotated[Caller, Depends(Needs(Scope.OFFERS_WRITE))]
WritesOffer = Annotated[Caller, Depends(Needs(Scope.OFFERS_WRITE, kind="offer"))]
ReadsPledges = Annotated[Caller, Depends(Needs(Scope.PLEDGES_READ))]
WatchesPledges = Annotated[Caller, Depends(Needs(Scope.PLEDGES_READ, *DESK, kind="offer"))]
WritesPledges = Annotated[Caller, Depends(Needs(Scope.PLEDGES_WRITE))]
KeepsPledges = Annotated[
    Caller, Depends(Needs(Scope.PLEDGES_WRITE, Role.ORGANIZER, Role.TREASURER, Role.SECRETARY, kind="offer"))
]
ImportsPledges = Annotated[Caller, Depends(Needs(Scope.PLEDGES_WRITE, Role.ORGANIZER, kind="offer"))]
ReadsHoldings = Annotated[Caller, Depends(Needs(Scope.HOLDINGS_READ))]
WritesHoldings = Annotated[Caller, Depends(Needs(Scope.HOLDINGS_WRITE))]
ReadsShares = Annotated[Caller, Depends(Needs(Scope.SHARES_READ))]
WritesShares = Annotated[Caller, Depends(Needs(Scope.SHARES_WRITE))]
ReadsDocuments = Annotated[Caller, Depends(Needs(Scope.DOCUMENTS_READ))]
WatchesDocuments = Annotated[Caller, Depends(Needs(Scope.DOCUMENTS_READ, Role.AUDITOR, Role.SECRETARY, Role.TREASURER))]
WritesDocuments = Annotated[Caller, Depends(Needs(Scope.DOCUMENTS_WRITE, Role.SECRETARY))]
GivesExtracts = Annotated[Caller, Depends(Needs(Scope.DOCUMENTS_WRITE, Role.ORGANIZER, Role.SECRETARY))]
WritesMembership = Annotated[Caller, Depends(Needs(Scope.MEMBERSHIP_WRITE))]
ReadsMembers = Annotated[Caller, Depends(Needs(Scope.MEMBERS_READ))]
DecidesMembers = Annotated[Caller, Depends(Needs(Scope.MEMBERS_WRITE))]
ReadsRegister = Annotated[Caller, Depends(Needs(Scope.REGISTER_READ))]
InspectsRegister = Annotated[Caller, Depends(Needs(Scope.REGISTER_INSPECT))]
ReadsApprovals = Annotated[Caller, Depends(Needs(Scope.APPROVALS_READ))]
WritesApprovals = Annotated[Caller, Depends(Needs(Scope.APPROVALS_WRITE))]
WritesBank = Annotated[Caller, Depends(Needs(Scope.BANK_WRITE))]
EndsSessions = Annotated[Caller, Depends(Needs(Scope.SESSIONS_WRITE))]
ReadsPrivacy = Annotated[Caller, Depends(Needs(Scope.PRIVACY_READ))]
WatchesPrivacy = Annotated[Caller, Depends(Needs(Scope.PRIVACY_READ, Role.ORGANIZER, Role.SECRETARY, Role.AUDITOR))]
DecidesPrivacy = Annotated[Caller, Depends(Needs(Scope.PRIVACY_WRITE, Role.ORGANIZER, Role.SECRETARY))]
WritesPrivacy = Annotated[Caller, Depends(Needs(Scope.PRIVACY_WRITE))]
ReadsPayments = Annotated[Caller, Depends(Needs(Scope.PAYMENTS_READ))]
WritesPayments = Annotated[Caller, Depends(Needs(Scope.PAYMENTS_WRITE))]
ReadsRoles = Annotated[Caller, Depends(Needs(Scope.ROLES_READ))]
WritesRoles = Annotated[Caller, Depends(Needs(Scope.ROLES_WRITE))]
ReadsConversions = Annotated[Caller, Depends(Needs(Scope.CONVERSIONS_READ))]
WatchesConversions = Annotated[Caller, Depends(Needs(Scope.CONVERSIONS_READ, *DESK))]
WritesConversions = Annotated[Caller, Depends(Needs(Scope.CONVERSIONS_WRITE))]
ReadsBallots = Annotated[Caller, Depends(Needs(Scope.BALLOTS_READ))]
WatchesBallot = Annotated[Caller, Depends(Needs(Scope.BALLOTS_READ, *DESK, Role.TELLER, kind="ballot"))]
WatchesBallots = Annotated[Caller, Depends(Needs(Scope.BALLOTS_READ, *DESK, Role.TELLER))]
DraftsBallots = Annotated[Caller, Depends(Needs(Scope.BALLOTS_WRITE, Role.ORGANIZER))]
CallsBallot = Annotated[Caller, Depends(Needs(Scope.BALLOTS_WRITE, Role.ORGANIZER, kind="ballot"))]
RunsBallot = Annotated[Caller, Depends(Needs(Scope.BALLOTS_WRITE, kind="ballot"))]
CountsBallot = Annotated[Caller, Depends(Needs(Scope.BALLOTS_WRITE, Role.TELLER, kind="ballot"))]
Votes = Annotated[Caller, Depends(Needs(Scope.BALLOTS_VOTE))]
Proves = Annotated[Caller, Depends(Needs(Scope.PROOFS_READ))]


async def _body(request: Request) -> bytes:
    return await request.body()


def _once(
    request: Request, session: Tx, caller: Annotated[Caller, Depends(_caller)], body: Annotated[bytes, Depends(_body)]
) -> Session:
    """A transaction for a POST: one that was answered before is answered the same, without acting again."""
    assert getattr(request.state, "let_in", False), "a route names what it needs before its transaction"
    key = answering.read_key(request.headers.get("idempotency-key"))
    digest = answering.request_digest(request.method, request.url.path, body)
    earlier = answering.earlier_answer(session, caller.token_id, key, digest)
    if earlier is not None:
        headers = {REPLAYED: "true", "Cache-Control": "no-store"}
        raise Reply(Response(earlier.body, earlier.status, headers, media_type=earlier.media_type))
    request.state.keep_answer = partial(answering.keep_answer, session, caller.token_id, key, digest)
    return session


Once = Annotated[Session, Depends(_once, scope="function")]
"""The session of a POST: it commits together with the answer that it keeps under the request's key."""


class ApiRoute(ProblemRoute):
    """A route of the API: the answer to a POST is kept in the act's own transaction, before it is sent."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with keeping the answer after it."""
        serve = super().get_route_handler()

        async def serving(request: Request) -> Response:
            response = await serve(request)
            keep = getattr(request.state, "keep_answer", None)
            if keep is not None:
                media_type = response.headers.get("content-type", "application/json")
                await run_sync(keep, response.status_code, media_type, bytes(response.body))
            return response

        return serving


class LongRoute(ApiRoute):
    """A route of the API that takes a file's text within its JSON."""

    body_max: ClassVar[int] = 8 * 1024 * 1024
