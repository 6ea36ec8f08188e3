import { createHash } from 'node:crypto';
import Bowser from 'bowser';
import { LRUCache } from 'lru-cache';

/** Longer ones are no device's and no browser's; they count as not sent. */
const MAX_DEVICE_ID_CHARACTERS = 200;
const MAX_USER_AGENT_CHARACTERS = 1000;

/** What a list of devices has room for. */
const MAX_NAME_CHARACTERS = 80;

/** What is left where a client says nothing of itself. */
const NO_FINGERPRINT = 'none';

/**
 * Many people use the same browser, and to read what it says takes as long as the rest of a
 * refresh.
 */
const MAX_KNOWN_AGENTS = 1000;

/** What a User-Agent says. */
interface Agent {
  readonly deviceName: string;
  /** Survives updates of the browser. */
  readonly familyAndPlatform: string;
}

/**
 * Tells clients apart that hold the same refresh token: by the device id that the client SDK sends,
 * or else by the family and platform of the browser, which survive its updates. The kind is part of
 * it, so that the two are never equal by chance.
 */
export function fingerprintOf(deviceId: string | undefined, userAgent: string | undefined): string {
  if (isUsable(deviceId, MAX_DEVICE_ID_CHARACTERS)) return `device:${hash(deviceId)}`;
  if (isUsable(userAgent, MAX_USER_AGENT_CHARACTERS))
    return `agent:${hash(agentOf(userAgent).familyAndPlatform)}`;
  return NO_FINGERPRINT;
}

/** The device for people to recognise, such as "Firefox on Windows". */
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
 * The browser's name. Programs that are none name themselves first (RFC 9110, section 10.1.5), such
 * as "curl/8.5.0"; what the library makes of those holds their version, which an update would
 * change.
 */
function programOf(userAgent: string, name: string | undefined): string {
  return name && !name.includes('/')
    ? name
    : userAgent.trim().split(/[/\s]/, 1)[0] || 'Unknown device';
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
