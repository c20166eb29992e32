import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { themeStyles } from "./vite/theme-styles.ts";

const server = process.env.STOA_DEV_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/portal/",
  plugins: [react(), themeStyles()],
  build: {
    target: "es2023",
    // Everything is a file of our own origin: the content security policy allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    sourcemap: false,
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/workspaces", "/jobs", "/job_types", "/parameters", "/status", "/health"].map((path) => [
        path,
        { target: server, ws: true, changeOrigin: true },
      ]),
    ),
  },
});
