import { problemOf } from '../api/problem';

/** A file that comes piece by piece, and goes on where it stopped. */
export class PieceFetcher {
  private parts: Blob[] = [];
  got = 0;
  /** Bytes of the whole; what came so far until that is known. */
  total = 0;
  type = '';

  /** `urlOf` gives the address of the piece that begins at a byte. */
  constructor(
    private readonly urlOf: (offset: number) => string,
    private readonly call: typeof fetch = (...all) => fetch(...all),
  ) {}

  get done(): boolean {
    return this.parts.length > 0 && this.got >= this.total;
  }
  get blob(): Blob {
    return new Blob(this.parts, { type: this.type });
  }

  /** Fetches what is still missing; `progress` is told after each piece. After an error, call it again to go on. */
  async run(progress: () => void, stop?: AbortSignal): Promise<void> {
    while (!this.done) {
      const url = this.urlOf(this.got);
      const answer = await this.call(url, { credentials: 'same-origin', signal: stop });
      if (!answer.ok) throw problemOf(answer.status, await answer.text(), `GET ${url}`);
      const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.headers.get('Content-Range') ?? '');
      const piece = await answer.blob();
      if (this.got > 0 && (!range || Number(range[1]) !== this.got || Number(range[2]) !== this.total)) {
        this.parts = [];
        this.got = 0;
        throw problemOf(409, JSON.stringify({ detail: 'the file changed while it was fetched; begin anew' }), `GET ${url}`);
      }
      this.type = answer.headers.get('Content-Type') ?? '';
      this.parts.push(piece);
      this.got += piece.size;
      this.total = range ? Number(range[2]) : this.got;
      progress();
      if (piece.size === 0 && !this.done) throw problemOf(502, JSON.stringify({ detail: 'an empty piece came' }), `GET ${url}`);
    }
  }
}
