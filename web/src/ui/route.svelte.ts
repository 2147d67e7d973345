// Where the person is: path and query of the address bar, so that a link shows what they see.

interface Place {
  path: string;
  query: URLSearchParams;
}
const read = (): Place => ({ path: location.pathname.replace(/(.)\/$/, '$1'), query: new URLSearchParams(location.search) });
let place = $state.raw<Place>(typeof location === 'undefined' ? { path: '/', query: new URLSearchParams() } : read());

export const route = {
  get path() {
    return place.path;
  },
  /** Parts of the path: `/plant/cnc-07` gives ['plant', 'cnc-07']. */
  get parts() {
    return place.path.split('/').filter(Boolean).map(decodeURIComponent);
  },
  query(name: string): string {
    return place.query.get(name) ?? '';
  },
};

export function go(to: string, replace = false): void {
  if (to === location.pathname + location.search) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  const moved = read().path !== place.path;
  place = read();
  if (moved) scrollTo(0, 0);
}
/** Changes parts of the query; an empty value takes one out. */
export function setQuery(changes: Record<string, string>, replace = true): void {
  const query = new URLSearchParams(place.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  go(location.pathname + (text ? `?${text}` : ''), replace);
}
/** Follows links within the pages without loading anew; calls the returned function to stop. */
export function followLinks(): () => void {
  const onPop = () => (place = read());
  const onClick = (event: MouseEvent) => {
    const link = (event.target as Element).closest?.('a[href]') as HTMLAnchorElement | null;
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (link.target || link.download || link.origin !== location.origin || link.pathname.startsWith('/api/')) return;
    event.preventDefault();
    go(link.pathname + link.search);
  };
  addEventListener('popstate', onPop);
  document.addEventListener('click', onClick);
  return () => {
    removeEventListener('popstate', onPop);
    document.removeEventListener('click', onClick);
  };
}
