#!/usr/bin/env bash
# Plays one child's whole pathway (docs/protocol.md, section 5) against a gateway, as each of the agencies in turn:
#   ./pathway.sh https://localhost:8443 ../../certs-dev/out
# The children and the agencies are synthetic. A real system is one agency, and has one folder of keys.
set -euo pipefail
umask 077

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
url=$1
keys=$2
figure=$here/../figure1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source "$here/passerelle.sh"

case_id=$(new_id)
id_of() { [[ -e $work/id-$1 ]] || new_id >"$work/id-$1"; cat "$work/id-$1"; } # <step>

# An envelope of the figure, its holes filled: ids of messages, the case, and times so many hours from now.
fill() { # <file>
  local text hole
  text=$(cat "$1")
  while [[ $text =~ @\{([a-z]+):?([^}]*)\} ]]; do
    hole=${BASH_REMATCH[0]}
    case ${BASH_REMATCH[1]} in
      case) text=${text//"$hole"/$case_id} ;;
      id) text=${text//"$hole"/$(id_of "${BASH_REMATCH[2]}")} ;;
      in) text=${text//"$hole"/$(date -u -d "+${BASH_REMATCH[2]} hours" +%Y-%m-%dT%H:%M:%SZ)} ;;
    esac
  done
  printf '%s' "$text"
}

# What a real system does for ever: it takes whatever waits, keeps it, and acknowledges it.
receive_all() { # <agency> <id that is wanted>
  local sender id
  for _ in {1..10}; do
    while read -r sender id; do
      receive "$1" "$sender" "$id" "$work/read-$id"
      acknowledge "$1" "$sender" "$id" "$work/read-$id"
    done < <(waiting "$1")
    [[ -e $work/read-$2 ]] && return
  done
  die "it does not come to its recipient"
}

played=0
while read -r step sender recipient file; do
  begin "$sender"
  id=$(id_of "$step")
  fill "$figure/$file" >"$work/envelope"
  submit "$sender" "$work/envelope" "$work/sent-$id"
  receive_all "$recipient" "$id"
  cmp -s "$work/sent-$id" "$work/read-$id" || die "it is not what was sent"
  printf '%-20s %s -> %s\n' "$step" "$sender" "$recipient"
  played=$((played + 1))
done <"$figure/steps.txt"

while read -r step sender _; do
  id=$(id_of "$step")
  [[ $(events "$sender" "$id" "$work/sent-$id" | tr '\n' ' ') == "SubmissionAcceptance ContentConsignment ContentHandover " ]] ||
    die "a receipt is missing"
done <"$figure/steps.txt"
echo "played: $played messages, $((played * 3)) receipts verified"
