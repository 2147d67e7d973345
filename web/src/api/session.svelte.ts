import { get, post, remove } from './client';
import type { Session, SessionUser } from './contract';
import { live } from './live';

let user = $state.raw<SessionUser | null>(null);
let setupNeeded = $state(false);
let known = $state(false);

export const session = {
  get user() {
    return user;
  },
  get setupNeeded() {
    return setupNeeded;
  },
  /** False until the node was asked. */
  get known() {
    return known;
  },
};
export function can(permission: string): boolean {
  return user?.permissions.includes(permission) ?? false;
}
function take(answer: Session): void {
  user = answer.user;
  setupNeeded = answer.setup_needed;
  known = true;
  if (user) live.start();
  else live.stop();
}
export async function readSession(): Promise<void> {
  take(await get<Session>('/session'));
}
export async function signIn(name: string, password: string): Promise<void> {
  await post('/session', { name, password });
  await readSession();
}
export async function setUp(code: string, name: string, password: string): Promise<void> {
  await post('/setup', { code, name, password });
  await readSession();
  if (!user) await signIn(name, password);
}
export async function signOut(): Promise<void> {
  await remove('/session');
  take({ user: null, setup_needed: false });
}
export function sessionEnded(): void {
  if (user) take({ user: null, setup_needed: false });
}
