"""Certificates and revocation lists (RFC 5280), and whether one was good at a time."""

import base64
import datetime
import hashlib
import re

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.x509.oid import NameOID

from faults import Fault, demand

UTC = datetime.timezone.utc
# Critical extensions that are acted on here, or bind only who asks for a policy.
UNDERSTOOD = {f"2.5.29.{n}" for n in (19, 15, 17, 37, 32, 33, 36, 54)}
ECDSA_OR_RSA = {
    "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4",
    "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13",
}
EDDSA, PSS = {"1.3.101.112", "1.3.101.113"}, "1.2.840.113549.1.1.10"


def from_pem(text, label):
    lines = re.split(r"\r?\n", text.strip())
    encoded = "".join(lines[1:-1])
    der = base64.b64decode(encoded, validate=True)
    if lines[0] != f"-----BEGIN {label}-----" or lines[-1] != f"-----END {label}-----" or not der:
        raise ValueError("no PEM")
    if base64.b64encode(der).decode() != encoded:
        raise ValueError("no PEM")
    return der


def is_signed(document, signed, key):
    """Whether a certificate or a list was signed by a key, by an algorithm that proves something."""
    oid, signature = document.signature_algorithm_oid.dotted_string, document.signature
    try:
        if oid in EDDSA and isinstance(key, (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)):
            key.verify(signature, signed)
        elif oid in ECDSA_OR_RSA and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(document.signature_hash_algorithm))
        elif oid in ECDSA_OR_RSA and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, signed, padding.PKCS1v15(), document.signature_hash_algorithm)
        elif oid == PSS and isinstance(key, rsa.RSAPublicKey):
            chosen = document.signature_hash_algorithm
            if chosen.name not in ("sha256", "sha384", "sha512"):
                return False
            scheme = padding.PSS(padding.MGF1(chosen), padding.PSS.AUTO)
            key.verify(signature, signed, scheme, chosen)
        else:
            return False
        return True
    except (InvalidSignature, UnsupportedAlgorithm):
        return False


def in_utc(document, name):
    """cryptography has times without a zone until 41, and both ways from 42 on."""
    if hasattr(document, f"{name}_utc"):
        return getattr(document, f"{name}_utc")
    time = getattr(document, name)
    return time and time.replace(tzinfo=UTC)


class Certificate:
    def __init__(self, pem):
        der = from_pem(pem, "CERTIFICATE")
        if len(der) > 16384:
            raise ValueError("too large")
        self.x509 = x509.load_der_x509_certificate(der)
        self.thumbprint = base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")
        self.key = self.x509.public_key()
        self.not_before, self.not_after = in_utc(self.x509, "not_valid_before"), in_utc(self.x509, "not_valid_after")
        self.subject, self.issuer = folded(self.x509.subject), folded(self.x509.issuer)
        names = self.x509.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        self.common_name = str(names[0].value) if names else ""
        extensions = {extension.oid.dotted_string: extension for extension in self.x509.extensions}
        usage = extensions.get("2.5.29.15")
        may = lambda *bits: usage is None or any(getattr(usage.value, bit) for bit in bits)  # noqa: E731
        constraints = extensions.get("2.5.29.19")
        self.may_sign = may("digital_signature", "content_commitment")
        self.may_certify = bool(constraints and constraints.value.ca) and may("key_cert_sign")
        self.may_list = may("crl_sign")
        length = constraints.value.path_length if constraints else 0
        self.path_length = float("inf") if length is None else length
        self.understood = all(not e.critical or oid in UNDERSTOOD for oid, e in extensions.items())

    def is_strong(self):
        if isinstance(self.key, rsa.RSAPublicKey):
            return 2048 <= self.key.key_size <= 4096
        if isinstance(self.key, ec.EllipticCurvePublicKey):
            return self.key.curve.name in ("secp256r1", "secp384r1")
        return isinstance(self.key, ed25519.Ed25519PublicKey)

    def is_issued_by(self, issuer):
        return self.issuer == issuer.subject and is_signed(self.x509, self.x509.tbs_certificate_bytes, issuer.key)


def folded(name):
    return re.sub(" +", " ", name.rfc4514_string().lower())


class RevocationList:
    def __init__(self, pem):
        der = from_pem(pem, "X509 CRL")
        self.crl = x509.load_der_x509_crl(der)
        self.digest = "sha-256:" + base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")
        if any(extension.critical for extension in self.crl.extensions):
            raise ValueError("a list that cannot say that a certificate is good")
        self.this_update, self.next_update = in_utc(self.crl, "last_update"), in_utc(self.crl, "next_update")
        if self.next_update is None:
            raise ValueError("a list without an end")

    def is_named_by(self, issuer):
        return self.crl.issuer.public_bytes() == issuer.x509.subject.public_bytes()

    def is_signed_by(self, issuer):
        return issuer.may_list and is_signed(self.crl, self.crl.tbs_certlist_bytes, issuer.key)

    def revoked_since(self, certificate):
        entry = self.crl.get_revoked_certificate_by_serial_number(certificate.x509.serial_number)
        return None if entry is None else in_utc(entry, "revocation_date")


class Chains:
    """Paths from the certificates of a bundle to the anchors that the verifier trusts."""

    MOST_STEPS, LONGEST_PATH = 2000, 8

    def __init__(self, certificates, anchors, lists):
        self.by_thumbprint = {one.thumbprint: one for one in certificates}
        self.trusted = {one.thumbprint for one in anchors}
        self.authorities = [one for one in [*anchors, *certificates] if one.may_certify and one.understood]
        self.lists, self.known = lists, {}

    def judge(self, certificate, at, where):
        """The path by which a certificate was good at a time."""
        demand(certificate.is_strong(), "signer-weak", where)
        demand(certificate.may_sign and certificate.understood, "signer-unchained", where)
        for validity, unrevoked, fault in (
            (True, True, None), (True, False, "signer-revoked"), (False, False, "signer-not-in-validity"),
        ):
            path = self._climb([certificate], at, validity, unrevoked, [self.MOST_STEPS])
            if path and fault is None:
                return path
            if path:
                raise Fault(fault, where)
        raise Fault("signer-unchained", where)

    def _climb(self, path, at, validity, unrevoked, budget):
        budget[0] -= 1
        top = path[-1]
        if budget[0] < 0 or (validity and not top.not_before <= at <= top.not_after):
            return None
        if top.thumbprint in self.trusted:
            return path
        if len(path) > self.LONGEST_PATH:
            return None
        below = sum(one.subject != one.issuer for one in path[1:])
        for issuer in self.authorities:
            if issuer in path or below > issuer.path_length or not self._remember(top, issuer):
                continue
            if unrevoked and self._is_revoked(top, issuer, at):
                continue
            found = self._climb([*path, issuer], at, validity, unrevoked, budget)
            if found:
                return found
        return None

    def _remember(self, certificate, issuer):
        pair = (certificate.thumbprint, issuer.thumbprint)
        if pair not in self.known:
            self.known[pair] = certificate.is_issued_by(issuer)
        return self.known[pair]

    def _is_revoked(self, certificate, issuer, at):
        for one in self.lists:
            if one.is_named_by(issuer) and one.is_signed_by(issuer):
                since = one.revoked_since(certificate)
                if since is not None and since <= at:
                    return True
        return False
