import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// HANSE_URL: the node that `npm run dev` speaks to.
const node = process.env.HANSE_URL ?? 'http://localhost:8080';

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // the node's Content-Security-Policy allows only its own files
    modulePreload: { polyfill: false },
    rollupOptions: { output: { manualChunks: (id) => (id.includes('echarts') || id.includes('zrender') ? 'bars' : id.includes('uplot') ? 'trend' : undefined) } },
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': { target: node, ws: true } } },
});
