// Prints for each file what type of diagram Mermaid takes it for, or that it is refused and why.
import { readFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';

// Mermaid looks for a browser when it is imported, so one must be there before.
const { window } = new JSDOM('');
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import('mermaid');

for (const file of process.argv.slice(2)) {
  try {
    const { diagramType } = await mermaid.parse(readFileSync(file, 'utf8'));
    console.log(diagramType);
  } catch (error) {
    console.log('refused: ' + error.message.split('\n')[0]);
  }
}
