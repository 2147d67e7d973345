"""asyncua as a client that follows values, for bench/opcua_peers_bench.py. Arguments: URL, seconds, variables."""
import asyncio
import json
import logging
import sys
import time

from asyncua import Client, ua

url, seconds, variables = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])


class Counter:
    values = 0

    def datachange_notification(self, node, value, data):
        self.values += 1


async def main():
    logging.disable(logging.CRITICAL)
    counter = Counter()
    async with Client(url, timeout=20) as client:
        subscription = await client.create_subscription(200, counter)
        nodes = [client.get_node(ua.NodeId(i, 2)) for i in range(variables)]
        await subscription.subscribe_data_change(nodes, queuesize=10, sampling_interval=50)
        await asyncio.sleep(2)
        before, begin = counter.values, time.process_time()
        await asyncio.sleep(seconds)
        print(json.dumps({"values": counter.values - before, "cpu_s": time.process_time() - begin}), flush=True)


asyncio.run(main())
