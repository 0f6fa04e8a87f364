"""Seals by a key in a token: made without the key leaving it, and each thing that is missing is named."""

import pkcs11
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pkcs11 import Attribute, CertificateType, ObjectClass
from pkcs11.util.ec import decode_ec_private_key

from app.core.settings import settings
from app.documents.seals import tokens
from app.documents.seals.examining import examine
from app.documents.seals.keys import SealUnusable, known_roots, seal_key
from app.documents.seals.sealing import seal, signature_of
from tests.documents.conftest import certified
from tests.documents.test_rendering import certificate
from tests.documents.test_sealing import pdfsig


def fill(library, private, found, label):
    """Put a key and its certificate into the token."""
    der = private.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    kept = {Attribute.TOKEN: True, Attribute.LABEL: label, Attribute.ID: label.encode()}
    one = {Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.CERTIFICATE_TYPE: CertificateType.X_509}
    with pkcs11.lib(str(library)).get_token(token_label="office").open(user_pin="1234", rw=True) as session:
        session.create_object(decode_ec_private_key(der) | kept)
        if found is not None:
            names = {
                Attribute.SUBJECT: found.subject.public_bytes(),
                Attribute.VALUE: found.public_bytes(Encoding.DER),
            }
            session.create_object(one | kept | names)


def test_a_key_in_a_token_seals_and_whatever_is_missing_is_named(token, tmp_path, monkeypatch):
    monkeypatch.setenv("COSTAKE_VAR", str(tmp_path / "var"))

    def configured(**given):
        for name, value in given.items():
            monkeypatch.setenv(f"COSTAKE_SEAL_{name}", str(value))
        settings.cache_clear()
        tokens._token.cache_clear()  # as a new start

    def refused():
        with pytest.raises(SealUnusable) as raised:
            seal_key()
        return str(raised.value)

    configured(PKCS11="/nowhere/none.so", PIN="1234")
    assert "/nowhere/none.so is no PKCS#11 library" in refused()
    configured(PKCS11=token, TOKEN="vault")
    assert "“vault”. The library knows: office." in refused()
    configured(TOKEN="office", PIN="9999")
    assert "refuses the PIN of COSTAKE_SEAL_PIN (PinIncorrect)" in refused()
    with monkeypatch.context() as closed:
        closed.setattr(tokens, "_found", None)
        assert "not tried again" in refused()  # tokens lock themselves after a few wrong ones
    configured(PIN="1234")
    assert "The token shows: –." in refused()
    private = ec.generate_private_key(ec.SECP256R1())
    fill(token, private, None, "old")
    assert "holds a certificate of the seal’s key" in refused()
    own = certified(private, "Seal in a token")
    fill(token, private, own, "seal")
    assert "The token shows: " in refused()
    configured(KEY="seal")

    key, plain = seal_key(), certificate("en")
    sealed = seal(plain, key)
    found = examine(sealed, known_roots())
    assert (found["intact"], found["whole"], found["ours"]) == (True, True, True)
    assert "Seal in a token" in found["by"]
    assert "Signature is Valid" in pdfsig(sealed, tmp_path)

    tokens._token(token, "office", "seal", "1234", None)._session.close()  # as if it had been pulled out
    assert signature_of(b"a root", key)

    pem, stranger = tmp_path / "above.pem", certified(ec.generate_private_key(ec.SECP256R1()), "Somebody else")
    pem.write_bytes(stranger.public_bytes(Encoding.PEM))
    configured(CERTIFICATES=pem)
    assert "holds a certificate of the seal’s key" in refused()
    pem.write_bytes(own.public_bytes(Encoding.PEM))
    assert seal_key().certificate == own
    configured(PKCS11="/nowhere/none.so")
    assert examine(sealed, known_roots())["ours"]  # verifying needs no token
    settings.cache_clear()
