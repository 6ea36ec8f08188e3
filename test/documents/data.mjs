import { parseAllDocuments } from 'yaml';

/**
 * Blocks of JSON and YAML that do not parse. JSON may also be one value a line.
 *
 * @param {import('./documents.mjs').Page} page
 * @returns {import('./documents.mjs').Fault[]}
 */
export function faultsOfData({ path, blocks }) {
  return blocks.flatMap(({ line, language, text }) => {
    const reason = faultOf(language, text);
    return reason === undefined ? [] : [{ path, line, reason }];
  });
}

function faultOf(language, text) {
  switch (language) {
    case 'json':
      return faultOfJson(text);
    case 'yaml':
    case 'yml':
      return faultOfYaml(text);
    default:
      return undefined;
  }
}

function faultOfJson(text) {
  if (isJson(text) || text.trim().split('\n').every(isJson)) return undefined;
  return 'This is no JSON';
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function faultOfYaml(text) {
  const [error] = parseAllDocuments(text).flatMap(({ errors }) => errors);
  return error === undefined ? undefined : `This is no YAML: ${error.message.split('\n')[0]}`;
}
