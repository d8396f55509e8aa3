"""The adapter by which `passerelle conformance` drives this client (docs/conformance.md): a line of JSON in, a line out.

    passerelle conformance --role referrer --client "python3 samples/python/adapter.py"

What it must know after a crash stands in one file. It opens no endpoint: those cases are not tried.
"""

import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from passerelle import Agency, NotGenuine, Refused, digest, new_id


class Client:
    def __init__(self, folder: str, gateway: str, agency: str):
        self.file = Path(folder, "state", "client.json")
        self.state = json.loads(self.file.read_text()) if self.file.exists() else {"cursor": "", "taken": {}}
        address = urlsplit(gateway)
        self.agency = Agency(Path(folder), Path(folder), address.hostname, address.port)
        self.agency.id = agency

    def keep(self) -> None:
        """Written whole or not at all, whenever the process ends."""
        new = self.file.with_suffix(".new")
        new.write_text(json.dumps(self.state))
        os.replace(new, self.file)

    def send(self, draft: dict, **more) -> dict:
        attachments = [self.put(**one) for one in draft.get("attachments", [])]
        named = {"attachments": attachments} if attachments else {}
        envelope = {"id": new_id(), "schemaVersion": "1.2", "from": self.agency.id, **draft, **more, **named}
        self.agency.submit(envelope)
        return {"id": envelope["id"]}

    def put(self, path: str, mediaType: str, **more) -> dict:
        content = Path(path).read_bytes()
        name = digest(content)
        self.agency.call("PUT", f"/v1/attachments/{name.removeprefix('sha-256:')}", content, mediaType)
        return {"digest": name, "mediaType": mediaType, "size": len(content), **more}

    def fetch(self, sender: str, message_id: str, named: dict) -> list:
        """Saves an attachment, under a name of ours and never its sender’s, where it is what the sender named."""
        address = named["digest"].removeprefix("sha-256:")
        try:
            content = self.agency.call("GET", f"/v1/inbox/{sender}/{message_id}/attachments/{address}")
        except Refused:
            return []
        if (digest(content), len(content)) != (named["digest"], named["size"]):
            return []
        path = self.file.with_name(f"attachment-{address}")
        path.write_bytes(content)
        return [{"digest": named["digest"], "path": str(path)}]

    def reply(self, sender: str, message_id: str, draft: dict) -> dict:
        case_id = self.state["taken"][f"{sender} {message_id}"]
        return self.send(draft, to=sender, caseId=case_id, inReplyTo=message_id)

    def receive(self, acknowledge: str) -> dict:
        messages, page = [], ""
        while page is not None:
            listed = self.agency.get_json("/v1/inbox" + (f"?page={page}" if page else ""))
            for entry in listed["messages"]:
                try:
                    messages += self.take(entry["from"], entry["messageId"], acknowledge == "now")
                except (NotGenuine, Refused):
                    pass  # One that is not genuine, or gone, must not keep the others waiting.
            page = listed.get("next")
        return {"messages": messages}

    def take(self, sender: str, message_id: str, acknowledging: bool) -> list:
        """Hands a message over unless that was done before, keeps that it was, and only then signs for it."""
        message, envelope = self.agency.read(sender, message_id)
        key = f"{sender} {message_id}"
        is_new = key not in self.state["taken"]
        self.state["taken"][key] = envelope["caseId"]
        self.keep()
        if acknowledging:
            self.agency.acknowledge(sender, message_id, message)
        if not is_new:
            return []
        saved = [self.fetch(sender, message_id, one) for one in envelope.get("attachments", [])]
        return [{"envelope": envelope, "attachments": sum(saved, [])}]

    def acknowledge(self, sender: str, message_id: str, outcome: str, reason: str | None) -> dict:
        message, _ = self.agency.read(sender, message_id)
        self.agency.acknowledge(sender, message_id, message, reason if outcome == "refused" else None)
        return {}

    def receipts(self) -> dict:
        told = []
        while True:
            try:
                page = self.agency.get_json("/v1/receipts" + (f"?after={self.state['cursor']}" if self.state["cursor"] else ""))
            except Refused as fault:
                if fault.problem["code"] != "invalid-request" or not self.state["cursor"]:
                    raise
                self.state["cursor"] = ""  # The gateway's record was restored: from the beginning (section 6).
                continue
            if not page["receipts"]:
                return {"receipts": told}
            for entry in page["receipts"]:
                try:
                    receipt = self.agency.verify_receipt(entry["receipt"])
                    told.append({"event": receipt["event"], "messageId": receipt["messageId"]})
                except NotGenuine:
                    pass
                self.state["cursor"] = entry["cursor"]
            self.keep()


def obey(client: Client, command: dict) -> dict | None:
    match command:
        case {"do": "send", "draft": draft}:
            return client.send(draft)
        case {"do": "reply", "from": sender, "id": message_id, "draft": draft}:
            return client.reply(sender, message_id, draft)
        case {"do": "receive", "acknowledge": acknowledge}:
            return client.receive(acknowledge)
        case {"do": "acknowledge", "from": sender, "id": message_id, "outcome": outcome}:
            return client.acknowledge(sender, message_id, outcome, command.get("reason"))
        case {"do": "receipts"}:
            return client.receipts()
    return None


opened: list[Client] = []


def answer(setup: dict, command: dict) -> dict:
    try:
        if not opened:
            opened.append(Client(**setup))
        done = obey(opened[0], command)
        notices = sorted(opened[0].agency.notices)
        return {"unknown": True} if done is None else {"done": done, "notices": notices}
    except Refused as fault:
        request_id = fault.problem.get("instance", "").removeprefix("urn:uuid:")
        return {"refused": fault.problem["code"], "requestId": request_id}
    except NotGenuine as fault:
        return {"refused": str(fault)}
    except (OSError, ValueError) as fault:
        return {"refused": type(fault).__name__}


def main() -> None:
    setup = {}
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "open":
            setup = {name: command[name] for name in ("folder", "gateway", "agency")}
            said = {"done": {}}
        else:
            said = answer(setup, command)
        print(json.dumps(said), flush=True)


main()
