const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;

/**
 * The text of a member of a JSON object, as it stands there: numbers keep all their digits.
 *
 * @param json valid JSON
 * @returns undefined when the object has no such member
 */
export function memberText(json: string, name: string): string | undefined {
  let depth = 0;
  let text = '""';
  let start: number | undefined;
  for (const { 0: token, index } of json.matchAll(TOKEN)) {
    const isEnd = depth === 1 && (token === ',' || token === '}');
    if (isEnd && start !== undefined) return json.slice(start, index).trim();
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (token === ':' && depth === 1 && JSON.parse(text) === name) start = index + 1;
    else if (token.startsWith('"')) text = token;
  }
  return undefined;
}
