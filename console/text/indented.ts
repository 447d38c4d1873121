const INDENT = '  ';

/** JSON with a line for each of its members. No number is read and written anew. What is no JSON stays as it is. */
export function indented(text: string): string {
  if (!isJson(text)) return text;
  let depth = 0;
  const line = () => `\n${INDENT.repeat(depth)}`;
  // Whole strings first, so that signs within them stay; empty objects and arrays keep their line.
  return text.replaceAll(/"(?:[^"\\]|\\.)*"|\{\s*\}|\[\s*\]|[{}[\],:]|\s+/g, (part) => {
    if (part.trim() === '') return '';
    if (part === '{' || part === '[') {
      depth += 1;
      return part + line();
    }
    if (part === '}' || part === ']') {
      depth -= 1;
      return line() + part;
    }
    if (part === ',') return part + line();
    if (part === ':') return ': ';
    return part.startsWith('"') ? part : part.replaceAll(/\s/g, '');
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
