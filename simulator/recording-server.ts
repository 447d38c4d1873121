import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { CallFactory } from './records/call-factory.js';
import type { CampaignOptions } from './records/campaign-options.js';
import { MessageFactory } from './records/message-factory.js';

const PATH = /^\/(\d{9})\/(\d{1,9})\.wav$/;

/** The vendor's object store with the recordings of a run, on any free port of 127.0.0.1. */
export class RecordingServer {
  private readonly messages: MessageFactory;
  private readonly server: Server;

  private constructor(private readonly campaign: CampaignOptions) {
    this.messages = new MessageFactory(new CallFactory(campaign));
    this.server = createServer((request, response) => {
      this.answer(request, response);
    });
  }

  static async listening(campaign: CampaignOptions): Promise<RecordingServer> {
    const store = new RecordingServer(campaign);
    await new Promise<void>((resolve, reject) => {
      store.server.once('error', reject);
      store.server.listen(0, '127.0.0.1', resolve);
    });
    return store;
  }

  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('The server does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const call = Number(PATH.exec(pathname)?.[2] ?? NaN);
    if (!(call < this.campaign.calls) || this.messages.pathOf(call) !== pathname)
      response.writeHead(404).end('NoSuchKey');
    else if (searchParams.get('Signature') !== this.messages.signatureOf(call))
      response.writeHead(403).end('SignatureDoesNotMatch');
    else {
      const audio = this.messages.audio(call);
      response.writeHead(200, { 'content-type': 'audio/wav', 'content-length': audio.length }).end(audio);
    }
  }
}
