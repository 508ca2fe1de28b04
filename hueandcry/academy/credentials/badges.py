"""A certificate as pictures with the credential inside, and on paper with a code that leads to where it is checked."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from hueandcry.academy.credentials import baked

WIDE = 640  # pixels of the badge, which is square


@dataclass(frozen=True, slots=True)
class Drawn:
    """What stands on it: what for, who certified, from when until when, in which country its holder works."""

    title: str
    body: str
    since: date
    until: date
    country: str


def svg(told: Drawn, credential: dict[str, Any] | None) -> str:
    """A badge as SVG with the credential inside; without one only its face."""
    lines = _lines(told.title, 22)
    text = "".join(
        f'<text x="320" y="{290 + 44 * n}" font-size="36" font-weight="700">{escape(each)}</text>'
        for n, each in enumerate(lines)
    )
    below = 290 + 44 * len(lines) + 12
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {WIDE}" role="img"'
        f' aria-label="{escape(told.title)}">'
        '<circle cx="320" cy="320" r="312" fill="#12324f"/><circle cx="320" cy="320" r="282" fill="#ffffff"/>'
        '<path d="M250 180 l50 50 l95 -105" fill="none" stroke="#12324f" stroke-width="26" stroke-linecap="round"/>'
        f'<g font-family="Inter, Helvetica, Arial, sans-serif" text-anchor="middle" fill="#12324f">{text}'
        f'<text x="320" y="{below + 14}" font-size="24">{escape(_short(told.body, 36))}</text>'
        f'<text x="320" y="{below + 50}" font-size="22">{told.since.isoformat()} – {told.until.isoformat()}</text>'
        "</g></svg>"
    )
    return baked.bake_svg(picture, _json(credential)) if credential else picture


def png(told: Drawn, credential: dict[str, Any] | None) -> bytes:
    """A badge as PNG with the credential inside."""
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGBA", (WIDE, WIDE), (0, 0, 0, 0))
    pen, dark = ImageDraw.Draw(picture), (18, 50, 79, 255)
    pen.ellipse((8, 8, 632, 632), fill=dark)
    pen.ellipse((38, 38, 602, 602), fill=(255, 255, 255, 255))
    pen.line([(250, 180), (300, 230), (395, 125)], fill=dark, width=26, joint="curve")
    lines = [(each, 36) for each in _lines(told.title, 22)] + [
        (_short(told.body, 36), 24),
        (f"{told.since.isoformat()} – {told.until.isoformat()}", 22),
    ]
    at = 262
    for text, size in lines:
        pen.text((320, at + size / 2), text, font=ImageFont.load_default(size), fill=dark, anchor="mm")
        at += size + 12
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return baked.bake_png(out.getvalue(), _json(credential).encode())


def pdf(told: Drawn, credential: dict[str, Any] | None, where: str) -> bytes:
    """A certificate on paper, with a code that names it and leads to where its file is checked. The paper alone proves
    nothing: it says so."""
    import qrcode
    import qrcode.image.svg
    from weasyprint import HTML

    reference = str((credential or {}).get("id", ""))
    code = qrcode.make(f"{where}#{reference}", image_factory=qrcode.image.svg.SvgPathImage, border=1)
    out = io.BytesIO()
    code.save(out)
    drawn = out.getvalue().decode()
    drawn = drawn[drawn.index("<svg") :]
    page = f"""<html lang="en"><head><meta charset="utf-8"><title>{escape(told.title)}</title><style>
      @page {{ size: A4 landscape; margin: 18mm; }}
      body {{ font-family: Inter, Helvetica, Arial, sans-serif; color: #12324f; }}
      h1 {{ font-size: 30pt; margin: 14mm 0 4mm; }} p {{ font-size: 13pt; margin: 3mm 0; }}
      .code svg {{ width: 34mm; height: 34mm; }}
      .small {{ font-size: 9pt; }} .code {{ position: absolute; right: 0; bottom: 0; }} </style></head><body>
      <p>Certificate</p><h1>{escape(told.title)}</h1><p>Certified by {escape(told.body)}</p>
      <p>{escape(_whom(credential))}</p>
      <p>{told.since.isoformat()} – {told.until.isoformat()}, {escape(told.country)}</p>
      <p class="small">This paper is a copy for people. Check the file of the certificate, or the badge, at
      {escape(where)}, or without a network with: hueandcry academy verify FILE. Number {escape(reference)}.</p>
      <div class="code">{drawn}</div></body></html>"""
    made: bytes = HTML(string=page).write_pdf()
    return made


def _whom(credential: dict[str, Any] | None) -> str:
    for each in (credential or {}).get("credentialSubject", {}).get("identifier", []):
        if each.get("hashed") is False:
            return str(each["identityHash"])
    return "The holder is not named; who knows their e-mail address can check whose it is."


def _json(credential: dict[str, Any] | None) -> str:
    return json.dumps(credential, ensure_ascii=False, separators=(",", ":"))


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _lines(text: str, wide: int) -> list[str]:
    made = [""]
    for word in text.split():
        if made[-1] and len(made[-1]) + len(word) >= wide:
            made.append("")
        made[-1] = f"{made[-1]} {word}".strip()
    return [_short(each, wide + 6) for each in made[:4]]
