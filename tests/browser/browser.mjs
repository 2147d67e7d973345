// What every story in the browser needs: a node with a plant, Chromium, pictures of what was seen, and a list of cases.
import { spawn } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from '../../web/node_modules/playwright-core/index.mjs';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const program = join(process.env.HANSE_TEST_BUILD ?? join(root, 'build/dev'), 'hanse');
export const artefacts = join(root, 'tests/artefacts');
const tutorial = join(root, 'docs/tutorial');
export const tutorialShots = process.env.HANSE_TUTORIAL_SHOTS === '1';
export const password = 'correct horse battery staple';
mkdirSync(artefacts, { recursive: true });

export const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** The first true answer of `ask`; an error with `what` when there is none in time. */
export async function until(what, ask, milliseconds = 60_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`not within ${milliseconds / 1000} s: ${what}`);
    await pause(200);
  }
}

export function expect(condition, what) {
  if (!condition) throw new Error(what);
}

/** A child of this process whose output is kept, and watched for what it must say. */
export class Program {
  constructor(words) {
    this.text = '';
    // What is set for the tests is no setting of the node.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('HANSE_')));
    this.child = spawn(program, words, { cwd: root, env: { ...env, ASAN_OPTIONS: 'detect_leaks=0' } });
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (data) => (this.text += data));
    this.ended = new Promise((done) => this.child.on('exit', (code) => { this.code = code; done(code); }));
  }
  says(pattern, milliseconds = 60_000) {
    return until(`${pattern} from the program; it said:\n${this.text}`, () => {
      if (this.code !== undefined) throw new Error(`the program ended with ${this.code}:\n${this.text}`);
      return this.text.match(pattern);
    }, milliseconds);
  }
  async stop() {
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
    await this.ended;
    clearTimeout(timer);
  }
}

/** A node in a folder of its own. */
export class Node {
  /** `part` of the whole demo, `partner` or `programme`, comes with its plant. */
  constructor(command = 'demo', part = '') {
    this.command = command;
    this.without = command === 'demo' ? ['partner', 'programme'].filter((one) => one !== part).flatMap((one) => [`--${one}`, 'off']) : [];
    this.folder = mkdtempSync(join(tmpdir(), 'hanse-browser-'));
  }
  async start(port = 0, more = []) {
    this.program = new Program([this.command, '--data_folder', this.folder, '--server.port', String(port), ...this.without, ...more]);
    const [, url] = await this.program.says(/ready at (\S+)\n/);
    this.url = url;
    this.setup = this.program.text.match(/(http\S+\/setup\?code=\S+)/)?.[1];
    return this;
  }
  async stop() {
    await this.program.stop();
  }
  forget() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** `hanse simulate` on its own: machines that a person connects by hand. */
export async function startSimulation(seed = 7) {
  const folder = mkdtempSync(join(tmpdir(), 'hanse-simulation-'));
  const file = join(folder, 'facts.json');
  const simulation = new Program(['simulate', '--seed', String(seed), '--facts', file]);
  await until('the facts of the simulation', () => { try { return readFileSync(file, 'utf8'); } catch { return null; } });
  simulation.facts = JSON.parse(readFileSync(file, 'utf8'));
  return simulation;
}

export const sizes = { desk: { width: 1440, height: 900 }, tablet: { width: 1024, height: 768 }, phone: { width: 390, height: 844 } };

export class Browser {
  static async start() {
    const browser = new Browser();
    browser.chromium = await chromium.launch({
      executablePath: process.env.HANSE_CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    return browser;
  }
  /** A page of `node` that fails its story when something leaves the machine or the page's code throws. */
  async page(node, { size = 'desk', dark = false, state, locale = 'en-GB' } = {}) {
    const context = await this.chromium.newContext({ viewport: sizes[size], colorScheme: dark ? 'dark' : 'light', storageState: state, locale });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.faults = [];
    page.on('request', (request) => {
      const url = request.url();
      const own = url.startsWith(node.url) || url.startsWith(node.url.replace(/^http/, 'ws')) || /^(data|blob):/.test(url);
      if (!own) page.faults.push(`a request left the machine: ${url}`);
    });
    page.on('pageerror', (error) => page.faults.push(`the page's code threw: ${error.message}`));
    return page;
  }
  async stop() {
    await this.chromium.close();
  }
}

export const shot = (page, name) => page.screenshot({ path: join(artefacts, `${name}.png`) });
/** A picture that a chapter of the tutorial shows; HANSE_TUTORIAL_SHOTS=1 puts it there. */
export async function figure(page, name) {
  await shot(page, `tutorial-${name}`);
  if (tutorialShots) copyFileSync(join(artefacts, `tutorial-${name}.png`), join(tutorial, `${name}.png`));
}

/** Opens a page of the node and waits until it shows what it has, not that it loads. */
export async function open(page, url) {
  await page.goto(url);
  await settled(page);
}
export async function settled(page) {
  await page.locator('main h1, main [role=alert]').first().waitFor();
  await page.waitForFunction(() => !document.querySelector('.bone'));
}
/** After the name and password were given: the pages are there. */
export async function signedIn(page) {
  await page.locator('nav.rail').waitFor();
  await settled(page);
}
/** The first administrator, made as the link on the console asks. */
export async function makeAdministrator(page, link, name = 'anna') {
  await page.goto(link);
  await page.locator('input[name=name]').fill(name);
  await page.locator('input[name=password]').fill(password);
  await page.locator('input[name=again]').fill(password);
  await page.locator('button.main').click();
  await signedIn(page);
}

/** Nothing sticks out to the side, and the page's code is sound. */
export async function sound(page, where) {
  const [wide, inside] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  expect(wide <= inside + 1, `${where}: the page is ${wide} px wide in a window of ${inside} px`);
  expect(page.faults.length === 0, `${where}: ${page.faults.join('; ')}`);
}

/** What the pages said when a case failed: their pictures, addresses and alerts. */
async function confess(browser, name) {
  for (const [index, page] of browser.chromium.contexts().flatMap((context) => context.pages()).entries()) {
    await shot(page, `failed-${name}-${index}`).catch(() => {});
    const alerts = await page.locator('[role=alert]').allInnerTexts().catch(() => []);
    console.error(`page ${page.url()} ${alerts.join(' | ')} ${(page.faults ?? []).join('; ')}`);
  }
}

/** Runs the cases in order, tells tests/suite what became of each, and ends this process. `HANSE_STORIES=a,b` takes some only. */
export async function runCases(browser, cases, clean) {
  const lines = [];
  const wanted = process.env.HANSE_STORIES?.split(',');
  for (const [name, act] of Object.entries(cases)) {
    if (wanted && !wanted.includes(name)) continue;
    const begin = Date.now();
    try {
      await act();
      console.error(`${name}: ${((Date.now() - begin) / 1000).toFixed(1)} s`);
      lines.push(`passed browser/${name}`);
    } catch (error) {
      console.error(error);
      await confess(browser, name);
      lines.push(`failed browser/${name}: ${String(error.message).split('\n')[0].slice(0, 200)}`);
    }
    console.log(lines.at(-1));
  }
  await clean();
  if (process.env.HANSE_TEST_RESULTS) {
    appendFileSync(process.env.HANSE_TEST_RESULTS, lines.join('\n') + '\n');
    process.exit(78);
  }
  process.exit(lines.some((line) => line.startsWith('failed')) ? 1 : 0);
}
