// A small receiver of OTLP over HTTP: what a service exports in, its spans out.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

/** As in OTLP's JSON. */
export interface ExportedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code?: number };
}

interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly ExportedSpan[] }[];
  }[];
}

export class OtlpReceiver {
  readonly paths: string[] = [];
  readonly contentTypes: string[] = [];
  readonly bodies: Buffer[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<OtlpReceiver> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const receiver = new OtlpReceiver(server, `http://127.0.0.1:${address.port}`);
    server.on('request', (request, response) => {
      receiver.paths.push(request.url ?? '');
      receiver.contentTypes.push(request.headers['content-type'] ?? '');
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        receiver.bodies.push(Buffer.concat(pieces));
        response.setHeader('Content-Type', 'application/json').end('{}');
      });
    });
    return receiver;
  }

  /** All that came, as text: also of protobuf, whose strings stand in it as they are. */
  get text(): string {
    return this.bodies.map((body) => body.toString('utf8')).join('\n');
  }

  /** Of bodies that came as JSON. */
  spans(): ExportedSpan[] {
    return this.bodies
      .map((body) => JSON.parse(body.toString('utf8')) as ExportRequest)
      .flatMap(({ resourceSpans }) => resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap(({ spans }) => spans);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
