import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// `npm run dev` serves the page and passes everything else on to a running server.
const server = process.env["TRAINYARD_TEST_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // Inlined files would be data: URLs, which a strict content security policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The description of the API is a page of its own, and as large as what draws it.
    rollupOptions: { input: ["index.html", "docs.html"] },
    chunkSizeWarningLimit: 2_000,
  },
  server: {
    proxy: {
      "/api": server,
      "/health": server,
      "/openapi.json": server,
      "/ws": { target: server, ws: true },
    },
  },
});
