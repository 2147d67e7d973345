// What this person chose for this screen: theme, language, shop-floor mode. Kept in the browser, nowhere else.

export type Theme = 'system' | 'dark' | 'light';
export type Language = 'en' | 'de';
const kept = (name: string): string | null => {
  try {
    return localStorage.getItem(`hanse.${name}`);
  } catch {
    return null; // storage is switched off: the choice lasts for this visit
  }
};
const keep = (name: string, value: string): void => {
  try {
    localStorage.setItem(`hanse.${name}`, value);
  } catch {
    /* see kept */
  }
};
const browserLanguage = (): Language => (typeof navigator !== 'undefined' && navigator.language.startsWith('de') ? 'de' : 'en');

let theme = $state<Theme>((kept('theme') as Theme | null) ?? 'system');
let language = $state<Language>((kept('language') as Language | null) ?? browserLanguage());
let floor = $state(kept('floor') === 'on');
let systemDark = $state(typeof matchMedia === 'undefined' || matchMedia('(prefers-color-scheme: dark)').matches);
if (typeof matchMedia !== 'undefined') {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (event) => (systemDark = event.matches));
}

export const look = {
  get theme() {
    return theme;
  },
  set theme(value: Theme) {
    theme = value;
    keep('theme', value);
  },
  get dark() {
    return theme === 'dark' || (theme === 'system' && systemDark);
  },
  get language() {
    return language;
  },
  set language(value: Language) {
    language = value;
    keep('language', value);
  },
  get floor() {
    return floor;
  },
  set floor(value: boolean) {
    floor = value;
    keep('floor', value ? 'on' : 'off');
  },
};
/** A token of tokens.css as it is now, for what is drawn on a canvas. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
