# A client of the Passerelle exchange protocol in bash, with curl and openssl. To be sourced; it needs:
#   url      the gateway, https://localhost:8443
#   keys     a folder with agencies/<id>/{tls,signing}.{crt,key} and trust/*.crt
#   work     a folder of its own, which nobody else can read
# Sections are those of docs/protocol.md. bash reads no JSON: what is taken out of an answer here are ids, times and signed bytes, in which
# nothing is escaped. A system that reads more of them takes jq.

die() { echo "passerelle: $*" >&2; exit 1; }

# --- bytes ---

encode() { # base64url (RFC 7515, section 2)
  local text
  text=$(openssl base64 -A)
  text=${text//+/-} text=${text//\//_}
  printf '%s' "${text//=/}"
}

decode() { # <base64url>
  local text
  text=${1//-/+} text=${text//_//}
  while ((${#text} % 4)); do text+="="; done
  openssl base64 -d -A <<<"$text"
}

to_hex() { od -An -v -tx1 | tr -d ' \n'; }
from_hex() { printf '%b' "$(sed 's/../\\x&/g')"; }
digest() { printf 'sha-256:%s' "$(openssl dgst -sha256 -binary | encode)"; }
new_id() { echo "$(</proc/sys/kernel/random/uuid)"; }

# The first member of that name whose value is a string, or a number.
member() { # <name>
  local form="\"$1\" *: *(\"([^\"]*)\"|-?[0-9]+)"
  [[ $(</dev/stdin) =~ $form ]] || return 1
  [[ ${BASH_REMATCH[1]} == '"'* ]] && echo "${BASH_REMATCH[2]}" || echo "${BASH_REMATCH[1]}"
}

# All names of a flat object, in order: two of one name stand there twice.
names() { grep -Eo '"[^"]*" *:' | tr -d '": ' | sort | tr '\n' ','; }

# --- signatures (section 3) ---

thumbprint() { openssl x509 -in "$1" -outform DER | openssl dgst -sha256 -binary | encode; } # <certificate>

algorithm_of() { # <certificate>: the one algorithm that fits its key
  local text
  text=$(openssl x509 -in "$1" -noout -text)
  case $text in
    *"Public Key Algorithm: ED25519"*) echo EdDSA ;;
    *"Public Key Algorithm: rsaEncryption"*) echo PS256 ;;
    *"ASN1 OID: prime256v1"*) echo ES256 ;;
    *"ASN1 OID: secp384r1"*) echo ES384 ;;
    *) die "a key that the protocol does not know" ;;
  esac
}

PSS=(-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32)

# JWS wants r and s side by side, and not DER as openssl has it (RFC 7518, section 3.4).
raw_of_der() { # <hexadecimal digits of each>
  openssl asn1parse -inform DER | sed -n 's/.*INTEGER *://p' | while read -r number; do
    printf '%*s' "$1" "$number" | tr ' ' '0'
  done | from_hex
}

der_integer() { # <hexadecimal>
  local number=$1
  while [[ $number == 00* && ${#number} -gt 2 ]]; do number=${number:2}; done
  [[ $number == [89abcdef]* ]] && number=00$number
  printf '02%02x%s' $((${#number} / 2)) "$number"
}

der_of_raw() { # <hexadecimal digits of each>
  local hex numbers
  hex=$(to_hex)
  [[ ${#hex} -eq $(($1 * 2)) ]] || return 1
  numbers=$(der_integer "${hex:0:$1}")$(der_integer "${hex:$1}")
  printf '30%02x%s' $((${#numbers} / 2)) "$numbers" | from_hex
}

sign_bytes() { # <algorithm> <key> <file>
  case $1 in
    ES256) openssl dgst -sha256 -sign "$2" "$3" | raw_of_der 64 ;;
    ES384) openssl dgst -sha384 -sign "$2" "$3" | raw_of_der 96 ;;
    PS256) openssl dgst -sha256 -sign "$2" "${PSS[@]}" "$3" ;;
    EdDSA) openssl pkeyutl -sign -inkey "$2" -rawin -in "$3" ;;
  esac
}

verify_bytes() { # <algorithm> <certificate> <signature> <file>
  openssl x509 -in "$2" -noout -pubkey >"$work/public.pem"
  case $1 in
    ES256) der_of_raw 64 <"$3" >"$work/der" && openssl dgst -sha256 -verify "$work/public.pem" -signature "$work/der" "$4" ;;
    ES384) der_of_raw 96 <"$3" >"$work/der" && openssl dgst -sha384 -verify "$work/public.pem" -signature "$work/der" "$4" ;;
    PS256) openssl dgst -sha256 -verify "$work/public.pem" "${PSS[@]}" -signature "$3" "$4" ;;
    EdDSA) openssl pkeyutl -verify -pubin -inkey "$work/public.pem" -rawin -sigfile "$3" -in "$4" ;;
    *) return 1 ;;
  esac >/dev/null 2>&1
}

sign_jws() { # <typ> <file of the payload> <folder of the agency>: a compact JWS (RFC 7515)
  local alg certificate=$3/signing.crt
  alg=$(algorithm_of "$certificate")
  printf '{"alg":"%s","typ":"%s","cty":"json","iat":%s,"x5t#S256":"%s"}' \
    "$alg" "$1" "$(date +%s)" "$(thumbprint "$certificate")" | encode >"$work/signed"
  printf '.%s' "$(encode <"$2")" >>"$work/signed"
  printf '%s.%s' "$(cat "$work/signed")" "$(sign_bytes "$alg" "$3/signing.key" "$work/signed" | encode)"
}

# Verifies a compact JWS by the one of some certificates that it names; the chain must lead to an anchor, and have been valid when it was
# signed. Leaves the payload in $work/payload. Fails, with the reason in $why, where it is not genuine.
verify_jws() { # <file> <typ> <folder of certificates> <anchors> <intermediates>
  local head body signature rest header alg signer
  IFS=. read -r head body signature rest <"$1" || true
  why="no compact JWS"
  [[ $head =~ ^[A-Za-z0-9_-]+$ && $body =~ ^[A-Za-z0-9_-]+$ && $signature =~ ^[A-Za-z0-9_-]+$ && -z $rest ]] || return 1
  header=$(decode "$head") || return 1
  why="other members than the header must have"
  [[ $(names <<<"$header") =~ ^alg,cty,iat,typ,(x5c,)?x5t#S256,$ ]] || return 1
  why="a header of something else than $2"
  [[ $(member typ <<<"$header") == "$2" && $(member cty <<<"$header") == json ]] || return 1
  why="signed by a certificate that is not its sender’s"
  signer=$(member 'x5t#S256' <<<"$header") || return 1
  [[ $signer =~ ^[A-Za-z0-9_-]{43}$ && -e $3/$signer.pem ]] || return 1
  signer=$3/$signer.pem
  why="an algorithm that does not fit the key"
  alg=$(member alg <<<"$header") || return 1
  [[ $alg == "$(algorithm_of "$signer")" ]] || return 1
  why="the signature does not verify"
  decode "$signature" >"$work/signature"
  [[ $(encode <"$work/signature") == "$signature" ]] || return 1 # One value has one spelling.
  printf '%s.%s' "$head" "$body" >"$work/verified"
  verify_bytes "$alg" "$signer" "$work/signature" "$work/verified" || return 1
  why="no chain to a trust anchor that was valid then"
  openssl verify -no-CAfile -no-CApath -no-CAstore -trusted "$4" -untrusted "$5" \
    -attime "$(member iat <<<"$header")" "$signer" >/dev/null 2>&1 || return 1
  decode "$body" >"$work/payload"
}

# What an archive does with a receipt (section 6): signature, chain, digest.
verify_receipt() { # <file of the receipt> <file of the message> <folder of the gateway's certificates> <anchors> <intermediates>
  verify_jws "$1" delivery-receipt+jws "$3" "$4" "$5" || return 1
  why="a receipt for other bytes"
  [[ $(member messageDigest <"$work/payload") == "$(digest <"$2")" ]]
}

# --- calls (section 4): each may be repeated with the same bytes, so what passes is tried again ---

call() { # <agency> <path> [curl's own words]
  local agency=$1 path=$2
  shift 2
  curl --silent --show-error --fail-with-body --http1.1 --tlsv1.3 --max-time 60 --retry 5 --retry-connrefused \
    --cacert "$keys/trust/ca.crt" --cert "$keys/agencies/$agency/tls.crt" --key "$keys/agencies/$agency/tls.key" \
    "$@" "$url$path"
}

post_jose() { call "$1" "$2" --header 'Content-Type: application/jose' --data-binary "@$3"; } # <agency> <path> <file>

# The certificates of an answer, each in a file that bears its thumbprint.
write_certificates() { # <folder>
  local pem
  mkdir -p "$1"
  while read -r pem; do
    printf '%b' "$pem" >"$1/new"
    mv "$1/new" "$1/$(thumbprint "$1/new").pem"
  done < <(grep -Eo '"pem" *: *"[^"]*"' | sed -E 's/^"pem" *: *"//; s/"$//')
}

# --- what an agency does ---

begin() { # <agency>: learns by which certificates the gateway, and the other agencies, sign
  [[ -d $work/gateway ]] && return
  call "$1" /.well-known/passerelle | sed 's/"tlsCertificates".*//' | write_certificates "$work/gateway"
  call "$1" /v1/agencies | sed -E 's/\{"id":"(fr|gb)(-[a-z0-9]+)+","name"/\n&/g' | grep '^{"id"' | while read -r agency; do
    write_certificates "$work/agencies/$(member id <<<"$agency")" <<<"$agency"
  done
}

believe_receipt() { # <file of the answer> <file of the message>
  member receipt <"$1" >"$work/receipt"
  verify_receipt "$work/receipt" "$2" "$work/gateway" "$keys/trust/ca.crt" "$keys/trust/intermediate.crt" || die "$why"
}

submit() { # <agency> <file of the envelope> <file for the message>
  sign_jws safeguarding-message+jws "$2" "$keys/agencies/$1" >"$3"
  post_jose "$1" /v1/messages "$3" >"$work/answer" || die "refused: $(cat "$work/answer")"
  believe_receipt "$work/answer" "$3"
  [[ $(member event <"$work/payload") == SubmissionAcceptance ]] || die "a receipt for something else"
}

waiting() { # <agency>: a line for each message that waits, its sender and its id
  local listed
  call "$1" '/v1/inbox?wait=30' | sed 's/{/\n{/g' | grep '"messageId"' | while read -r listed; do
    echo "$(member from <<<"$listed") $(member messageId <<<"$listed")"
  done
}

receive() { # <agency> <sender> <id> <file for the message>: reads and verifies it; what it says is in $work/payload
  call "$1" "/v1/inbox/$2/$3" >"$4"
  verify_jws "$4" safeguarding-message+jws "$work/agencies/$2" "$keys/trust/ca.crt" "$keys/trust/intermediate.crt" || die "$why"
  grep -Eq "\"to\" *: *\"$1\"" "$work/payload" || die "a message for somebody else"
}

acknowledge() { # <agency> <sender> <id> <file of the message>
  printf '{"messageId":"%s","messageDigest":"%s","at":"%s","outcome":"accepted"}' \
    "$3" "$(digest <"$4")" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"$work/word"
  sign_jws safeguarding-acknowledgement+jws "$work/word" "$keys/agencies/$1" >"$work/acknowledgement"
  post_jose "$1" "/v1/inbox/$2/$3/acknowledgement" "$work/acknowledgement" >"$work/answer" || die "refused: $(cat "$work/answer")"
  believe_receipt "$work/answer" "$4"
}

events() { # <agency> <id> <file of the message>: what became of it, each by a receipt that was verified
  local receipt
  call "$1" "/v1/messages/$2/receipts" | grep -Eo '[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+' | while read -r receipt; do
    echo "$receipt" >"$work/receipt"
    verify_receipt "$work/receipt" "$3" "$work/gateway" "$keys/trust/ca.crt" "$keys/trust/intermediate.crt" || die "$why"
    member event <"$work/payload"
  done
}
