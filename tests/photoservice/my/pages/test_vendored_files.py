"""What others wrote and we send along stands as they published it: by the hashes of vendor.toml."""

import hashlib
import tomllib

from photoservice.web.static_files import STATIC, read_assets

VENDOR = STATIC / "vendor"


def test_O17_every_vendored_file_is_the_one_that_was_fetched():
    listed = tomllib.loads((VENDOR / "vendor.toml").read_text(encoding="utf-8"))["package"]
    wanted = {
        f"{package['name']}.LICENSE.txt" if path == "LICENSE" else path.rpartition("/")[2]: sha256
        for package in listed
        for path, sha256 in package["files"].items()
    }
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.iterdir()
        if path.name != "vendor.toml"
    }
    assert found == wanted
    assert all(package["integrity"].startswith("sha512-") and package["licence"] for package in listed)


def test_O17_no_file_of_ours_is_called_like_another():
    """Files are served by their name alone."""
    names = [path.name for path in STATIC.rglob("*") if path.is_file()]
    assert len(names) == len(set(names))
    assert {"htmx.min.js", "photoswipe.esm.min.js", "my.css"} <= set(read_assets().files)
