import { createHash } from 'node:crypto';
import Bowser from 'bowser';
import { LRUCache } from 'lru-cache';

/** No device or browser sends longer values; they count as not sent. */
const MAX_DEVICE_ID_CHARACTERS = 200;
const MAX_USER_AGENT_CHARACTERS = 1000;

/** Enough for a list of devices. */
const MAX_NAME_CHARACTERS = 80;

/** The fingerprint of a client that sends neither. */
const NO_FINGERPRINT = 'none';

/**
 * Many people use the same browser, and parsing its User-Agent takes as long as the rest of a
 * refresh.
 */
const MAX_KNOWN_AGENTS = 1000;

/** A parsed User-Agent. */
interface Agent {
  readonly deviceName: string;
  /** Unchanged by updates of the browser. */
  readonly familyAndPlatform: string;
}

/**
 * Distinguishes clients that hold the same refresh token: by the device id that the client SDK
 * sends; without it, by the family and platform of the browser, which updates do not change. The
 * fingerprint contains its kind, so that two kinds are never equal by chance.
 */
export function fingerprintOf(deviceId: string | undefined, userAgent: string | undefined): string {
  if (isUsable(deviceId, MAX_DEVICE_ID_CHARACTERS)) return `device:${hash(deviceId)}`;
  if (isUsable(userAgent, MAX_USER_AGENT_CHARACTERS))
    return `agent:${hash(agentOf(userAgent).familyAndPlatform)}`;
  return NO_FINGERPRINT;
}

/** A name by which people recognise the device, such as "Firefox on Windows". */
export function deviceNameOf(userAgent: string | undefined): string {
  return isUsable(userAgent, MAX_USER_AGENT_CHARACTERS)
    ? agentOf(userAgent).deviceName
    : 'Unknown device';
}

function isUsable(text: string | undefined, maxCharacters: number): text is string {
  return text !== undefined && text.length <= maxCharacters && text.trim() !== '';
}

const knownAgents = new LRUCache<string, Agent>({ max: MAX_KNOWN_AGENTS, memoMethod: readAgent });

function agentOf(userAgent: string): Agent {
  return knownAgents.memo(userAgent);
}

function readAgent(userAgent: string): Agent {
  const { os, platform, browser } = Bowser.parse(userAgent);
  const program = programOf(userAgent, browser.name);
  const system = platform.model ?? os.name;
  const name = system ? `${program} on ${system}` : program;
  return {
    deviceName: name.slice(0, MAX_NAME_CHARACTERS),
    familyAndPlatform: [program, os.name, platform.type].join('|'),
  };
}

/**
 * The browser's name. Other programs begin with their own name (RFC 9110, section 10.1.5), such as
 * "curl/8.5.0"; the library's name for them contains the version, which an update would change.
 */
function programOf(userAgent: string, name: string | undefined): string {
  return name && !name.includes('/')
    ? name
    : userAgent.trim().split(/[/\s]/, 1)[0] || 'Unknown device';
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
