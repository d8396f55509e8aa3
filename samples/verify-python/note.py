"""Signed notes, checkpoints and proofs: C2SP signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof, and RFC 6962."""

import base64
import functools
import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

import mldsa

NOTE, COSIGNATURE, ML_DSA_COSIGNATURE = 0x01, 0x04, 0x06


def from_base64(text):
    """Padded base64 in its one spelling."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("no base64")
    return data


class VerifierKey:
    """`<name>+<key id>+<base64 of type and key>`."""

    def __init__(self, text):
        self.name, key_id, encoded = text.split("+", 2)
        typed = from_base64(encoded)
        self.id = hashlib.sha256(self.name.encode() + b"\n" + typed).digest()[:4]
        if self.id.hex() != key_id:
            raise ValueError("no verifier key")
        self.kind, self.raw = typed[0], typed[1:]
        if self.kind not in (NOTE, COSIGNATURE, ML_DSA_COSIGNATURE):
            raise ValueError("a key of an unknown kind")

    def judge(self, checkpoint):
        """None where the checkpoint has no signature of this key, False where it has a bad one, else its time or True."""
        own = [data for name, key_id, data in checkpoint.signatures if name == self.name and key_id == self.id]
        verdicts = [self._judge(checkpoint, data) for data in own]
        return False if False in verdicts else verdicts[0] if verdicts else None

    def _judge(self, checkpoint, data):
        if self.kind == NOTE:
            return is_ed25519(self.raw, checkpoint.text.encode(), data)
        if len(data) <= 8:
            return False
        seconds, signature = int.from_bytes(data[:8], "big"), data[8:]
        if seconds > LATEST:
            return False
        if self.kind == COSIGNATURE:
            text = f"cosignature/v1\ntime {seconds}\n{checkpoint.text}"
            good = is_ed25519(self.raw, text.encode(), signature)
        else:
            good = is_ml_dsa(self.raw, cosigned(checkpoint, self.name, seconds), signature)
        return (seconds or True) if good else False


LATEST = 253402300799
"""The last second of the year 9999."""


def cosigned(checkpoint, name, seconds):
    """struct cosigned_message of tlog-cosignature, for a whole tree."""
    cosigner, log = name.encode(), checkpoint.origin.encode()
    return b"".join([
        b"subtree/v1\n\0",
        bytes([len(cosigner)]), cosigner, seconds.to_bytes(8, "big"),
        bytes([len(log)]), log, (0).to_bytes(8, "big"), checkpoint.size.to_bytes(8, "big"), checkpoint.root,
    ])


@functools.lru_cache(4096)
def is_ed25519(key, message, signature):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False


@functools.lru_cache(4096)
def is_ml_dsa(key, message, signature):
    return mldsa.verify(key, message, signature)


class Checkpoint:
    def __init__(self, note):
        if re.search("[\x00-\x09\x0b-\x1f]", note) or len(note) > 262144 or not note.endswith("\n"):
            raise ValueError("no note")
        end = note.rindex("\n\n")
        self.note, self.text = note, note[: end + 1]
        self.origin, size, root = self.text[:-1].split("\n")
        if not self.origin or not re.fullmatch(r"0|[1-9][0-9]{0,15}", size) or int(size) >= 2**53:
            raise ValueError("no checkpoint")
        self.size, self.root = int(size), from_base64(root)
        lines = note[end + 2 : -1].split("\n")
        if len(self.root) != 32 or len(lines) > 64:
            raise ValueError("no checkpoint")
        self.signatures = [self._signature(line) for line in lines]

    @staticmethod
    def _signature(line):
        name, encoded = re.fullmatch(r"— ([^\s+]{1,255}) (\S+)", line).groups()
        data = from_base64(encoded)
        if len(data) <= 4:
            raise ValueError("no signature")
        return name, data[:4], data[4:]


class Proof:
    """That a leaf stands in the tree of a checkpoint."""

    def __init__(self, text):
        head, note = text.split("\n\n", 1)
        header, *lines = head.split("\n")
        if lines and lines[0].startswith("extra "):
            from_base64(lines.pop(0)[len("extra ") :])
        index = re.fullmatch(r"index (0|[1-9][0-9]{0,15})", lines[0])
        self.path = [from_base64(line) for line in lines[1:]]
        if header != "c2sp.org/tlog-proof@v1" or not index or len(self.path) > 63:
            raise ValueError("no proof")
        if any(len(node) != 32 for node in self.path):
            raise ValueError("no proof")
        self.index, self.checkpoint = int(index[1]), Checkpoint(note)

    def includes(self, leaf):
        """RFC 9162, 2.1.3.2."""
        place, last = self.index, self.checkpoint.size - 1
        if place > last:
            return False
        node = hashlib.sha256(b"\0" + leaf).digest()
        for sibling in self.path:
            if last == 0:
                return False
            if place & 1 or place == last:
                node = hashlib.sha256(b"\1" + sibling + node).digest()
                while not place & 1 and place:
                    place, last = place >> 1, last >> 1
            else:
                node = hashlib.sha256(b"\1" + node + sibling).digest()
            place, last = place >> 1, last >> 1
        return last == 0 and node == self.checkpoint.root
