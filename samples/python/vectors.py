"""Looks at the test vectors: a client must give the verdict of each. `python3 vectors.py ../../test/vectors/signed`"""

import datetime
import sys
from pathlib import Path

from passerelle import NotGenuine, read_certificates, read_jws, verify_chain, verify_receipt


def is_good(vector: Path, certificates, intermediates, anchors) -> bool:
    typ, jws = (vector / "typ").read_text().strip(), (vector / "jws").read_text().strip()
    try:
        if (vector / "message").exists():
            verify_receipt(jws, (vector / "message").read_bytes(), certificates, intermediates, anchors)
        else:
            header, _, signer = read_jws(jws.encode("ascii"), typ, certificates)
            signed_at = datetime.datetime.fromtimestamp(header["iat"], datetime.timezone.utc)
            verify_chain(signer, intermediates, anchors, signed_at)
        return True
    except NotGenuine:
        return False


def main(folder: Path) -> None:
    anchors, intermediates = (read_certificates((folder / f"{name}.pem").read_bytes()) for name in ("anchor", "intermediate"))
    certificates = [one for file in (folder / "certificates").glob("*.pem") for one in read_certificates(file.read_bytes())]
    vectors = sorted(file.parent for file in folder.glob("*/verdict"))
    for vector in vectors:
        verdict = (vector / "verdict").read_text().strip()
        if is_good(vector, certificates, intermediates, anchors) != (verdict == "good"):
            sys.exit(f"{vector.name} is not judged as it should be: {verdict}")
    print(f"judged: {len(vectors)} vectors")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
