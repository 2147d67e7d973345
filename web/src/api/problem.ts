/** What went wrong with a request, in two layers: a sentence for people, and the technical text. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly fields: { path: string; message: string }[] = [],
    readonly technical = '',
  ) {
    super(detail || title);
  }
  /** What is wrong with one field of the request, if anything. */
  field(path: string): string | undefined {
    return this.fields.find((field) => field.path === path)?.message;
  }
}

/** Reads an RFC 9457 answer; an answer that isn't one still becomes a Problem. */
export function problemOf(status: number, body: string, request: string): Problem {
  try {
    const read = JSON.parse(body) as Partial<{ code: string; title: string; detail: string; fields: { path: string; message: string }[] }>;
    return new Problem(status, read.code ?? `http_${status}`, read.title ?? '', read.detail ?? '', read.fields ?? [], `${request}\n${status}\n${body}`);
  } catch {
    return new Problem(status, `http_${status}`, '', '', [], `${request}\n${status}\n${body.slice(0, 2000)}`);
  }
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new Problem(0, 'page', '', '', [], text);
}
