"""Bank files as a bank would write them, for tests: camt of every version from the same movements, and others."""

from dataclasses import dataclass
from decimal import Decimal
from xml.sax.saxutils import escape

OWN = "NL40MOCK0000000019"


@dataclass(frozen=True)
class Move:
    """One movement: cents (negative for money that left) and what the bank says with it."""

    cents: int
    text: tuple[str, ...] = ()
    reference: str = ""
    name: str = "Ada Lovelace"
    iban: str = "DE89370400440532013000"
    day: str = "2026-11-20"
    bank_id: str = ""
    end_to_end: str = "NOTPROVIDED"
    returned: str = ""
    status: str = "BOOK"


def camt(
    moves: list[Move],
    *,
    version: int = 8,
    message: int = 53,
    opening: int = 0,
    closing: int | None = None,
    currency: str = "EUR",
    account: str = OWN,
    day: str = "2026-11-20",
    number: str = "S1",
    batch: bool = False,
) -> bytes:
    """A camt.053 or camt.054 with one statement; `batch` makes one entry with a transaction for each movement."""
    booked = [move.cents for move in moves if move.status == "BOOK"]
    closes = opening + sum(booked) if closing is None else closing
    namespace = f"urn:iso:std:iso:20022:tech:xsd:camt.0{message}.001.{version:02}"
    outer, inner = ("BkToCstmrStmt", "Stmt") if message == 53 else ("BkToCstmrDbtCdtNtfctn", "Ntfctn")
    balances = ""
    if message == 53:
        balances = _balance("OPBD", opening, currency, day) + _balance("CLBD", closes, currency, day)
    if batch:
        details = "".join(_details(move, currency, version) for move in moves)
        entries = _entry(sum(booked), currency, moves[0], details, version)
    else:
        entries = "".join(_entry(m.cents, currency, m, _details(m, currency, version), version) for m in moves)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{namespace}"><{outer}>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>{day}T23:00:00</CreDtTm></GrpHdr>
<{inner}><Id>{number}</Id><CreDtTm>{day}T23:00:00</CreDtTm>
<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>{currency}</Ccy></Acct>
{balances}{entries}</{inner}></{outer}></Document>
""".encode()


def _money(cents: int, currency: str) -> str:
    sign = "CRDT" if cents >= 0 else "DBIT"
    return f'<Amt Ccy="{currency}">{Decimal(abs(cents)).scaleb(-2)}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'


def _balance(code: str, cents: int, currency: str, day: str) -> str:
    kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
    return f"<Bal>{kind}{_money(cents, currency)}<Dt><Dt>{day}</Dt></Dt></Bal>\n"


def _entry(cents: int, currency: str, move: Move, details: str, version: int) -> str:
    status = f"<Cd>{move.status}</Cd>" if version >= 7 else move.status
    own = f"<AcctSvcrRef>{move.bank_id}</AcctSvcrRef>" if move.bank_id else ""
    return (
        f"<Ntry>{_money(cents, currency)}<Sts>{status}</Sts><BookgDt><Dt>{move.day}</Dt></BookgDt>"
        f"<ValDt><Dt>{move.day}</Dt></ValDt>{own}<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd>"
        f"<SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls>{details}</NtryDtls></Ntry>\n"
    )


def _details(move: Move, currency: str, version: int) -> str:
    side = "Dbtr" if (move.cents > 0) != bool(move.returned) else "Cdtr"
    name = f"<Nm>{escape(move.name)}</Nm>"
    party = f"<Pty>{name}</Pty>" if version >= 7 else name
    amount = _money(move.cents, currency)
    if version < 3:
        amount = f"<AmtDtls><TxAmt>{amount.partition('<Cdt')[0]}</TxAmt></AmtDtls>"
    texts = "".join(f"<Ustrd>{escape(text)}</Ustrd>" for text in move.text)
    reference = f"<Strd><CdtrRefInf><Ref>{move.reference}</Ref></CdtrRefInf></Strd>" if move.reference else ""
    remittance = f"<RmtInf>{texts}{reference}</RmtInf>" if texts or reference else ""
    returned = f"<RtrInf><Rsn><Cd>{move.returned}</Cd></Rsn></RtrInf>" if move.returned else ""
    return (
        f"<TxDtls><Refs><EndToEndId>{move.end_to_end}</EndToEndId></Refs>{amount}"
        f"<RltdPties><{side}>{party}</{side}><{side}Acct><Id><IBAN>{move.iban}</IBAN></Id></{side}Acct></RltdPties>"
        f"{remittance}{returned}</TxDtls>"
    )


MT940 = """:20:STARTUMS
:25:37040044/0532013000EUR
:28C:00012/001
:60F:C261119EUR1000,00
:61:2611201120C500,00NTRFNONREF//BANK123
:86:166?00GUTSCHRIFT?20EREF+ABC-1?21SVWZ+RF18 5390 0754?227034 Ada?30COBADEFFXXX?31DE89370400440532013000?32Ada
?33Lovelace
:61:2611201120D5,00NCHGNONREF
:86:fees of the month
:62F:C261120EUR1495,00
-
"""

BAI2 = """01,MOCK,COOP,261120,2300,1,,,2/
02,COOP,MOCK,1,261120,2300,USD,2/
03,0000000019,USD,010,100000,,,015,330000,,/
16,142,230000,Z,BANK9,RF18539007547034,Grace Hopper
88, for a share/
49,660000,4/
98,660000,1,6/
99,660000,1,8/
"""

OFX = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
ENCODING:USASCII
CHARSET:1252

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>0000000019<ACCTTYPE>CHECKING
</BANKACCTFROM><BANKTRANLIST><DTSTART>20261101<DTEND>20261120
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261120<TRNAMT>+2300.00<FITID>F1<NAME>Grace Hopper<MEMO>RF18539007547034</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>2300.00<DTASOF>20261120</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
