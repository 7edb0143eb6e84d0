"""An issuer of JWTs: keys made and tokens signed by openssl, a real server for the key set."""

import base64
import hashlib
import hmac
import http.server
import json
import re
import subprocess
import threading
import time
from pathlib import Path

# How openssl makes each kind of key.
MAKE = {
    "RS256": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    "ES256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "EdDSA": ["-algorithm", "ED25519"],
}


def openssl(*arguments, data=b""):
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True,
                          check=True).stdout


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def raw_pair(der):
    """The two numbers of an ECDSA signature side by side, as JWTs have them."""
    def number(at):
        size = der[at + 1]
        return der[at + 2:at + 2 + size].lstrip(b"\0").rjust(32, b"\0"), at + 2 + size
    r, end = number(2)
    return r + number(end)[0]


class Key:
    def __init__(self, folder, name, algorithm):
        self.name, self.algorithm = name, algorithm
        self.file = Path(folder) / f"{name}.pem"
        openssl("genpkey", *MAKE[algorithm], "-out", str(self.file))
        self.public_pem = openssl("pkey", "-in", str(self.file), "-pubout")
        self.public_der = openssl("pkey", "-in", str(self.file), "-pubout", "-outform", "DER")

    def jwk(self):
        known = {"kid": self.name, "alg": self.algorithm, "use": "sig"}
        if self.algorithm == "RS256":
            modulus = openssl("rsa", "-in", str(self.file), "-noout", "-modulus").decode()
            n = bytes.fromhex(re.search("=([0-9A-F]+)", modulus)[1])
            return {**known, "kty": "RSA", "n": base64url(n), "e": "AQAB"}
        if self.algorithm == "ES256":
            x, y = self.public_der[-64:-32], self.public_der[-32:]
            return {**known, "kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y)}
        return {**known, "kty": "OKP", "crv": "Ed25519", "x": base64url(self.public_der[-32:])}

    def sign(self, text):
        if self.algorithm != "EdDSA":
            signature = openssl("dgst", "-sha256", "-sign", str(self.file), data=text)
            return raw_pair(signature) if self.algorithm == "ES256" else signature
        message = self.file.with_suffix(".message")
        message.write_bytes(text)
        return openssl("pkeyutl", "-sign", "-rawin", "-inkey", str(self.file), "-in", str(message))


def token(key, claims, header=None, sign=None):
    """What `key` signs; `header` and `sign` are for tokens that lie."""
    head = {"alg": key.algorithm, "typ": "JWT", "kid": key.name, **(header or {})}
    parts = [base64url(json.dumps(part).encode()) for part in (head, claims)]
    text = ".".join(parts).encode()
    return f"{text.decode()}.{base64url((sign or key.sign)(text))}"


def hmac_with(secret):
    return lambda text: hmac.new(secret, text, hashlib.sha256).digest()


class Issuer:
    """Serves the keys that it is given at `url`."""
    name, audience = "https://issuer.example", "trainyard"

    def __init__(self, keys):
        self.keys, self.fetched, self.is_broken = keys, 0, False
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.fetched += 1
                self.send_response(500 if issuer.is_broken else 200)
                self.end_headers()
                self.wfile.write(json.dumps({"keys": [k.jwk() for k in issuer.keys]}).encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks.json"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def claims(self, **changed):
        now = int(time.time())
        claims = {"iss": self.name, "aud": self.audience, "sub": "ada", "exp": now + 3600,
                  "nbf": now - 5, **changed}
        return {name: value for name, value in claims.items() if value is not None}

    def settings(self):
        return {"TRAINYARD_AUTH_MODE": "required", "TRAINYARD_AUTH_JWKS_URL": self.url,
                "TRAINYARD_AUTH_JWT_ISSUER": self.name,
                "TRAINYARD_AUTH_JWT_AUDIENCE": self.audience}
