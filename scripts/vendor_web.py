"""Fetch the web files that others wrote (photoservice/web/static/vendor) by npm, and hold them to vendor.toml.

python scripts/vendor_web.py            # compare what stands there with what npm has
python scripts/vendor_web.py --write    # put it there; the hashes in vendor.toml must fit first
"""

import argparse
import base64
import hashlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent.parent / "photoservice" / "web" / "static" / "vendor"


def main() -> int:
    """Return 0 when every file is as vendor.toml says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="put the files there")
    is_writing = parser.parse_args().write
    listed = tomllib.loads((HERE / "vendor.toml").read_text(encoding="utf-8"))
    faults = [fault for package in listed["package"] for fault in _compare(package, is_writing=is_writing)]
    print("\n".join(faults) or "Every file is as vendor.toml says.")
    return 1 if faults else 0


def file_name(package: str, path: str) -> str:
    """Return what a package's file is called here."""
    return f"{package}.LICENSE.txt" if path == "LICENSE" else path.rpartition("/")[2]


def _compare(package: dict[str, Any], *, is_writing: bool) -> list[str]:
    name, version = package["name"], package["version"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(  # noqa: S603  # names from our own list
            ["npm", "pack", f"{name}@{version}", "--silent"],  # noqa: S607  # npm as it is found
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        tarball = next(Path(folder).glob("*.tgz"))
        digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
        if f"sha512-{digest}" != package["integrity"]:
            return [f"{name} {version}: the package is not the one vendor.toml names (sha512-{digest})"]
        with tarfile.open(tarball) as archive:
            found = {path: _read(archive, path) for path in package["files"]}
    faults: list[str] = []
    for path, wanted in package["files"].items():
        target = HERE / file_name(name, path)
        if (sha256 := hashlib.sha256(found[path]).hexdigest()) != wanted:
            faults.append(f"{name} {version}: {path} has the SHA-256 {sha256}")
        elif is_writing:
            target.write_bytes(found[path])
        elif not target.exists() or target.read_bytes() != found[path]:
            faults.append(f"{target.name} is not what {name} {version} brings")
    return faults


def _read(archive: tarfile.TarFile, path: str) -> bytes:
    member = archive.extractfile(f"package/{path}")
    if member is None:
        raise FileNotFoundError(path)
    return member.read()


if __name__ == "__main__":
    sys.exit(main())
