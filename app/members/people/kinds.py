"""Kinds: what a holder is to a register, and in which capacity somebody acts for a holder."""

from enum import StrEnum

from app.core.errors import N_


class HolderKind(StrEnum):
    """What a holder is; kept in particulars, so that it too is dated."""

    PERSON = N_("person")
    COMPANY = N_("company")
    ASSOCIATION = N_("association")
    JOINT_HOLDERS = N_("joint holders")
    ESTATE = N_("estate")
    NOMINEE = N_("nominee")
    MINOR = N_("minor")


REGISTERED = (HolderKind.COMPANY, HolderKind.ASSOCIATION)
"""Kinds that stand in a public register and have a number there."""

KIND_TITLES = {
    HolderKind.PERSON: N_("Person"),
    HolderKind.COMPANY: N_("Company"),
    HolderKind.ASSOCIATION: N_("Association"),
    HolderKind.JOINT_HOLDERS: N_("Joint holders"),
    HolderKind.ESTATE: N_("Estate"),
    HolderKind.NOMINEE: N_("Nominee"),
    HolderKind.MINOR: N_("Minor with guardian"),
}


class Capacity(StrEnum):
    """Why somebody may act for a holder."""

    OFFICER = N_("officer")
    AGENT = N_("agent")
    GUARDIAN = N_("guardian")
    PERSONAL_REPRESENTATIVE = N_("personal representative")
    JOINT_HOLDER = N_("joint holder")


CAPACITY_TITLES = {
    Capacity.OFFICER: N_("Officer of a company or association"),
    Capacity.AGENT: N_("Agent with a power of attorney"),
    Capacity.GUARDIAN: N_("Guardian of a minor"),
    Capacity.PERSONAL_REPRESENTATIVE: N_("Personal representative of an estate"),
    Capacity.JOINT_HOLDER: N_("One of joint holders"),
}


class Purpose(StrEnum):
    """What an e-mail address or telephone number may be used for, as its owner said."""

    NOTICES = N_("notices")
    NEWS = N_("news")
    CALLS = N_("calls")


PURPOSE_TITLES = {
    Purpose.NOTICES: N_("Notices that the law or the statutes ask for"),
    Purpose.NEWS: N_("News of the campaign"),
    Purpose.CALLS: N_("Questions about my membership"),
}
