#!/bin/sh
# Makes what a secured broker and its clients need, as PEM files in DIR, valid for a day:
#
#   tests/support/kafka/make_certificates.sh DIR
#
#   ca.pem                    signed the two certificates below
#   broker.pem                key and certificate of 127.0.0.1
#   client.pem, client.key    certificate and key of a client; the key's password is key-secret
#   stranger.pem              an authority that signed nothing
set -eu
[ $# -eq 1 ] || { echo "usage: $0 DIR" >&2; exit 2; }
mkdir -p "$1"
cd "$1"

authority() {  # NAME
  openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj "/CN=$1" -keyout "$1.key" -out "$1.pem"
}
certificate() {  # NAME EXTENSION
  openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$1.key" -out "$1.csr"
  echo "$2" >"$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 \
    -extfile "$1.ext" -out "$1.pem"
}
{
  authority ca
  authority stranger
  certificate broker subjectAltName=IP:127.0.0.1
  certificate client extendedKeyUsage=clientAuth
  cat broker.key >>broker.pem
  openssl rsa -aes256 -passout pass:key-secret -in client.key -out client.locked
  mv client.locked client.key
} >openssl.log 2>&1 || { cat openssl.log >&2; exit 1; }
