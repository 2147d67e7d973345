import { get } from '../api/client';
import type { LastValue, Page } from '../api/contract';
import { live } from '../api/live';

interface LiveSample { signal?: number; time_ms?: number; time?: string; value?: LastValue['value']; quality?: LastValue['quality']; samples?: LiveSample[] }

/** The last values of some signals, kept up to date while the component that calls it is shown. */
export function lastValues(numbers: () => number[]) {
  let values = $state.raw<Map<number, LastValue>>(new Map());
  const waiting = new Map<number, LastValue>();
  let frame = 0;

  function take(sample: LiveSample, signal: number): void {
    if (sample.samples) return sample.samples.forEach((one) => take(one, one.signal ?? signal));
    if (sample.value === undefined) return;
    const time = sample.time_ms ?? (sample.time ? Date.parse(sample.time) : Date.now());
    waiting.set(sample.signal ?? signal, { signal: sample.signal ?? signal, time_ms: time, value: sample.value, quality: sample.quality ?? 'good' });
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      const next = new Map(values);
      for (const [number, value] of waiting) if ((next.get(number)?.time_ms ?? 0) <= (value.time_ms ?? 0)) next.set(number, value);
      waiting.clear();
      values = next;
    });
  }
  async function read(list: number[]): Promise<void> {
    for (let begin = 0; begin < list.length; begin += 200) {
      const page = await get<Page<LastValue>>('/history/last', { signals: list.slice(begin, begin + 200).join(',') });
      const next = new Map(values);
      for (const item of page.items) next.set(item.signal, item);
      values = next;
    }
  }
  $effect(() => {
    const list = numbers();
    if (list.length === 0) return;
    const readAgain = () => void read(list).catch(() => {});
    readAgain();
    const stops = list.map((number) => live.on<LiveSample>(`samples:${number}`, (data) => take(data ?? {}, number)));
    stops.push(live.onResync(readAgain));
    // A missing live feed costs freshness, not the value.
    const timer = setInterval(() => live.state !== 'open' && readAgain(), 5000);
    return () => {
      for (const stop of stops) stop();
      clearInterval(timer);
      cancelAnimationFrame(frame);
      frame = 0;
    };
  });
  return {
    get map() {
      return values;
    },
  };
}
