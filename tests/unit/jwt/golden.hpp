#pragma once

// Made by make_golden.py. ' stands for " in the key set.

namespace trainyard::jwt::golden {

inline constexpr const char* key_set =
    "{'keys': [{'kty': 'oct', 'kid': 'oct-1', 'k': 'c2VjcmV0'}, {'kid': 'rs256-1', 'a"
    "lg': 'RS256', 'use': 'sig', 'kty': 'RSA', 'n': 'r-aAwtmiOxakAkcR_xMdZ7E24KDemSSe"
    "x2qbnzIu4mYClkzFbz9kuPGs6h6WC0TQWczqrWazxr7wzI0ElzTlnOzeXl5TFQlmbe9qVuxSUxW7A7d5"
    "j1eHcUB7FIjkqOfu8uq-BZr9lp5FLK-edCA5izcVqReXHGHCRde-4cmT13RFK4PKEvUiMpmidj9iFrO_"
    "sPEH_TemuSXp-HfrMnSyzF0i2WfaBcLhPwvJKFl-8U09dy0UakKQVQ9qUIAQJxlL6JQLjBWEARhAQRRO"
    "qA3IoNSG2h1c6RU8ooW0XtkzSIXWqzgD0m36Wj5nQTtupE2NGV72O9yadpjS9mTHnmSXpQ', 'e': 'A"
    "QAB'}, {'kid': 'es256-1', 'alg': 'ES256', 'use': 'sig', 'kty': 'EC', 'crv': 'P-2"
    "56', 'x': 'OZ43ph8A3Ixmn6NFTS_XqBXnifm6BSi-UybhNATvVUc', 'y': 'JbBc3ec7TfK8fROAT"
    "01QK29cALMMP3zyJzgVVZY3Hss'}, {'kid': 'eddsa-1', 'alg': 'EdDSA', 'use': 'sig', '"
    "kty': 'OKP', 'crv': 'Ed25519', 'x': 'JiGTbVhuHgC-MA2HO-hWgXySX7khujZ5aLM92U7gge8"
    "'}]}";

inline constexpr const char* rs256_token =
    "eyJhbGciOiAiUlMyNTYiLCAidHlwIjogIkpXVCIsICJraWQiOiAicnMyNTYtMSJ9.eyJpc3MiOiAiaHR"
    "0cHM6Ly9pc3N1ZXIuZXhhbXBsZSIsICJhdWQiOiAidHJhaW55YXJkIiwgInN1YiI6ICJhZGEiLCAibmJ"
    "mIjogMTc2ODkxMDQwMCwgImV4cCI6IDE3Njg5MTQwMDAsICJyb2xlIjogWyJ2aWV3ZXIiLCAiYWRtaW4"
    "iXX0.QwrUOSBIX-P-RgU1m_PuBOxDB9vPoYD_lAjpl2lc5yvTcalDHL7De83LvJ0BtyVBmjY34Qwj0-O"
    "Fp3fy_xjcDXGWkFAjEoJBaWGV1QPZhac6x79zCnOhXcvQxSFEIS3NRy7UsDLlrmuZbG5oANEk1ofdJDk"
    "N-Wte21Lqi3JIWnZM4RMcD_Wxpd8NzGef07fFWi7EldHQUporFUkncYeDzGlbRiv30kWvVeRDWifRKpJ"
    "IXFd7LCM3FYzklCLJ-gQvpVVl1ixt1sqL_LxvNdgSV4k4aluIxMx_c5H9qUhfIr7F9Hb1LWjeTsNkbMi"
    "JZXmieVPO1B6w52mumY7BmNXKVw";

inline constexpr const char* es256_token =
    "eyJhbGciOiAiRVMyNTYiLCAidHlwIjogIkpXVCIsICJraWQiOiAiZXMyNTYtMSJ9.eyJpc3MiOiAiaHR"
    "0cHM6Ly9pc3N1ZXIuZXhhbXBsZSIsICJhdWQiOiAidHJhaW55YXJkIiwgInN1YiI6ICJhZGEiLCAibmJ"
    "mIjogMTc2ODkxMDQwMCwgImV4cCI6IDE3Njg5MTQwMDAsICJyb2xlIjogWyJ2aWV3ZXIiLCAiYWRtaW4"
    "iXX0.RAzt11jJ6HK6souQktw7W0VFq5KMJ3zxoXU6rzE-fKWuNpYxk1I1i8pkTTSH7I6ncNOH0qPE-Z3"
    "EOnGx2QLoFQ";

inline constexpr const char* eddsa_token =
    "eyJhbGciOiAiRWREU0EiLCAidHlwIjogIkpXVCIsICJraWQiOiAiZWRkc2EtMSJ9.eyJpc3MiOiAiaHR"
    "0cHM6Ly9pc3N1ZXIuZXhhbXBsZSIsICJhdWQiOiAidHJhaW55YXJkIiwgInN1YiI6ICJhZGEiLCAibmJ"
    "mIjogMTc2ODkxMDQwMCwgImV4cCI6IDE3Njg5MTQwMDAsICJyb2xlIjogWyJ2aWV3ZXIiLCAiYWRtaW4"
    "iXX0.lRRSw7c-BPrJI82h6e3PaExP6xZXN_w0R0928R7EfgH8yuHpQuM2EoBNxTiq_eAWRPgsJ2vYod2"
    "dCU0tXLqECg";

}  // namespace trainyard::jwt::golden
