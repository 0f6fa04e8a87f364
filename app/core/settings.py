"""Settings: everything an operator can configure, read once from the environment."""

import contextlib
import re
import secrets
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable
from functools import cache, cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]


class Settings(BaseSettings):
    """Each field is an environment variable of the same name with the prefix `COSTAKE_`."""

    model_config = SettingsConfigDict(env_prefix="COSTAKE_", extra="ignore")

    database_url: str | None = Field(
        None,
        validation_alias=AliasChoices("DATABASE_URL", "COSTAKE_DATABASE_URL"),
        description="PostgreSQL 15 or newer; without it a private server is run under `var`.",
    )
    var: Path = Field(ROOT / "var", description="Where the private database, vault, letters and secret live.")
    base_url: str = Field("http://127.0.0.1:8000", description="The public address, as people type it.")
    secret: str | None = Field(None, description="Key for forms and links; made and kept under `var` when absent.")
    field_keys: str | None = Field(
        None,
        description="Keys of encrypted fields, newest first, parted by commas (`costake keys new` makes one); "
        "without them one is made and kept under `var`.",
    )
    smtp_url: str | None = Field(
        None,
        description="smtp://user:password@host:587 (STARTTLS) or smtps://…:465; without it: `var/letters`.",
    )
    letters_from: str = Field("Costake <costake@localhost>", description="Sender of letters.")
    organization: str = Field("Costake", description="The legal name of the issuer, as documents show it.")
    organization_seat: str = Field("", description="The issuer's registered office, as documents show it.")
    organization_form: str = Field("", description="The issuer's legal form, as documents show it.")
    organization_register: str = Field("", description="Where the issuer is registered and its number there.")
    demo: bool = Field(False, description="Demo mode: shows the letters that were sent, to everyone.")
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks of proxies whose X-Forwarded-For is believed, parted by commas, such as "
        "127.0.0.1,10.0.0.0/8; without it the limits count the proxy as one asker.",
    )
    limits_times: int = Field(
        1, ge=1, le=1000, description="Multiplies every limit of tries, for a very large campaign."
    )
    second_factor: Literal["required", "off"] | None = Field(
        None,
        description="Whether staff need a passkey or an authenticator app: required, or off. Off only in demo mode.",
    )
    oidc_issuer: str = Field("", description="The address of an OpenID provider with whose accounts people sign in.")
    oidc_client_id: str = Field("", description="What the OpenID provider calls this installation.")
    oidc_client_secret: str = Field("", description="The secret that the OpenID provider gave this installation.")
    oidc_name: str = Field("", description="How the sign-in page calls the OpenID provider.")
    stripe_key: str = Field("", description="The secret key at Stripe; without it nobody pays by card or debit.")
    stripe_api: str = Field("", description="Another address of Stripe's API: https, or http on this machine.")
    stripe_webhook_secret: str = Field("", description="The secret with which Stripe signs its webhooks (whsec_…).")
    stripe_seconds: int = Field(30, gt=0, description="How long an answer of Stripe is waited for.")
    stripe_descriptor: str = Field("SHARES", description="What card statements show after the account's own name.")
    platform_name: str = Field("", description="The name of the platform whose users buy it.")
    platform_key: str = Field("", description="The platform's public key (PEM), by which it signs claims of its users.")
    hearing_notice_days: int = Field(
        14, ge=1, description="Least days from the notice of a hearing to the hearing, before a member can be expelled."
    )
    register_law: Literal["", "de", "fr", "uk", "us"] = Field(
        "",
        description="Whose law says how long papers are kept and what members see of the register: de, fr, uk or us; "
        "without it the longest times and the fewest columns, to be confirmed by counsel.",
    )
    bank_folder: Path | None = Field(
        None, description="A folder into which a bank's program puts files of statements; the worker takes them in."
    )
    fiscal_year_begins: str = Field(
        "01-01",
        pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$",
        description="The month and day on which a fiscal year begins, such as 07-01.",
    )
    total_seconds: float = Field(1.0, ge=0, description="How old a live total may be; 0 reads it each time.")
    settle_batch: int = Field(200, ge=1, description="Pledges of a closed offer settled in one transaction.")
    exchange_batch: int = Field(20_000, ge=1, description="Holders of an exchange reckoned in one transaction.")
    stripe_calls: float = Field(95, gt=0, description="Requests a second to Stripe in a charge run; its limit is 100.")
    stripe_endpoint_calls: float = Field(
        24, gt=0, description="Requests a second to one address of Stripe in a charge run; its limit is 25."
    )
    charge_threads: int = Field(
        64, ge=1, le=512, description="Charges of a run that one worker has under way at the same time."
    )
    charge_trials: tuple[int, int] = Field(
        (100, 1000), description="Charges of a run's first and second trial, as JSON; each is judged before the next."
    )
    charge_notice_days: int = Field(14, ge=14, description="Least days from the notice of a charge to the charge.")
    charge_declined_percent_max: int = Field(
        20, ge=0, le=100, description="A charge run pauses when more of its latest charges are declined."
    )
    charge_unanswered_percent_max: int = Field(
        5, ge=0, le=100, description="A charge run pauses when more of its latest charges have no answer."
    )
    charge_disputed_percent_max: int = Field(
        1, ge=0, le=100, description="A charge run pauses when more of its payments are disputed."
    )
    charge_judged_from: int = Field(50, ge=1, description="Fewer charges than these never pause a run by themselves.")
    refund_alone_cents_max: int = Field(
        1_000_00, ge=0, description="One person may send back this much to a card; more takes two."
    )
    document_processes: int = Field(2, ge=1, le=64, description="Processes that lay out documents at the same time.")
    document_seconds: int = Field(300, ge=1, description="How long one document may take to lay out.")
    document_mb: int = Field(2048, ge=512, description="How much memory a process may take that lays out documents.")
    certificates_bulk_from: int = Field(
        1000,
        ge=1,
        description="From so many certificates at once they are records, whose files are made when asked for.",
    )
    document_fonts: Path | None = Field(
        None, description="A folder with further fonts for documents, for scripts that Debian's packages do not show."
    )
    seal_pkcs12: Path | None = Field(
        None, description="PKCS#12 file with the key and certificates of the organization's seal; else a test seal."
    )
    seal_password: str = Field("", description="The password of the seal's PKCS#12 file.")
    seal_pkcs11: Path | None = Field(
        None, description="PKCS#11 library of the token (card, HSM) that holds the key of the organization's seal."
    )
    seal_token: str = Field("", description="The label of the seal's token, where the library knows several.")
    seal_key: str = Field("", description="The label of the seal's key, where the token holds several.")
    seal_pin: str = Field("", description="The PIN of the seal's token.")
    seal_certificates: Path | None = Field(
        None,
        description="PEM file with the certificate of the key in the token, then those above it; needed where the "
        "token holds none, and it lets documents be verified while the token is away.",
    )
    seal_former: Path | None = Field(
        None,
        description="PEM file with the certificates of former seals, so that what they sealed is still known as ours.",
    )
    tsa_url: str = Field(
        "", description="Address of a timestamp authority (RFC 3161), asked after a document is sealed."
    )
    tsa_certificates: Path | None = Field(
        None, description="PEM file with the certificates above the timestamp authority's, where its answers lack them."
    )
    log_format: Literal["json", "text"] = Field("json", description="How logs are written to standard error.")

    @model_validator(mode="after")
    def _database_is_postgresql(self) -> "Settings":
        """One dialect everywhere."""
        if self.database_url is not None and not self.database_url.startswith(("postgresql://", "postgres://")):
            raise ValueError("DATABASE_URL must begin with postgresql://: Costake runs on PostgreSQL only")
        return self

    @model_validator(mode="after")
    def _seal_has_one_key(self) -> "Settings":
        """Either a file or a token holds it."""
        if self.seal_pkcs11 is not None and self.seal_pkcs12 is not None:
            raise ValueError("set COSTAKE_SEAL_PKCS11 or COSTAKE_SEAL_PKCS12, not both")
        if self.seal_certificates is not None and self.seal_pkcs11 is None:
            raise ValueError("COSTAKE_SEAL_CERTIFICATES goes with COSTAKE_SEAL_PKCS11: a PKCS#12 file holds its own")
        return self

    @model_validator(mode="after")
    def _demonstration_has_an_issuer(self) -> "Settings":
        """The campaign's own name stands on its documents."""
        if self.demo and "organization" not in self.model_fields_set:
            self.organization = "WeAreTwitter Purchase Cooperative"
            self.organization_seat = "1900 Adeline Street, Oakland, CA 94607"
        return self

    @model_validator(mode="after")
    def _address_is_safe(self) -> "Settings":
        """Session cookies need https, except on this very machine."""
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("COSTAKE_BASE_URL must be an http or https address such as https://shares.example.org")
        if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("COSTAKE_BASE_URL must begin with https:// unless it is on 127.0.0.1 or localhost")
        return self

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer_is_safe(cls, value: str) -> str:
        """The provider is asked over https, except on this very machine."""
        parts = urlsplit(value)
        loopback = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
        if value and not (parts.hostname and (parts.scheme == "https" or loopback)):
            raise ValueError("COSTAKE_OIDC_ISSUER must begin with https://")
        return value

    @field_validator("stripe_api")
    @classmethod
    def _processor_is_safe(cls, value: str) -> str:
        """The processor is asked over https, except on this very machine."""
        parts = urlsplit(value)
        loopback = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
        if value and not (parts.hostname and (parts.scheme == "https" or loopback)):
            raise ValueError("COSTAKE_STRIPE_API must begin with https://, unless it is on this machine")
        return value.rstrip("/")

    @field_validator("stripe_descriptor")
    @classmethod
    def _descriptor_fits(cls, value: str) -> str:
        """Card statements take few characters."""
        if not re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9 .&/-]{2,14}", value):
            raise ValueError("COSTAKE_STRIPE_DESCRIPTOR has 2 to 14 letters and digits, with a letter among them")
        return value.upper()

    @property
    def stripe_live(self) -> bool:
        """Whether the key moves real money."""
        return "_live_" in self.stripe_key

    @property
    def second_factor_required(self) -> bool:
        """Whether staff need a second factor: yes, unless it is off; in demo mode it is off unless it is required."""
        return (self.second_factor or ("off" if self.demo else "required")) == "required"

    @property
    def fiscal_year_begins_on(self) -> tuple[int, int]:
        """Month and day on which a fiscal year begins."""
        month, day = self.fiscal_year_begins.split("-")
        return int(month), int(day)

    @property
    def secure(self) -> bool:
        """Whether the public address is https, so that cookies are Secure and HSTS is sent."""
        return self.base_url.startswith("https://")

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies_are_networks(cls, value: str) -> str:
        """Each is an address or a network."""
        _networks(value)
        return value

    @cached_property
    def proxy_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks of the proxies that are trusted."""
        return _networks(self.trusted_proxies)

    @field_validator("field_keys")
    @classmethod
    def _keys_fit(cls, value: str | None) -> str | None:
        """Each key is 32 bytes in base64; the message never shows one."""
        if value is not None:
            _read_keys(value)
        return value

    def key(self) -> bytes:
        """The secret key, made once and kept readable by this user only when none is configured."""
        if self.secret:
            return self.secret.encode()
        return self.kept("secret", lambda: secrets.token_urlsafe(48))

    @cached_property
    def field_key_ring(self) -> tuple[bytes, ...]:
        """The keys of encrypted fields, 32 bytes each, newest first; one is made and kept when none is configured."""
        if self.field_keys:
            return _read_keys(self.field_keys)
        return _read_keys(self.kept("field-key", lambda: b64encode(secrets.token_bytes(32)).decode()).decode())

    def kept(self, name: str, make: Callable[[], str]) -> bytes:
        """A file under `var` that only this user can read, made when it is not there."""
        kept = self.var / name
        if not kept.exists():
            self.var.mkdir(parents=True, exist_ok=True)
            draft = self.var / f".{name}-{secrets.token_hex(8)}"
            draft.touch(mode=0o600)
            draft.write_text(make())
            with contextlib.suppress(FileExistsError):
                kept.hardlink_to(draft)  # the first of several processes wins
            draft.unlink()
        return kept.read_bytes()


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(part) for part in text.replace(",", " ").split())


def _read_keys(text: str) -> tuple[bytes, ...]:
    try:
        keys = tuple(
            b64decode(part, altchars=b"-_" if set(part) & {"-", "_"} else None, validate=True)
            for part in text.replace(",", " ").split()
        )
    except (Error, ValueError):
        keys = ()
    if not keys or any(len(key) != 32 for key in keys):
        raise ValueError("each key must be 32 bytes in base64; `costake keys new` prints one")
    return keys


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
