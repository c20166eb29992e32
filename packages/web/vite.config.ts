import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compressedFiles } from "./vite/compressed-files.ts";
import { pdfParts } from "./vite/pdf-parts.ts";
import { themeStyles } from "./vite/theme-styles.ts";
import { wordParts } from "./vite/word-parts.ts";

const server = process.env.STOA_DEV_SERVER ?? "http://127.0.0.1:8080";

const areaFiles = {
  "storage-meter": /src[\\/]storage[\\/](level|sizes|storage-meter|storage\.module|use-size)/,
  "storage-parts": /src[\\/]storage[\\/](history-section|recount|quota-field|use-forecast|use-recount)/,
  "all-storage": /src[\\/]storage[\\/]admin[\\/]/,
  webhooks: /src[\\/](webhooks[\\/]|api[\\/]webhooks)/,
  "all-hub": /src[\\/](hub[\\/]admin[\\/](?!health-curves)|api[\\/]hub-admin)/,
  "all-activity": /src[\\/](activity[\\/]admin[\\/]|api[\\/]admin-activity)/,
};

export default defineConfig({
  base: "/portal/",
  plugins: [react(), themeStyles(), wordParts(), pdfParts(), compressedFiles()],
  build: {
    target: "es2023",
    // Everything is a file of our own origin: the content security policy allows no data: addresses.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    sourcemap: false,
    rolldownOptions: {
      // How long each plugin took is of no use to who starts the server.
      checks: { bundlerTimings: false },
      output: {
        codeSplitting: {
          groups: [
            // What every page needs, in few files: small ones cost a request each and compress worse.
            {
              name: "base",
              test: /node_modules[\\/](react|react-dom|scheduler|@tanstack(?![\\/](?:react-)?virtual)|i18next|react-i18next)[\\/]/,
            },
            {
              name: "frame",
              test: /src[\\/](frame|locales|theme|api[\\/](client|api-error|auth|account|health|live|reach|query))(?!.*(more-sheet|persian-day|latin|use-settled|\.json))/,
            },
            {
              // What Home draws, and most other pages too.
              name: "rows",
              test: /src[\\/](api[\\/](operations|session-time|sessions|shares|workspaces)|operations[\\/]operation-title|pieces[\\/](clock|job-types|may|meter|page\.|quick-start|rows|start-refusal|state|when)|sessions[\\/](session-row|session-time)|workspaces[\\/]workspace-row)/,
            },
            // Of what Home does not draw: a file for each would be named in Home's list of files.
            { name: "icons", test: /@tabler[\\/]icons-react/, minShareCount: 2 },
            // A few files of its own, without what other pages share with it.
            ...Object.entries(areaFiles).map(([name, test]) => ({
              name,
              test,
              includeDependenciesRecursively: false,
            })),
          ],
        },
      },
    },
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
