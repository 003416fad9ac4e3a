"""``twincheck label list | preview | bytes``: what a label will look like, before there is a printer to print it.

The content is made up; where boxes stand, how large codes come out and what a strip hides is the template's and the
printer's, as at the counter.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from PIL import Image

from hardware.printer.document import Document, label_document
from hardware.printer.profile import PrinterProfile, load_profile
from hardware.printer.raster import picture_of
from hardware.render.label import DrawnLabel, LabelRenderer
from hardware.render.proof import on_paper, pdf_of, png_of, sheet_of
from hardware.render.receipt import ReceiptComposer
from hardware.render.samples import sample_label, sample_receipt, sample_stub
from hardware.render.strip import SecurityStrip
from hardware.render.template import LabelTemplate, fits, load_templates, load_words, named, widest
from photocore.errors import SettingsError, TwincheckError
from photocore.label import ClaimStub, Receipt
from photocore.settings import locate_config

BY_LENGTH: Final[dict[str, Callable[[str], Receipt | ClaimStub]]] = {"receipt": sample_receipt, "stub": sample_stub}
"""Papers that no template lays out: as wide as the printer prints, as long as their text."""
_LONG: Final = " or ".join(BY_LENGTH)


def command(argv: Sequence[str] | None = None) -> int:
    """Show label templates as pictures, PDF or a printer's own bytes; return the exit status."""
    options = _options().parse_args(argv)
    config = locate_config()
    try:
        if options.verb == "list":
            return _list(config, as_json=options.json)
        if options.verb == "preview":
            return _preview(config, options)
        return _bytes(config, options)
    except TwincheckError as trouble:
        print(f"twincheck label: {trouble}", file=sys.stderr)
        return 1


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="twincheck label", description="Label templates: what they look like.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    lister = verbs.add_parser("list", help=f"the templates of config/labels, and {_LONG}")
    lister.add_argument("--json", action="store_true", help="as JSON, for programs")
    preview = verbs.add_parser("preview", help="draw templates with made-up content: PNG or PDF")
    preview.add_argument("name", nargs="*", help=f"templates, {_LONG}; none means each as wide as fits")
    preview.add_argument("--covered", action="store_true", help="as it is sold: with the security strip on")
    preview.add_argument("--out", required=True, type=Path, help="a .png (several make a sheet), a .pdf, or a folder")
    raw = verbs.add_parser("bytes", help="write what the printer would be sent")
    raw.add_argument("name", help=f"a template, {_LONG}")
    raw.add_argument("--out", required=True, type=Path, help="the file, which may be /dev/usb/lp0")
    for verb in (preview, raw):
        verb.add_argument(
            "--printer", default="virtual-80mm", help="a profile of config/devices/printers (%(default)s)"
        )
        verb.add_argument("--language", default="en", help="the label's language (%(default)s)")
    return parser


def _list(config: Path, *, as_json: bool) -> int:
    templates = load_templates(config)
    if as_json:
        told = [
            {
                "name": template.name,
                "purpose": template.purpose,
                "width_mm": template.width_mm,
                "height_mm": template.height_mm,
                "seal": template.seal,
                "covers": template.covers,
            }
            for template in templates
        ]
        others = [dict.fromkeys(told[0]) | {"name": name, "purpose": name} for name in BY_LENGTH]
        print(json.dumps([*told, *others], indent=2))
        return 0
    for template in templates:
        size = f"{template.width_mm:g} x {template.height_mm:g} mm"
        sealed = f"{template.seal}, covers {template.covers}" if template.covers else template.seal or ""
        print(f"{template.name:26} {template.purpose:12} {size:16} {sealed}".rstrip())
    for name in BY_LENGTH:
        print(f"{name:26} {name:12} as wide as the printer prints, as long as its text")
    return 0


def _preview(config: Path, options: argparse.Namespace) -> int:
    profile = load_profile(config, options.printer)
    renderer = LabelRenderer(config, profile)
    language = _spoken(config, options.language)
    names = options.name or [t.name for t in widest(renderer.templates, profile.print_width_mm)]
    strips = SecurityStrip(config, profile) if options.covered else None
    pictures: dict[str, Image.Image] = {}
    for name in dict.fromkeys(names):
        if name in BY_LENGTH:
            raster = ReceiptComposer(config, profile).draw(BY_LENGTH[name](language))
            pictures[name] = on_paper(picture_of(raster), profile)
            continue
        drawn = _drawn(renderer, named(renderer.templates, name, *BY_LENGTH), profile, language)
        picture = strips.cover(drawn, language) if strips else drawn.picture
        pictures[name] = on_paper(picture, profile)
        for notice in drawn.notices:
            print(f"{name}: {notice}.", file=sys.stderr)
    for path, content in _files(options.out, pictures, profile).items():
        _write(path, content)
        print(path)
    return 0


def _files(out: Path, pictures: dict[str, Image.Image], profile: PrinterProfile) -> dict[Path, bytes]:
    """Return the files to write: one PDF, one PNG (of several labels a sheet), or a PNG each in a folder."""
    labels = list(pictures.values())
    if out.suffix == ".pdf":
        return {out: pdf_of(labels, profile)}
    if out.suffix == ".png":
        return {out: png_of(labels[0] if len(labels) == 1 else sheet_of(labels, profile), profile)}
    if out.suffix and not out.is_dir():
        raise SettingsError(f"{out} is neither a .png nor a .pdf, nor a folder.")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise SettingsError(f"no folder can be made at {out}: {cause.strerror}.") from cause
    return {out / f"{name}.png": png_of(picture, profile) for name, picture in pictures.items()}


def _bytes(config: Path, options: argparse.Namespace) -> int:
    profile = load_profile(config, options.printer)
    content = b"".join(_document(config, profile, options.name, _spoken(config, options.language)))
    if options.out.is_relative_to("/dev") and not options.out.exists():
        # Written as a plain file it would stand in the printer's place when that is back, and swallow labels for ever.
        raise SettingsError(f"{options.out} is not there: is the printer plugged in, and on?")
    _write(options.out, content)
    print(f"{options.out}: {len(content)} bytes of {profile.language} for {profile.name}.")
    return 0


def _document(config: Path, profile: PrinterProfile, name: str, language: str) -> Document:
    if name in BY_LENGTH:
        return ReceiptComposer(config, profile).compose(BY_LENGTH[name](language))
    renderer = LabelRenderer(config, profile)
    drawn = _drawn(renderer, named(renderer.templates, name, *BY_LENGTH), profile, language)
    return label_document(drawn.raster, profile)


def _write(path: Path, content: bytes) -> None:
    if not path.parent.is_dir():
        raise SettingsError(f"there is no folder {path.parent}; make it, or name another.")
    try:
        path.write_bytes(content)
    except OSError as cause:
        raise SettingsError(f"{path} cannot be written: {cause.strerror}.") from cause


def _drawn(renderer: LabelRenderer, template: LabelTemplate, profile: PrinterProfile, language: str) -> DrawnLabel:
    if not fits(template, profile.print_width_mm):
        raise SettingsError(
            f"{template.name} is {template.width_mm:g} mm wide; {profile.name} prints {profile.print_width_mm:.1f} mm."
        )
    return renderer.draw(sample_label(template, language), template)


def _spoken(config: Path, language: str) -> str:
    spoken = load_words(config)
    if language not in spoken:
        raise SettingsError(f"labels do not speak {language!r}; they speak {', '.join(spoken)}.")
    return language
