#!/usr/bin/env python3
"""Verifies Passerelle's evidence bundles off line, as docs/evidence.md says: Python's standard library and `cryptography`.

    verify.py trust.json bundle.json…     one line for each bundle; exit 1 where one proves nothing
    verify.py --stream                    JSON lines {"name", "bundle", "trust"} in, {"name", "verdict", "where"} out

It was written from that page alone, and shares no code with the gateway or its SDK.
"""

import datetime
import json
import sys

import documents
from certificates import Certificate, Chains, RevocationList
from documents import Jws, algorithm_for, digest_of
from faults import Fault, demand
from note import Proof, VerifierKey

DAY = datetime.timedelta(days=1)
LAG = datetime.timedelta(minutes=1)
CLOCK = datetime.timedelta(minutes=5)

# From which standings an event may come, which it leads to, and whether it may come once only.
STEPS = {
    "SubmissionAcceptance": ({"nothing"}, "accepted", False),
    "ContentConsignment": ({"accepted", "dead"}, "consigned", True),
    "ContentConsignmentFailure": ({"accepted"}, "dead", False),
    "DeliveryResumed": ({"dead"}, "accepted", False),
    "MessageDiscarded": ({"dead"}, "discarded", False),
    "AcceptanceRejectionExpiry": ({"consigned"}, None, True),
    "ContentHandover": ({"consigned"}, "answered", False),
    "ConsignmentRejection": ({"consigned"}, "answered", False),
    "ResponseOverdue": ({"accepted", "consigned", "dead", "answered"}, None, True),
}
SAME = ("messageId", "caseId", "type", "from", "to", "messageDigest")


class Leaf:
    def __init__(self, kind, place, item, typ, form):
        self.kind, self.where = kind, f"/{place}"
        try:
            self.jws = Jws(item[kind], typ, form)
            self.said = self.jws.payload
            self.at = documents.moment(self.said["at"])
        except (ValueError, KeyError) as error:
            raise Fault(f"{kind}-malformed", f"{self.where}/{kind}") from error
        try:
            self.proof = Proof(item["proof"])
        except (ValueError, AttributeError, IndexError) as error:
            raise Fault("proof-malformed", f"{self.where}/proof") from error


def read_all(items, what, place, read):
    found = []
    for at, item in enumerate(items):
        try:
            found.append(read(item))
        except (ValueError, TypeError) as error:
            raise Fault(f"{what}-malformed", f"/{place}/{at}") from error
    return found


class Verifier:
    def __init__(self, bundle, trust):
        self.trust = trust
        if isinstance(bundle, dict) and bundle.get("version") != 1:
            raise Fault("bundle-version", "/version")
        try:
            documents.BUNDLE(bundle)
        except ValueError as error:
            raise Fault("bundle-malformed", "") from error
        self.bundle = bundle
        self.certificates = read_all(bundle["certificates"], "certificate", "certificates", Certificate)
        self.lists = read_all([*bundle["crls"], *trust.get("crls", [])], "crl", "crls", RevocationList)
        leaf = lambda kind, place, typ, form: [  # noqa: E731
            Leaf(kind, f"{place}/{at}", item, typ, form) for at, item in enumerate(bundle.get(place, []))
        ]
        self.receipts = leaf("receipt", "receipts", "delivery-receipt+jws", documents.RECEIPT)
        self.entries = leaf("entry", "parties", "registry-entry+jws", documents.ENTRY)
        self.acts = leaf("act", "erasure", "operator-act+jws", documents.ACT)
        self.leaves = [*self.receipts, *self.entries, *self.acts]
        self.message = None
        if "message" in bundle:
            try:
                self.message = Jws(bundle["message"], "safeguarding-message+jws", documents.ENVELOPE)
            except ValueError as error:
                raise Fault("message-malformed", "/message") from error
        anchors = [Certificate(pem) for pem in trust["anchors"]]
        self.chains = Chains(self.certificates, anchors, self.lists)
        self.log_keys = [VerifierKey(text) for text in trust["logKeys"]]
        self.witnesses = [
            (one["name"], VerifierKey(one["vkey"]), one.get("country")) for one in trust.get("witnesses", [])
        ]
        self.quorum = trust.get("quorum", len({name for name, _, _ in self.witnesses}))

    def verify(self):
        self.check_same_message()
        for leaf in self.leaves:
            self.check_gateway_signed(leaf)
        seen, roots = {}, {}
        for leaf in self.leaves:
            self.check_logged(leaf, seen, roots)
        self.check_order()
        self.check_parties()
        path = self.check_sender() if self.message else None
        self.check_list(path)
        for leaf in self.receipts:
            if "acknowledgement" in leaf.said:
                self.check_word(leaf)
        self.check_schema()
        self.check_erasure()

    def check_same_message(self):
        demand(
            self.receipts and self.receipts[0].said["event"] == "SubmissionAcceptance", "acceptance-missing", "/receipts"
        )
        self.acceptance = self.receipts[0]
        self.said = self.acceptance.said
        for leaf in self.receipts:
            same = all(leaf.said[name] == self.said[name] for name in SAME)
            demand(same, "receipt-of-another-message", f"{leaf.where}/receipt")
        for leaf in self.leaves:
            demand(leaf.said["gateway"] == self.said["gateway"], "receipt-of-another-gateway", leaf.where)

    def signer_of(self, jws, where):
        certificate = self.chains.by_thumbprint.get(jws.thumbprint)
        demand(certificate is not None, "signer-unknown", where)
        return certificate

    def check_signed(self, jws, certificate, at, code, where):
        path = self.chains.judge(certificate, at, where)
        demand(algorithm_for(certificate.key) == jws.alg, "algorithm-mismatch", where)
        demand(jws.is_signed(certificate.key), code, where)
        return path

    def check_gateway_signed(self, leaf):
        where = f"{leaf.where}/{leaf.kind}"
        certificate = self.signer_of(leaf.jws, where)
        demand(certificate.common_name.lower() == self.said["gateway"], "signer-not-gateway", where)
        self.check_signed(leaf.jws, certificate, leaf.at, f"{leaf.kind}-signature", where)

    def check_logged(self, leaf, seen, roots):
        where, checkpoint = f"{leaf.where}/proof", leaf.proof.checkpoint
        if checkpoint.note not in seen:
            seen[checkpoint.note] = self.look(checkpoint, where)
        root = roots.setdefault((checkpoint.origin, checkpoint.size), checkpoint.root)
        demand(root == checkpoint.root, "log-forked", where)
        demand(leaf.proof.includes(leaf.jws.bytes), f"{leaf.kind}-not-in-log", where)
        for seconds in seen[checkpoint.note]:
            time = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
            demand(leaf.at - time <= CLOCK, "witnessed-too-early", where)

    def look(self, checkpoint, where):
        """The times at which witnesses have seen a checkpoint."""
        own = [key for key in self.log_keys if key.name == checkpoint.origin]
        demand(own, "log-unknown", where)
        demand(checkpoint.origin.startswith(f"{self.said['gateway']}/"), "log-of-another-gateway", where)
        for key in own:
            verdict = key.judge(checkpoint)
            demand(verdict is not None, "log-signature-missing", where)
            demand(verdict is not False, "log-signature", where)
        times, names, countries = [], set(), set()
        for name, key, country in self.witnesses:
            verdict = key.judge(checkpoint)
            demand(verdict is not False, "witness-signature", where)
            if verdict is not None:
                names.add(name)
                countries.add(country)
                times += [] if verdict is True else [verdict]
        demand(len(names) >= self.quorum, "witnesses-too-few", where)
        wanted = {country for _, _, country in self.witnesses if country is not None}
        demand(self.quorum == 0 or wanted <= countries, "witnesses-of-one-country", where)
        return times

    def check_order(self):
        told, events, standing, last = set(), set(), "nothing", None
        for leaf in self.receipts:
            event = leaf.said["event"]
            demand(leaf.said["receiptId"] not in told, "receipt-twice", leaf.where)
            demand(last is None or is_behind(leaf, last), "receipts-out-of-order", leaf.where)
            sources, target, once = STEPS.get(event, (set(), None, False))
            demand(standing in sources, "event-missing", leaf.where)
            demand(not once or event not in events, "event-missing", leaf.where)
            told.add(leaf.said["receiptId"])
            events.add(event)
            standing, last = target or standing, leaf

    def check_parties(self):
        involved = (self.said["from"], self.said["to"], self.said["gateway"])
        for leaf in self.entries:
            demand(leaf.said["party"]["id"] in involved, "entry-of-a-stranger", f"{leaf.where}/entry")
        for party in involved:
            own = [leaf for leaf in self.entries if leaf.said["party"]["id"] == party]
            demand(own, "entry-missing", "/parties")
            demand(any(leaf.at <= self.acceptance.at + LAG for leaf in own), "entry-too-late", own[0].where)
        for leaf in self.receipts:
            pinned = self.pinned(self.said["gateway"], leaf.at)
            demand(leaf.jws.thumbprint in pinned, "signer-not-pinned", f"{leaf.where}/receipt")

    def pinned(self, party, by):
        """The signing certificates that the registry had pinned to a party by a time."""
        entries = (leaf.said["party"] for leaf in self.entries if leaf.at <= by + LAG)
        return [
            pin["thumbprint"]
            for entry in entries if entry["id"] == party
            for pin in entry["certificates"] if pin["use"] == "signing"
        ]

    def check_sender(self):
        message, said, at = self.message, self.said, self.acceptance.at
        demand(digest_of(message.bytes) == said["messageDigest"], "message-digest", "/message")
        names = (("id", "messageId"), ("from", "from"), ("to", "to"), ("caseId", "caseId"), ("type", "type"))
        demand(all(message.payload[a] == said[b] for a, b in names), "message-says-otherwise", "/message")
        certificate = self.signer_of(message, "/message")
        demand(message.thumbprint in self.pinned(said["from"], at), "signer-not-pinned", "/message")
        return self.check_signed(message, certificate, at, "message-signature", "/message")

    def check_list(self, path):
        at = self.acceptance.at
        crl = next((one for one in self.lists if one.digest == self.said["crl"]), None)
        demand(crl is not None, "crl-missing", "/crls")
        if path:
            self.check_unrevoked(crl, path)
        else:
            self.check_any_of(crl)
        demand(crl.this_update <= at, "crl-not-yet-issued", "/crls")
        grace = datetime.timedelta(milliseconds=self.trust.get("crlGraceMs", 86_400_000))
        demand(crl.next_update + grace >= at, "crl-stale", "/crls")

    def check_any_of(self, crl):
        """Which certificate signed is not known where the message is gone: one of those that were pinned must have been good."""
        at, fault = self.acceptance.at, Fault("signer-unknown", "/parties")
        for thumbprint in self.pinned(self.said["from"], at):
            certificate = self.chains.by_thumbprint.get(thumbprint)
            if certificate is None:
                continue
            try:
                return self.check_unrevoked(crl, self.chains.judge(certificate, at, "/parties"))
            except Fault as found:
                fault = found
        raise fault

    @staticmethod
    def check_unrevoked(crl, path):
        certificate, issuer = path[0], path[min(1, len(path) - 1)]
        demand(crl.is_named_by(issuer), "crl-of-another-issuer", "/crls")
        demand(crl.is_signed_by(issuer), "crl-signature", "/crls")
        demand(crl.revoked_since(certificate) is None, "signer-revoked", "/crls")

    def check_word(self, leaf):
        where = f"{leaf.where}/receipt"
        try:
            word = Jws(leaf.said["acknowledgement"], "safeguarding-acknowledgement+jws", documents.ACKNOWLEDGEMENT)
        except ValueError as error:
            raise Fault("acknowledgement-malformed", where) from error
        said = word.payload
        about = all(said[name] == self.said[name] for name in ("messageId", "messageDigest"))
        demand(about, "acknowledgement-of-another-message", where)
        event = "ContentHandover" if said["outcome"] == "accepted" else "ConsignmentRejection"
        reasons = [one.get("reason", {}).get("code") for one in (said, leaf.said)]
        demand(leaf.said["event"] == event and reasons[0] == reasons[1], "acknowledgement-outcome", where)
        certificate = self.signer_of(word, where)
        demand(word.thumbprint in self.pinned(self.said["to"], leaf.at), "signer-not-pinned", where)
        self.check_signed(word, certificate, leaf.at, "acknowledgement-signature", where)

    def check_schema(self):
        schema = self.bundle["schema"]
        release, name = ["", *schema["id"].split("/")][-2:]
        of_release = self.message is None or release == self.message.payload["schemaVersion"]
        demand(name == f"{self.said['type']}.schema.json" and of_release, "schema-of-another-type", "/schema/id")
        known = self.trust.get("schemas")
        demand(known is None or known.get(schema["id"]) == schema["sha256"], "schema-digest", "/schema/sha256")

    def check_erasure(self):
        demand(self.message is None or not self.acts, "erasure-contradicted", "/message")
        if self.message:
            return
        demand(self.acts, "erasure-not-shown", "/erasure")
        for leaf in self.acts:
            where, operator = f"{leaf.where}/act", leaf.said.get("operator")
            is_erasure = leaf.said["act"] == ("retention" if operator is None else "erase")
            demand(is_erasure, "act-no-erasure", where)
            demand(leaf.said.get("caseId") == self.said["caseId"], "erasure-of-another-case", where)
            demand(is_behind(leaf, self.acceptance), "erasure-before-acceptance", where)
        if len(self.acts) > 1:
            first, last = self.acts[0], self.acts[-1]
            agreed = (
                len(self.acts) == 2
                and len({leaf.said.get("operator") for leaf in self.acts} - {None}) == 2
                and is_behind(last, first)
                and last.at - first.at <= DAY
            )
            demand(agreed, "erasure-by-one", "/erasure")


def is_behind(leaf, other):
    """In one log the index tells the order; a log that succeeded another came later."""
    if leaf.proof.checkpoint.origin == other.proof.checkpoint.origin:
        return leaf.proof.index > other.proof.index
    return leaf.at >= other.at


def verdict(bundle, trust):
    """`proven`, or the code of the first fault and its place."""
    try:
        Verifier(bundle, trust).verify()
        return "proven", ""
    except Fault as fault:
        return fault.code, fault.where


def main(arguments):
    if arguments == ["--stream"]:
        for line in sys.stdin:
            job = json.loads(line)
            code, where = verdict(job["bundle"], job["trust"])
            print(json.dumps({"name": job["name"], "verdict": code, "where": where}), flush=True)
        return 0
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    with open(arguments[0], "rb") as file:
        trust = json.load(file)
    worst = 0
    for name in arguments[1:]:
        with open(name, "rb") as file:
            try:
                code, where = verdict(documents.parse(file.read()), trust)
            except ValueError:
                code, where = "bundle-malformed", ""
        worst = worst or int(code != "proven")
        print(f"{name}: {code}{' at ' + where if where else ''}")
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
