// Reads a diagram from standard input; exits 0 and prints its type if Mermaid accepts it, else 1.
import { readFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';

// Mermaid looks for a browser when it is imported, so one must be there before.
const { window } = new JSDOM('');
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import('mermaid');

try {
  const { diagramType } = await mermaid.parse(readFileSync(0, 'utf8'));
  console.log(diagramType);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
