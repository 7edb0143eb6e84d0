"""Who may come in: API keys made at the terminal, JWTs of an issuer whose keys change."""

import subprocess
import tempfile
import time
import unittest

from issuer import Issuer, Key, base64url, hmac_with, token
from server import Server
from support import BINARY, TerminalTest

SLEEPING = {"config": {"drill": "sleep:1"}}


class Keys(TerminalTest):
    def keys(self, *arguments, key=None):
        environment = {**self.environment(), **({"TRAINYARD_API_KEY": key} if key else {})}
        return subprocess.run([BINARY, "keys", *arguments], capture_output=True, text=True,
                              timeout=60, env=environment, cwd=self.path)

    def serve(self, **settings):
        environment = {**self.environment(), "TRAINYARD_AUTH_MODE": "required", **settings}
        server = Server(self.path, environment, "standalone")
        self.addCleanup(server.stop)
        return server

    def test_the_first_key_is_made_at_the_terminal_and_lets_its_user_in(self):
        key = self.keys("create", "--user", "ada", "--name", "laptop").stdout.strip()
        server = self.serve()
        self.assertEqual(server.ask("GET", "/api/v2/jobs")[0], 401)
        status, me = server.ask("GET", "/api/v2/session", credential=key)
        self.assertEqual((status, me["user"], me["role"]), (200, "ada", "member"))
        listed = self.keys("list").stdout
        self.assertIn("ada", listed)
        self.assertNotIn(key[20:], listed)

    def test_keys_are_managed_over_the_api_by_admins_alone(self):
        root = self.keys("create", "--user", "root", "--role", "admin").stdout.strip()
        server = self.serve()
        made = self.keys("create", "--url", server.url, "--user", "bob", key=root)
        bob = made.stdout.strip()
        self.assertEqual(server.ask("GET", "/api/v2/jobs", credential=bob)[0], 200)
        refused = self.keys("list", "--url", server.url, key=bob)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("admin", refused.stderr)
        revoked = self.keys("revoke", "--url", server.url, bob[3:19], key=root)
        self.assertEqual(revoked.returncode, 0)
        self.assertEqual(server.ask("GET", "/api/v2/jobs", credential=bob)[0], 401)
        without = self.keys("list", "--url", server.url)
        self.assertIn("TRAINYARD_API_KEY", without.stderr)

    def test_what_is_done_at_the_terminal_is_in_the_audit_log(self):
        root = self.keys("create", "--user", "root", "--role", "admin").stdout.strip()
        _, log = self.serve().ask("GET", "/api/v2/audit?action=keys%20create", credential=root)
        self.assertEqual([e["record"] for e in log["entries"]], [root[3:19]])

    def test_the_audit_log_is_whole_after_a_shutdown(self):
        root = self.keys("create", "--user", "root", "--role", "admin").stdout.strip()
        server = Server(self.path, {**self.environment(), "TRAINYARD_AUTH_MODE": "required"},
                        "standalone")
        for _ in range(50):
            server.ask("POST", "/api/v2/jobs", {"config": {"data_path": "none.csv"}}, root)
        self.assertEqual(server.stop(), 0)
        _, log = self.serve().ask("GET", "/api/v2/audit?user=root&limit=1000", credential=root)
        self.assertEqual(len(log["entries"]), 50)

    def test_jobs_commands_send_the_key(self):
        key = self.keys("create", "--user", "ada").stdout.strip()
        server = self.serve()
        command = [BINARY, "jobs", "--url", server.url, "list"]
        without = subprocess.run(command, capture_output=True, text=True, env=self.environment())
        self.assertIn("TRAINYARD_API_KEY", without.stderr)
        having = subprocess.run(command, capture_output=True, text=True,
                                env={**self.environment(), "TRAINYARD_API_KEY": key})
        self.assertIn("0 of 0 jobs", having.stdout)

    def test_it_does_not_listen_for_others_while_nobody_signs_in(self):
        start = [BINARY, "standalone", "--port", "0", "--http-host", "0.0.0.0"]
        refused = subprocess.run(start, capture_output=True, text=True, timeout=60,
                                 env=self.environment(), cwd=self.path)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("auth.mode", refused.stderr)
        environment = {**self.environment(), "TRAINYARD_AUTH_MODE": "open"}
        server = Server(self.path, environment, "standalone", "--http-host", "0.0.0.0")
        self.addCleanup(server.stop)

    def test_data_is_read_from_the_agreed_folders_alone(self):
        key = self.keys("create", "--user", "ada").stdout.strip()
        (self.path / "shared").mkdir()
        inside = self.write(["a,2020-01-01,1"], name="shared/in.csv")
        outside = self.write(["a,2020-01-01,1"], name="out.csv")
        (self.path / "shared" / "link.csv").symlink_to(outside)
        server = self.serve(TRAINYARD_DATA_ROOTS=str(self.path / "shared"))

        def create(data_path):
            config = {"data_path": data_path, "horizon": 2, "time_col": "ds", "target_col": "y"}
            return server.ask("POST", "/api/v2/jobs", {"config": config}, key)

        self.assertEqual(create(str(inside))[0], 201)
        for path in (outside, "/etc/passwd", "shared/../out.csv", "shared/link.csv",
                     str(self.path / "shared") + "-not/in.csv", "s3://bucket/a.csv"):
            status, problem = create(str(path))
            self.assertEqual((status, problem["field"]), (403, "data_path"), path)
        for path in ("http://169.254.169.254/latest/meta-data", "file:///etc/passwd",
                     f"{inside}\0.csv"):
            status, problem = create(path)
            self.assertEqual((status, problem["field"]), (422, "data_path"), path)


class Tokens(TerminalTest):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="trainyard-issuer-")
        elsewhere = tempfile.TemporaryDirectory(prefix="trainyard-issuer-")
        cls.addClassCleanup(folder.cleanup)
        cls.addClassCleanup(elsewhere.cleanup)
        cls.made = {name: Key(folder.name, f"{name}-1", name)
                    for name in ("RS256", "ES256", "EdDSA")}
        cls.next = Key(folder.name, "RS256-2", "RS256")
        cls.stranger = Key(elsewhere.name, "RS256-1", "ES256")

    def setUp(self):
        super().setUp()
        self.issuer = Issuer(list(self.made.values()))
        self.addCleanup(self.issuer.close)

    def serve(self, **settings):
        environment = {**self.environment(), **self.issuer.settings(), **settings}
        self.server = Server(self.path, environment, "standalone")
        self.addCleanup(self.server.stop)

    def who(self, credential):
        return self.server.ask("GET", "/api/v2/session", credential=credential)

    def assertRefused(self, credential, why):
        status, problem = self.who(credential)
        self.assertEqual(status, 401, why)
        self.assertRegex(problem["detail"], why)

    def test_tokens_of_every_kind_of_key_are_taken(self):
        self.serve()
        for algorithm, key in self.made.items():
            status, me = self.who(token(key, self.issuer.claims(sub=algorithm)))
            self.assertEqual((status, me.get("user"), me.get("role")), (200, algorithm, "member"))
        self.assertEqual(self.issuer.fetched, 1)

    def test_roles_and_users_come_from_the_claims_that_are_named(self):
        self.serve(TRAINYARD_AUTH_JWT_ROLE_CLAIM="realm_access.roles",
                   TRAINYARD_AUTH_JWT_USER_CLAIM="email")
        key = self.made["ES256"]
        claims = self.issuer.claims(email="ada@example.com",
                                    realm_access={"roles": ["offline", "viewer", "admin"]})
        _, me = self.who(token(key, claims))
        self.assertEqual((me["user"], me["role"]), ("ada@example.com", "admin"))
        viewer = self.issuer.claims(email="eve", realm_access={"roles": ["viewer"]})
        status, _ = self.server.ask("POST", "/api/v2/jobs", SLEEPING, token(key, viewer))
        self.assertEqual(status, 403)
        self.assertRefused(token(key, self.issuer.claims()), "email names no user")

    def test_tokens_that_are_not_for_us_or_not_for_now_are_refused(self):
        self.serve()
        now = int(time.time())
        for changed, why in (({"exp": now - 3600}, "expired"), ({"exp": None}, "never expires"),
                             ({"exp": "soon"}, "not a time"), ({"exp": 1e300}, "not a time"),
                             ({"nbf": now + 3600}, "not valid yet"),
                             ({"iss": "https://evil.example"}, "another issuer"),
                             ({"iss": None}, "another issuer"),
                             ({"aud": "other"}, "another service"),
                             ({"aud": ["a", "b"]}, "another service"), ({"aud": None}, "another"),
                             ({"sub": None}, "names no user"), ({"sub": ""}, "names no user"),
                             ({"sub": 7}, "names no user")):
            self.assertRefused(token(self.made["ES256"], self.issuer.claims(**changed)), why)
        within_leeway = self.issuer.claims(exp=now - 5, aud=["other", self.issuer.audience])
        self.assertEqual(self.who(token(self.made["ES256"], within_leeway))[0], 200)

    def test_tokens_that_lie_about_their_signature_are_refused(self):
        self.serve()
        key, claims = self.made["RS256"], self.issuer.claims()
        none = token(key, claims, {"alg": "none"}, lambda text: b"")
        self.assertRefused(none, "not signed with")
        self.assertRefused(none.rstrip("."), "neither")
        for secret in (key.public_pem, key.public_der, b""):
            confused = token(key, claims, {"alg": "HS256"}, hmac_with(secret))
            self.assertRefused(confused, "not signed with")
        self.assertRefused(token(key, claims, {"alg": "RS256"}, hmac_with(key.public_pem)),
                           "signature is not")
        self.assertRefused(token(self.stranger, claims, {"alg": "RS256"}), "signature is not")
        self.assertRefused(token(self.stranger, claims), "does not publish")
        self.assertRefused(token(key, claims, {"crit": ["b64"], "b64": False}), "critical")
        good = token(key, claims)
        head, _, signature = good.split(".")
        forged = base64url(b'{"sub":"root"}')
        self.assertRefused(f"{head}.{forged}.{signature}", "signature is not")
        for broken in (good[:-2], good + "=", good + ".", good.replace(".", "..", 1), "a.b.c"):
            self.assertEqual(self.who(broken)[0], 401, broken)

    def test_a_new_key_works_at_once_and_a_withdrawn_one_ends(self):
        self.serve(TRAINYARD_AUTH_JWKS_REFETCH_SECONDS="0")
        self.assertEqual(self.who(token(self.made["RS256"], self.issuer.claims()))[0], 200)
        self.issuer.keys = [self.next]
        self.assertEqual(self.who(token(self.next, self.issuer.claims()))[0], 200)
        self.assertRefused(token(self.made["ES256"], self.issuer.claims()), "does not publish")

    def test_unknown_keys_are_asked_for_once_in_a_while_only(self):
        self.serve(TRAINYARD_AUTH_JWKS_REFETCH_SECONDS="3600")
        for i in range(20):
            self.assertRefused(token(self.next, self.issuer.claims(jti=str(i))), "does not publish")
        self.assertEqual(self.issuer.fetched, 1)

    def test_an_issuer_that_is_away_is_no_refusal_and_known_keys_go_on(self):
        self.serve(TRAINYARD_AUTH_JWKS_REFETCH_SECONDS="0")
        self.issuer.is_broken = True
        good = token(self.made["RS256"], self.issuer.claims())
        self.assertEqual(self.who(good)[0], 503)
        self.issuer.is_broken = False
        self.assertEqual(self.who(good)[0], 200)
        self.issuer.is_broken = True
        self.assertEqual(self.who(token(self.made["RS256"], self.issuer.claims(jti="2")))[0], 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
