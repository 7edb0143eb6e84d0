"""Writes golden.hpp: a key set and tokens for jwt_identity_test.cpp, made by openssl.

usage: PYTHONPATH=tests/e2e python3 tests/unit/jwt/make_golden.py > tests/unit/jwt/golden.hpp
"""

import json
import tempfile

from issuer import Key, token

# Valid from 2026-01-20T12:00:00Z for an hour.
CLAIMS = {"iss": "https://issuer.example", "aud": "trainyard", "sub": "ada", "nbf": 1768910400,
          "exp": 1768914000, "role": ["viewer", "admin"]}


def pieces(text):
    return "\n".join(f'    "{text[at:at + 80]}"' for at in range(0, len(text), 80))


with tempfile.TemporaryDirectory() as folder:
    keys = [Key(folder, f"{name.lower()}-1", name) for name in ("RS256", "ES256", "EdDSA")]
    secret = {"kty": "oct", "kid": "oct-1", "k": "c2VjcmV0"}
    key_set = json.dumps({"keys": [secret, *(key.jwk() for key in keys)]})
    texts = {"key_set": key_set.replace('"', "'")}
    for key in keys:
        texts[f"{key.algorithm.lower()}_token"] = token(key, CLAIMS)
print("#pragma once\n\n// Made by make_golden.py. ' stands for \" in the key set.\n")
print("namespace trainyard::jwt::golden {\n")
for name, text in texts.items():
    print(f"inline constexpr const char* {name} =\n{pieces(text)};\n")
print("}  // namespace trainyard::jwt::golden")
