import protobuf from 'protobufjs';
import { z } from 'zod';

/** The frame of the long connection: proto2, package `pbbp2`, as the official SDK has it. */
const { root } = protobuf.parse(
  `
  syntax = "proto2";
  package pbbp2;
  message Header { required string key = 1; required string value = 2; }
  message Frame {
    required uint64 SeqID = 1;
    required uint64 LogID = 2;
    required int32 service = 3;
    required int32 method = 4;
    repeated Header headers = 5;
    optional string payloadEncoding = 6;
    optional string payloadType = 7;
    optional bytes payload = 8;
    optional string LogIDNew = 9;
  }
`,
  { keepCase: true },
);
// At once: the SDK, where it is read later in the same process, takes the support of 64-bit numbers out of the shared protobufjs.
root.resolveAll();
const Frame = root.lookupType('pbbp2.Frame');

const Decoded = z.object({
  method: z.number(),
  service: z.number(),
  headers: z.array(z.object({ key: z.string(), value: z.string() })).default([]),
  payload: z.instanceof(Uint8Array).optional(),
});

/** One frame: `method` 0 is control (ping, pong), 1 is data (events and their answers). */
export interface ConnectionFrame {
  readonly method: 0 | 1;
  readonly service: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload?: string | Uint8Array;
}

export function encodeFrame({ method, service, headers, payload }: ConnectionFrame): Uint8Array {
  return Frame.encode(
    Frame.create({
      SeqID: 0,
      LogID: 0,
      service,
      method,
      headers: Object.entries(headers).map(([key, value]) => ({ key, value })),
      ...(payload === undefined ? {} : { payload: Buffer.from(payload) }),
    }),
  ).finish();
}

/** @throws where the bytes are no frame */
export function decodeFrame(bytes: Uint8Array): ConnectionFrame {
  const { method, service, headers, payload } = Decoded.parse(
    Frame.toObject(Frame.decode(bytes), { bytes: Buffer }),
  );
  return {
    method: method === 1 ? 1 : 0,
    service,
    headers: Object.fromEntries(headers.map(({ key, value }) => [key, value])),
    ...(payload === undefined ? {} : { payload }),
  };
}
