#!/usr/bin/env python3
"""Recordings of real machines go through the real connectors into history; counts, times and states are computed here
from the raw files alone."""
import collections
import datetime
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from node import PROGRAM, Node, run_cases  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MACHINE = ROOT / "src/connectors/mtconnect/testdata"
RECORDED = ROOT / "src/node/replay/testdata"
SHDR = MACHINE / "nist-Mazak01-20170627.shdr.txt"


def replayed(path, *options):
    """Samples by address in the order they came, and the notices."""
    done = subprocess.run([PROGRAM, "replay", path, "--to", "-", *options], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-1000:]
    samples, notices = collections.defaultdict(list), []
    for line in done.stdout.splitlines():
        read = json.loads(line)
        if "notice" in read:
            notices.append(read["notice"])
        else:
            samples[read["address"]].append(read)
    return samples, notices


def ns(text):
    """Nanoseconds since 1970 of an RFC 3339 time; an absent zone is UTC."""
    seconds, _, fraction = text.rstrip("Z").partition(".")
    whole = datetime.datetime.fromisoformat(seconds).replace(tzinfo=datetime.timezone.utc)
    return int(whole.timestamp()) * 10**9 + int((fraction + "000000000")[:9])


def shdr_values():
    """(ns, value) by key, without the conditions, which have five fields: from the text alone."""
    values = collections.defaultdict(list)
    for line in SHDR.read_text().splitlines():
        fields = line.split("|")
        if len(fields) == 7 and fields[2].lower() in ("normal", "warning", "fault", "unavailable"):
            continue
        for key, value in zip(fields[1::2], fields[2::2]):
            values[key].append((ns(fields[0]), value.strip()))
    return values


def every_value_of_the_machines_day_arrives_with_its_time():
    samples, _ = replayed(SHDR)
    compared = 0
    for key, expected in shdr_values().items():
        if any(" " in value for _, value in expected):
            continue  # Positions in space become three signals, and messages carry a code.
        got = samples[key]
        assert [ns(sample["time"]) for sample in got] == [time for time, _ in expected], f"times of {key}"
        for sample, (_, value) in zip(got, expected):
            if value.upper() == "UNAVAILABLE":
                assert sample["value"] is None and sample["quality"] == "bad", (key, sample)
            elif sample["type"] in ("real", "integer"):
                assert abs(float(value) - sample["value"]) <= 1e-9 * max(1.0, abs(float(value))), (key, value, sample)
            elif sample["value"] is not None:
                assert sample["value"] == value, (key, value, sample)
        compared += len(got)
    assert compared > 5000, compared


def states_and_their_times_in_history_are_those_of_the_raw_file():
    raw = shdr_values()["execution"]
    begin, end = raw[0][0], max(time for values in shdr_values().values() for time, _ in values)
    expected = collections.Counter()
    for (time, value), (after, _) in zip(raw, [*raw[1:], (end, "")]):
        if value != "UNAVAILABLE":
            expected[value] += after - time
    assert len(expected) > 1, expected
    kept = pathlib.Path(tempfile.mkdtemp(prefix="hanse-replay-"))
    try:
        node = Node(data=kept)
        with node:
            node.set_up()
            node.post("/api/v1/assets", {"id": "mazak", "name": "Mazak", "level": "asset", "kind": "cnc"})
        done = subprocess.run([PROGRAM, "replay", SHDR, "--data_folder", kept, "--asset", "mazak"], capture_output=True,
                              text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr[-1000:]
        node = Node(data=kept)
        with node:
            node.log_in()
            signals = node.get("/api/v1/signals?limit=1000")["items"]
            execution = [signal for signal in signals if signal["name"] == "execution"]
            assert len(execution) == 1, [signal["name"] for signal in signals]
            number = execution[0]["number"]

            def stamp(time):
                return datetime.datetime.fromtimestamp(time // 10**9, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S") + f".{time % 10**9:09d}Z"

            states = node.get(f"/api/v1/history/states?signal={number}&from={stamp(begin)}&to={stamp(end)}")["items"]
            got = {item["value"]: item["duration_ns"] for item in states}
            assert got == dict(expected), (got, dict(expected))
    finally:
        shutil.rmtree(kept, ignore_errors=True)


def documents(name):
    text = (MACHINE / name).read_bytes().decode()
    body = text[text.index("\r\n\r\n") + 4:]
    if "chunked" in text[:400].lower():
        whole, at = "", 0
        while True:
            end = body.find("\r\n", at)
            size = re.fullmatch(r"([0-9a-fA-F]+).*", body[at:end]) if end > 0 else None
            if not size or int(size[1], 16) == 0:
                break
            whole += body[end + 2:end + 2 + int(size[1], 16)]
            at = end + 4 + int(size[1], 16)
        body = whole
    found = re.findall(r"<\?xml.*?</MTConnectStreams>", body, re.S)
    return [xml.etree.ElementTree.fromstring(document.encode()) for document in found]


def observations(root):
    """(sequence, id, time, text) of all that are no conditions."""
    for element in root.iter():
        condition = element.tag.rsplit("}", 1)[-1] in ("Normal", "Warning", "Fault", "Unavailable")
        if "dataItemId" in element.attrib and "sequence" in element.attrib and not condition:
            yield int(element.get("sequence")), element.get("dataItemId"), ns(element.get("timestamp")), (element.text or "").strip()


def a_real_agents_stream_is_applied_once_and_in_order():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hanse-agent-"))
    try:
        for name in ("probe.http", "current.http", "sample-stream.http"):
            shutil.copy(MACHINE / name, folder / name)
        samples, notices = replayed(folder)
    finally:
        shutil.rmtree(folder)
    current = documents("current.http")[0]
    next_sequence = int(next(e for e in current.iter() if e.tag.endswith("Header")).get("nextSequence"))
    expected = collections.defaultdict(list)
    for _, item, time, value in sorted(observations(current)):
        expected[item].append((time, value))
    seen = set()
    for document in documents("sample-stream.http"):
        for sequence, item, time, value in sorted(observations(document)):
            if sequence >= next_sequence and sequence not in seen:
                seen.add(sequence)
                expected[item].append((time, value))
    assert len(seen) > 100, len(seen)
    for item, values in expected.items():
        if any(" " in value for _, value in values):
            continue
        assert [ns(sample["time"]) for sample in samples[item]] == [time for time, _ in values], item
    assert not [notice for notice in notices if notice["kind"] in ("gap", "rejected")], notices


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def fields(data):
    """(number, value) of a Protocol Buffers message."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        elif key & 7 == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        else:
            size = 8 if key & 7 == 1 else 4
            value, at = data[at:at + size], at + size
        yield key >> 3, value


def a_sparkplug_session_gives_its_counter_and_turns_bad_at_its_death():
    import zlib
    expected = []
    for line in (RECORDED / "sparkplug-client-session.jsonl").read_text().splitlines():
        message = json.loads(line)
        if "/DDATA/" not in message["topic"] and "/DBIRTH/" not in message["topic"]:
            continue
        payload = bytes.fromhex(message["hex"])
        whole = list(fields(payload))
        if any(number == 4 and value == b"SPBV1.0_COMPRESSED" for number, value in whole):
            whole = list(fields(zlib.decompress(next(value for number, value in whole if number == 5), 47)))
        for number, value in whole:
            if number != 2:
                continue
            metric = list(fields(value))
            found = dict(metric)
            if found.get(2) != 11 or 10 not in found:  # the alias of `i32`, and its int_value
                continue
            counted = found[10] - 2**32 if found[10] >= 2**31 else found[10]
            expected.append((found.get(3), counted))
    samples, notices = replayed(RECORDED / "sparkplug-client-session.jsonl")
    counts = next(values for address, values in samples.items() if address.endswith("/i32"))
    assert counts[-1]["value"] is None and counts[-1]["quality"] == "bad", counts[-1]
    good = [(ns(sample["time"]) // 10**6, sample["value"]) for sample in counts if sample["value"] is not None]
    assert good == expected, (good, expected)
    assert len(expected) >= 6, expected
    assert any(notice["kind"] == "device_offline" for notice in notices), notices


def modbus_frames_give_registers_at_the_times_of_their_answers():
    rounds, questions = [], {}
    for line in (RECORDED / "modbus-pymodbus.jsonl").read_text().splitlines()[1:]:
        frame = json.loads(line)
        data = bytes.fromhex(frame["hex"])
        if frame["dir"] == "client":
            questions[data[:2]] = data
        elif data[7] == 3 and questions[data[:2]][8:10] == b"\0\0":
            rounds.append(int.from_bytes(data[9:11], "big"))
    samples, _ = replayed(RECORDED / "modbus-pymodbus.jsonl")
    assert [sample["value"] for sample in samples["count"]] == rounds, (samples["count"], rounds)
    assert rounds == sorted(set(rounds)) and len(rounds) == 3, rounds


def at_a_factor_it_takes_the_recordings_time():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hanse-pace-"))
    try:
        file = folder / "short.txt"
        file.write_text("2026-01-01T00:00:00Z|x|1\n2026-01-01T00:01:00Z|x|2\n")
        node = Node(data=folder / "data")
        with node:
            node.set_up()
            node.post("/api/v1/assets", {"id": "m", "name": "M", "level": "asset", "kind": "cnc"})
        begin = datetime.datetime.now()
        done = subprocess.run([PROGRAM, "replay", file, "--data_folder", folder / "data", "--asset", "m", "--factor", "30"],
                              capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        assert (datetime.datetime.now() - begin).total_seconds() >= 2
    finally:
        shutil.rmtree(folder, ignore_errors=True)


run_cases("integration/replay", [every_value_of_the_machines_day_arrives_with_its_time,
                                 states_and_their_times_in_history_are_those_of_the_raw_file,
                                 a_real_agents_stream_is_applied_once_and_in_order,
                                 a_sparkplug_session_gives_its_counter_and_turns_bad_at_its_death,
                                 modbus_frames_give_registers_at_the_times_of_their_answers,
                                 at_a_factor_it_takes_the_recordings_time])
