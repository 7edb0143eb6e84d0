"""Objects of the S3 server that start.sh runs, through curl, which signs by itself."""

import os
import subprocess
import urllib.parse
import xml.etree.ElementTree as ElementTree

SERVER = os.environ.get("TRAINYARD_TEST_S3")
KEY, SECRET, REGION = "trainyard", "trainyard-secret", "us-east-1"

# For Trainyard, and for deltalake.
ENVIRONMENT = {"AWS_ENDPOINT_URL": SERVER or "", "AWS_ACCESS_KEY_ID": KEY,
               "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": REGION, "AWS_ALLOW_HTTP": "true"}


def request(path, *options):
    """`path` as it is written in an address."""
    done = subprocess.run(
        ["curl", "--silent", "--show-error", "--fail-with-body", "--user", f"{KEY}:{SECRET}",
         "--aws-sigv4", f"aws:amz:{REGION}:s3", "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD",
         *options, f"{SERVER}/{path}"], capture_output=True, timeout=60, check=False)
    if done.returncode:
        raise AssertionError(f"{path}: {done.stderr.decode()} {done.stdout.decode()}")
    return done.stdout


def address_of(uri):
    return urllib.parse.quote(uri.removeprefix("s3://"))


def put(uri, file):
    request(address_of(uri), "--upload-file", str(file))


def get(uri):
    return request(address_of(uri))


def names_below(uri):
    """Their keys without what `uri` says."""
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    query = urllib.parse.urlencode({"list-type": 2, "prefix": prefix}, quote_via=urllib.parse.quote)
    root = ElementTree.fromstring(request(f"{bucket}?{query}"))
    return [key.text[len(prefix):] for key in root.iterfind(".//{*}Contents/{*}Key")]
