import { createVerifier, type Verifier, type VerifierOptions } from '../../src/index.js';
import { TestClock } from './test-clock.js';
import { AUDIENCE, claimsAt, ISSUER } from './tokens.js';
import { SERVICE_TOKEN, WireServer } from './wire-server.js';

/** A server of the wire, verifiers of it, and one clock for all. */
export class World {
  readonly log: string[] = [];
  private readonly verifiers: Verifier[] = [];

  private constructor(
    readonly clock: TestClock,
    readonly server: WireServer,
  ) {}

  static async start(): Promise<World> {
    const clock = new TestClock();
    return new World(clock, await WireServer.start(clock));
  }

  verifier(options: Partial<VerifierOptions> = {}): Verifier {
    const report = (message: string) => void this.log.push(message);
    const verifier = createVerifier({
      issuer: ISSUER,
      audience: AUDIENCE,
      server: this.server.url,
      serviceToken: SERVICE_TOKEN,
      clock: this.clock,
      logger: { info: report, warn: report, error: report },
      ...options,
    });
    this.verifiers.push(verifier);
    return verifier;
  }

  /** One that is live. */
  async liveVerifier(options: Partial<VerifierOptions> = {}): Promise<Verifier> {
    const verifier = this.verifier(options);
    await verifier.ready();
    return verifier;
  }

  token(claims: object = {}): string {
    return this.server.key.sign(claimsAt(this.clock.nowMs(), claims));
  }

  async close(): Promise<void> {
    for (const verifier of this.verifiers) verifier.close();
    await this.server.close();
  }
}
