import { Controller, Get, NotFoundException, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { sendFile, type ServedFile } from '../http/answers/served-file.js';
import { ConsoleFiles } from './console-files.js';

/**
 * Serves the files of the console to everybody. They contain no secrets: the console gets everything that it shows
 * from the API.
 */
@Controller('console')
@ApiExcludeController()
export class ConsoleController {
  constructor(private readonly files: ConsoleFiles) {}

  @Get()
  page(@Req() request: Request, @Res() response: Response): void {
    // The redirect is relative, like the page's own references, because a proxy may serve the service under a path
    // of its own.
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
