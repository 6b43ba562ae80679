/**
 * Keeps the screen's own files for when there is no line, and shows notes that the engine pushes.
 * Nothing of the API is ever kept: an old figure must not pass for a new one.
 */
const version = '__VERSION__';
const files = '__FILES__';
const shelf = `screen-${version}`;
/** The engine hands pages only to who says that they read pages. */
const anew = { cache: 'reload', headers: { accept: 'text/html, */*' } };

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(shelf).then((cache) => cache.addAll(files.map((url) => new Request(url, anew)))),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((name) => name !== shelf).map((name) => caches.delete(name))),
      )
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('message', (event) => {
  if (event.data === 'take-over') void self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const isOurs = url.origin === self.location.origin && request.method === 'GET';
  if (!isOurs || url.pathname.startsWith('/api/') || url.pathname.startsWith('/hooks/')) return;
  if (request.mode === 'navigate') event.respondWith(pageOf(request));
  else if (files.includes(url.pathname)) event.respondWith(fileOf(request));
});

/** A page is fetched anew where there is a line, so that a new version is met at once. */
const pageOf = (request) => fetch(request).catch(() => caches.match('/', { cacheName: shelf }));

const fileOf = (request) =>
  caches.match(request, { cacheName: shelf }).then((kept) => kept ?? fetch(request));

self.addEventListener('push', (event) => {
  const note = event.data?.json() ?? {};
  event.waitUntil(
    self.registration.showNotification(note.title ?? 'QMOI Revenue', {
      body: note.body ?? '',
      tag: note.tag,
      icon: '/icon-192.png',
      data: { path: note.path ?? '/' },
    }),
  );
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { path } = event.notification.data;
  event.waitUntil(
    self.clients.matchAll({ type: 'window' }).then((open) => {
      const [first] = open;
      return first === undefined
        ? self.clients.openWindow(path)
        : first.focus().then(() => first.navigate(path));
    }),
  );
});
