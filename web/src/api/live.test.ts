import { beforeEach, describe, expect, it } from 'vitest';
import { Live, type Socket } from './live';

class FakeSocket implements Socket {
  sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.onclose?.();
  }
}

describe('Live', () => {
  let sockets: FakeSocket[], waits: { act: () => void; milliseconds: number }[], live: Live;
  const socket = () => sockets.at(-1)!;
  beforeEach(() => {
    sockets = [];
    waits = [];
    live = new Live({
      open: () => (sockets.push(new FakeSocket()), socket()),
      later: (act, milliseconds) => waits.push({ act, milliseconds }),
      forget: () => {},
      now: () => 0,
      random: () => 0.5,
    });
    live.start();
  });

  it('subscribes to a topic once for two listeners and unsubscribes after the last', async () => {
    socket().onopen!();
    const first = live.on('samples:1', () => {});
    const second = live.on('samples:1', () => {});
    await Promise.resolve();
    expect(socket().sent).toEqual([{ subscribe: [] }, { subscribe: ['samples:1'] }]);
    first();
    await Promise.resolve();
    second();
    await Promise.resolve();
    expect(socket().sent.at(-1)).toEqual({ unsubscribe: ['samples:1'] });
  });

  it('gives messages to the listeners of their topic', () => {
    const seen: unknown[] = [];
    live.on('states', (data) => seen.push(data));
    socket().onopen!();
    socket().onmessage!({ data: '{"topic":"states","sequence":4,"data":{"a":1}}' });
    socket().onmessage!({ data: '{"topic":"findings","sequence":5,"data":2}' });
    socket().onmessage!({ data: 'nonsense' });
    expect(seen).toEqual([{ a: 1 }]);
  });

  it('resumes after a break with growing waits and tells pages to read anew', () => {
    let resyncs = 0;
    live.onResync(() => resyncs++);
    live.on('states', () => {});
    socket().onopen!();
    socket().onmessage!({ data: '{"topic":"states","sequence":9,"data":0}' });
    socket().onclose!();
    expect(live.state).toBe('lost');
    waits.at(-1)!.act();
    socket().onclose!();
    waits.at(-1)!.act();
    socket().onclose!();
    expect(waits.map((wait) => wait.milliseconds)).toEqual([500, 1000, 2000]);
    waits.at(-1)!.act();
    socket().onopen!();
    expect(socket().sent).toEqual([{ subscribe: ['states'], resume: 9 }]);
    expect(resyncs).toBe(1);
    expect(live.state).toBe('open');
  });

  it('reads anew when the node says that messages were lost', () => {
    let resyncs = 0;
    live.onResync(() => resyncs++);
    socket().onopen!();
    socket().onmessage!({ data: '{"lost":true}' });
    expect(resyncs).toBe(1);
  });
});
