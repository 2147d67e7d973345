// One WebSocket for all live values: topics are counted, so that two tiles of one signal cost one subscription; after a
// break it resumes where it was, and says when pages must read anew.

export type LiveState = 'connecting' | 'open' | 'lost';
export interface LiveMessage {
  topic?: string;
  sequence?: number;
  data?: unknown;
  lost?: boolean;
}
export interface Socket {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: string }) => void) | null;
  onclose: (() => void) | null;
}
export interface LiveWorld {
  open(): Socket;
  later(act: () => void, milliseconds: number): unknown;
  forget(timer: unknown): void;
  now(): number;
  random(): number;
}

const kFirstWait = 500;
const kLongestWait = 15_000;

export class Live {
  private socket: Socket | null = null;
  private handlers = new Map<string, Set<(data: never, topic: string) => void>>();
  private resyncs = new Set<() => void>();
  private watchers = new Set<(state: LiveState, since: number) => void>();
  private wanted = false;
  private attempts = 0;
  private timer: unknown = null;
  private sequence = 0;
  private everOpen = false;
  private pending: { add: Set<string>; drop: Set<string> } = { add: new Set(), drop: new Set() };
  private flushing = false;
  state: LiveState = 'connecting';
  since: number;

  constructor(private readonly world: LiveWorld) {
    this.since = world.now();
  }

  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    this.connect();
  }
  stop(): void {
    this.wanted = false;
    if (this.timer !== null) this.world.forget(this.timer);
    this.socket?.close();
    this.socket = null;
    this.sequence = 0;
    this.everOpen = false;
  }
  /** Calls `act` for each message of the topic until the returned function is called. */
  on<T>(topic: string, act: (data: T, topic: string) => void): () => void {
    const known = this.handlers.get(topic) ?? new Set();
    if (!this.handlers.has(topic)) {
      this.handlers.set(topic, known);
      this.pending.drop.delete(topic);
      this.pending.add.add(topic);
      this.flushSoon();
    }
    known.add(act as (data: never, topic: string) => void);
    return () => {
      known.delete(act as (data: never, topic: string) => void);
      if (known.size > 0 || this.handlers.get(topic) !== known) return;
      this.handlers.delete(topic);
      this.pending.add.delete(topic);
      this.pending.drop.add(topic);
      this.flushSoon();
    };
  }
  /** Calls `act` when messages may have been missed: read anew. */
  onResync(act: () => void): () => void {
    this.resyncs.add(act);
    return () => this.resyncs.delete(act);
  }
  watch(act: (state: LiveState, since: number) => void): () => void {
    this.watchers.add(act);
    act(this.state, this.since);
    return () => this.watchers.delete(act);
  }

  private connect(): void {
    this.timer = null;
    const socket = this.world.open();
    this.socket = socket;
    socket.onopen = () => {
      this.attempts = 0;
      this.pending = { add: new Set(), drop: new Set() };
      const topics = [...this.handlers.keys()];
      const again = this.everOpen;
      this.everOpen = true;
      socket.send(JSON.stringify(again && this.sequence > 0 ? { subscribe: topics, resume: this.sequence } : { subscribe: topics }));
      this.become('open');
      if (again) this.resync();
    };
    socket.onmessage = (event) => this.receive(event.data);
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (!this.wanted) return;
      this.become('lost');
      const wait = Math.min(kLongestWait, kFirstWait * 2 ** this.attempts++) * (0.75 + this.world.random() / 2);
      this.timer = this.world.later(() => this.connect(), wait);
    };
  }
  private receive(text: string): void {
    let message: LiveMessage;
    try {
      message = JSON.parse(text) as LiveMessage;
    } catch {
      return; // not ours; the next one may be
    }
    if (typeof message.sequence === 'number') this.sequence = Math.max(this.sequence, message.sequence);
    if (message.lost) this.resync();
    if (!message.topic) return;
    for (const act of this.handlers.get(message.topic) ?? []) act(message.data as never, message.topic);
  }
  private flushSoon(): void {
    if (this.flushing) return;
    this.flushing = true;
    queueMicrotask(() => {
      this.flushing = false;
      const { add, drop } = this.pending;
      if (this.state !== 'open' || !this.socket) return;
      this.pending = { add: new Set(), drop: new Set() };
      if (drop.size > 0) this.socket.send(JSON.stringify({ unsubscribe: [...drop] }));
      if (add.size > 0) this.socket.send(JSON.stringify({ subscribe: [...add] }));
    });
  }
  private resync(): void {
    for (const act of this.resyncs) act();
  }
  private become(state: LiveState): void {
    if (this.state !== state) this.since = this.world.now();
    this.state = state;
    for (const act of this.watchers) act(this.state, this.since);
  }
}

export const live = new Live({
  open: () => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`) as unknown as Socket,
  later: (act, milliseconds) => setTimeout(act, milliseconds),
  forget: (timer) => clearTimeout(timer as number),
  now: () => Date.now(),
  random: () => Math.random(),
});
