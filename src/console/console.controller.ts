import { Controller, Get, NotFoundException, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { type ConsoleFile, ConsoleFiles } from './console-files.js';

/** The files of the console: no secret is in them, and all that it shows it asks the API for. */
@Controller('console')
@ApiExcludeController()
export class ConsoleController {
  constructor(private readonly files: ConsoleFiles) {}

  @Get()
  page(@Req() request: Request, @Res() response: Response): void {
    // Relative, because a proxy may serve the service under a path of its own; so are the page's own references.
    if (request.path.endsWith('/')) response.redirect('../console');
    else send(this.files.page, request, response);
  }

  @Get('assets/:name')
  asset(@Param('name') name: string, @Req() request: Request, @Res() response: Response): void {
    send(this.files.asset(name), request, response);
  }
}

function send(file: ConsoleFile | undefined, request: Request, response: Response): void {
  if (file === undefined) throw new NotFoundException('The console has no such file');
  const asGzip = request.acceptsEncodings('gzip') !== false;
  response.setHeader('Content-Type', file.type);
  response.setHeader('Cache-Control', file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  response.setHeader('Vary', 'Accept-Encoding');
  if (asGzip) response.setHeader('Content-Encoding', 'gzip');
  response.end(asGzip ? file.gzipped : file.bytes);
}
