#!/usr/bin/env python3
"""Checks the rules of the house that a compiler doesn't. Prints `file:line: what, and what instead`; ends with 1 on any.

A new habit is a new check here, not a memo. Run by `./dev test unit` and `./dev lint`.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILE_LINES_MAX = 600
README_LINES_MAX = 30
# Longer than FILE_LINES_MAX, each with the reason.
LONG_FILES: dict[str, str] = {}

findings: list[str] = []


def report(path, line, message):
    findings.append(f"{path.relative_to(ROOT)}:{line}: {message}")


def tracked(*patterns):
    out = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns], cwd=ROOT,
                         capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in sorted(set(out.split("\n"))) if name and (ROOT / name).is_file()]


def arrow_table():
    table = {}
    for line in (ROOT / "tools/rooms.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            room, _, allowed = line.partition(":")
            table[room] = allowed.split()
    return table


def room_of(name, rooms):
    """The longest room that is a prefix of a path below src/."""
    parts = name.split("/")
    for count in range(len(parts) - 1, 0, -1):
        room = "/".join(parts[:count])
        if room in rooms:
            return room
    return None


def check_arrows(path, lines, table):
    own = room_of(str(path.relative_to(ROOT / "src")), table)
    if own is None:
        report(path, 1, "this folder is no room; add it to tools/rooms.txt or move the file")
        return
    if table[own] == ["*"]:
        return
    for number, line in enumerate(lines, 1):
        match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if not match:
            continue
        room = room_of(match[1], table)
        if room is None:
            report(path, number, f'"{match[1]}" is in no room; write includes from src/')
        elif room != own and room not in table[own]:
            report(path, number, f"{own} may not include {room}; move what both need down a floor")


BANNED = [
    (r"system_clock::now|steady_clock::now", ("src/base/clock.cpp",), "take a Clock"),
    (r"\bstd::regex\b|#include <regex>", (), "std::regex is slow and throws; write a small scanner"),
    (r"\bgetenv\b", ("src/node/",), "settings come in through node's command line"),
    (r'#\s*include <boost/(asio|beast)\.hpp>', (), "include the single header you need"),
    (r"\b(TODO|FIXME|XXX|HACK)\b", (), "open an issue instead"),
    (r"\busing namespace std;", (), "name what you use"),
    (r"\bstd::(cout|cerr)\b", ("src/node/",), "use Log, or return the text"),
    (r"\bstd::(rand|srand)\b", (), "take a Random"),
    (r"\bnew\s+[A-Za-z_:]+[({]", (), "std::make_unique"),
    (r"for \([^;]*: (?:\*[^;]*\b(?:snapshot|records)\(\)\)|\*[^;]*->\w+\(|[^;]*\b(?:snapshot|records)\(\)->|[^;]*\)\.value\(\)\))", (),
     "a loop doesn't keep a temporary's inside alive: name it first"),
]
BANNED_IN_TESTS = [
    (r"sleep_for|sleep_until|\busleep\(|\bsleep\(", "wait for what you expect, not for time"),
    (r"\bDISABLED_", "repair or delete it"),
]
CO_AWAIT_HAZARD = re.compile(r"co_await\s+[^;]*\w\{\s*\.|\?[^;:]*co_await|co_await[^;]*\[[&=\w, ]*=[^\]]*\]\s*\(")


def check_source(path, lines, table):
    name = str(path.relative_to(ROOT))
    test = name.endswith("_test.cpp")
    if name.startswith("src/"):
        check_arrows(path, lines, table)
    if path.suffix == ".hpp" and "#pragma once" not in lines[:3]:
        report(path, 1, "a header begins with #pragma once")
    if len(lines) > FILE_LINES_MAX and name not in LONG_FILES:
        report(path, len(lines), f"{len(lines)} lines; split it by subject, or list it in tools/tidy.py with the reason")
    for number, line in enumerate(lines, 1):
        code = line.split("//")[0] if "TODO" not in line else line
        for pattern, allowed, instead in BANNED:
            if re.search(pattern, code) and not any(name.startswith(prefix) for prefix in allowed):
                if test and "clock" in pattern:
                    continue
                report(path, number, f"'{re.search(pattern, code)[0]}' is not used here: {instead}")
        if test:
            for pattern, instead in BANNED_IN_TESTS:
                if re.search(pattern, code):
                    report(path, number, f"'{re.search(pattern, code)[0]}' in a test: {instead}")
        if CO_AWAIT_HAZARD.search(code):
            report(path, number, "GCC 12 destroys temporaries beside co_await twice: name the value or the task first")
        if path.suffix == ".hpp" and re.match(r"\s*using namespace (?!std::(chrono_literals|string_literals))", code):
            report(path, number, "no using namespace in a header")


def check_readmes(table):
    for room in table:
        folder = ROOT / "src" / room
        if not folder.is_dir():
            continue
        readme = folder / "README.md"
        if not readme.exists():
            report(folder / "README.md", 1, "every room has a README.md: purpose, files to read first, invariants")
        elif len(readme.read_text().splitlines()) > README_LINES_MAX:
            report(readme, README_LINES_MAX, f"over {README_LINES_MAX} lines; move details to the code or a decision")


def check_decisions():
    seen = {}
    for path in sorted((ROOT / "docs/decisions").glob("*.md")):
        if path.name == "README.md":
            continue
        match = re.match(r"(\d{4})-[a-z0-9-]+\.md$", path.name)
        if not match:
            report(path, 1, "a decision is named NNNN-title.md")
            continue
        if match[1] in seen:
            report(path, 1, f"number {match[1]} is also {seen[match[1]]}")
        seen[match[1]] = path.name
        if not path.read_text().startswith("# "):
            report(path, 1, "a decision begins with '# ' and its title")


def check_family_ids():
    """One id everywhere: an app's folder, its pages' folder; other rooms may have pages, too."""
    apps = {p.name for p in (ROOT / "src/apps").glob("*") if p.is_dir()}
    pages = {p.name for p in (ROOT / "web/src/apps").glob("*") if p.is_dir()}
    for missing in sorted(apps - pages):
        report(ROOT / "web/src/apps" / missing, 1, f"app '{missing}' has no page folder of the same id")
    rooms = {p.name for p in (ROOT / "src").glob("*") if p.is_dir()}
    for missing in sorted(pages - apps - rooms):
        report(ROOT / "web/src/apps" / missing, 1, f"page folder '{missing}' has no app or room of the same id")


CONSTANT = re.compile(r"(?:inline )?const(?:expr)? ")
FILE_LOCAL = re.compile(r"(?:struct|class|enum class) (\w+)\b(?!;)"
                        r"|(?!namespace|return|template|using|static_assert|HANSE_|TEST|INSTANTIATE)(\w[\w:<>,&*\[\] ]+ \w+\(.*\)(?: const)?) \{")
INNER_CONSTANT = re.compile(r"\s+(?:static |inline )*const(?:expr)? [^=({]*?\b(k[A-Z]\w*)(?:\{|\[| =)")


def file_names(line, declares):
    """What a line of an anonymous namespace names; `declares`: it goes on with a declaration of constants."""
    if declares or CONSTANT.match(line):
        return re.findall(r"\b(k[A-Z]\w*)(?=\{|\[| =)", line)
    match = FILE_LOCAL.match(line)
    return [next(group for group in match.groups() if group)] if match else []


def check_file_locals(table):
    """Several files of a room are compiled as one (cmake/hanse_module.cmake), so a name of one file is no other's."""
    seen: dict[tuple[str, bool, str], str] = {}
    inner = []
    for path in tracked("src/*.cpp"):
        if path.name.endswith("_fuzz.cpp") or path.name == "main.cpp":
            continue
        room = room_of(str(path.relative_to(ROOT / "src")), table)
        spaces, hidden, declares = "", False, False
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line.startswith("namespace"):
                hidden = line == "namespace {"
                spaces = spaces if hidden else line
            elif line == "}  // namespace":
                hidden = False
            if match := INNER_CONSTANT.match(line):
                inner.append((path, number, (room, path.name.endswith("_test.cpp"), f"{spaces}{match[1]}")))
            for name in file_names(line, declares) if hidden else []:
                known = seen.setdefault((room, path.name.endswith("_test.cpp"), f"{spaces}{name}"), path.name)
                if known != path.name:
                    report(path, number, f"'{name}' is in {known} too; share it, or call it what it is here")
            # A declaration of several constants may go on in the next line.
            declares = (declares or CONSTANT.match(line) is not None) and line.endswith((",", "="))
    for path, number, key in inner:
        if seen.get(key, path.name) != path.name:
            report(path, number, f"a constant of a function hides one of {seen[key]}: call it what it is here")


def check_executables():
    """A test that can't be executed is passed over without a word."""
    for path in tracked("tests/*", "tools/*", "dev"):
        with path.open("rb") as file:
            script = file.read(2) == b"#!"
        if script and not path.stat().st_mode & 0o100:
            report(path, 1, "begins with #! and isn't executable: chmod +x, or it never runs")


FORBIDDEN_TEXT = re.compile(r"/work/|artifactory|\bhelper session\b|registry\.npmjs", re.IGNORECASE)


def check_texts():
    for path in tracked("*.md", "*.sh", "*.json", "*.py", "*.ts", "*.svelte", "*.hpp", "*.cpp", "dev", "*.toml", "*.mjs"):
        if path == pathlib.Path(__file__).resolve() or "tests/corpus" in str(path):
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            match = FORBIDDEN_TEXT.search(line)
            if match:
                report(path, number, f"'{match[0]}': no path of one machine, no host of a registry")


def main():
    table = arrow_table()
    for path in tracked("src/*.cpp", "src/*.hpp", "bench/*.cpp", "tests/*.cpp", "tests/*.hpp"):
        check_source(path, path.read_text().splitlines(), table)
    check_readmes(table)
    check_decisions()
    check_family_ids()
    check_file_locals(table)
    check_executables()
    check_texts()
    print("\n".join(findings) if findings else "tidy: nothing to say")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
