"""What is signed in a bundle: JSON, compact JWS, and their forms (protocol sections 3, 6, 7 and 10)."""

import base64
import datetime
import hashlib
import json
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
AGENCY = re.compile(r"(?=.{1,64}$)(fr|gb)(-[a-z0-9]+)+")
DIGEST = re.compile(r"sha-256:[A-Za-z0-9_-]{43}")
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?Z")
ANY = re.compile(r".*", re.S)


class FormFault(ValueError):
    pass


def parse(data):
    """JSON in UTF-8, in which no object has two members of one name."""

    def pairs(members):
        found = dict(members)
        if len(found) != len(members):
            raise FormFault("a member twice")
        return found

    def refuse(constant):
        raise FormFault(constant)

    return json.loads(data.decode("utf-8"), object_pairs_hook=pairs, parse_constant=refuse)


def text(pattern=ANY):
    def check(value):
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise FormFault("no such text")

    return check


def one_of(*allowed):
    def check(value):
        if not isinstance(value, str) or value not in allowed:
            raise FormFault("none of these")

    return check


def integer(value):
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != int(value) or abs(value) >= 2**53:
        raise FormFault("no integer")


def anything(_value):
    pass


def an_object(value):
    if not isinstance(value, dict):
        raise FormFault("no object")


def list_of(item):
    def check(value):
        if not isinstance(value, list) or len(value) > 2000:
            raise FormFault("no list")
        for each in value:
            item(each)

    return check


def record(strict=True, /, **members):
    """Members by name, `_` for `-`; a name that ends in `_` may be absent."""
    named = {name.rstrip("_"): (check, name.endswith("_")) for name, check in members.items()}

    def check(value):
        an_object(value)
        for name, (inner, may_be_absent) in named.items():
            if name in value:
                inner(value[name])
            elif not may_be_absent:
                raise FormFault(name)
        if strict and any(name not in named for name in value):
            raise FormFault("a member that nobody knows")

    return check


EVENTS = (
    "SubmissionAcceptance", "SubmissionRejection", "ContentConsignment", "ContentConsignmentFailure", "ContentHandover",
    "ConsignmentRejection", "AcceptanceRejectionExpiry", "DeliveryResumed", "MessageDiscarded", "ResponseOverdue",
)
ATTACHMENT = {"digest": text(DIGEST), "mediaType": text(), "size": integer, "name": text(), "description": text()}
ENVELOPE = record(**{
    "id": text(UUID), "type": text(), "schemaVersion": text(), "from": text(AGENCY), "to": text(AGENCY), "caseId": text(UUID),
    "inReplyTo_": text(UUID), "priority": one_of("immediate", "urgent", "routine"), "respondBy_": text(TIME),
    "attachments_": list_of(record(**ATTACHMENT)), "body": an_object,
})
ACKNOWLEDGEMENT = record(
    messageId=text(UUID), messageDigest=text(DIGEST), at=text(TIME), outcome=one_of("accepted", "refused"),
    reason_=record(code=text()),
)
_RECEIPT = record(**{
    "receiptId": text(UUID), "event": one_of(*EVENTS), "messageId": text(UUID), "caseId": text(UUID), "type": text(),
    "from": text(AGENCY), "to": text(AGENCY), "messageDigest": text(DIGEST), "at": text(TIME), "gateway": text(),
    "attempt": integer, "desk_": text(), "reason_": record(code=text(), detail_=text()), "crl_": text(DIGEST),
    "submittedBy_": text(), "acknowledgement_": text(),
})
ENTRY = record(
    entryId=text(), at=text(), gateway=text(),
    party=record(
        id=text(), country_=one_of("FR", "GB"), kind_=text(), roles_=list_of(text()), status_=one_of("active", "suspended"),
        certificates=list_of(record(use=one_of("tls", "signing"), thumbprint=text())),
    ),
)
ACT = record(False, actId=text(), at=text(), gateway=text(), act=text(), operator_=text(), caseId_=text())
BUNDLE = record(
    version=anything, message_=text(), receipts=list_of(record(receipt=text(), proof=text())),
    parties=list_of(record(entry=text(), proof=text())), erasure_=list_of(record(act=text(), proof=text())),
    certificates=list_of(text()), crls=list_of(text()), schema=record(id=text(), sha256=text()),
)


def RECEIPT(value):
    _RECEIPT(value)
    answers = value["event"] in ("ContentHandover", "ConsignmentRejection")
    if answers != ("acknowledgement" in value) or (value["event"] == "SubmissionAcceptance") != ("crl" in value):
        raise FormFault("not the members of its event")


def from_base64url(text_):
    data = base64.urlsafe_b64decode(text_ + "=" * (-len(text_) % 4))
    if not text_ or to_base64url(data) != text_:
        raise FormFault("no canonical base64url")
    return data


def to_base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def digest_of(data):
    return "sha-256:" + to_base64url(hashlib.sha256(data).digest())


def moment(value):
    """An RFC 3339 time in UTC; of its fraction six digits count."""
    if not TIME.fullmatch(value):
        raise FormFault("no time")
    whole, _, fraction = value[:-1].partition(".")
    time = datetime.datetime.fromisoformat(whole).replace(tzinfo=datetime.timezone.utc)
    return time + datetime.timedelta(microseconds=int(fraction[:6].ljust(6, "0") or 0))


class Jws:
    """A compact JWS, opened and not yet verified."""

    def __init__(self, compact, typ, payload_form):
        header, payload, signature = compact.split(".")
        head = parse(from_base64url(header))
        record(**{
            "alg": one_of("ES256", "ES384", "PS256", "EdDSA"), "typ": one_of(typ), "cty": one_of("json"), "iat": integer,
            "x5t#S256": text(), "x5c_": list_of(text()),
        })(head)
        self.alg, self.thumbprint, self.iat = head["alg"], head["x5t#S256"], head["iat"]
        self.payload = parse(from_base64url(payload))
        payload_form(self.payload)
        self.signed, self.signature = f"{header}.{payload}".encode("ascii"), from_base64url(signature)
        self.bytes = compact.encode("ascii")

    def is_signed(self, key):
        try:
            if self.alg == "EdDSA":
                key.verify(self.signature, self.signed)
            elif self.alg == "PS256":
                if len(self.signature) * 8 != key.key_size:
                    return False
                scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
                key.verify(self.signature, self.signed, scheme, hashes.SHA256())
            else:
                half = 32 if self.alg == "ES256" else 48
                if len(self.signature) != 2 * half:
                    return False
                r, s = (int.from_bytes(part, "big") for part in (self.signature[:half], self.signature[half:]))
                chosen = hashes.SHA256() if self.alg == "ES256" else hashes.SHA384()
                key.verify(encode_dss_signature(r, s), self.signed, ec.ECDSA(chosen))
            return True
        except InvalidSignature:
            return False


def algorithm_for(key):
    if isinstance(key, ec.EllipticCurvePublicKey):
        return {"secp256r1": "ES256", "secp384r1": "ES384"}.get(key.curve.name)
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "EdDSA"
    return "PS256" if isinstance(key, rsa.RSAPublicKey) else None
