import { Controller, Get, NotFoundException, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { sendFile, type ServedFile } from '../http/answers/served-file.js';
import { ConsoleFiles } from './console-files.js';

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

function send(file: ServedFile | undefined, request: Request, response: Response): void {
  if (file === undefined) throw new NotFoundException('The console has no such file');
  sendFile(file, request, response);
}
