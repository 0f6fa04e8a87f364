"""The proofs over the API: everything that must always be true of the books, checked now."""

from fastapi import APIRouter
from pydantic import Field

from app.api.access import ApiRoute, Proves
from app.api.shapes import Given
from app.core.errors import N_
from app.proofs import prove
from app.web.database import Snapshot

router = APIRouter(prefix="/api/v1", route_class=ApiRoute, tags=["Proofs"])


class ProofGiven(Given):
    """What must always be true, and what was found."""

    name: str = Field(examples=["Every entry balances in every unit"])
    holds: bool
    figure: str = Field(description="How much was looked at.", examples=["120 postings"])
    wrong: list[str] = Field(description="What is wrong; empty when the proof holds.")


class ProofsGiven(Given):
    """Every proof, all at one moment of the books."""

    holds: bool = Field(description="Whether every proof holds.")
    proofs: list[ProofGiven]


@router.get("/proofs", operation_id="prove", summary=N_("Prove the books"))
def get_proofs(caller: Proves, session: Snapshot) -> ProofsGiven:
    """Recompute everything that must be true, and give each figure."""
    found = [
        ProofGiven(name=proof.name, holds=finding.holds, figure=finding.figure, wrong=list(finding.wrong))
        for proof, finding in prove(session)
    ]
    return ProofsGiven(holds=all(each.holds for each in found), proofs=found)
