"""Plays one child's whole pathway (docs/protocol.md, section 5) against a gateway, as each of the agencies in turn.

    python3 pathway.py https://localhost:8443 ../../certs-dev/out

The children and the agencies are synthetic. A real system is one agency, and has one folder of keys.
"""

import datetime
import json
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

from passerelle import Agency, new_id

FIGURE = Path(__file__).parent.parent / "figure1"


def fill(template: str, ids: dict, case: str) -> dict:
    """An envelope of the figure, its holes filled: ids of messages, the case, and times so many hours from now."""

    def value(hole: re.Match) -> str:
        kind, _, name = hole[1].partition(":")
        if kind == "case":
            return case
        if kind == "id":
            return ids.setdefault(name, new_id())
        then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=int(name))
        return then.strftime("%Y-%m-%dT%H:%M:%SZ")

    return json.loads(re.sub(r"@\{([^}]+)\}", value, template))


def receive(agency: Agency, wanted: str) -> tuple[bytes, dict]:
    """What a real system does for ever: it takes whatever waits, keeps it, and acknowledges it. Gives the message that is wanted."""
    for _ in range(10):
        for one in agency.waiting():
            message, envelope = agency.read(one["from"], one["messageId"])
            agency.acknowledge(one["from"], one["messageId"], message)
            if one["messageId"] == wanted:
                return message, envelope
    raise AssertionError("it does not come to its recipient")


def main(url: str, pki: Path) -> None:
    address = urlsplit(url)
    agencies: dict[str, Agency] = {}
    ids: dict[str, str] = {}
    case, sent = new_id(), []

    def agency(name: str) -> Agency:
        if name not in agencies:
            agencies[name] = Agency(pki / "agencies" / name, pki / "trust", address.hostname, address.port or 8443)
        return agencies[name]

    for line in (FIGURE / "steps.txt").read_text("utf-8").splitlines():
        step, sender, recipient, file = line.split(" ")
        envelope = fill((FIGURE / file).read_text("utf-8"), ids, case)
        message, accepted = agency(sender).submit(envelope)

        read, said = receive(agency(recipient), envelope["id"])
        assert read == message and said == envelope, "it is not what was sent"
        sent.append((sender, envelope["id"], message))
        print(f"{step:20} {sender} -> {recipient}: {accepted['type']}")

    events = ["SubmissionAcceptance", "ContentConsignment", "ContentHandover"]
    for sender, message_id, message in sent:
        receipts = agency(sender).receipts_of(message_id, message)
        assert [one["event"] for one in receipts] == events, "a receipt is missing"
    for one in agencies.values():
        one.close()
    print(f"played: {len(sent)} messages, {3 * len(sent)} receipts verified")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
