#!/usr/bin/env python3
"""Our OPC UA client against asyncua's server, and our server against its client: a second stack."""
import json
import pathlib
import shutil
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# This file has the name of the package: its folder must not come first where that is looked for.
sys.path[:] = [folder for folder in sys.path if pathlib.Path(folder or ".").resolve() != HERE]
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE.parent / "peers/opcua"))
import opcua_peer as peer  # noqa: E402
from changing import AXIS, NAME, Changing  # noqa: E402
from following import Following, holes  # noqa: E402
from node import run_cases  # noqa: E402
from our_server import OurServer  # noqa: E402

PACKAGES = peer.install_python("asyncua", "1.1.8")
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="hanse-opcua-"))
PYTHON = ["env", f"PYTHONPATH={PACKAGES}", sys.executable]


def server(port, **options):
    return peer.Server([*PYTHON, str(peer.HERE / "asyncua_server.py"), str(port), str(FOLDER / "pki"), json.dumps(options)])


following = Following(server, FOLDER / "own", peer.free_port(), path="/peer", points=("Press1.Name", "Press1.Counter"),
                      samples={"Name": "press one", "Matrix[3]": "4"})
main = server(following.port)
changing = Changing(following.url)
ours = OurServer([*PYTHON, str(peer.HERE / "asyncua_client.py")], FOLDER / "client")


def without_security():
    with following.follow(peer.UNSECURED) as follower:
        follower.wait_value("Counter")


def structures_are_taken_apart_by_the_type_dictionaries():
    """`Tool` is of another namespace than the axis that holds it."""
    with following.follow() as follower:
        for name, value in {"Axis/Position": "1.5", "Axis/Loads[1]": "30", "Axis/Tool/Number": "7", "Axis/Tool/Name": "drill"}.items():
            assert follower.wait_value(name)["value"] == value, name


def the_hole_is_filled_from_history():
    proxy = peer.Proxy(following.port)
    try:
        more = {"session_timeout": "10s", "publishing_interval": "500ms", "sampling_interval": "100ms", "queue_size": 10}
        with following.follow(more, following.url_of(proxy.port)) as follower:
            follower.wait_value("Counter")
            proxy.go_deaf()
            follower.wait(lambda: follower.notices("disconnected"), 30)
            begin = len(follower.seen["value"])
            follower.wait_value("Counter", begin, 30)
            follower.wait(lambda: not holes(follower), 20)
            peer.one_null_per_outage(follower, "Counter", 1)
    finally:
        proxy.close()


def a_structure_is_written_by_the_type_dictionaries():
    axis = {"Position": 2.5, "Loads": [1, 2, 3], "Tool": {"Number": 8, "Name": "mill"}}
    done = changing.change(address=AXIS, value=axis)
    assert done["state"] == "done", done
    assert "it was {Position 1.5, Loads[0] 20, Loads[1] 30, Tool/Number 7, Tool/Name drill}" in done["answer"], done
    assert "reads {Position 2.5, Loads[0] 1, Loads[1] 2, Loads[2] 3, Tool/Number 8, Tool/Name mill} now" in done["answer"], done
    failed = changing.change(address=AXIS, value=axis | {"Tool": {"Number": 8}})
    assert failed["state"] == "failed" and "/Tool/Name: must be there" in failed["answer"], failed


def the_server_refuses_a_value_that_is_read_only():
    refused = changing.change(address=NAME, value="press two")
    assert refused["state"] == "failed" and "Bad" in refused["answer"], refused


main.start()
try:
    with ours, changing:
        run_cases("interop/asyncua", [*following.cases(), without_security,
                                      structures_are_taken_apart_by_the_type_dictionaries, the_hole_is_filled_from_history, *changing.cases(),
                                      a_structure_is_written_by_the_type_dictionaries, the_server_refuses_a_value_that_is_read_only,
                                      *ours.cases()])
finally:
    main.kill()
    shutil.rmtree(FOLDER, ignore_errors=True)
