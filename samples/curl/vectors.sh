#!/usr/bin/env bash
# Looks at the test vectors: a client must give the verdict of each. ./vectors.sh ../../test/vectors/signed
set -euo pipefail
umask 077

vectors=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source "$(dirname "${BASH_SOURCE[0]}")/passerelle.sh"

is_good() { # <vector>
  local certificates=$vectors/certificates anchors=$vectors/anchor.pem intermediates=$vectors/intermediate.pem
  if [[ -e $1/message ]]; then
    verify_receipt "$1/jws" "$1/message" "$certificates" "$anchors" "$intermediates"
  else
    verify_jws "$1/jws" "$(<"$1/typ")" "$certificates" "$anchors" "$intermediates"
  fi
}

judged=0
for verdict in "$vectors"/*/verdict; do
  vector=${verdict%/verdict}
  found=bad
  is_good "$vector" && found=good
  [[ $(<"$verdict") == good ]] && wanted=good || wanted=bad
  [[ $found == "$wanted" ]] || die "${vector##*/} is not judged as it should be: $(<"$verdict")"
  judged=$((judged + 1))
done
echo "judged: $judged vectors"
