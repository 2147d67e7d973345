import { describe, expect, it } from 'vitest';
import { PieceFetcher } from './pieces';

const text = '0123456789';
/** A server that hands out four bytes at a time, or fails where it is told to. */
function server(failAt: number[], content = () => text) {
  const asked: number[] = [];
  const call = (async (url: string) => {
    const offset = Number(url);
    asked.push(offset);
    if (failAt.includes(offset)) {
      failAt.splice(failAt.indexOf(offset), 1);
      return new Response('{"detail":"no answer"}', { status: 503 });
    }
    const whole = content();
    const piece = whole.slice(offset, offset + 4);
    return new Response(piece, { status: 206, headers: { 'Content-Range': `bytes ${offset}-${offset + piece.length - 1}/${whole.length}`, 'Content-Type': 'application/octet-stream' } });
  }) as unknown as typeof fetch;
  return { asked, call };
}

describe('a file in pieces', () => {
  it('is put together, and says how far it is', async () => {
    const { asked, call } = server([]);
    const fetcher = new PieceFetcher(String, call);
    const seen: string[] = [];
    await fetcher.run(() => seen.push(`${fetcher.got}/${fetcher.total}`));
    expect(await fetcher.blob.text()).toBe(text);
    expect(asked).toEqual([0, 4, 8]);
    expect(seen).toEqual(['4/10', '8/10', '10/10']);
  });
  it('goes on where it broke', async () => {
    const { asked, call } = server([8]);
    const fetcher = new PieceFetcher(String, call);
    await expect(fetcher.run(() => {})).rejects.toThrow();
    expect(fetcher.done).toBe(false);
    await fetcher.run(() => {});
    expect(await fetcher.blob.text()).toBe(text);
    expect(asked).toEqual([0, 4, 8, 8]);
  });
  it('begins anew when it became another file', async () => {
    let content = text;
    const { call } = server([], () => content);
    const fetcher = new PieceFetcher(String, call);
    await expect(fetcher.run(() => (content = 'something else'))).rejects.toThrow();
    expect(fetcher.got).toBe(0);
    content = 'abcdef';
    await fetcher.run(() => {});
    expect(await fetcher.blob.text()).toBe('abcdef');
  });
  it('is whole at once without a range', async () => {
    const call = (async () => new Response('[1,2]', { headers: { 'Content-Type': 'application/json' } })) as unknown as typeof fetch;
    const fetcher = new PieceFetcher(String, call);
    await fetcher.run(() => {});
    expect(fetcher.done).toBe(true);
    expect(fetcher.type).toBe('application/json');
  });
  it('ends with an error when nothing more comes', async () => {
    const call = (async () => new Response('', { status: 206, headers: { 'Content-Range': 'bytes 0-0/10' } })) as unknown as typeof fetch;
    await expect(new PieceFetcher(String, call).run(() => {})).rejects.toThrow();
  });
});
