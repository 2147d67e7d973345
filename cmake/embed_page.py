#!/usr/bin/env python3
"""Puts the built page into one blob and a C++ table of it: embed_page.py <web/dist> <output folder>.

Each file goes in as it is and, when that saves an eighth, compressed. Without a built page, one that says how to build
it. Files that didn't change are not written again, so nothing is compiled again.
"""
import gzip
import hashlib
import pathlib
import re
import sys

NOTE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Hanse</title>
<body><h1>The page was not built into this program</h1>
<p>Type <code>./dev run</code>; or <code>npm ci</code> and <code>npm run build</code> in <code>web/</code>, then build the
program again. The interface runs without it: <a href="/api/v1/openapi.json">its description</a>.
"""
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml",
         ".png": "image/png", ".ico": "image/x-icon", ".json": "application/json", ".woff2": "font/woff2",
         ".webmanifest": "application/manifest+json", ".txt": "text/plain; charset=utf-8", ".map": "application/json",
         ".wasm": "application/wasm", ".jpg": "image/jpeg", ".webp": "image/webp"}
# Vite puts a hash of the content before the ending: name-DxK3f9aB.js
HASHED = re.compile(r"-[A-Za-z0-9_-]{8}\.[a-z0-9]+$")


def write_if_changed(path, data):
    if not path.is_file() or path.read_bytes() != data:
        path.write_bytes(data)


def main():
    dist, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    files = {}
    if (dist / "index.html").is_file():
        for path in sorted(dist.rglob("*")):
            if path.is_file():
                files["/" + path.relative_to(dist).as_posix()] = path.read_bytes()
    else:
        files["/index.html"] = NOTE.encode()

    blob, rows = bytearray(), []

    def place(data):
        start = len(blob)
        blob.extend(data)
        return f"part({start}, {len(data)})"

    for name in sorted(files, key=lambda text: text.encode()):
        data = files[name]
        small = gzip.compress(data, 9, mtime=0)
        plain = place(data)
        packed = place(small) if len(small) < len(data) * 7 // 8 else "{}"
        kind = TYPES.get(pathlib.PurePosixPath(name).suffix, "application/octet-stream")
        etag = hashlib.sha256(data).hexdigest()[:16]
        hashed = "true" if HASHED.search(name) else "false"
        rows.append(f'      {{.path = "{name}", .content_type = "{kind}", .etag = "\\"{etag}\\"",\n'
                    f"       .bytes = {plain}, .gzip = {packed}, .hashed = {hashed}}},\n")

    out.mkdir(parents=True, exist_ok=True)
    write_if_changed(out / "page.bin", bytes(blob))
    source = f"""// Made by cmake/embed_page.py from web/dist; blob {hashlib.sha256(blob).hexdigest()}.
#include "net/page_assets.hpp"

asm(R"(
.pushsection .rodata
.balign 16
.global hanse_page_blob
hanse_page_blob:
.incbin "{(out / 'page.bin').resolve()}"
.popsection
)");
extern "C" const char hanse_page_blob[];

namespace hanse::net {{
namespace {{

std::string_view part(std::size_t start, std::size_t size) {{ return {{hanse_page_blob + start, size}}; }}

}}  // namespace

std::span<const PageAsset> embedded_page() {{
  static const PageAsset kAssets[] = {{
{"".join(rows)}  }};
  return kAssets;
}}

}}  // namespace hanse::net
"""
    write_if_changed(out / "embedded_page.cpp", source.encode())


main()
