import { asProblem, type Problem } from '../api/problem';
import { live } from '../api/live';

/**
 * Reads from the node and keeps the answer on the screen while reading anew, so that nothing flickers. Reads again when
 * what `read` uses changes, when live messages may have been missed, and every `everyMs` while the page is visible.
 * Call it while a component starts.
 */
export function load<T>(read: (stop: AbortSignal) => Promise<T>, everyMs = 0) {
  let data = $state.raw<T | undefined>(undefined);
  let problem = $state.raw<Problem | null>(null);
  let loading = $state(true);
  let at = $state(0);
  let again = $state(0);
  let busy = false;
  $effect(() => {
    void again;
    const stop = new AbortController();
    loading = true;
    busy = true;
    read(stop.signal).then(
      (answer) => {
        if (stop.signal.aborted) return;
        data = answer;
        problem = null;
        loading = false;
        busy = false;
        at = Date.now();
      },
      (error: unknown) => {
        if (stop.signal.aborted) return;
        problem = asProblem(error);
        loading = false;
        busy = false;
      },
    );
    return () => stop.abort();
  });
  $effect(() => {
    const forget = live.onResync(() => again++);
    const timer = everyMs ? setInterval(() => document.visibilityState === 'visible' && !busy && again++, everyMs) : undefined;
    return () => {
      forget();
      clearInterval(timer);
    };
  });
  return {
    get data() {
      return data;
    },
    get problem() {
      return problem;
    },
    get loading() {
      return loading;
    },
    /** When the data shown was read; 0 for never. */
    get at() {
      return at;
    },
    again() {
      again++;
    },
    /** Puts a newer version on the screen before the node was asked. */
    set(value: T) {
      data = value;
    },
  };
}
