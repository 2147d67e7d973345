"""Follows all of a server's V0 to Vn-1 with asyncua, for the benchmark. Arguments and output as node_follow.js. asyncua
doesn't come back by itself: after a loss it is begun anew here, as its users do."""
import asyncio
import logging
import sys
import time

from asyncua import Client, ua

url, count = sys.argv[1], sys.argv[2]


class Counter:
    def __init__(self):
        self.values, self.heard, self.told = 0, 0.0, 0.0

    def datachange_notification(self, node, value, data):
        self.values += 1
        now = time.monotonic()
        if now - self.heard > 1:
            print("back", self.values, flush=True)
        if now - self.told > 1:
            print("values", self.values, flush=True)
            self.told = now
        self.heard = now


async def follow(counter):
    async with Client(url, timeout=10) as client:
        index = await client.get_namespace_index("urn:press")
        subscription = await client.create_subscription(500, counter)
        nodes = [client.get_node(ua.NodeId(f"V{i}", index)) for i in range(int(count))]
        for first in range(0, len(nodes), 1000):
            await subscription.subscribe_data_change(nodes[first:first + 1000], queuesize=10, sampling_interval=100)
        while True:
            await asyncio.sleep(0.5)
            await client.check_connection()


async def browse():
    began = time.monotonic()
    async with Client(url, timeout=60) as client:
        index = await client.get_namespace_index("urn:press")
        nodes = await client.get_node(ua.NodeId("Many", index)).get_children()
        read = 0
        for first in range(0, len(nodes), 1000):
            read += len(await client.read_values(nodes[first:first + 1000]))
        print("browsed", read, f"{time.monotonic() - began:.3f}", flush=True)


async def main():
    logging.disable(logging.CRITICAL)
    if count == "browse":
        return await browse()
    counter = Counter()
    while True:
        try:
            await follow(counter)
        except Exception:  # whatever ended it
            await asyncio.sleep(0.25)


asyncio.run(main())
