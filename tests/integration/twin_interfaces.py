#!/usr/bin/env python3
"""A machine's interface travels as a submodel: one node's connections are read as Asset Interfaces Descriptions, brought
to another node, and connect that to the same machines."""
import json
import pathlib
import sys
from urllib.parse import quote

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from node import Node, run_cases, wait_until  # noqa: E402

DESCRIPTION = "https://admin-shell.io/idta/AssetInterfacesDescription/1/1/Submodel"
MAPPING = "https://admin-shell.io/idta/AssetInterfacesMappingConfiguration/2/0/Submodel"


def submodels(node, semantic_id):
    out, cursor = [], ""
    while True:
        page = node.get(f"/api/v3/submodels?limit=1000{cursor}")
        out += [one for one in page["result"] if one.get("semanticId", {}).get("keys", [{}])[0].get("value") == semantic_id]
        if not page["paging_metadata"].get("cursor"):
            return out
        cursor = "&cursor=" + quote(page["paging_metadata"]["cursor"])


def child(of, name):
    return next(one for one in of.get("value", of.get("submodelElements", [])) if one.get("idShort") == name)


def interfaces(of):
    """(interface, base, its properties) of a description."""
    for one in of.get("submodelElements", []):
        properties = [each for group in child(one, "InteractionMetadata").get("value", []) for each in group["value"]]
        yield one, child(child(one, "EndpointMetadata"), "base")["value"], properties


with Node(demo=True) as plant, Node() as other:
    plant.set_up()
    other.set_up()
    other.post("/api/v1/assets", {"id": "hall", "name": "Hall", "level": "site"})
    meter = next(one for one in plant.get("/api/v1/connections?limit=1000")["items"] if one["protocol"] == "modbus")
    # What a SunSpec device is, it says itself; registers by hand are part of the settings.
    plant.post("/api/v1/connections", {"id": "by-hand", "name": "By hand", "protocol": "modbus", "asset": "machining", "settings": {
        "host": meter["settings"]["host"], "port": meter["settings"]["port"], "unit": 1, "map": "",
        "points": [{"name": "mark", "address": 40000, "type": "u32", "texts": {"1400204883": "SunS"}}]}})
    connections = plant.get("/api/v1/connections?limit=1000")["items"]

    def filled():
        found = submodels(plant, DESCRIPTION)
        counts = [(base, len(properties)) for one in found for _, base, properties in interfaces(one)]
        by_hand = [count for base, count in counts if base.startswith("modbus") and count > 0]
        return found if by_hand and all(count > 10 for base, count in counts if not base.startswith("modbus")) else None
    described = wait_until(filled, 120)

    def each_connection_is_described_and_no_password():
        all_interfaces = [(one, base) for of in described for one, base, _ in interfaces(of)]
        assert len(all_interfaces) == len(connections), all_interfaces
        assert {base.split("://")[0] for _, base in all_interfaces} == {"http", "mqtt", "modbus+tcp"}
        assert any("SunSpec" in json.dumps(one.get("description", "")) for one, _ in all_interfaces)
        secret = "a-word-nobody-reads"
        plant.post("/api/v1/connections", {"id": "locked", "name": "Locked", "protocol": "opcua", "asset": "machining", "settings": {
            "url": "opc.tcp://127.0.0.1:1", "user": "operator-7", "password": secret}})
        text = json.dumps(submodels(plant, DESCRIPTION))
        assert "opc.tcp://127.0.0.1:1" in text, "a new connection is seen at once"
        assert secret not in text and "operator-7" not in text and "basic_sc" in text

    def each_value_is_mapped_to_its_property():
        mapped = [one for one in submodels(plant, MAPPING) if child(one, "MappingConfigurations").get("value")]
        assert len(mapped) >= 3
        configurations = child(mapped[0], "MappingConfigurations")["value"]
        sink = child(child(configurations[0], "Sinks")["value"][0], "Sink")["value"]["keys"]
        rows = plant.get(f"/api/v1/twin/submodel?id={quote(sink[0]['value'])}")["elements"]
        row = next(row for row in rows if row["path"] == sink[1]["value"])
        assert isinstance(row["signal"], int), row

    def they_connect_another_node():
        made = set()
        for number, one in enumerate(described):
            copy = one | {"id": f"urn:copy:{number}"}
            answer = other.call("POST", "/api/v3/submodels", copy)
            assert answer.status == 201, answer.body
            wish = {"submodel": copy["id"], "asset": "hall"}
            dry = other.post("/api/v1/twin/interfaces", wish | {"dry_run": True})
            assert not dry["kept"]
            for each in dry["connections"]:
                assert other.call("GET", f"/api/v1/connections/{each['connection']['id']}").status == 404
            report = other.post("/api/v1/twin/interfaces", wish)
            assert report["kept"] == bool(report["connections"])
            for finding in report["findings"]:
                assert finding["path"].startswith("demo_meter") and "register" in finding["message"], finding
            again = other.post("/api/v1/twin/interfaces", wish)
            assert not again["kept"] and {each["fate"] for each in again["connections"]} <= {"unchanged"}, again
            for each in report["connections"]:
                id_ = each["connection"]["id"]
                try:
                    wait_until(lambda id_=id_: other.get(f"/api/v1/connections/{id_}/health")["samples"] > 0, 90)
                except AssertionError:
                    raise AssertionError(f"{id_} brings nothing: {other.get(f'/api/v1/connections/{id_}/health')}") from None
                made.add(each["connection"]["protocol"])
        assert made == {"mtconnect", "sparkplug", "modbus"}, made
        rows = other.get("/api/v1/connections/hall-by-hand/addresses")["items"]
        signal = next(row["signal"] for row in rows if row["declaration"]["name"] == "mark")
        last = other.get(f"/api/v1/history/last?signals={signal}")
        assert "SunS" in json.dumps(last), last

    def what_is_no_description_is_refused_and_settings_are_never_overwritten():
        nameplate = next(one for one in plant.get("/api/v3/submodels?idShort=Nameplate&limit=1")["result"])
        assert other.call("POST", "/api/v3/submodels", nameplate | {"id": "urn:copy:nameplate"}).status == 201
        report = other.post("/api/v1/twin/interfaces", {"submodel": "urn:copy:nameplate", "asset": "hall"})
        assert not report["kept"] and "semantic id" in report["findings"][0]["message"], report
        assert other.call("POST", "/api/v1/twin/interfaces", {"submodel": "urn:nowhere", "asset": "hall"}).status == 404
        mine = other.get("/api/v1/connections/hall-by-hand")
        assert other.call("PUT", "/api/v1/connections/hall-by-hand", mine | {"settings": mine["settings"] | {"interval": "5s"}}).status == 200
        told = [each["message"] for number in range(len(described))
                for each in other.post("/api/v1/twin/interfaces", {"submodel": f"urn:copy:{number}", "asset": "hall"})["findings"]]
        assert any("other settings" in each for each in told), told
        assert other.get("/api/v1/connections/hall-by-hand")["settings"]["interval"] == "5s"

    run_cases("integration/twin_interfaces", [each_connection_is_described_and_no_password, each_value_is_mapped_to_its_property,
                                              they_connect_another_node, what_is_no_description_is_refused_and_settings_are_never_overwritten])
