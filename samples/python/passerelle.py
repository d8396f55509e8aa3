"""A client of the Passerelle exchange protocol: the standard library and `cryptography`, and nothing else.

Sections are those of docs/protocol.md. Everything here is what an agency's own system needs: one Agency signs, submits, reads,
acknowledges, and verifies what it is given before it believes it.
"""

import base64
import datetime
import hashlib
import http.client
import json
import ssl
import time
import uuid
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils


class Refused(Exception):
    """The gateway has refused a call: `problem` is its document (RFC 9457), which says what to do."""

    def __init__(self, problem):
        super().__init__(f"{problem['code']}: {problem['detail']}")
        self.problem = problem


class NotGenuine(Exception):
    """Something that was signed is not what it says it is: do not act on it."""


# --- bytes and digests -------------------------------------------------------------------------------------------------


def encode(data: bytes) -> str:
    """Base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(data) != text:  # One value has one spelling.
        raise NotGenuine("not canonical base64url")
    return data


def digest(data: bytes) -> str:
    return "sha-256:" + encode(hashlib.sha256(data).digest())


def thumbprint(certificate: x509.Certificate) -> str:
    return encode(certificate.fingerprint(hashes.SHA256()))


# --- signatures (section 3) --------------------------------------------------------------------------------------------

PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)


def algorithm_of(public_key) -> str:
    """The one algorithm that fits a key."""
    if isinstance(public_key, ed25519.Ed25519PublicKey):
        return "EdDSA"
    if isinstance(public_key, rsa.RSAPublicKey):
        return "PS256"
    if isinstance(public_key, ec.EllipticCurvePublicKey) and public_key.curve.name in ("secp256r1", "secp384r1"):
        return {"secp256r1": "ES256", "secp384r1": "ES384"}[public_key.curve.name]
    raise NotGenuine("a key that the protocol does not know")


def sign_bytes(private_key, data: bytes) -> bytes:
    alg = algorithm_of(private_key.public_key())
    if alg == "EdDSA":
        return private_key.sign(data)
    if alg == "PS256":
        return private_key.sign(data, PSS, hashes.SHA256())
    size, hashing = (32, hashes.SHA256()) if alg == "ES256" else (48, hashes.SHA384())
    # JWS wants r and s side by side, and not DER (RFC 7518, section 3.4).
    r, s = utils.decode_dss_signature(private_key.sign(data, ec.ECDSA(hashing)))
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def verify_bytes(public_key, alg: str, signature: bytes, data: bytes) -> None:
    if alg != algorithm_of(public_key):
        raise NotGenuine(f"{alg} does not fit the key")
    try:
        if alg == "EdDSA":
            public_key.verify(signature, data)
        elif alg == "PS256":
            public_key.verify(signature, data, PSS, hashes.SHA256())
        else:
            size, hashing = (32, hashes.SHA256()) if alg == "ES256" else (48, hashes.SHA384())
            if len(signature) != 2 * size:
                raise NotGenuine("a signature of the wrong length")
            r, s = int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
            public_key.verify(utils.encode_dss_signature(r, s), data, ec.ECDSA(hashing))
    except InvalidSignature as fault:
        raise NotGenuine("the signature does not verify") from fault


def sign_jws(typ: str, payload: dict, certificate: x509.Certificate, private_key) -> bytes:
    """A compact JWS (RFC 7515) with exactly the header members that section 3 names."""
    header = {
        "alg": algorithm_of(private_key.public_key()),
        "typ": typ,
        "cty": "json",
        "iat": int(time.time()),
        "x5t#S256": thumbprint(certificate),
    }
    parts = [json.dumps(part, ensure_ascii=False).encode("utf-8") for part in (header, payload)]
    signed = ".".join(encode(part) for part in parts).encode("ascii")
    return signed + b"." + encode(sign_bytes(private_key, signed)).encode("ascii")


HEADER = {"alg", "typ", "cty", "iat", "x5t#S256"}


def read_json(data: bytes) -> dict:
    """A JSON object without two members of one name: another parser would take the other one."""

    def members(pairs):
        if len(dict(pairs)) < len(pairs):
            raise NotGenuine("two members of one name")
        return dict(pairs)

    value = json.loads(data, object_pairs_hook=members)
    if not isinstance(value, dict):
        raise NotGenuine("no JSON object")
    return value


def read_jws(jws: bytes, typ: str, certificates) -> tuple[dict, dict, x509.Certificate]:
    """Verifies a compact JWS by the one of the certificates that it names. Gives header, payload and that certificate."""
    try:
        head, body, signature = jws.decode("ascii").split(".")
        header, payload = read_json(decode(head)), read_json(decode(body))
    except ValueError as fault:
        raise NotGenuine("no compact JWS") from fault
    if not HEADER <= header.keys() <= HEADER | {"x5c"}:
        raise NotGenuine("other members than the header must have")
    if header["typ"] != typ or header["cty"] != "json":
        raise NotGenuine(f"a header of something else than {typ}")
    signer = next((one for one in certificates if thumbprint(one) == header.get("x5t#S256")), None)
    if signer is None:
        raise NotGenuine("signed by a certificate that is not its sender’s")
    verify_bytes(signer.public_key(), header.get("alg"), decode(signature), f"{head}.{body}".encode("ascii"))
    return header, payload, signer


def signer_of(jws: str) -> str:
    """The certificate that a JWS names; nothing is verified yet."""
    try:
        return read_json(decode(jws.split(".")[0]))["x5t#S256"]
    except (ValueError, KeyError) as fault:
        raise NotGenuine("no compact JWS") from fault


# --- certificates (section 1) ------------------------------------------------------------------------------------------


def read_certificates(pem: bytes) -> list[x509.Certificate]:
    end = b"-----END CERTIFICATE-----"
    return [x509.load_pem_x509_certificate(part + end) for part in pem.split(end)[:-1]]


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    if certificate.issuer != issuer.subject:
        return False
    key, data, signature = issuer.public_key(), certificate.tbs_certificate_bytes, certificate.signature
    hashing = certificate.signature_hash_algorithm
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(hashing))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), hashing)
        else:
            key.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def may_issue(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def validity(certificate: x509.Certificate) -> tuple[datetime.datetime, datetime.datetime]:
    """When it begins and ends. Before version 42 `cryptography` gave these times without their zone, which is UTC."""
    if hasattr(certificate, "not_valid_before_utc"):
        return certificate.not_valid_before_utc, certificate.not_valid_after_utc
    utc = datetime.timezone.utc
    return certificate.not_valid_before.replace(tzinfo=utc), certificate.not_valid_after.replace(tzinfo=utc)


def verify_chain(leaf: x509.Certificate, intermediates, anchors, at: datetime.datetime) -> None:
    """Climbs from a certificate to a trust anchor; each must be valid at that time, and each issuer an authority."""
    climbed, certificate = 0, leaf
    while climbed < 5:
        begins, ends = validity(certificate)
        if not begins <= at <= ends:
            raise NotGenuine("a certificate that was not valid then")
        if any(thumbprint(certificate) == thumbprint(anchor) for anchor in anchors):
            return
        issuers = [one for one in [*anchors, *intermediates] if may_issue(one) and is_issued_by(certificate, one)]
        if not issuers:
            break
        certificate, climbed = issuers[0], climbed + 1
    raise NotGenuine("no chain to a trust anchor")


def verify_receipt(receipt: str, message: bytes | None, certificates, intermediates, anchors) -> dict:
    """What an archive does with a receipt (section 6): signature, chain, digest. Gives its payload."""
    header, payload, signer = read_jws(receipt.encode("ascii"), "delivery-receipt+jws", certificates)
    verify_chain(signer, intermediates, anchors, datetime.datetime.fromtimestamp(header["iat"], datetime.timezone.utc))
    if message is not None and payload.get("messageDigest") != digest(message):
        raise NotGenuine("a receipt for other bytes")
    return payload


LARGEST_ANSWER = 32 * 1024 * 1024  # An attachment of 25 MiB, and some.


def read_problem(data: bytes, status: int) -> dict:
    """The document of a refusal; of one that is none, such as a balancer’s page, its status."""
    try:
        problem = json.loads(data)
        return {"code": problem["code"], "detail": problem.get("detail", ""), **problem}
    except (ValueError, KeyError, TypeError):
        return {"code": f"status-{status}", "detail": "no problem document"}


# --- the agency --------------------------------------------------------------------------------------------------------


class Agency:
    """One agency's system: its two keys, its connection, and what it trusts."""

    def __init__(self, folder: Path, trust: Path, host: str, port: int):
        self.id = folder.name
        self.anchors, self.intermediates = [], []
        for file in sorted(trust.glob("*.crt")):
            for certificate in read_certificates(file.read_bytes()):
                own = certificate.subject == certificate.issuer
                (self.anchors if own else self.intermediates).append(certificate)
        self.certificate = read_certificates((folder / "signing.crt").read_bytes())[0]
        self.key = serialization.load_pem_private_key((folder / "signing.key").read_bytes(), password=None)
        context = ssl.create_default_context(cafile=str(trust / "ca.crt"))
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
        self.notices = set()  # Of certificates that end within 30 days: to be told to people (section 1).
        self.connection = http.client.HTTPSConnection(host, port, context=context, timeout=60)
        self.read_well_known()

    def close(self) -> None:
        self.connection.close()

    def call(self, method: str, path: str, body: bytes | None = None, media_type: str | None = None) -> bytes:
        """One call. Every call may be repeated with the same bytes, so what passes is tried again (section 4)."""
        headers = {"Content-Type": media_type} if media_type else {}
        for attempt in range(5):
            try:
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                data = answer.read(LARGEST_ANSWER + 1)
                if answer.length and len(data) <= LARGEST_ANSWER:
                    raise http.client.IncompleteRead(data)
            except (ConnectionError, http.client.HTTPException, TimeoutError, ssl.SSLEOFError):
                self.connection.close()
                if attempt == 4:
                    raise
                time.sleep(2**attempt * 0.25)
                continue
            if len(data) > LARGEST_ANSWER:
                self.connection.close()
                raise NotGenuine("an answer larger than any of the protocol’s")
            self.notices.update(answer.headers.get_all("Passerelle-Certificate-Expires", []))
            if answer.status < 300:
                return data
            if (answer.status != 429 and answer.status < 500) or attempt == 4:
                raise Refused(read_problem(data, answer.status))
            time.sleep(float(answer.headers.get("Retry-After", 2**attempt)))
        raise AssertionError("unreachable")

    def get_json(self, path: str) -> dict:
        return json.loads(self.call("GET", path))

    def read_well_known(self) -> None:
        document = self.get_json("/.well-known/passerelle")
        self.gateway = document["id"]
        certificates = document["signingCertificates"]
        self.gateway_certificates = [read_certificates(one["pem"].encode("ascii"))[0] for one in certificates]

    def verify_receipt(self, receipt: str, message: bytes | None = None) -> dict:
        """Of a receipt in the feed the digest says which message it is about. Where the certificate is not known it may be the gateway’s next one: the document is read again first (section 1)."""
        known = {thumbprint(one) for one in self.gateway_certificates}
        if signer_of(receipt) not in known:
            self.read_well_known()
        payload = verify_receipt(receipt, message, self.gateway_certificates, self.intermediates, self.anchors)
        if payload.get("gateway") != self.gateway:
            raise NotGenuine("a receipt of another gateway")
        if "acknowledgement" in payload:
            word = payload["acknowledgement"].encode("ascii")
            said = self.read_jws_of(payload["to"], word, "safeguarding-acknowledgement+jws")
            if (said["messageId"], said["messageDigest"]) != (payload["messageId"], payload["messageDigest"]):
                raise NotGenuine("an acknowledgement of something else")
        return payload

    def submit(self, envelope: dict) -> tuple[bytes, dict]:
        """Signs a message and submits it. Gives its bytes, which are kept, and its verified receipt."""
        message = sign_jws("safeguarding-message+jws", envelope, self.certificate, self.key)
        answer = json.loads(self.call("POST", "/v1/messages", message, "application/jose"))
        receipt = self.verify_receipt(answer["receipt"], message)
        if receipt["event"] != "SubmissionAcceptance" or receipt["messageId"] != envelope["id"]:
            raise NotGenuine("a receipt for something else")
        return message, receipt

    def waiting(self, seconds: int = 30) -> list[dict]:
        """What waits, the most pressing first; waits where there is nothing yet (section 7)."""
        return self.get_json(f"/v1/inbox?wait={seconds}")["messages"]

    def read_jws_of(self, agency: str, jws: bytes, typ: str) -> dict:
        """What an agency has signed, by its certificates in the directory, past ones too, unless revoked by then (section 1)."""
        directory = {one["id"]: one for one in self.get_json("/v1/agencies")["agencies"]}
        listed = {one["thumbprint"]: one for one in directory[agency]["certificates"]}
        certificates = [read_certificates(one["pem"].encode("ascii"))[0] for one in listed.values()]
        header, payload, signer = read_jws(jws, typ, certificates)
        signed_at = datetime.datetime.fromtimestamp(header["iat"], datetime.timezone.utc)
        verify_chain(signer, self.intermediates, self.anchors, signed_at)
        revoked_at = listed[thumbprint(signer)].get("revokedAt")
        if revoked_at and signed_at >= datetime.datetime.fromisoformat(revoked_at.replace("Z", "+00:00")):
            raise NotGenuine("signed by a certificate that was revoked then")
        return payload

    def read(self, sender: str, message_id: str) -> tuple[bytes, dict]:
        """A message as its sender signed it, verified by the sender's certificates in the directory."""
        message = self.call("GET", f"/v1/inbox/{sender}/{message_id}")
        envelope = self.read_jws_of(sender, message, "safeguarding-message+jws")
        if (envelope["from"], envelope["to"], envelope["id"]) != (sender, self.id, message_id):
            raise NotGenuine("a message for somebody else")
        return message, envelope

    def acknowledge(self, sender: str, message_id: str, message: bytes, refused_for: str | None = None) -> dict:
        """Says, signed, that this agency has the message, or why it refuses it. Gives the verified receipt."""
        word = {
            "messageId": message_id,
            "messageDigest": digest(message),
            "at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "outcome": "refused" if refused_for else "accepted",
            **({"reason": {"code": refused_for}} if refused_for else {}),
        }
        signed = sign_jws("safeguarding-acknowledgement+jws", word, self.certificate, self.key)
        path = f"/v1/inbox/{sender}/{message_id}/acknowledgement"
        answer = json.loads(self.call("POST", path, signed, "application/jose"))
        return self.verify_receipt(answer["receipt"], message)

    def receipts_of(self, message_id: str, message: bytes) -> list[dict]:
        receipts = self.get_json(f"/v1/messages/{message_id}/receipts")["receipts"]
        return [self.verify_receipt(one, message) for one in receipts]


def new_id() -> str:
    return str(uuid.uuid4())
